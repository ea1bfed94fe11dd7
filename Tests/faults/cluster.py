"""A Redis and one or more `baecha serve` in a temporary folder, on free ports."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from processes import CannotRun, Failed, Process, free_port, patient
from redis_process import Redis

#: Short timers, so that offers run out and requests expire within a row.
REGION = """\
timers: {wait: 60s, offer_ttl: 5s, freshness: 60s, lost_after: 120s}
policy: {kind: batch, window: 500ms, reassign: true, switching_cost: 20s, frozen: 60s}
"""


class Engine:
    def __init__(self, cluster: "Cluster", name: str) -> None:
        self.cluster, self.name = cluster, name
        self.port, self.http_port = free_port(), free_port()
        self.process: Process | None = None
        self.data = os.path.join(cluster.folder, f"data-{name}")

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def start(self, *more: str, fault: str = "", state: str = "",
              environment: dict[str, str] | None = None, under: list[str] | None = None) -> None:
        cluster = self.cluster
        command = (under or []) + [
            cluster.binary, "serve", "--listen", f"127.0.0.1:{self.port}",
            "--http", f"127.0.0.1:{self.http_port}", "--node", self.name,
            "--region", cluster.region, "--set", "connections_per_address=20000",
            "--set", "connections_per_tenant=20000",
        ]
        if cluster.is_kept:
            command += ["--state", state or cluster.redis.url, "--data-dir", self.data,
                        "--durability", cluster.durability]
        variables = dict(environment or {})
        if fault:
            variables["BAECHA_FAULT"] = fault
        self.process = Process(f"baecha serve ({self.name})", command + list(more),
                               os.path.join(cluster.folder, f"{self.name}.log"), variables)

    async def get(self, path: str, within: float = 1.0) -> str:
        async def ask() -> str:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.http_port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                             .encode())
                return (await reader.read()).decode().partition("\r\n\r\n")[2]
            finally:
                writer.close()

        return await asyncio.wait_for(ask(), within)

    async def status(self) -> dict:
        """Empty when it does not answer."""
        try:
            return json.loads(await self.get("/v1/status"))
        except (OSError, ValueError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            return {}

    async def until(self, role: str, within: float) -> float:
        """Waits until it has the role; the seconds that took."""
        began = time.monotonic()
        while (await self.status()).get("role") != role:
            if self.process and not self.process.is_alive:
                raise Failed(f"{self.name} ended with {self.process.code}: {self.process.tail()}")
            if time.monotonic() - began > patient(within):
                raise Failed(f"{self.name} is not {role} within {within} s: {self.process.tail()}")
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def metric(self, name: str) -> float:
        for line in (await self.get("/metrics")).splitlines():
            if line.startswith(name + " ") or line.startswith(name + "{"):
                return float(line.rsplit(" ", 1)[1])
        raise Failed(f"there is no metric {name}")


class Cluster:
    def __init__(self, binary: str, durability: str = "durable", kept: bool = True,
                 region: str = REGION) -> None:
        self.binary, self.durability, self.is_kept = binary, durability, kept
        self.folder = tempfile.mkdtemp(prefix="faults-")
        self.region = os.path.join(self.folder, "region.yaml")
        with open(self.region, "w", encoding="utf-8") as file:
            file.write(region)
        self.redis = Redis(os.path.join(self.folder, "redis"))
        if durability == "relaxed":
            self.redis.settings["appendfsync"] = "everysec"
        self.others: list[Redis] = []
        self.engines: list[Engine] = []
        self.undo: list[list[str]] = []

    def engine(self, name: str) -> Engine:
        made = Engine(self, name)
        self.engines.append(made)
        return made

    async def start(self, engines: int = 1) -> Engine:
        """Starts Redis and engines a, b, …; the first leads."""
        if self.is_kept and self.redis.process is None:
            await self.redis.start()
        for number in range(engines):
            engine = self.engine("abcdef"[number])
            engine.start()
            await engine.until("leader" if number == 0 else "standby", 10)
        return self.engines[0]

    async def leader(self, within: float) -> Engine:
        end = time.monotonic() + patient(within)
        while time.monotonic() < end:
            for engine in self.engines:
                if (await engine.status()).get("role") == "leader":
                    return engine
            await asyncio.sleep(0.02)
        raise Failed(f"nobody leads within {within} s")

    @property
    def addresses(self) -> list[tuple[str, int]]:
        return [engine.address for engine in self.engines]

    def tool(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.binary, *words], capture_output=True, text=True,
                              timeout=patient(60), check=False)

    def has_tool(self, *words: str) -> bool:
        return f"baecha {' '.join(words)} " in self.tool(*words, "--help").stdout

    def mount(self, folder: str, size: str) -> None:
        """A file system of its own for a folder, so that it can be full."""
        os.makedirs(folder, exist_ok=True)
        run = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise CannotRun(f"mounting a small file system is not allowed: {run.stderr.strip()}")
        self.undo.append(["umount", "-l", folder])

    def close(self, keep: bool = False) -> None:
        for engine in self.engines:
            if engine.process:
                engine.process.send(signal.SIGCONT)
                engine.process.kill_now()
        for redis in [self.redis, *self.others]:
            if redis.process:
                redis.process.send(signal.SIGCONT)
                redis.process.kill_now()
        for command in reversed(self.undo):
            subprocess.run(command, capture_output=True, check=False)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
