"""The load under which rows run, and the evidence it leaves."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Callable

from client import Client
from evidence import Evidence
from journal import read_journal
from parties import Booker, Gateway, Reader, Subscriber
from processes import Failed, patient
from wire import Position, matches


@dataclass
class Size:
    taxis: int = 2_000
    requests: float = 200
    gateways: int = 4
    bookers: int = 2


class Load:
    def __init__(self, cluster, size: Size, seed: int,
                 addresses: Callable[[], list[tuple[str, int]]] | None = None) -> None:
        self.cluster, self.size = cluster, size
        self.addresses = addresses or (lambda: cluster.addresses)
        self.evidence = Evidence()
        log, pushed = self.evidence.asked, self.evidence.pushed
        each = size.taxis // size.gateways
        self.gateways = [Gateway(f"g{n}", self.addresses, seed * 100 + n, log, each, pushed)
                         for n in range(size.gateways)]
        self.bookers = [Booker(f"b{n}", self.addresses, seed * 100 + 50 + n, log)
                        for n in range(size.bookers)]
        self.subscribers = [
            Subscriber("s0", self.addresses, seed * 100 + 80, "req.*,offer.*,taxi.*"),
            Subscriber("s1", self.addresses, seed * 100 + 81, "req.assigned,req.done"),
        ]
        self.random = random.Random(seed)
        self.tasks: list[asyncio.Task] = []
        self.is_ordering = True
        self.began = time.monotonic()

    @property
    def clients(self) -> list[Client]:
        return [*self.gateways, *self.bookers, *self.subscribers]

    async def start(self, warm: float = 1.5) -> None:
        for client in self.clients:
            self.tasks.append(asyncio.ensure_future(client.run()))
        self.tasks.append(asyncio.ensure_future(self._drive()))
        self.tasks.append(asyncio.ensure_future(self._order()))
        await self.rebound(30)
        await asyncio.sleep(warm)

    async def rebound(self, within: float) -> float:
        """Until every gateway has all its taxis; the seconds that took."""
        began = time.monotonic()
        while any(not g.is_open or g.rebound is None for g in self.gateways):
            if time.monotonic() - began > patient(within):
                raise Failed(f"gateways have not all their taxis within {within} s")
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    async def _drive(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            for gateway in self.gateways:
                gateway.tick(0.1 / 5)
                if self.random.random() < 0.1:
                    gateway.pause_one()

    async def _order(self) -> None:
        due = 0.0
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            # What could not be sent in time is not made up for in a burst.
            due = min(due + (now - last) * self.size.requests, self.size.requests / 5)
            last = now
            while due >= 1 and self.is_ordering:
                due -= 1
                self.random.choice(self.bookers).order()

    # What was seen

    @property
    def oks(self) -> int:
        return sum(1 for client in (*self.gateways, *self.bookers)
                   for _, _, word in client.tries if word == "OK")

    def changes(self, since: float) -> list[tuple[float, float, str]]:
        """Tries of changing lines that were sent since then: sent, answered, outcome."""
        return sorted(one for client in (*self.gateways, *self.bookers)
                      for one in client.tries if one[0] >= since)

    async def serving(self, since: float, within: float) -> float:
        """Seconds from `since` until a changing line sent after it is answered OK."""
        while time.monotonic() - since < patient(within):
            times = []
            for client in (*self.gateways, *self.bookers):
                for sent, answered, word in reversed(client.tries):
                    if sent < since:
                        break
                    if word == "OK":
                        times.append(answered)
            if times:
                return min(times) - since
            await asyncio.sleep(0.01)
        raise Failed(f"no changing line was answered OK within {within} s")

    # The end

    async def finish(self, within: float = 20) -> Evidence:
        """Stops ordering, lets everything come to its answer, and gathers the evidence."""
        self.is_ordering = False
        leader = await self.cluster.leader(within)
        await self.answered(within)
        for gateway in self.gateways:
            gateway.is_driving = False
        # Whoever cancels does so within a second of asking.
        await asyncio.sleep(1.2)
        await self.answered(within)
        await self._read_states()
        for client in (*self.gateways, *self.bookers):
            client.close()
        await asyncio.sleep(0.2)
        evidence = self.evidence
        evidence.journal = await read_journal(self.cluster, leader)
        await self._catch_up()
        evidence.streams = [s.stream for s in self.subscribers]
        last = evidence.journal[-1].at.sequence if evidence.journal else 0
        for stream in evidence.streams:
            # Offers go on running out while the journal is read: what came later is not judged.
            stream.events = [e for e in stream.events if Position.read(e[0]).sequence <= last]
        for client in self.clients:
            client.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        disorder = sum(client.disorder for client in self.clients)
        if disorder:
            raise Failed(f"{disorder} answers came out of order")
        refused = [text for s in self.subscribers for text in s.refused]
        if refused:
            raise Failed(f"subscribers were refused: {refused[:3]}")
        return evidence

    async def answered(self, within: float) -> None:
        """Until no line is without an answer."""
        end = time.monotonic() + patient(within)
        while any(c.waiting or c.backlog or not c.is_open for c in (*self.gateways, *self.bookers)):
            if time.monotonic() > end:
                left = {c.name: (len(c.waiting), len(c.backlog), c.is_open) for c in
                        (*self.gateways, *self.bookers)}
                raise Failed(f"lines are without an answer after {within} s: {left}")
            await asyncio.sleep(0.05)

    async def _read_states(self) -> None:
        reader = Reader("reader", self.addresses, 7)
        task = asyncio.ensure_future(reader.run())
        rides = [asked.args[0] for asked in self.evidence.asked
                 if asked.verb == "REQ" and asked.is_ok]
        # Early ones, late ones, and some between: what a fault can have touched is anywhere.
        some = {*rides[:50], *rides[-50:], *self.random.sample(rides, min(200, len(rides)))}
        for ride in sorted(some):
            reader.read(ride)
        end = time.monotonic() + patient(4)
        while len(reader.reads) < len(some) and time.monotonic() < end:
            await asyncio.sleep(0.02)
        reader.close()
        task.cancel()
        self.evidence.reads = reader.reads

    async def _catch_up(self) -> None:
        for subscriber in self.subscribers:
            wanted = max((fact.at.sequence for fact in self.evidence.journal
                          if matches(subscriber.kinds, fact.kind)), default=0)
            end = time.monotonic() + patient(5)
            while subscriber.reached < wanted and time.monotonic() < end:
                await asyncio.sleep(0.02)
