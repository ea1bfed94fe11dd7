"""F10 to F17: Redis and its disk are slow, full, set wrong, or old."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time

from bench import Run
from journal import read_journal
from processes import CannotRun, Failed, patient
from proxy import Proxy
from redis_process import Redis

LOST_TAIL = 12


async def f10(run: Run) -> None:
    """fsync takes 3 s, and Redis is killed meanwhile."""
    if not shutil.which("strace"):
        raise CannotRun("strace is missing: apt-get install strace")
    slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
            "-e", "inject=fdatasync,fsync:delay_enter=3000000"]
    refused = []
    async with run.stage() as stage:
        for _ in range(run.count):
            await stage.random_moment()
            tracer = await _trace(stage.cluster.redis.process.pid, slow)
            began = time.monotonic()
            await asyncio.sleep(2.8)
            refused += [b - a for a, b, word in stage.load.changes(began)
                        if word.startswith("ERR 507")]
            await stage.cluster.redis.process.kill()
            await _untrace(tracer)
            await stage.cluster.redis.start()
            await stage.load.serving(time.monotonic(), 15)
        run.times("507 after", refused, 2.3)
        await stage.judge()
    lost = 0
    for _ in range(run.count):
        lost += await _relaxed(run, slow)
    run.figures["relaxed: losses told"] = f"{lost} of {run.count}"


async def _trace(pid: int, command: list[str]):
    tracer = await asyncio.create_subprocess_exec(*command, "-p", str(pid),
                                                  stderr=asyncio.subprocess.PIPE)
    await asyncio.sleep(0.3)
    if tracer.returncode is not None:
        raise CannotRun(f"strace may not attach: {(await tracer.stderr.read()).decode().strip()}")
    return tracer


async def _untrace(tracer) -> None:
    """It ends with what it traces; not always by itself."""
    if tracer.returncode is None:
        try:
            tracer.kill()
        except ProcessLookupError:
            pass
    await tracer.wait()


async def _relaxed(run: Run, slow: list[str]) -> int:
    """`everysec` may lose what it acknowledged, but then says so: exit 12, never silence."""
    async with run.stage(durability="relaxed") as stage:
        tracer = await _trace(stage.cluster.redis.process.pid, slow)
        await asyncio.sleep(4 + run.random.random() * 2)
        kept = (await stage.engine.status()).get("kept", 0)
        stage.engine.process.send(signal.SIGKILL)
        await stage.cluster.redis.process.kill()
        await _untrace(tracer)
        await stage.engine.process.ended(5)
        await stage.cluster.redis.start()
        stage.engine.start()
        return await _lost_or_all_there(run, stage, kept)


async def _lost_or_all_there(run: Run, stage, kept: int) -> int:
    """1 if the engine said that facts are missing; 0 if none is."""
    engine = stage.engine
    for _ in range(1000):
        if not engine.process.is_alive:
            run.require(engine.process.code == LOST_TAIL,
                        f"ended with {engine.process.code}: {engine.process.tail()}")
            return 1
        status = await engine.status()
        if status.get("role") == "leader":
            # The witness is written once a second: what is younger may be gone without its word.
            if status["kept"] < kept:
                missing = kept - status["kept"]
                run.figures["younger than the witness"] = missing
            return 0
        await asyncio.sleep(0.01)
    raise Failed("neither leads nor ends")


async def f11(run: Run) -> None:
    """The disk of Redis is full: it ends itself, as `appendfsync always` must."""
    async def prepare(stage) -> None:
        stage.cluster.mount(stage.cluster.redis.folder, "6m")
        # A rewrite would make room before there is none.
        stage.cluster.redis.settings["auto-aof-rewrite-percentage"] = "0"

    async with run.stage(prepare=prepare) as stage:
        folder = stage.cluster.redis.folder
        refused = []
        for number in range(run.count):
            filler = os.path.join(folder, f"filler{number}")
            _fill(filler)
            os.truncate(filler, max(0, os.path.getsize(filler) - 65536))
            code = await stage.cluster.redis.process.ended(20)
            ended = time.monotonic()
            await asyncio.sleep(2.5)
            tries = stage.load.changes(ended + 0.05)
            run.require(not [t for t in tries if t[2] == "OK"], "OK without Redis")
            refused += [b - a for a, b, word in tries if word.startswith("ERR 507")]
            run.require(bool(refused), "no 507 while Redis was gone")
            os.remove(filler)
            await stage.cluster.redis.start()
            await stage.load.serving(time.monotonic(), 15)
            run.figures["Redis ended with"] = code
        run.times("507 after", refused, 2.3)
        await stage.judge()


async def f12(run: Run) -> None:
    """The engine's own disk is full: it serves on, and the witness, written in place, goes on."""
    async def prepare(stage) -> None:
        stage.cluster.mount(os.path.join(stage.cluster.folder, "data-a"), "16k")

    async with run.stage(prepare=prepare) as stage:
        folder = stage.engine.data
        witness = os.path.join(folder, "seoul.witness")
        for number in range(run.count):
            _fill(os.path.join(folder, f"filler{number}"))
            with open(witness, "rb") as file:
                before = file.read()
            began = time.monotonic()
            await asyncio.sleep(3)
            await stage.load.serving(began + 2, 5)
            with open(witness, "rb") as file:
                run.require(file.read() != before, "the witness stands still on a full disk")
            os.remove(os.path.join(folder, f"filler{number}"))
        await stage.judge()


