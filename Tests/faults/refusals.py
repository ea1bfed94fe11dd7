"""What rows R1 to R8 are written with: servers that must end by themselves, and say why."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from types import SimpleNamespace

from bench import Run
from blast import Blast
from cluster import REGION, Cluster, Engine
from evidence import Evidence
from processes import Failed, patient
from redis_process import Redis
from wire import parse

UNUSABLE, LOST_TAIL = 11, 12
#: Standard output goes nowhere, so that the log of a process is what it said on standard error.
ERRORS_ONLY = ["/bin/sh", "-c", 'exec "$0" "$@" >/dev/null']
#: Whom rows make in Redis; no log may have the password.
USER, SECRET = "keeper", "a-secret-of-the-row"
#: A library of another version: no more than what is asked for its version.
LIBRARY = """#!lua name=baecha
redis.register_function{{function_name='baecha_version', callback=function() return {} end,
  flags={{'no-writes'}}}}
"""


class Cases:
    """The cases of one row. All of them are played before the row fails."""

    def __init__(self, run: Run) -> None:
        self.run, self.cluster = run, Cluster(run.binary)
        self.redis = self.cluster.redis
        self.wrong: list[str] = []
        self.started = 0

    async def __aenter__(self) -> "Cases":
        return self

    async def __aexit__(self, kind, error, trace) -> None:
        keep = bool(error or self.wrong) and bool(self.run.keep)
        if keep:
            self.run.figures["folder"] = self.cluster.folder
        self.cluster.close(keep)
        if self.wrong and kind in (None, Failed):
            raise Failed("; ".join([*self.wrong, *([str(error)] if error else [])])) from None

    def fail(self, case: str, reason: str) -> None:
        self.wrong.append(f"{case}: {reason}")

    def start(self, state: str = "", durability: str = "durable",
              environment: dict[str, str] | None = None) -> Engine:
        """A server with a log, ports and a data folder of its own."""
        self.started += 1
        engine = self.cluster.engine(f"e{self.started}")
        self.cluster.durability = durability
        engine.start(state=state, environment=environment, under=ERRORS_ONLY)
        return engine

    async def leader(self, **how) -> Engine:
        engine = self.start(**how)
        await engine.until("leader", 10)
        return engine

    async def end(self, engine: Engine, within: float = 5) -> None:
        """Ends it in order, whatever it does."""
        engine.process.send(signal.SIGTERM)
        try:
            code = await engine.process.ended(within)
            if code not in (0, UNUSABLE):
                self.fail(engine.name, f"ended with {code}: {engine.process.tail(1)}")
        finally:
            engine.process.kill_now()
            self.cluster.engines.remove(engine)

    async def refused(self, case: str, *said: str, never: tuple[str, ...] = (),
                      code: int = UNUSABLE, within: float = 5, **how) -> None:
        """A server starts and must end by itself, with a line that says all of it."""
        began = time.monotonic()
        engine = self.start(**how)
        try:
            ended = await engine.process.ended(within)
        except Failed:
            return self.fail(case, f"runs on after {within} s and says: {engine.process.tail(1)}")
        finally:
            engine.process.kill_now()
            self.cluster.engines.remove(engine)
        self.run.figures[case] = f"{ended} after {time.monotonic() - began:.1f} s"
        self.judge(case, engine, said, never, code)

    def judge(self, case: str, engine: Engine, said, never, code: int = UNUSABLE) -> None:
        """Of a server that has ended: how, and with which words."""
        ended, log = engine.process.code or 0, read(engine)
        told = [line for line in log.splitlines() if line.startswith("error: ")]
        line = told[-1] if told else engine.process.tail(1)
        if ended != code or len(told) != 1:
            self.fail(case, f"ended with {ended}, {len(told)} errors: {line}")
        if ended < 0 or "Fatal error" in log:
            self.fail(case, "it trapped")
        if SECRET in log:
            self.fail(case, "the log has the password")
        lacking = [word for word in said if word not in line]
        if lacking:
            self.fail(case, f"'{lacking[0]}' is not in '{line}'")
        misleading = [word for word in never if word in line]
        if misleading:
            self.fail(case, f"'{misleading[0]}' is of no use in '{line}'")

    def region(self, text: str) -> None:
        """What servers serve from now on, in place of and beside the rows' own region."""
        self.cluster.region = os.path.join(self.cluster.folder, f"region-{self.started}.yaml")
        with open(self.cluster.region, "w", encoding="utf-8") as file:
            file.write(REGION + text)

    async def replica(self) -> Redis:
        """One that follows this Redis, and has all it has."""
        made = Redis(os.path.join(self.cluster.folder, "replica"),
                     replicaof=f"127.0.0.1 {self.redis.port}")
        self.cluster.others.append(made)
        await made.start()
        began = time.monotonic()
        while made.info("replication").get("master_link_status") != "up":
            self.run.require(time.monotonic() - began < patient(20), "the replica finds no master")
            await asyncio.sleep(0.05)
        return made

    def install(self) -> None:
        done = self.cluster.tool("redis", "install-functions", "--state", self.redis.url)
        self.run.require(done.returncode == 0, f"install-functions: {done.stderr.strip()}")

    async def journal(self) -> None:
        """A few facts by a server that has ended."""
        self.redis.ask("FLUSHALL")
        engine = await self.leader()
        for line in ("ON t1 37.54,126.96 seats=4", "ON t2 37.7,127.3",
                     "REQ r1 37.54,126.96 37.55,126.97"):
            await accepted(engine, line)
        await asyncio.sleep(1)
        await self.end(engine)

    def blast(self) -> Blast:
        """So many facts that snapshots and trims are due."""
        return Blast(SimpleNamespace(cluster=self.cluster,
                                     load=SimpleNamespace(evidence=Evidence())))


