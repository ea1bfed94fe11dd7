"""F18, F24, F28: from one engine to the other."""

from __future__ import annotations

import asyncio
import signal
import time

from bench import Run
from blast import Blast
from checker import check
from load import Size
from wire import Position


async def f18(run: Run) -> None:
    """The standby is stopped while the journal is written, snapshotted and trimmed under it."""
    goal = 1_000_000 if run.is_long else 420_000
    for _ in range(run.count):
        async with run.stage(engines=2, size=Size(400, 40), kinds="req.*,offer.*") as stage:
            leader, standby = stage.cluster.engines
            standby.process.send(signal.SIGSTOP)
            blast = Blast(stage)
            began = time.monotonic()
            await blast.until(goal, 240)
            run.figures["facts/s"] = round(goal / (time.monotonic() - began))
            while await _first(stage) < 10_000:
                run.require(time.monotonic() - began < 120, "nothing is trimmed within 120 s")
                await asyncio.sleep(0.5)
            await blast.close()
            goal = (await leader.status())["kept"]
            length = stage.cluster.redis.ask("XLEN", "{seoul}:j")
            run.figures["batches left"] = length
            standby.process.send(signal.SIGCONT)
            awake = time.monotonic()
            while True:
                behind = (await leader.status())["kept"] - (await standby.status()).get("kept", 0)
                if behind < 500:
                    break
                run.require(time.monotonic() - awake < 30, f"the standby is {behind} facts behind")
                run.require(standby.process.is_alive,
                            f"the standby ended: {standby.process.tail()}")
                await asyncio.sleep(0.1)
            run.times("caught up", [time.monotonic() - awake])
            # A standby compares digests every 4096 facts, and ends if they differ.
            again = Blast(stage, links=2)
            await again.until(goal + 10_000, 60)
            await again.close()
            await leader.process.kill()
            await standby.until("leader", 8)
            await stage.load.serving(time.monotonic(), 10)
            await _judge_tail(run, stage)


async def _first(stage) -> int:
    """The sequence of the oldest entry of the journal."""
    entry = stage.cluster.redis.ask("XRANGE", "{seoul}:j", "-", "+", "COUNT", "1")[0]
    return Position.read(entry[0]).sequence


async def _judge_tail(run: Run, stage) -> None:
    """The journal's head is trimmed: answers and streams are held against what is left of it."""
    evidence = await stage.load.finish(30)
    first = evidence.journal[0].at.sequence
    run.figures["first fact left"] = first
    run.require(first > 1, "nothing was trimmed")
    for stream in evidence.streams:
        stream.events = [e for e in stream.events if Position.read(e[0]).sequence >= first]
    evidence.reads = []
    found = [v for v in check(evidence) if v[0] in ("I1", "I4") or v[0] == "I5" and "OK" in v[1]]
    run.require(not found, str(found[:1]))


async def f24(run: Run) -> None:
    """The leader dies, and a thousand gateways come to the standby at once."""
    size = Size(taxis=4_000, requests=40, gateways=1_000)
    over, bound = [], []
    async with run.stage(engines=2, size=size) as stage:
        for _ in range(run.count):
            old = await stage.cluster.leader(10)
            other = next(e for e in stage.cluster.engines if e is not old)
            for gateway in stage.load.gateways:
                gateway.rebound = None
            await old.process.kill()
            killed = time.monotonic()
            await other.until("leader", 8)
            over.append(time.monotonic() - killed)
            bound.append(await stage.load.rebound(30))
            old.start()
            await old.until("standby", 10)
        run.times("take-over", over, 3.0)
        run.times("all gateways rebound", bound, 5.0)
        await stage.judge(40)


async def f28(run: Run) -> None:
    """SIGTERM under load: the standby takes over, old to new and new to old."""
    pauses = []
    async with run.stage(engines=2) as stage:
        for _ in range(run.count):
            await stage.random_moment(0.5, 1.0)
            old = await stage.cluster.leader(10)
            other = next(e for e in stage.cluster.engines if e is not old)
            before = time.monotonic()
            old.process.send(signal.SIGTERM)
            await other.until("leader", 8)
            code = await old.process.ended(10)
            run.require(code == 0, f"ended with {code}: {old.process.tail()}")
            await stage.load.serving(before + 0.5, 10)
            oks = sorted(t[1] for t in stage.load.changes(before - 0.5) if t[2] == "OK")
            pauses.append(max(b - a for a, b in zip(oks, oks[1:])))
            odd = {t[2] for t in stage.load.changes(before)
                   if t[2].startswith("ERR 5") and not t[2].startswith("ERR 503")}
            # A machine that stood still so long keeps no fact in time.
            stalled = run.slack > 1 and pauses[-1] > 1.5
            run.require(stalled or not odd, f"operations failed with {odd}")
            old.start()
            await old.until("standby", 10)
        run.times("without an OK", pauses, 0.2)
        await stage.judge()
