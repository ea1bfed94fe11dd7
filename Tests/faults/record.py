"""Makes the record that the self-test plants its faults in: a small run with two kills."""

from __future__ import annotations

import asyncio

from bench import Run
from checker import check
from load import Size
from planted import RECORD
from processes import Failed


async def record(binary: str) -> None:
    run = Run("record", binary)
    async with run.stage(size=Size(taxis=40, requests=15, gateways=2)) as stage:
        for _ in range(2):
            await asyncio.sleep(1.5)
            await stage.engine.process.kill()
            stage.engine.start()
        await asyncio.sleep(2)
        evidence = await stage.load.finish()
        found = check(evidence)
        if found:
            raise Failed(str(found[0]))
        evidence.write(RECORD)
