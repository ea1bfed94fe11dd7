"""What rows are written with: a stage of processes under load, and the judgement at its end."""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass, field

from checker import check, repeats_at_later_facts
from cluster import Cluster
from load import Load, Size
from processes import Failed, patient

#: Bytes that an allocator may keep for itself, of connections and batches that are gone.
ALLOCATOR = 32 << 20


@dataclass
class Run:
    """One row's run."""

    row: str
    binary: str
    seed: int = 1
    count: int = 1
    #: Nightly: with the counts and sizes that take long.
    is_long: bool = False
    #: Limits of time are multiplied by it, for machines with other work to do.
    slack: float = 1.0
    keep: str = ""
    figures: dict[str, object] = field(default_factory=dict)
    not_run: list[str] = field(default_factory=list)
    stages: list["Stage"] = field(default_factory=list)
    random: random.Random = field(default_factory=random.Random)

    #: Of `times`, over all parts.
    samples: dict[str, list[float]] = field(default_factory=dict)

    def begin(self, seed: int, count: int) -> None:
        """A part of the run, with processes of its own, so that no journal is trimmed."""
        self.seed, self.count = seed, count
        self.random = random.Random(f"{self.row} {seed}")

    def stage(self, **options) -> "Stage":
        made = Stage(self, **options)
        self.stages.append(made)
        return made

    def times(self, name: str, seconds: list[float], limit: float | None = None) -> None:
        """Notes the middle and the worst; fails when the worst is over the limit.

        With slack a single one may meet a machine that stood still: then the middle is held to the
        limit, and the worst to three times as much.
        """
        if not seconds:
            return
        self.samples.setdefault(name, []).extend(seconds)
        ordered = sorted(self.samples[name])
        middle, worst = ordered[len(ordered) // 2], ordered[-1]
        self.figures[name] = f"{middle * 1000:.0f} / {worst * 1000:.0f} ms"
        if limit is None:
            return
        allowed = limit * self.slack
        if worst > (allowed if self.slack <= 1 else allowed * 3) or middle > allowed:
            self.late = [text for text in self.late if not text.startswith(name + ":")]
            self.late.append(f"{name}: {self.figures[name]}, allowed {allowed * 1000:.0f}")

    #: Limits of time that were passed: told after everything else was judged.
    late: list[str] = field(default_factory=list)

    def require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise Failed(otherwise)


class Stage:
    """`async with run.stage() as stage`: Redis, engines and load, started and warm."""

    def __init__(self, run: Run, engines: int = 1, durability: str = "durable",
                 size: Size | None = None, loaded: bool = True, kept: bool = True,
                 addresses=None, prepare=None,
                 kinds: str = "") -> None:
        self.run, self.engines, self.loaded = run, engines, loaded
        self.cluster = Cluster(run.binary, durability, kept)
        self.load = Load(self.cluster, size or Size(), run.seed, addresses)
        self.prepare = prepare
        if kinds:
            self.load.subscribers[0].kinds = kinds
        self.idle = (0, 0)
        self.oks = 0

    @property
    def engine(self):
        return self.cluster.engines[0]

    async def __aenter__(self) -> "Stage":
        try:
            if self.prepare:
                await self.prepare(self)
            await self.cluster.start(self.engines)
            await asyncio.sleep(0.2)
            self.idle = self.engine.process.usage()
            if self.loaded:
                await self.load.start()
                self.load.began = time.monotonic()
                self.oks = self.load.oks
        except BaseException:
            self.cluster.close()
            raise
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        for client in self.load.clients:
            client.close()
        for task in self.load.tasks:
            task.cancel()
        keep = bool(error) and bool(self.run.keep)
        if keep:
            self.load.evidence.write(os.path.join(self.cluster.folder, "evidence.json"))
            self.run.figures["folder"] = self.cluster.folder
        self.cluster.close(keep)

    async def judge(self, within: float = 20) -> None:
        """Ends the load, and holds everything that clients were told against the journal."""
        loaded = time.monotonic() - self.load.began
        served = self.load.oks - self.oks
        evidence = await self.load.finish(within)
        found = await asyncio.get_running_loop().run_in_executor(None, check, evidence)
        figures = self.run.figures
        for name, more in (("facts", len(evidence.journal)),
                           ("acknowledged", sum(a.is_ok for a in evidence.asked)),
                           ("resumes", sum(s.resumes for s in evidence.streams)),
                           ("repeats at a later fact", repeats_at_later_facts(evidence)),
                           ("told gaps", sum(len(s.told_gaps) for s in evidence.streams))):
            figures[name] = int(figures.get(name, 0)) + more
        figures["OK/s"] = round(served / max(loaded, 0.001))
        if found:
            kinds = {v[0]: sum(1 for w in found if w[0] == v[0]) for v in found}
            raise Failed(f"{kinds}; {found[0]}")
        await self._usage()

    async def _usage(self) -> None:
        """I6: memory and open files are back, but for what is kept on purpose."""
        engine = await self.cluster.leader(5)
        end = time.monotonic() + patient(5)
        while True:
            resident, files = engine.process.usage()
            if abs(files - self.idle[1]) <= max(3, self.idle[1] // 10):
                break
            if time.monotonic() > end:
                raise Failed(f"I6: {files} open files, {self.idle[1]} before the load")
            await asyncio.sleep(0.1)
        if self.cluster.is_kept:
            await self._memory(engine, resident)

    async def _memory(self, engine, resident: int) -> None:
        """What must be held is what a process holds that has just read the same journal."""
        fresh = self.cluster.engine("fresh")
        fresh.start()
        await fresh.until("standby", 15)
        kept = (await engine.status()).get("kept", 0)
        end = time.monotonic() + patient(30)
        while (await fresh.status()).get("kept", 0) < kept:
            self.run.require(time.monotonic() < end, "a fresh process does not read the journal")
            await asyncio.sleep(0.05)
        needed = fresh.process.usage()[0]
        await fresh.process.kill()
        self.run.figures["MB"] = f"{resident >> 20} (fresh {needed >> 20})"
        if resident > needed * 1.1 + ALLOCATOR:
            raise Failed(f"I6: {resident >> 20} MB resident, a fresh process with the same journal "
                         f"has {needed >> 20}")

    async def random_moment(self, low: float = 0.2, high: float = 0.8) -> None:
        await asyncio.sleep(self.run.random.uniform(low, high))
