"""R1 to R8: what the server says when Redis cannot be used as it is."""

from __future__ import annotations

import asyncio
import os
import time

from bench import Run
from processes import Failed, free_port
from redis_process import Redis
from refusals import (LIBRARY, LOST_TAIL, SECRET, USER, Cases, accepted, aged_door, banner, denied, fill,
                      read, tell)

LEASE, STREAM, SNAPSHOT = "{seoul}:lease", "{seoul}:j", "{seoul}:snap"


async def r1(run: Run) -> None:
    """Nobody is at the address; there is no redis-server to start."""
    async with Cases(run) as cases:
        nobody = f"redis://127.0.0.1:{free_port()}"
        socket = os.path.join(cases.cluster.folder, "no.sock")
        folders = {name: os.path.join(cases.cluster.folder, name) for name in ("empty", "broken")}
        for folder in folders.values():
            os.makedirs(folder)
        program = os.path.join(folders["broken"], "redis-server")
        with open(program, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o755)) as file:
            file.write("#!/bin/sh\nexit 1\n")
        # It waits 10 s for one that may just be starting.
        await asyncio.gather(
            cases.refused("nobody listens", nobody, "Connection refused", "start it", "--state",
                          within=13, state=nobody),
            cases.refused("no socket", socket, "No such file", "start it", "--state",
                          within=13, state=f"unix://{socket}"),
            cases.refused("redis-server ends at once", program, "redis.log", within=13,
                          state="auto", environment={"PATH": folders["broken"]}))
        engine = await cases.leader(state="auto", environment={"PATH": folders["empty"]})
        told = (await banner(engine)).get("dur")
        run.require(told == "memory", f"without redis-server the banner says dur={told}")
        warnings = [line for line in read(engine).splitlines() if line.startswith("warning: ")]
        for word in ("no redis-server", "dur=memory", "apt-get install redis-server", "--state"):
            run.require(any(word in line for line in warnings), f"'{word}' is not in {warnings}")
        run.require((await tell(engine, "ON t1 37.54,126.96")).startswith("OK"), "ON is not OK")
        run.figures["auto, empty PATH"] = "dur=memory"
        await cases.end(engine)


async def r2(run: Run) -> None:
    """A Redis before functions."""
    said = ("Redis 6.2.14", "7.0", "upgrade")
    async with Cases(run) as cases:
        await cases.redis.start()
        # As 6.2 answers: `unknown command`.
        bare = Redis(os.path.join(cases.cluster.folder, "bare"), **{
            f"rename-command {name}": '""' for name in ("FUNCTION", "FCALL", "FCALL_RO")})
        cases.cluster.others.append(bare)
        await bare.start()
        for case, redis in (("6.2.14 by its INFO", cases.redis), ("and without functions", bare)):
            door = await aged_door(redis)
            port = door.sockets[0].getsockname()[1]
            await cases.refused(case, *said, never=("install-functions",),
                                state=f"redis://127.0.0.1:{port}")
            door.close()


async def r3(run: Run) -> None:
    """Redis has no memory left, at the start and while it is used."""
    async with Cases(run) as cases:
        redis = cases.redis
        await redis.start()
        redis.ask("SET", "filler", "x" * (8 << 20))
        fill(redis)
        said, never = ("maxmemory", "MiB"), ("install-functions",)
        await cases.refused("full from the first", *said, never=never)
        redis.ask("CONFIG", "SET", "maxmemory", "0")
        cases.install()
        fill(redis)
        await cases.refused("full", *said, never=never)
        fill(redis, 0.95)
        await cases.refused("95 % full", *said, never=never)
        redis.ask("CONFIG", "SET", "maxmemory", "0")
        await full_while_running(run, cases)


async def full_while_running(run: Run, cases: Cases) -> None:
    engine = await cases.leader()
    await accepted(engine, "ON t0 37.54,126.96")
    lines = len(read(engine).splitlines())
    fill(cases.redis)
    began, told = time.monotonic(), []
    while time.monotonic() - began < 5:
        told.append((await tell(engine, f"ON t{len(told) + 1} 37.54,126.96"))[:7])
        if told[-1] == "ERR 507":
            run.figures.setdefault("507 after", f"{time.monotonic() - began:.1f} s")
        await asyncio.sleep(0.1)
    run.require("ERR 507" in told, f"nothing was refused with 507: {set(told)}")
    run.require(not any(word.startswith("OK") for word in told), "OK at maxmemory")
    more = read(engine).splitlines()[lines:]
    run.figures["log lines in 5 s"] = len(more)
    if not any("maxmemory" in line for line in more):
        cases.fail("while running", f"the log does not name maxmemory: {more[-1:]}")
    if len(more) > 50:
        cases.fail("while running", f"{len(more)} lines of log in 5 s")
    cases.redis.ask("CONFIG", "SET", "maxmemory", "0")
    began = time.monotonic()
    while not (await tell(engine, "ON t0 37.54,126.96")).startswith("OK"):
        run.require(time.monotonic() - began < 10 * run.slack, "it does not go on with more memory")
        await asyncio.sleep(0.1)
    run.figures["goes on after"] = f"{time.monotonic() - began:.1f} s"
    await cases.end(engine)