def _fill(path: str) -> None:
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 512)
    except OSError:
        pass


async def f13(run: Run) -> None:
    """Redis is at its `maxmemory`."""
    async with run.stage() as stage:
        for _ in range(run.count):
            await stage.random_moment()
            used = int(stage.cluster.redis.info("memory")["used_memory"])
            stage.cluster.redis.ask("CONFIG", "SET", "maxmemory", str(used))
            began = time.monotonic()
            await asyncio.sleep(3)
            tries = stage.load.changes(began)
            run.require(any(t[2].startswith(("ERR 507", "ERR 504")) for t in tries),
                        f"nothing was refused: { {t[2] for t in tries} }")
            run.require(not [t for t in stage.load.changes(began + 1) if t[2] == "OK"],
                        "OK at maxmemory")
            stage.cluster.redis.ask("CONFIG", "SET", "maxmemory", "0")
            await stage.load.serving(time.monotonic(), 15)
        evicted = stage.cluster.redis.info("stats")["evicted_keys"]
        run.require(evicted == "0", f"{evicted} keys were evicted")
        await stage.judge()


async def f14(run: Run) -> None:
    """Redis rewrites its log and writes a backup under load."""
    async with run.stage() as stage:
        began = time.monotonic()
        for _ in range(run.count):
            await stage.random_moment()
            for command, running in (("BGREWRITEAOF", "aof_rewrite_in_progress"),
                                     ("BGSAVE", "rdb_bgsave_in_progress")):
                stage.cluster.redis.ask(command)
                while stage.cluster.redis.info("persistence")[running] != "0":
                    await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        waits = sorted(b - a for a, b, word in stage.load.changes(began) if word == "OK")
        p99 = waits[len(waits) * 99 // 100]
        run.figures["p50 / p99 of an OK"] = (f"{waits[len(waits) // 2] * 1000:.0f} / "
                                             f"{p99 * 1000:.0f} ms")
        if p99 > 0.1 * run.slack:
            run.late.append(f"p99 of an OK is {p99 * 1000:.0f} ms, allowed {100 * run.slack:.0f}")
        await stage.judge()


async def f15(run: Run) -> None:
    """Redis comes back with an old backup: the engine refuses, until a person accepts the loss."""
    for _ in range(run.count):
        async with run.stage() as stage:
            folder = stage.cluster.redis.folder
            await asyncio.sleep(0.5)
            stage.cluster.redis.ask("BGREWRITEAOF")
            while stage.cluster.redis.info("persistence")["aof_rewrite_in_progress"] != "0":
                await asyncio.sleep(0.02)
            await _backup(folder, folder + "-backup")
            began, before = time.monotonic(), (await stage.engine.status())["kept"]
            await asyncio.sleep(2.5)
            while (await stage.engine.status()).get("kept", 0) < before + 100:
                run.require(time.monotonic() - began < patient(10), "nothing is kept any more")
                await asyncio.sleep(0.1)
            await stage.engine.process.kill()
            await stage.cluster.redis.process.kill()
            shutil.rmtree(folder)
            shutil.copytree(folder + "-backup", folder)
            await stage.cluster.redis.start()
            stage.engine.start()
            code = await stage.engine.process.ended(15)
            run.require(code == LOST_TAIL, f"ended with {code}: {stage.engine.process.tail()}")
            run.require("missing" in stage.engine.process.tail(), "what is missing is not said")
            run.figures["refused with"] = code
            await _accept_loss(run, stage)


async def _backup(folder: str, copy: str) -> None:
    """Redis removes the files that it has rewritten a little later, maybe while they are copied."""
    for left in reversed(range(20)):
        try:
            shutil.copytree(folder, copy)
            return
        except shutil.Error:
            if not left:
                raise
            shutil.rmtree(copy)
            await asyncio.sleep(0.1)


async def _accept_loss(run: Run, stage) -> None:
    cluster = stage.cluster
    if not cluster.has_tool("accept-loss"):
        run.not_run.append("accept-loss (the server has not the command)")
        return
    end = cluster.redis.ask("HGET", "{seoul}:lease", "pos")
    done = cluster.tool("accept-loss", "--state", cluster.redis.url, "--upto", end,
                        "--data-dir", stage.engine.data)
    run.require(done.returncode == 0, f"accept-loss: {done.stderr.strip()}")
    stage.engine.start()
    await stage.engine.until("leader", 10)
    # Subscribers know more than the server now, and must be told so.
    end = time.monotonic() + patient(2)
    while not any("410 ahead" in text for s in stage.load.subscribers for text in s.refused):
        run.require(time.monotonic() < end, "no subscriber was told 410 ahead")
        await asyncio.sleep(0.05)


async def f16(run: Run) -> None:
    """Somebody sets `appendfsync everysec` while all runs."""
    seen = []
    async with run.stage() as stage:
        for _ in range(run.count):
            await stage.random_moment()
            stage.cluster.redis.ask("CONFIG", "SET", "appendfsync", "everysec")
            began = time.monotonic()
            while not (await stage.engine.status()).get("journal_fault"):
                run.require(time.monotonic() - began < 31, "not noticed within 30 s")
                await asyncio.sleep(0.1)
            seen.append(time.monotonic() - began)
            noticed = time.monotonic()
            await asyncio.sleep(2.5)
            late = [t for t in stage.load.changes(noticed + 0.5) if t[2] == "OK"]
            run.require(not late, f"{len(late)} OK, though it is not durable any more")
            status = await stage.engine.status()
            run.require(status["dur"] != "durable", "the status still says durable")
            stage.cluster.redis.ask("CONFIG", "SET", "appendfsync", "always")
            await stage.load.serving(time.monotonic(), 31)
        run.times("noticed after", seen, 30)
        await stage.judge()


async def f17(run: Run) -> None:
    """The master dies, and a replica that lags is made master."""
    outcomes = {"loss told": 0, "nothing lost": 0}
    for number in range(run.count):
        proxies: list[Proxy] = []
        async with run.stage() as stage:
            proxy = Proxy(("127.0.0.1", stage.cluster.redis.port))
            proxies.append(proxy)
            await proxy.start()
            replica = Redis(os.path.join(stage.cluster.folder, "replica"),
                            replicaof=f"127.0.0.1 {stage.cluster.redis.port}")
            stage.cluster.others.append(replica)
            await replica.start()
            await stage.engine.process.kill()
            stage.engine.start(state=f"redis://127.0.0.1:{proxy.port}")
            await stage.load.serving(time.monotonic(), 10)
            while replica.info("replication").get("master_link_status") != "up":
                await asyncio.sleep(0.05)
            await asyncio.sleep(1)
            lags = number % 2 == 0
            if lags:
                replica.process.send(signal.SIGSTOP)
                await asyncio.sleep(1.5)
            kept = (await stage.engine.status())["kept"]
            await stage.cluster.redis.process.kill()
            replica.process.send(signal.SIGCONT)
            replica.ask("REPLICAOF", "NO", "ONE")
            proxy.target = ("127.0.0.1", replica.port)
            proxy.cut()
            for _ in range(1500):
                status = await stage.engine.status()
                if not stage.engine.process.is_alive:
                    break
                if status.get("role") == "leader" and not status.get("journal_fault") \
                        and status["kept"] > kept:
                    break
                await asyncio.sleep(0.01)
            if not stage.engine.process.is_alive:
                code = stage.engine.process.code
                run.require(code == LOST_TAIL, f"ended with {code}: {stage.engine.process.tail()}")
                outcomes["loss told"] += 1
            else:
                stage.cluster.redis = replica
                journal = await read_journal(stage.cluster, stage.engine)
                run.require(bool(journal) and journal[-1].at.sequence >= kept,
                            f"the journal ends at {journal[-1].at}, {kept} were acknowledged, "
                            "and the engine leads on")
                await stage.judge()
                outcomes["nothing lost"] += 1
            proxy.close()
    run.figures.update(outcomes)
