"""A Redis and a server of the fault matrix, with room for a benchmark."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time

from cluster import Cluster, Engine

#: What protects a city from one of its companies would be all that is measured.
NO_QUOTAS = ["--set", "requests_per_second=1000000", "--set", "requests_burst=1000000",
             "--set", "taxis_per_session=1000000", "--set", "positions_per_second=255"]


@contextlib.asynccontextmanager
async def cluster(binary: str, durability: str, region: str):
    """Redis alone; it does not rewrite its file in the middle of a measurement."""
    made = Cluster(binary, durability, region=region)
    made.redis.settings["auto-aof-rewrite-percentage"] = "0"
    try:
        await made.redis.start()
        yield made
    finally:
        made.close()


async def engine(cluster: Cluster, *more: str, state: str = "") -> Engine:
    """One more engine, leading."""
    made = cluster.engine("abcdef"[len(cluster.engines)])
    made.start(*NO_QUOTAS, *more, state=state)
    await made.until("leader", 15)
    return made


async def end(engine: Engine) -> None:
    """In order, so that the next one leads at once."""
    engine.process.send(15)
    await engine.process.ended(15)


def flush_times(count: int = 250, size: int = 200) -> list[float]:
    """Microseconds of the disk's own flush, on the disk that Redis writes to."""
    times = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(count):
            file.write(b"x" * size)
            file.flush()
            begun = time.perf_counter_ns()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter_ns() - begun) / 1_000)
    return times


async def run(*command: str, within: float = 600) -> tuple[int, str, str]:
    """A command, while the loop goes on; its exit code and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, errors = await asyncio.wait_for(process.communicate(), within)
    return process.returncode or 0, out.decode(), errors.decode()