async def r4(run: Run) -> None:
    """Redis is the replica of another."""
    async with Cases(run) as cases:
        await cases.redis.start()
        replica = await cases.replica()
        said = (replica.url, "replica", "master")
        await cases.refused("replica, no library", *said, never=("install-functions",),
                            state=replica.url)
        cases.install()
        await asyncio.sleep(0.5)
        await cases.refused("replica", *said, state=replica.url)
        await cases.refused("replica, relaxed", *said, state=replica.url, durability="relaxed")
        replica.ask("CONFIG", "SET", "replica-read-only", "no")
        await cases.refused("replica that takes writes", *said, state=replica.url)


async def r5(run: Run) -> None:
    """Each setting that promises less than is asked for."""
    settings = [("appendfsync", "everysec", "always"), ("appendfsync", "no", "always"),
                ("no-appendfsync-on-rewrite", "yes", "no"),
                ("maxmemory-policy", "allkeys-lru", "noeviction"), ("appendonly", "no", "yes")]
    async with Cases(run) as cases:
        redis = cases.redis
        await redis.start()
        for name, value, wanted in settings:
            redis.ask("CONFIG", "SET", name, value)
            others = {other for other, _, _ in settings if other not in name and name not in other}
            await cases.refused(f"{name} {value}", redis.url, "dur=durable", f"{name} is {value}",
                                f"set it to {wanted}", never=(*others, "min-replicas-to-write"))
            redis.ask("CONFIG", "SET", name, wanted)
        await cases.refused("replicated without replicas", redis.url, "min-replicas-to-write is 0",
                            "set it to 1", durability="replicated")
        await cases.end(await cases.leader())
        redis.ask("CONFIG", "SET", "appendfsync", "everysec")
        engine = await cases.leader(durability="relaxed")
        told = (await banner(engine)).get("dur")
        run.require(told == "relaxed", f"with everysec the banner says dur={told}")
        await cases.end(engine)


SEOUL = "372000000,1263500000,378500000,1274000000;wheelchair,childseat,large,quiet"
#: Other regions of the same name, and their marks.
OTHERS = [
    ("another box", "box: {south: 34.95, west: 128.75, north: 35.40, east: 129.35}\n",
     "349500000,1287500000,354000000,1293500000;wheelchair,childseat,large,quiet"),
    ("a smaller box", "box: {south: 37.50, west: 126.90, north: 37.60, east: 127.00}\n",
     "375000000,1269000000,376000000,1270000000;wheelchair,childseat,large,quiet"),
    ("other tags", "tags: [large]\n", SEOUL.partition(";")[0] + ";large"),
]


async def r6(run: Run) -> None:
    """The keys under this name are another region's."""
    async with Cases(run) as cases:
        await cases.redis.start()

        async def others(what: str) -> None:
            for case, text, mark in OTHERS:
                cases.region(text)
                await cases.refused(case + what, "{seoul}:*", "another region", SEOUL, mark,
                                    "another Redis database", "rename", within=8)
            cases.region("")

        await cases.journal()
        await others("")
        engine = await cases.leader()
        blast = cases.blast()
        began = time.monotonic()
        while not cases.redis.ask("EXISTS", SNAPSHOT):
            run.require(time.monotonic() - began < 120, "there is no snapshot within 120 s")
            await asyncio.sleep(0.2)
        await blast.close()
        await cases.end(engine)
        await others(", snapshot")
        await cases.end(await cases.leader())
        last = cases.redis.ask("HGET", LEASE, "pos")
        cases.redis.ask("HSET", LEASE, "pos", "1-1")
        await cases.refused("another program's entries", "lease and journal", "1-1", last,
                            "Restore it", code=LOST_TAIL, within=8)
        cases.redis.ask("FLUSHALL")
        cases.redis.ask("SET", STREAM, "mine")
        await cases.refused("another program's key", "{seoul}:", "WRONGTYPE",
                            "another Redis database")


#: CRC-32C of the byte 99.
SUM_OF_99 = "20eb33c7"