def read(engine: Engine) -> str:
    with open(engine.process.log, encoding="utf-8", errors="replace") as file:
        return file.read()


async def tell(engine: Engine, line: str, within: float = 5) -> str:
    """The answer to a line on a connection of its own, such as `ERR 507 …`; empty = none."""
    reader, writer = await asyncio.open_connection(*engine.address)
    try:
        await reader.readline()
        writer.write(f"#a {line}\n".encode())
        while raw := await asyncio.wait_for(reader.readline(), patient(within)):
            told = parse(raw.decode())
            if told.tag == "a" or told.word == "ERR":
                return " ".join([told.word, *told.args])
        return ""
    except (OSError, asyncio.TimeoutError):
        return ""
    finally:
        writer.close()


async def banner(engine: Engine) -> dict[str, str]:
    reader, writer = await asyncio.open_connection(*engine.address)
    try:
        return parse((await asyncio.wait_for(reader.readline(), 5)).decode()).pairs
    finally:
        writer.close()


def fill(redis: Redis, used: float = 1.02) -> None:
    """Sets its maxmemory so that so much of it is used."""
    redis.ask("CONFIG", "SET", "maxmemory",
              str(int(int(redis.info("memory")["used_memory"]) / used)))


def denied(redis: Redis) -> list[str]:
    """What the user was not allowed since this was last asked, as rights that would allow it."""
    found = []
    for entry in redis.ask("ACL", "LOG"):
        pairs = dict(zip(entry[::2], entry[1::2]))
        if pairs["username"] == USER and pairs["reason"] in ("command", "key"):
            found.append(("+" if pairs["reason"] == "command" else "~") + pairs["object"])
    redis.ask("ACL", "LOG", "RESET")
    return found


async def aged_door(redis: Redis) -> asyncio.Server:
    """A door to Redis behind which it says that it is of another version."""
    async def ahead(reader, there) -> None:
        while data := await reader.read(65536):
            there.write(data)
        there.close()

    async def serve(reader, writer) -> None:
        back, there = await asyncio.open_connection("127.0.0.1", redis.port)
        going = asyncio.ensure_future(ahead(reader, there))
        rest = b""
        while data := await back.read(65536):
            # One command is on its way at a time, so that what comes is one reply.
            rest += data
            if (reply := aged(rest)) is not None:
                writer.write(reply)
                rest = b""
        await going
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def aged(reply: bytes) -> bytes | None:
    """A reply with another version in it; `None` while it is not whole."""
    head, _, body = reply.partition(b"\r\n")
    if not reply.startswith(b"$") or int(head[1:] or b"0") < 0:
        return reply
    if len(body) < int(head[1:] or b"0") + 2:
        return None
    if b"redis_version:" not in body:
        return reply
    body = re.sub(rb"redis_version:[^\r]*", b"redis_version:6.2.14", body)
    return b"$%d\r\n%s" % (len(body) - 2, body)


async def accepted(engine: Engine, line: str) -> None:
    """Repeats a line, which is safe, while a busy machine keeps its fact from being kept in time."""
    end = time.monotonic() + patient(10)
    while not (told := await tell(engine, line)).startswith("OK"):
        if told[:7] not in ("", "ERR 504", "ERR 507") or time.monotonic() > end:
            raise Failed(f"{line}: {told}")
        await asyncio.sleep(0.1)
