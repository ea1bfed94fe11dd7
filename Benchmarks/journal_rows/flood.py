"""Changing lines as fast as the server takes them: blocks, each with a PING behind it as fence."""

from __future__ import annotations

import asyncio
import time
from typing import Callable, Iterator

#: Lines of one connection on their way: more than the 256 that may be unanswered, so that the
#: server is never without work.
DEPTH = 4
BLOCK = 160

SOUTH, WEST = 37.21, 126.36
COLUMNS, STEP = 400, 0.0025


def place(number: int, aside: float = 0) -> str:
    """Of a taxi: about 250 m from the next. `aside` = part of that distance."""
    row, column = divmod(number % 100_000, COLUMNS)
    return f"{SOUTH + (row + aside) * STEP:.5f},{WEST + (column + aside) * STEP:.5f}"


class Pipe(asyncio.Protocol):
    """One connection. Takes blocks from an iterator until it ends or is told to stop."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks
        self.flying = 0
        self.rest = b""
        self.refused = ""
        self.lost = False
        self.is_stopped = False
        self.idle = asyncio.Event()

    def connection_made(self, transport) -> None:
        self.transport = transport
        self._fill()

    def _fill(self) -> None:
        while self.flying < DEPTH and not self.is_stopped:
            block = next(self.blocks, None)
            if block is None:
                self.is_stopped = True
                break
            self.flying += 1
            self.transport.write(block + b"PING\n")
        if self.flying == 0:
            self.idle.set()

    def data_received(self, data: bytes) -> None:
        # A word may be cut between two reads; what is left over is shorter than the word.
        data = self.rest + data
        self.rest = data[-5:]
        if b"\nERR " in data and not self.refused:
            start = data.index(b"\nERR ") + 1
            self.refused = data[start:start + 120].decode(errors="replace").split("\n")[0]
        self.flying -= data.count(b"\nPONG ")
        self._fill()

    def connection_lost(self, error) -> None:
        self.lost = not self.idle.is_set()
        self.idle.set()


class Flood:
    """Pipes to one server; `blocks(n)` = what the n-th sends."""

    def __init__(self, address: tuple[str, int], pipes: int,
                 blocks: Callable[[int], Iterator[bytes]]) -> None:
        self.address, self.count, self.blocks = address, pipes, blocks
        self.pipes: list[Pipe] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        for number in range(self.count):
            _, pipe = await loop.create_connection(
                lambda blocks=self.blocks(number): Pipe(blocks), *self.address)
            self.pipes.append(pipe)

    def check(self) -> None:
        for pipe in self.pipes:
            if pipe.refused or pipe.lost:
                raise RuntimeError(f"the server refused: {pipe.refused or 'connection lost'}")

    async def done(self, within: float = 120) -> None:
        """Until everything is answered."""
        end = time.monotonic() + within
        for pipe in self.pipes:
            await asyncio.wait_for(pipe.idle.wait(), max(0.1, end - time.monotonic()))
        self.check()

    async def stop(self) -> None:
        for pipe in self.pipes:
            pipe.is_stopped = True
            pipe._fill()
        await self.done()
        self.close()

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.idle.set()
            pipe.transport.abort()


# What is sent

def joined(numbers: range, auto: bool) -> Iterator[bytes]:
    """Taxis come on."""
    more = " auto=1" if auto else ""
    for start in range(numbers.start, numbers.stop, BLOCK):
        yield "".join(f"ON t{n} {place(n)} seats=4{more}\n"
                      for n in range(start, min(start + BLOCK, numbers.stop))).encode()


def waiting(numbers: range) -> Iterator[bytes]:
    """Requests that stay open: no taxi is within reach."""
    for start in range(numbers.start, numbers.stop, BLOCK):
        yield "".join(f"REQ w{n} {place(n * 5, 0.5)} {place(n * 7 + 3)} wait=60m\n"
                      for n in range(start, min(start + BLOCK, numbers.stop))).encode()


def pauses(numbers: range) -> Iterator[bytes]:
    """Two lines, two facts: taxis pause and go on, for ever."""
    names = [f"t{n}" for n in numbers][:BLOCK // 2]
    block = "".join(f"BUSY {name} reason=break\n" for name in names).encode()
    block += "".join(f"FREE {name}\n" for name in names).encode()
    while True:
        yield block


def rides(numbers: range, prefix: str) -> Iterator[bytes]:
    """Four lines, six facts (queued, offered, assigned, arrived, onboard, done), for ever: a rider
    asks where a taxi stands that takes what it is offered, and is driven. The only taxi within
    reach is known beforehand, so nothing has to be read."""
    count = 0
    while True:
        lines = []
        for _ in range(BLOCK // 4):
            taxi = numbers[count % len(numbers)]
            count += 1
            ride = f"{prefix}{count}"
            lines.append(f"REQ {ride} {place(taxi)} {place(taxi + 1_234)}\nARRIVE {ride} t{taxi}\n"
                         f"BOARD {ride} t{taxi}\nDROP {ride} t{taxi}\n")
        yield "".join(lines).encode()
