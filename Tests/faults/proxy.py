"""A TCP proxy that does to a link what a network does: cuts, silences one way or both, delays."""

from __future__ import annotations

import asyncio
import time

from processes import free_port


class Proxy:
    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = free_port()
        self.delay = 0.0
        #: Directions whose bytes are swallowed: "to", "from". As without a route, no end is told.
        self.swallowed: set[str] = set()
        self.refuses = False
        #: Called with (direction, bytes) before they are passed on; returns how many may pass
        #: before the link is cut, or None.
        self.cutter = None
        self.links: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self.cuts = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _accept(self, reader, writer) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        link = (writer, back)
        self.links.add(link)
        for direction, source, sink in (("to", reader, back), ("from", there, writer)):
            task = asyncio.ensure_future(self._pump(direction, source, sink, link))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, direction, source, sink, link) -> None:
        # In order, whatever the delay becomes meanwhile: a stream never overtakes itself.
        delayed: asyncio.Queue = asyncio.Queue()
        passing = asyncio.ensure_future(_pass(delayed, sink))
        self._tasks.add(passing)
        try:
            while data := await source.read(65536):
                if direction in self.swallowed:
                    continue
                if self.cutter and (count := self.cutter(direction, data)) is not None:
                    delayed.put_nowait((0.0, data[:count]))
                    self.cuts += 1
                    break
                delayed.put_nowait((time.monotonic() + self.delay if self.delay else 0.0, data))
                if delayed.qsize() > 64:
                    await asyncio.sleep(0.01)
        except (OSError, RuntimeError):
            pass
        delayed.put_nowait((0.0, b""))
        await passing
        self._tasks.discard(passing)
        # A link whose ends hear nothing of each other does not hear of the end either.
        if not self.swallowed:
            self._end(link)

    def _end(self, link) -> None:
        self.links.discard(link)
        for writer in link:
            # Closing sends what is written first: a line cut in the middle must arrive cut.
            writer.close()

    def cut(self) -> None:
        for link in list(self.links):
            self.links.discard(link)
            for writer in link:
                writer.transport.abort()

    def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()


async def _pass(delayed: asyncio.Queue, sink: asyncio.StreamWriter) -> None:
    """Writes what comes, each at its time; empty bytes are the end."""
    try:
        while True:
            due, data = await delayed.get()
            if not data:
                return
            await asyncio.sleep(max(0.0, due - time.monotonic()) if due else 0)
            sink.write(data)
            await sink.drain()
    except (OSError, RuntimeError):
        pass