async def r7(run: Run) -> None:
    """What another version left behind."""
    async with Cases(run) as cases:
        redis = cases.redis
        await redis.start()

        async def left(case: str, *said: str, snap=(), chunk: str = "", entry=()) -> None:
            """Behind a sound journal."""
            await cases.journal()
            end, crc = redis.ask("HMGET", LEASE, "pos", "crc")
            if snap:
                words = {"END": end, "CRC": crc}
                redis.ask("HSET", SNAPSHOT, *(words.get(word, word) for word in snap))
            if chunk:
                redis.ask("SET", "{seoul}:s:1:0", chunk)
            if entry:
                epoch, _, sequence = end.partition("-")
                end = redis.ask("XADD", STREAM, f"{epoch}-{int(sequence) + 1}", *entry)
            await cases.refused(case, *said, *([end] if entry else []), "upgrade")

        record = "gen 1 upto END chunks 1 crc CRC sum".split()
        said = ("snapshot", "format 99", "reads 1")
        await left("snapshot's format", *said, snap=[*record, "0", "format", "99"])
        await left("snapshot of other fields", *said, snap=["format", "99", "place", "elsewhere"])
        await left("snapshot's bytes", *said, snap=[*record, SUM_OF_99, "format", "1"], chunk="c")
        await left("entry of another kind", "journal entry", "Zebra", entry=["k", "Zebra"])
        await left("batch of another format", "journal entry", "format 99", "reads 1",
                   entry=["k", "B", "b", "c", "c", "0"])
        redis.ask("FLUSHALL")
        version = redis.ask("FCALL_RO", "baecha_version", "0")
        redis.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY.format(1))
        await cases.end(await cases.leader())
        found = redis.ask("FCALL_RO", "baecha_version", "0")
        run.require(found == version, f"of libraries 1 and {version}, {found} is there now")
        run.figures["library 1"] = f"replaced by {version}"
        # A server of that version may be leading with it.
        redis.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY.format(99))
        await cases.refused("library 99", "library", f"version {version}", "version 99", "upgrade")
        found = redis.ask("FCALL_RO", "baecha_version", "0")
        if found != 99:
            cases.fail("library 99", f"it was replaced by {found}")


#: What a server's user has no business with.
OUTSIDE = [
    "FLUSHALL", "FLUSHDB", "CONFIG SET appendonly no", "CONFIG REWRITE", "KEYS *", "SCAN 0",
    "GET foreign", "SET foreign x", "DEL foreign", "HGETALL {busan}:lease", "EVAL return 0",
    "FCALL baecha_acquire 2 {busan}:lease {busan}:j me 2000 mark", "FUNCTION FLUSH",
    "FUNCTION LIST", "ACL LIST", "CLIENT LIST", "REPLICAOF no one", "MONITOR", "DEBUG SLEEP 0",
    "DEL {seoul}:lease", "SHUTDOWN", "BGREWRITEAOF", "PUBLISH a b", "SCRIPT FLUSH",
]


async def r8(run: Run) -> None:
    """The user of `baecha redis acl` is enough for a server, and no more than that."""
    async with Cases(run) as cases:
        redis = cases.redis
        await redis.start()
        state = f"redis://{USER}:{SECRET}@127.0.0.1:{redis.port}"
        printed = cases.cluster.tool("redis", "acl", "--user", USER).stdout.strip()
        run.require(printed.startswith(f"ACL SETUSER {USER} "), f"redis acl prints {printed!r}")
        rules = printed.replace("PASSWORD", SECRET).split()
        redis.ask(*rules)
        await cases.refused("wrong password", redis.url, "WRONGPASS", USER, "--state",
                            state=state.replace(SECRET, "wrong"))
        await cases.refused("no library", "function library", "install-functions", state=state)
        redis.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY.format(1))
        await cases.refused("old library", "function library", "version 1", "install-functions",
                            state=state)
        cases.install()
        more, used = await enough(run, cases, state)
        await least(cases, state, rules, more, used)
        allowed = []
        for line in OUTSIDE:
            try:
                redis.ask(*line.split(), auth=(USER, SECRET))
                allowed.append(line)
            except Failed as error:
                if "NOPERM" not in str(error):
                    allowed.append(f"{line} ({error})")
        if allowed:
            cases.fail("outside", f"the user may {', '.join(allowed)}")
        run.figures["NOPERM"] = f"{len(OUTSIDE) - len(allowed)} of {len(OUTSIDE)}"
        # The last, since it closes the door to this row too.
        redis.ask("CONFIG", "SET", "requirepass", SECRET)
        await cases.refused("no password", redis.url, "NOAUTH", "--state",
                            never=("install-functions",))


