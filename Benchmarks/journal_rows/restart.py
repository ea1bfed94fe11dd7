"""restart: from the start of the process after kill -9 to the first OK, with a city's state."""

from __future__ import annotations

import asyncio
import os
import socket
import time

from . import flood, servers
from .redis_link import RedisLink, mark
from .sheet import Options, Sheet, cpu_seconds, median

ROW = "restart"
PIPES = 8
KEYS = "{seoul}:"


def region(options: Options, name: str) -> str:
    return (f"name: {name}\n"
            f"bounds: {{taxis: {options.taxis + 1_000}, rides: "
            f"{options.requests + options.tail + 200_000}}}\n"
            "timers: {wait: 60m, freshness: 60m, lost_after: 60m, pickup_max: 1s}\n"
            "policy: {kind: nearest}\n")


async def play(options: Options, sheet: Sheet) -> None:
    sheet.title(f"restart: {options.taxis:,} taxis on, {options.requests:,} open requests, a "
                f"snapshot and {options.tail:,} facts of rides behind it; kill -9, "
                f"{options.rounds} times")
    async with servers.cluster(options.baecha, "durable", region(options, "seoul")) as cluster:
        engine = await servers.engine(cluster)
        link = RedisLink(cluster.redis.port)
        began = time.monotonic()
        await _build(options, engine, link)
        await engine.process.kill()
        facts = mark(link)
        upto = _set_back(link)
        snapshot, tail, entries, floor = _bare_read(link, upto)
        behind = facts.sequence - int(upto.partition("-")[2])
        sheet.note(f"built in {time.monotonic() - began:.0f} s; snapshot {snapshot / 1e6:.1f} MB, "
                   f"tail {behind:,} facts in {entries:,} entries, {tail / 1e6:.1f} MB. The server "
                   "takes a snapshot each 200,000 facts: the one before the last was put back.")
        times, used = [], []
        for number in range(options.rounds):
            times.append(await _restart(engine, f"again{number}"))
            used.append(cpu_seconds(engine.process.pid))
            await engine.process.kill()
        empty = await _empty(options, cluster, engine)
        link.close()
    sheet.add(ROW, "an empty journal: start of the process -> first OK", empty, "s")
    sheet.add(ROW, "bare read of snapshot and tail by one connection", floor, "s")
    sheet.add(ROW, "start of the process -> first OK", median(times), "s", at_most=1, samples=times,
              beside=f"{median(times) / (empty + floor):.1f} x both above")
    sheet.add(ROW, "  of it processor time, of all threads", median(used), "s", samples=used)


async def _build(options: Options, engine, link: RedisLink) -> None:
    async def all_of(blocks) -> None:
        load = flood.Flood(engine.address, PIPES, blocks)
        await load.start()
        await load.done(300)
        load.close()

    def share(pipe: int, count: int) -> range:
        return range(count * pipe // PIPES, count * (pipe + 1) // PIPES)

    await all_of(lambda pipe: flood.joined(share(pipe, options.taxis), auto=True))
    await all_of(lambda pipe: flood.waiting(share(pipe, options.requests)))
    whole = mark(link).sequence
    driving = flood.Flood(engine.address, PIPES,
                          lambda pipe: flood.rides(share(pipe, options.taxis), f"r{pipe}-"))
    await driving.start()
    kept = 0
    while True:
        await asyncio.sleep(0.02)
        driving.check()
        if not kept:
            kept = _keep_snapshot(link, whole)
        elif mark(link).sequence >= kept + options.tail:
            break
    await driving.stop()


def _keep_snapshot(link: RedisLink, whole: int) -> int:
    """Copies the first snapshot that holds everything; up to which fact it goes, or 0."""
    found = _snapshot(link)
    if not found or int(found["upto"].partition("-")[2]) < whole:
        return 0
    names = [f"{KEYS}s:{found['gen']}:{n}" for n in range(int(found["chunks"]))]
    copied = link.pipelined([("COPY", f"{KEYS}snap", f"{KEYS}kept"),
                             *(("COPY", name, f"{KEYS}kept:{name}") for name in names)])
    if not all(copied):
        raise RuntimeError("the snapshot was gone before it was copied")
    return int(found["upto"].partition("-")[2])


def _snapshot(link: RedisLink, key: str = "snap") -> dict[str, str]:
    reply = [word.decode() for word in link("HGETALL", KEYS + key)]
    return dict(zip(reply[::2], reply[1::2]))


def _set_back(link: RedisLink) -> str:
    """Puts the copied snapshot in the place of later ones; up to where it goes."""
    found = _snapshot(link, "kept")
    names = [f"{KEYS}s:{found['gen']}:{n}" for n in range(int(found["chunks"]))]
    link.pipelined([*(("COPY", f"{KEYS}kept:{name}", name, "REPLACE") for name in names),
                    ("COPY", f"{KEYS}kept", f"{KEYS}snap", "REPLACE")])
    return found["upto"]


def _bare_read(link: RedisLink, upto: str) -> tuple[int, int, int, float]:
    """Bytes of snapshot and tail, entries of the tail, and the seconds of reading them, no more."""
    found = _snapshot(link)
    began = time.monotonic()
    chunks = link.pipelined([("GET", f"{KEYS}s:{found['gen']}:{n}")
                             for n in range(int(found["chunks"]))])
    entries = link("XRANGE", f"{KEYS}j", f"({upto}", "+")
    taken = time.monotonic() - began
    return (sum(len(chunk) for chunk in chunks),
            sum(len(fields[3]) for _, fields in entries if fields[1] == b"B"), len(entries), taken)


async def _restart(engine, taxi: str) -> float:
    """Seconds from the start of the process to its first OK to a changing line."""
    began = time.monotonic()
    engine.start(*servers.NO_QUOTAS)
    loop = asyncio.get_running_loop()
    first = await loop.run_in_executor(None, _first_ok, engine, taxi)
    return first - began


def _first_ok(engine, taxi: str) -> float:
    line = f"#q ON {taxi} {flood.place(7, 0.3)} seats=4\n".encode()
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if not engine.process.is_alive:
            raise RuntimeError(f"the engine ended: {engine.process.tail()}")
        try:
            with socket.create_connection(engine.address, 60) as link:
                lines = link.makefile("rb")
                if b" role=leader " in lines.readline():
                    link.sendall(line)
                    for answer in lines:
                        if answer.startswith(b"#q OK "):
                            return time.monotonic()
                        if answer.startswith(b"#q "):
                            break
        except OSError:
            pass
        time.sleep(0.005)
    raise RuntimeError("no changing line was answered OK within 120 s")


async def _empty(options: Options, cluster, engine) -> float:
    """The same process beside the same Redis, with nothing to read; the middle of three."""
    times = []
    for number in range(3):
        path = os.path.join(cluster.folder, f"empty{number}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(region(options, f"empty{number}"))
        cluster.region = path
        times.append(await _restart(engine, "first"))
        await engine.process.kill()
    return median(times)
