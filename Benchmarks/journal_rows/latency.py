"""latency: request -> OK beside the disk's own flush and the bare round trip to the same Redis."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from . import servers
from .redis_link import Probe, RedisLink, batches, mark, redis_benchmark
from .sheet import Options, Sheet, median, quantile

ROW = "latency"
TAXIS, REQUESTS, WARM = 2_000, 200, 3.0


async def play(options: Options, sheet: Sheet) -> None:
    sheet.title(f"latency: {TAXIS:,} taxis and {REQUESTS} requests/s, {options.rounds} rounds of "
                f"{options.seconds:g} s each in durable, relaxed and memory; medians of rounds")
    found: dict[str, list[dict[str, Any]]] = {"durable": [], "relaxed": [], "memory": []}
    for number in range(options.rounds):
        # In turns, so that what else happens on the machine happens to all.
        for mode, rounds in found.items():
            rounds.append(await _load(options, mode, number))
    p50 = {mode: [r["p50"] for r in rounds] for mode, rounds in found.items()}
    p99 = {mode: [r["p99"] for r in rounds] for mode, rounds in found.items()}
    bare = {mode: [r["bare"] for r in rounds] for mode, rounds in found.items()}
    flushes = [r["flushes"] for r in found["durable"]]
    middle = [median(times) for times in flushes]
    sheet.add(ROW, "the disk's own flush, p50", median(middle), "us", samples=middle)
    worst = [quantile(times, 0.99) for times in flushes]
    sheet.add(ROW, "the disk's own flush, p99", median(worst), "us", samples=worst)
    allowed = 2 * median(middle) + 1_000
    sheet.add(ROW, "durable: request -> OK, p50", median(p50["durable"]), "us", allowed,
              samples=p50["durable"],
              beside=f"{median(p50['durable']) / median(bare['durable']):.1f} bare round trips")
    sheet.add(ROW, "durable: request -> OK, p99", median(p99["durable"]), "us", 25_000,
              samples=p99["durable"])
    sheet.add(ROW, "durable: bare round trip meanwhile, p50", median(bare["durable"]), "us",
              samples=bare["durable"])
    sheet.add(ROW, "relaxed: request -> OK, p50", median(p50["relaxed"]), "us",
              samples=p50["relaxed"],
              beside=f"{median(p50['relaxed']) / median(bare['relaxed']):.1f} bare round trips")
    sheet.add(ROW, "relaxed: request -> OK, p99", median(p99["relaxed"]), "us",
              samples=p99["relaxed"])
    sheet.add(ROW, "memory: request -> OK, p50", median(p50["memory"]), "us", samples=p50["memory"])
    sheet.add(ROW, "relaxed: bare round trip meanwhile, p50", median(bare["relaxed"]), "us",
              samples=bare["relaxed"])
    _gate(sheet, found)


def _gate(sheet: Sheet, found: dict[str, list[dict[str, Any]]]) -> None:
    pairs = list(zip(found["relaxed"], found["memory"]))
    shares = [kept["p50"] - free["p50"] - kept["bare"] for kept, free in pairs]
    sheet.add(ROW, "relaxed: the gate's own share, p50", median(shares), "us", 50, samples=shares)
    steps = [kept["p50"] - free["p50"] - kept["step"] for kept, free in pairs]
    sheet.add(ROW, "  the same over a bare FCALL of its own step", median(steps), "us",
              samples=steps)
    one = found["relaxed"][-1]
    sheet.note("gate's share = p50 of request -> OK in relaxed, less that in memory, less that of "
               f"an XADD of as many bytes ({one['size']:.0f}, {one['facts']:.1f} facts) sent "
               "meanwhile by a second, else idle connection: differences of medians, so no better "
               "than the spread shown; waiting for the batch before, two changes of thread and the "
               "step's own work in Redis count as the gate's; generator's lateness cancels out.")
    missed = sum(not one["held"] for rounds in found.values() for one in rounds)
    if missed:
        sheet.note(f"in {missed} of the runs baecha bench says that its load was not held.")
    sheet.note(f"the second connection's own cost: idle Redis, p50 {one['idle']:.0f} us by it at "
               f"random instants, {one['tool']:.0f} us by redis-benchmark without a pause.")


async def _load(options: Options, mode: str, number: int) -> dict[str, Any]:
    durability = "durable" if mode == "durable" else "relaxed"
    # Before and after the load: meanwhile it would flush what Redis writes too.
    flushes = servers.flush_times() if mode == "durable" else []
    async with servers.cluster(options.baecha, durability, "policy: {kind: nearest}\n") as cluster:
        done = cluster.tool("redis", "install-functions", "--state", cluster.redis.url)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        engine = await servers.engine(cluster, state="memory" if mode == "memory" else "")
        sheet = os.path.join(cluster.folder, "sheet.json")
        load = asyncio.ensure_future(servers.run(
            options.baecha, "bench", "--connect", f"127.0.0.1:{engine.port}", "--taxis", str(TAXIS),
            "--requests", str(REQUESTS), "--duration", f"{options.seconds * 1000:.0f}ms",
            "--warm-up", f"{WARM * 1000:.0f}ms", "--seed", str(number + 1), "--json", sheet))
        link = RedisLink(cluster.redis.port)
        await asyncio.sleep(1)
        first = mark(link) if mode != "memory" else None
        await asyncio.sleep(WARM - 1)
        found = {"size": 160.0, "facts": 0.0}
        if first:
            mean = batches(link, first, mark(link))
            found = {"size": mean.bytes, "facts": mean.facts}
        probe = Probe(cluster.redis.port, max(1, round(found["size"])))
        probe.start()
        await asyncio.sleep(max(0.5, options.seconds - 1))
        probe.finish()
        code, _, errors = await load
        if not os.path.exists(sheet):
            raise RuntimeError(f"baecha bench ended with {code}: {errors.strip()[-300:]}")
        with open(sheet, encoding="utf-8") as file:
            latency = json.load(file)["requestToAnswer"]
        await servers.end(engine)
        if mode == "durable":
            found["flushes"] = flushes + servers.flush_times()
        found |= {"held": code == 0, "p50": latency["p50"], "p99": latency["p99"],
                  "bare": median(probe.xadd), "step": median(probe.step)}
        if mode == "relaxed":
            alone = Probe(cluster.redis.port, max(1, round(found["size"])))
            alone.start()
            await asyncio.sleep(1)
            alone.finish()
            found["idle"] = median(alone.xadd)
            found["tool"] = redis_benchmark(cluster.redis.port, round(found["size"]), 1, 1).p50_us
        return found
