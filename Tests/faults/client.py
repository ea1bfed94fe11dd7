"""A client that behaves: it repeats the same line until it knows the outcome, wherever the leader is."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from typing import Callable

from evidence import Asked
from wire import Line, parse

#: Answers after which the same line is sent again.
AGAIN = {"same", "after", "elsewhere"}


class Wire(asyncio.Protocol):
    """One connection: whole lines to its client, which may have another by then."""

    def __init__(self, client: "Client") -> None:
        self.client = client
        self.rest = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            if line and not line.startswith(b";"):
                self.client.received(self, line.decode())

    def connection_lost(self, error) -> None:
        self.client.lost(self)


class Client:
    def __init__(self, name: str, addresses: Callable[[], list[tuple[str, int]]],
                 seed: int, log: list[Asked]) -> None:
        self.name, self.addresses, self.log = name, addresses, log
        self.random = random.Random(seed)
        self.wire: Wire | None = None
        self.is_open = False
        self.is_closed = False
        self.waiting: deque[tuple[int, Asked, float]] = deque()
        self.backlog: deque[Asked] = deque()
        self.done: dict[int, Callable[[Asked], None]] = {}
        self.tag = 0
        self.turn = 0
        self.connects = 0
        self.byes: list[tuple[float, str]] = []
        #: (sent, answered, first words of the answer), of every try that was answered.
        self.tries: list[tuple[float, float, str]] = []
        self.disorder = 0

    # Connecting

    async def run(self) -> None:
        """Keeps a connection to whoever leads until closed."""
        loop = asyncio.get_running_loop()
        while not self.is_closed:
            if self.wire is None:
                addresses = self.addresses()
                host, port = addresses[self.turn % len(addresses)]
                wire = Wire(self)
                try:
                    self.wire = wire
                    await asyncio.wait_for(
                        loop.create_connection(lambda: wire, host, port), 1)
                except (OSError, asyncio.TimeoutError):
                    self.lost(wire)
            await asyncio.sleep(0.02 + self.random.random() * 0.03)

    def lost(self, wire: Wire) -> None:
        """What was under way is unknown now: it will be sent again, first."""
        if wire is not self.wire:
            return
        self.wire = None
        self.is_open = False
        self.turn += 1
        self.backlog.extendleft(asked for _, asked, _ in reversed(self.waiting))
        self.waiting.clear()

    def leave(self, to: str | None = None) -> None:
        """Tries another server, the named one if it is one of ours."""
        wire = self.wire
        if wire is None:
            return
        self.lost(wire)
        for index, (host, port) in enumerate(self.addresses()):
            if to == f"{host}:{port}":
                self.turn = index
        if wire.transport:
            wire.transport.abort()

    def close(self) -> None:
        self.is_closed = True
        wire, self.wire = self.wire, None
        if wire and wire.transport:
            wire.transport.abort()

    # Asking

    def ask(self, verb: str, *args: str, done: Callable[[Asked], None] | None = None,
            recorded: bool = True, **pairs: object) -> Asked:
        asked = Asked(self.name, verb, list(args),
                      {key: str(value) for key, value in pairs.items()})
        if recorded:
            self.log.append(asked)
        if done:
            self.done[id(asked)] = done
        if self.is_open:
            self.send(asked)
        else:
            self.backlog.append(asked)
        return asked

    def send(self, asked: Asked) -> None:
        if self.wire is None or self.wire.transport is None:
            self.backlog.append(asked)
            return
        self.tag += 1
        asked.tries += 1
        self.waiting.append((self.tag, asked, time.monotonic()))
        self.wire.transport.write(f"#{self.tag} {asked.line}\n".encode())

    def send_unasked(self, line: str) -> None:
        """A line that needs no answer, such as a position."""
        if self.is_open and self.wire and self.wire.transport:
            self.wire.transport.write(line.encode())

    def drain_backlog(self) -> None:
        while self.backlog and self.is_open and len(self.waiting) < 200:
            self.send(self.backlog.popleft())

    # Being told

    def received(self, wire: Wire, text: str) -> None:
        if wire is not self.wire:
            return
        line = parse(text)
        if line.tag is not None:
            self._answered(line)
        elif line.word == "BLP/1":
            if line.pairs["role"] != "leader":
                self.leave()
                return
            self.connects += 1
            self.is_open = True
            self.opened()
            self.drain_backlog()
        elif line.word == "PING":
            self.send_unasked("PING\n")
        elif line.word == "BYE":
            self.byes.append((time.monotonic(), line.pairs.get("why", "")))
            self.leave(line.pairs.get("to"))
        else:
            self.told(line)

    def opened(self) -> None:
        """A leader answers: what must come before the backlog."""

    def told(self, line: Line) -> None:
        """A line of the server's own accord."""

    def _answered(self, line: Line) -> None:
        if line.word == "ROW":
            return
        if line.tag == "s":
            self.told(line)
            return
        tag = int(line.tag or 0)
        if not self.waiting or self.waiting[0][0] != tag:
            self.disorder += 1
            return
        _, asked, sent = self.waiting.popleft()
        outcome = line.word if line.word != "ERR" else " ".join(["ERR", *line.args[:2]])
        self.tries.append((sent, time.monotonic(), outcome))
        retry = line.pairs.get("retry", "").partition(":")[0]
        if line.word == "ERR" and retry in AGAIN:
            self._later(asked)
            if retry == "elsewhere":
                self.leave(line.pairs.get("to"))
            return
        asked.outcome = outcome
        asked.answer = line.pairs
        if self.backlog:
            self.drain_backlog()
        if done := self.done.pop(id(asked), None):
            done(asked)

    def _later(self, asked: Asked) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.1 + self.random.random() * 0.1, self._again, asked)

    def _again(self, asked: Asked) -> None:
        if self.is_open:
            self.send(asked)
        else:
            self.backlog.append(asked)

    def later(self, seconds: float, *call) -> None:
        def act() -> None:
            if not self.is_closed:
                call[0](*call[1:])

        asyncio.get_running_loop().call_later(seconds, act)
