"""A TCP proxy that can do to a link what a network does: cut it, hold it, hold one way, delay it."""

from __future__ import annotations

import asyncio

from processes import free_port


class Proxy:
    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = free_port()
        self.delay = 0.0
        #: Directions whose bytes are swallowed: "to", "from". As after a route is gone, no end is told.
        self.swallowed: set[str] = set()
        self.refuses = False
        #: Called with (direction, bytes) before they are passed on; returns how many may pass before
        #: the link is cut, or None.
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
        loop = asyncio.get_running_loop()
        try:
            while data := await source.read(65536):
                if direction in self.swallowed:
                    continue
                if self.cutter and (count := self.cutter(direction, data)) is not None:
                    sink.write(data[:count])
                    await sink.drain()
                    self.cuts += 1
                    break
                if self.delay:
                    loop.call_later(self.delay, _write, sink, data)
                else:
                    sink.write(data)
                    await sink.drain()
        except (OSError, RuntimeError):
            pass
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


def _write(sink: asyncio.StreamWriter, data: bytes) -> None:
    if not sink.is_closing():
        sink.write(data)
