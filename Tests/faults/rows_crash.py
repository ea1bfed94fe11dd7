"""F1 to F4: processes are killed."""

from __future__ import annotations

import asyncio
import signal
import time

from bench import Run
from blast import Blast
from processes import Failed


async def f1(run: Run) -> None:
    """The engine is killed at random times."""
    async with run.stage() as stage:
        serving = []
        for _ in range(run.count):
            await stage.random_moment()
            await stage.engine.process.kill()
            killed = time.monotonic()
            stage.engine.start()
            serving.append(await stage.load.serving(killed, 15))
        run.times("serving again", serving, 1.0)
        await stage.judge()


#: Points passed with every batch of facts, and when a process begins or ends.
UNDER_LOAD = ["before-append", "after-append", "before-gate", "after-gate"]
AT_START = ["before-acquire", "after-acquire", "in-recovery"]
AT_SNAPSHOT = ["in-snapshot", "before-publish", "after-publish", "before-trim"]


async def f2(run: Run) -> None:
    """The engine ends itself at each named point."""
    serving = []
    reached = []
    async with run.stage() as stage:
        for point in (UNDER_LOAD + AT_START + ["before-release"]) * run.count:
            nth = run.random.randint(1, 60) if point in UNDER_LOAD else 1
            # What is killed has the fault armed; what comes after it has not.
            await stage.engine.process.kill()
            stage.engine.start(fault=f"{point}:{nth}")
            if point == "before-release":
                await stage.engine.until("leader", 10)
                await stage.random_moment()
                stage.engine.process.send(signal.SIGTERM)
            await _died(stage.engine, point)
            reached.append(point)
            killed = time.monotonic()
            stage.engine.start()
            serving.append(await stage.load.serving(killed, 15))
            await stage.random_moment(0.1, 0.4)
        await stage.judge()
    async with run.stage() as stage:
        # Snapshots come after 200,000 facts, trimming after 300,000: they are made on purpose.
        stage.load.subscribers[0].kinds = "req.*,offer.*"
        blast = Blast(stage)
        for point in AT_SNAPSHOT * run.count:
            await stage.engine.process.kill()
            stage.engine.start(fault=f"{point}:1")
            await blast.until_dead(stage.engine, 90)
            await _died(stage.engine, point)
            reached.append(point)
            killed = time.monotonic()
            stage.engine.start()
            serving.append(await stage.load.serving(killed, 15))
        await blast.close()
        await stage.judge(40)
    run.figures["points"] = f"{len(set(reached))} of 12"
    run.times("serving again", serving, 1.0)


async def _died(engine, point: str) -> None:
    try:
        code = await engine.process.ended(15)
    except Failed:
        raise Failed(f"the point {point} was not reached") from None
    if code != -signal.SIGKILL:
        raise Failed(f"at {point} the engine ended with {code}: {engine.process.tail()}")


async def f3(run: Run) -> None:
    """Redis is killed; the engine stays."""
    async with run.stage() as stage:
        first = []
        for _ in range(run.count):
            await stage.random_moment()
            await stage.cluster.redis.process.kill()
            down = time.monotonic()
            await asyncio.sleep(run.random.uniform(0.1, 0.5))
            early = [t for t in stage.load.changes(down + 0.05) if t[2] == "OK"]
            run.require(not early, f"{len(early)} OK while Redis was down")
            await stage.cluster.redis.start()
            up = time.monotonic()
            first.append(await stage.load.serving(up - 0.5, 15) - 0.5)
            run.require(stage.engine.process.is_alive,
                        f"the engine ended: {stage.engine.process.tail()}")
        run.times("first OK after Redis", [max(0.0, t) for t in first], 1.0)
        await stage.judge()


async def f4(run: Run) -> None:
    """Redis and the engine are killed together."""
    async with run.stage() as stage:
        serving = []
        for _ in range(run.count):
            await stage.random_moment()
            stage.engine.process.send(signal.SIGKILL)
            stage.cluster.redis.process.send(signal.SIGKILL)
            await stage.engine.process.ended(5)
            await stage.cluster.redis.process.ended(5)
            stage.engine.start()
            await stage.cluster.redis.start()
            up = time.monotonic()
            serving.append(await stage.load.serving(up, 15))
        run.times("serving after Redis", serving, 1.0)
        await stage.judge()
