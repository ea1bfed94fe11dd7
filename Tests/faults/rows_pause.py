"""F5 to F8: nobody dies, but somebody is away, or believes to lead."""

from __future__ import annotations

import asyncio
import signal
import time

from bench import Run
from processes import patient
from proxy import Proxy

#: What a jump of Redis's clock does, or an impatient person: the lease is over at once.
TAKE_AWAY = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', 1)
return 1
"""

PAUSES = [0.2, 2.0, 10.0, 60.0]


async def f5(run: Run) -> None:
    """Redis is stopped for a while, and goes on."""
    refused, after = [], []
    async with run.stage() as stage:
        for pause in PAUSES * run.count:
            await stage.random_moment(0.3, 0.6)
            stage.cluster.redis.process.send(signal.SIGSTOP)
            stopped = time.monotonic()
            await asyncio.sleep(pause)
            refused += _refusals(run, stage, stopped, time.monotonic())
            stage.cluster.redis.process.send(signal.SIGCONT)
            after.append(await stage.load.serving(time.monotonic(), 15))
        run.times("refused after", refused, 2.3)
        run.times("serving after CONT", after)
        run.require(bool(refused), "no 507 was seen in 60 s without Redis")
        await stage.judge(30)


def _refusals(run: Run, stage, stopped: float, now: float) -> list[float]:
    """How long changing lines waited for their 507 or 504; none may have been acknowledged."""
    tries = stage.load.changes(stopped + 0.02)
    early = [t for t in tries if t[2] == "OK"]
    run.require(not early, f"{len(early)} OK while Redis stood still")
    for client in (*stage.load.gateways, *stage.load.bookers):
        if client.waiting and now - client.waiting[0][2] > 2.5 * run.slack:
            run.late.append(f"a line had waited {now - client.waiting[0][2]:.1f} s for any answer")
            break
    return [answered - sent for sent, answered, word in tries
            if word.startswith(("ERR 507", "ERR 504"))]


async def f6(run: Run) -> None:
    """The leader is stopped for longer than its lease, and wakes up beside another leader."""
    over, told = [], []
    async with run.stage(engines=2) as stage:
        for _ in range(run.count):
            await stage.random_moment(0.2, 0.5)
            old = await stage.cluster.leader(10)
            other = next(e for e in stage.cluster.engines if e is not old)
            # It stays connected through the old leader's sleep.
            reader, writer = await asyncio.open_connection(*old.address)
            await reader.readline()
            old.process.send(signal.SIGSTOP)
            stopped = time.monotonic()
            await other.until("leader", 6)
            over.append(time.monotonic() - stopped)
            for client in stage.load.clients:
                client.leave(f"127.0.0.1:{other.port}")
            await stage.load.serving(time.monotonic(), 10)
            await asyncio.sleep(0.3)
            old.process.send(signal.SIGCONT)
            awake = time.monotonic()
            text = b""
            while b"BYE" not in text:
                data = await asyncio.wait_for(reader.read(65536), 5)
                run.require(bool(data), f"the old leader closed without BYE: {text[-80:]!r}")
                text += data
            told.append(time.monotonic() - awake)
            run.require(b"why=fenced" in text, f"the old leader said {text[-80:]!r}")
            writer.close()
            await old.until("standby", 5)
        run.times("take-over", over, 3.0)
        run.times("BYE fenced after waking", told, 0.1)
        await stage.judge()


async def f7(run: Run) -> None:
    """Two leaders are forced: the lease is taken away under the leader by an administrator."""
    over = []
    async with run.stage(engines=2) as stage:
        for number in range(run.count):
            await stage.random_moment(0.2, 0.6)
            old = await stage.cluster.leader(10)
            other = next(e for e in stage.cluster.engines if e is not old)
            owner = stage.cluster.redis.ask("HGET", "{seoul}:lease", "owner")
            if number % 2:
                old.process.send(signal.SIGSTOP)
            began = time.monotonic()
            # The leader makes its lease longer with each batch: it is taken away until one gets it.
            while stage.cluster.redis.ask("EVAL", TAKE_AWAY, "1", "{seoul}:lease", owner) == 1:
                run.require(time.monotonic() - began < patient(5), "nobody took the lease")
                await asyncio.sleep(0.002)
            await other.until("leader", 5)
            over.append(time.monotonic() - began)
            old.process.send(signal.SIGCONT)
            await old.until("standby", 5)
            await stage.load.serving(time.monotonic(), 10)
        run.times("take-over", over)
        await stage.judge()


async def f8(run: Run) -> None:
    """The link between engine and Redis: cut, silent, silent one way, slow."""
    took, after = [], []
    proxies: list[Proxy] = []

    async def prepare(stage) -> None:
        proxies.append(Proxy(("127.0.0.1", stage.cluster.redis.port)))
        await proxies[0].start()

    async with run.stage(prepare=prepare) as stage:
        proxy = proxies[0]
        url = f"redis://127.0.0.1:{proxy.port}"
        await stage.engine.process.kill()
        stage.engine.start(state=url)
        await stage.load.serving(time.monotonic(), 10)
        kinds = ["cut", "silent", "no replies", "delay"]
        for number in range(run.count):
            kind = kinds[number % len(kinds)]
            await stage.random_moment()
            began = time.monotonic()
            if kind == "cut":
                proxy.refuses = True
                proxy.cut()
            elif kind == "silent":
                proxy.swallowed = {"to", "from"}
            elif kind == "no replies":
                proxy.swallowed = {"from"}
            else:
                proxy.delay = 0.2
            await asyncio.sleep(run.random.choice([0.5, 2.5, 4]) if kind != "delay" else 3)
            if kind == "delay":
                run.require(any(t[2] == "OK" for t in stage.load.changes(began)),
                            "nothing was answered OK over a slow link")
            else:
                took += _refusals(run, stage, began, time.monotonic())
            proxy.delay, proxy.refuses, proxy.swallowed = 0.0, False, set()
            if kind != "delay":
                # What was swallowed is gone: the connection is of no more use to either end.
                proxy.cut()
            after.append(await stage.load.serving(time.monotonic(), 15))
        run.times("refused after", took, 2.3)
        run.times("serving after", after)
        await stage.judge()
        proxy.close()
    await _cut_off_leader(run)
    run.not_run.append("5 % loss of packets (needs tc netem)")


async def _cut_off_leader(run: Run) -> None:
    """The leader loses Redis for good; the standby, which has it, takes over."""
    proxies: list[Proxy] = []
    async with run.stage(engines=2) as stage:
        old = stage.engine
        proxies.append(Proxy(("127.0.0.1", stage.cluster.redis.port)))
        await proxies[0].start()
        other = stage.cluster.engines[1]
        await old.process.kill()
        await other.until("leader", 6)
        old.start(state=f"redis://127.0.0.1:{proxies[0].port}")
        await old.until("standby", 6)
        await other.process.kill()
        await old.until("leader", 6)
        other.start()
        await other.until("standby", 6)
        await stage.load.serving(time.monotonic(), 10)
        proxies[0].swallowed = {"to", "from"}
        began = time.monotonic()
        await other.until("leader", 8)
        took = [time.monotonic() - began]
        await asyncio.sleep(2)
        # The link comes back: the old leader must see that it leads no more.
        proxies[0].swallowed = set()
        proxies[0].cut()
        await old.until("standby", 10)
        run.times("take-over", took, 3.0)
        await stage.load.serving(time.monotonic(), 10)
        await stage.judge()
        proxies[0].close()
