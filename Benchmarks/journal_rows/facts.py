"""facts: the most facts a second, beside redis-benchmark with entries of the same size."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from . import flood, servers
from .redis_link import RedisLink, batches, mark, redis_benchmark
from .sheet import Options, Sheet, cpu_seconds, median

ROW = "facts"
PIPES, EACH = 8, 200
REGION = """\
bounds: {taxis: 2000, rides: 2000000}
timers: {freshness: 60m, lost_after: 60m, pickup_max: 1s, dedup: 1m}
policy: {kind: nearest}
"""


def _taxis(pipe: int) -> range:
    return range(pipe * EACH, pipe * EACH + EACH)


#: What the lines are: name, and what a pipe sends.
LINES = {
    "pauses": lambda pipe: flood.pauses(_taxis(pipe)),
    "rides": lambda pipe: flood.rides(_taxis(pipe), f"r{pipe}-"),
}


@dataclass
class Found:
    """One round of one kind of lines."""

    rate: float
    cores: dict[str, float]
    #: What redis-benchmark gets with entries like these, in facts/s.
    peer: float = 0
    facts: float = 0
    bytes: float = 0


async def play(options: Options, sheet: Sheet) -> None:
    sheet.title(f"facts: the most a second from {PIPES} pipelined connections, {options.rounds} "
                f"rounds of {options.seconds:g} s; pauses = BUSY, FREE (1 fact a line), rides = "
                "REQ, ARRIVE, BOARD, DROP (6 facts in 4 lines)")
    found: dict[tuple[str, str], list[Found]] = {}
    for _ in range(options.rounds):
        # In turns, so that what else happens on the machine happens to all.
        for mode in ("memory", "durable", "relaxed"):
            for name in LINES:
                found.setdefault((mode, name), []).append(await _load(options, mode, name))
    free = {name: median([one.rate for one in found["memory", name]]) for name in LINES}
    for name in LINES:
        _show(sheet, "memory", name, found["memory", name], free[name])
    for mode in ("durable", "relaxed"):
        shares = {name: _show(sheet, mode, name, found[mode, name], free[name]) for name in LINES}
        best = max(shares, key=lambda name: shares[name])
        sheet.add(ROW, f"{mode}: of what redis-benchmark gets ({best})", shares[best] * 100, "%",
                  at_least=50)
        most = max(LINES, key=lambda name: median([one.rate for one in found[mode, name]]))
        rate = median([one.rate for one in found[mode, most]])
        sheet.add(ROW, f"{mode}: of the same lines in memory ({most})",
                  rate / free[most] * 100, "%")
    sheet.note("redis-benchmark sends XADD of as many bytes as the journal's mean entry, 2 in "
               "flight (the better of two connections and one with two ahead), to the same Redis "
               "just after; its entries/s x facts an entry. It makes nothing of its bytes: where "
               "Redis does not wait for a disk, the engine bounds the server, as the share of "
               "memory shows. Clients share the cores; Redis does not rewrite its file meanwhile.")


def _show(sheet: Sheet, mode: str, name: str, rounds: list[Found], free: float) -> float:
    """Returns the share of redis-benchmark, the middle of rounds."""
    rates = [one.rate for one in rounds]
    cores = ", ".join(f"{part} {median([one.cores[part] for one in rounds]):.2f}"
                      for part in rounds[0].cores)
    entry = "" if mode == "memory" else (
        f"{median([one.facts for one in rounds]):.0f} facts, "
        f"{median([one.bytes for one in rounds]):,.0f} bytes an entry; ")
    sheet.add(ROW, f"{mode}, {name}: facts", median(rates), "/s", samples=rates,
              beside=f"{entry}cores: {cores}")
    if mode == "memory":
        return 0
    peers = [one.peer for one in rounds]
    share = median([one.rate / one.peer for one in rounds])
    sheet.add(ROW, f"{mode}, {name}: redis-benchmark", median(peers), "/s", samples=peers,
              beside=f"the server {share * 100:.0f} % of it, {median(rates) / free * 100:.0f} % of "
                     "memory")
    return share


async def _load(options: Options, mode: str, name: str) -> Found:
    durability = "durable" if mode == "durable" else "relaxed"
    async with servers.cluster(options.baecha, durability, REGION) as cluster:
        engine = await servers.engine(cluster, state="memory" if mode == "memory" else "")
        await _all_on(engine)
        load = flood.Flood(engine.address, PIPES, LINES[name])
        await load.start()
        await asyncio.sleep(min(1.5, options.seconds / 2))
        pids: dict[str, int | str] = {"server": engine.process.pid, "client": "self"}
        if mode != "memory":
            pids["Redis"] = cluster.redis.process.pid
        link = RedisLink(cluster.redis.port)
        before = {part: cpu_seconds(pid) for part, pid in pids.items()}
        began = time.monotonic()
        first = mark(link) if mode != "memory" else None
        told = await engine.metric("baecha_facts_total") if not first else 0
        await asyncio.sleep(options.seconds)
        last = mark(link) if first else None
        more = await engine.metric("baecha_facts_total") - told if not first else 0
        seconds = time.monotonic() - began
        cores = {part: (cpu_seconds(pid) - before[part]) / seconds for part, pid in pids.items()}
        if not first or not last:
            await load.stop()
            return Found(more / seconds, cores)
        mean = batches(link, first, last)
        await load.stop()
        await servers.end(engine)
        size = max(1, round(mean.bytes))
        peer = max(redis_benchmark(cluster.redis.port, size, options.seconds / 2, *shape)
                   .entries_per_second for shape in ((2, 1), (1, 2)))
        return Found((last.sequence - first.sequence) / (last.at - first.at), cores,
                     peer * mean.facts, mean.facts, mean.bytes)


async def _all_on(engine) -> None:
    joining = flood.Flood(engine.address, PIPES,
                          lambda pipe: flood.joined(_taxis(pipe), auto=True))
    await joining.start()
    await joining.done()
    joining.close()
