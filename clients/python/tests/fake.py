"""A server that is no server: enough of BLP/1 to see what a client does, and a proxy that cuts."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from typing import Optional

import baecha

KEY, SECRET = "gw7", b"not so secret"


class FakeServer:
    """Keeps requests and taxis by id, as the protocol wants it, over any number of connections."""

    def __init__(self, auth: str = "none"):
        self.auth = auth
        self.facts: list[tuple[str, str]] = []  # (kind, id): what changed, once each
        self.requests: dict[str, tuple[str, int]] = {}  # id: line without its tag, position
        self.taxis: dict[str, int] = {}
        self.lines: list[str] = []
        self.positions: list[str] = []
        self.connections = 0
        self.replies: dict[str, list[str]] = {}  # verb: answers to give once each, in turn
        self.first = 0  # facts before it are trimmed
        self.writers: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Condition()
        self._server: Optional[asyncio.AbstractServer] = None
        self.port = 0

    async def __aenter__(self) -> "FakeServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for writer in list(self.writers):
            writer.close()
        await self._server.wait_closed()

    def cut(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()

    async def push(self, line: str) -> None:
        for writer in list(self.writers):
            writer.write(line.encode() + b"\n")

    async def fact(self, kind: str, name: str) -> int:
        async with self._changed:
            self.facts.append((kind, name))
            self._changed.notify_all()
        return len(self.facts)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.add(writer)
        tasks: list[asyncio.Task[None]] = []
        nonce = f"n{self.connections}"
        writer.write(
            f"BLP/1 region=seoul node=a1 role=leader dur=memory at=1-{len(self.facts)} order=lat,lon "
            f"maxline=1024 hb=1s dedup=15m now=1763805600123 auth={self.auth} nonce={nonce}\n".encode())
        is_open = self.auth == "none"
        try:
            while True:
                raw = await reader.readline()
                if not raw.endswith(b"\n"):
                    return
                text = raw.decode().rstrip("\n")
                line = baecha.parse_line(text)
                self.lines.append(text)
                tag = f"#{line.tag} " if line.tag else ""
                if line.word == "AUTH":
                    said = f"{nonce}|{KEY}|seoul".encode()
                    is_open = line.args[2] == hmac.new(SECRET, said, hashlib.sha256).hexdigest()
                if not is_open and line.word != "HELLO":
                    writer.write(b"ERR 401 auth retry=never close=1 msg=no\n")
                    return
                if line.word == "QUIT":
                    return
                answer = await self._answer(line, text, writer, tasks)
                if answer:
                    writer.write(f"{tag}{answer}\n".encode())
                    await writer.drain()
        except OSError:
            pass
        finally:
            for task in tasks:
                task.cancel()
            self.writers.discard(writer)
            writer.close()

    async def _answer(self, line: baecha.Line, text: str, writer: asyncio.StreamWriter,
                      tasks: list[asyncio.Task[None]]) -> Optional[str]:
        if self.replies.get(line.word):
            return self.replies[line.word].pop(0)
        if line.word == "P":
            self.positions.append(text)
            return None
        if line.word == "PING":
            return f"PONG now=1763805600123 at=1-{len(self.facts)}"
        if line.word == "ON":
            taxi = line.args[0]
            known = taxi in self.taxis
            if not known:
                self.taxis[taxi] = await self.fact("taxi.on", taxi)
            return f"OK {taxi} state=free at=1-{self.taxis[taxi]}" + (" dup=1" if known else "")
        if line.word == "OFF":
            known = self.taxis.pop(line.args[0], None)
            if known:
                await self.fact("taxi.off", line.args[0])
            return f"OK {line.args[0]} state=off at=1-{len(self.facts)}"
        if line.word == "REQ":
            ride = line.args[0]
            content = text.partition("REQ")[2]
            if ride in self.requests:
                before, at = self.requests[ride]
                if before != content:
                    return "ERR 409 conflict retry=refresh msg=other"
                return f"OK {ride} state=queued at=1-{at} dup=1"
            at = await self.fact("req.queued", ride)
            self.requests[ride] = (content, at)
            return f"OK {ride} state=queued at=1-{at}"
        if line.word == "SUB":
            start = line.fields.get("from", "now")
            at = len(self.facts) if start in ("now", "snap") else 0 if start == "first" else int(start[2:])
            if at < self.first:
                return f"ERR 410 trimmed retry=refresh first=1-{self.first} msg=gone"
            tasks.append(asyncio.create_task(self._stream(line.args[0], at, writer, start == "snap")))
            return f"OK {line.args[0]} from=1-{at} first=1-{self.first}"
        return "OK"

    async def _stream(self, name: str, at: int, writer: asyncio.StreamWriter, snap: bool) -> None:
        await asyncio.sleep(0)
        if snap:
            for taxi in self.taxis:
                writer.write(f"SNAP {name} TAXI {taxi} state=free\n".encode())
            writer.write(f"LIVE {name} 1-{at}\n".encode())
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: len(self.facts) > at)
            while at < len(self.facts):
                kind, name_of = self.facts[at]
                at += 1
                writer.write(f"EV {name} 1-{at} {kind} {name_of}\n".encode())
            await writer.drain()


class Cutter:
    """A proxy that ends every connection after a drawn number of bytes, `cuts` times."""

    def __init__(self, port: int, cuts: int, seed: int, most: int = 1200, host: str = "127.0.0.1"):
        self.target, self.left, self.most = (host, port), cuts, most
        self.draw = random.Random(seed)
        self.port = 0
        self.open: dict[asyncio.StreamWriter, asyncio.StreamWriter] = {}

    async def __aenter__(self) -> "Cutter":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for end in [*self.open, *self.open.values()]:
            end.transport.abort()
        while self.open:
            await asyncio.sleep(0.001)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inward, outward = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        budget: Optional[int] = None
        if self.left > 0:
            self.left -= 1
            budget = self.draw.randrange(self.most)
        rest = [budget]

        async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                if rest[0] is not None:
                    data = data[: rest[0]]
                    rest[0] -= len(data)
                sink.write(data)
                await sink.drain()
                if rest[0] == 0:
                    return

        pipes = [asyncio.create_task(pipe(reader, outward)), asyncio.create_task(pipe(inward, writer))]
        self.open[writer] = outward
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for task in pipes:
            task.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)
        # What was let through has been handed over; what follows is gone.
        self._close(writer)

    def _close(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self.open.pop(writer).close()