async def enough(run: Run, cases: Cases, state: str) -> tuple[list[str], set[str]]:
    """A leader with load, snapshots, a trim, a live view and a replica, and a standby that takes
    over, all as this user. What is lacking is granted, and told. Returns that, and the commands
    that were used."""
    redis = cases.redis
    await cases.replica()
    redis.ask("CONFIG", "SET", "min-replicas-to-write", "1")
    redis.ask("CONFIG", "RESETSTAT")
    denied(redis)
    more: list[str] = []

    async def until(what: str, within: float, reached) -> None:
        began = time.monotonic()
        while not await reached():
            for right in denied(redis):
                if right not in more:
                    more.append(right)
                redis.ask("ACL", "SETUSER", USER, right)
            run.require(time.monotonic() - began < within * run.slack,
                        f"no {what} with what `baecha redis acl` prints and {' '.join(more)}")
            await asyncio.sleep(0.2)

    async def started(role: str):
        how = {"state": state, "durability": "replicated",
               "environment": {"BAECHA_LIVE_VIEW": "200ms"}}
        engine = cases.start(**how)

        async def reached() -> bool:
            nonlocal engine
            if not engine.process.is_alive:
                cases.cluster.engines.remove(engine)
                engine = cases.start(**how)
            return (await engine.status()).get("role") == role

        await until(role, 30, reached)
        return engine

    async def trimmed() -> bool:
        return not redis.ask("XRANGE", STREAM, "1-0", "1-1", "COUNT", "1")

    leader = await started("leader")
    standby = await started("standby")
    blast = cases.blast()
    for line in (("ON", "v1", "37.5665,126.978"), ("OFF", "v1")):
        # Into the live view and out of it.
        cases.cluster.tool("call", "--server", "%s:%d" % leader.address, *line)
        await asyncio.sleep(0.6)
    await until("trim", 120, trimmed)
    run.figures["facts"] = int((await leader.status()).get("kept", 0))
    await blast.close()
    await cases.end(leader, 10)
    await standby.until("leader", 10)
    await cases.end(standby, 10)
    # From a snapshot.
    await cases.end(await started("leader"), 10)
    more += denied(redis)
    if more:
        cases.fail("enough", f"`baecha redis acl` lacks {' '.join(more)}")
    stats = redis.info("commandstats")
    redis.ask("CONFIG", "SET", "min-replicas-to-write", "0")
    return more, {name.removeprefix("cmdstat_") for name, value in stats.items()
                  if not value.startswith("calls=0,")}


async def least(cases: Cases, state: str, rules: list[str], more: list[str],
                used: set[str]) -> None:
    """Without any one right a server is refused, or lacks it later."""
    redis = cases.redis
    await cases.journal()
    rights = [right for right in [*rules, *more] if right[0] in "+~"]
    at_start = 0
    for right in rights:
        redis.ask("ACL", "SETUSER", USER, "resetkeys" if right[0] == "~" else "-" + right[1:])
        if right == "+get":
            redis.ask("HSET", SNAPSHOT, *"gen 1 upto 1-1 chunks 1 sum 0 crc 0 format 1".split())
        denied(redis)
        if await misses(cases, state, right):
            at_start += 1
        elif right[1:] not in used:
            cases.fail(right, "nothing that a server does needs it")
        redis.ask("ACL", "SETUSER", USER, right)
        redis.ask("DEL", SNAPSHOT)
        end, last = redis.ask("HGET", LEASE, "pos"), redis.ask("XREVRANGE", STREAM, "+", "-",
                                                               "COUNT", "1")[0][0]
        if end != last:
            cases.fail(right, f"without it a lease of {end} and a journal of {last} are left")
            await cases.journal()
    cases.run.figures["rights"] = f"{len(rights)}, missed at the start {at_start}"


async def misses(cases: Cases, state: str, right: str) -> bool:
    """Whether a server without a right, alone or beside a leader, asks in vain; then it must end
    and say what to do."""
    for beside in (False, True):
        leader = await cases.leader() if beside else None
        engine = cases.start(state=state)
        end = time.monotonic() + (1.5 if beside else 4) * cases.run.slack
        while engine.process.is_alive and time.monotonic() < end:
            if (await engine.status()).get("role") == "leader":
                break
            await asyncio.sleep(0.05)
        in_vain = denied(cases.redis)
        if not engine.process.is_alive:
            cases.judge(right, engine, ("baecha redis acl",), ("install-functions",))
        elif in_vain:
            cases.fail(right, f"without it a server runs on and says: {engine.process.tail(1)}")
        for one in (engine, leader):
            if one:
                await cases.end(one)
        if in_vain:
            return True
    return False
