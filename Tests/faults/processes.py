"""Processes of a run: each in the run's folder, each ended by its own id."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time

#: What waits for something waits so many times longer, on a machine with other work to do (--slack).
slack = 1.0


def patient(seconds: float) -> float:
    return seconds * slack


class Failed(Exception):
    """The row did not pass; the message says what was seen."""


class CannotRun(Exception):
    """The environment does not allow the row; the message says what is missing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    def __init__(self, name: str, command: list[str], log: str,
                 environment: dict[str, str] | None = None) -> None:
        self.name, self.log = name, log
        with open(log, "ab") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        return self._process.poll()

    @property
    def is_alive(self) -> bool:
        return self.code is None

    def send(self, number: int) -> None:
        if self.is_alive:
            self._process.send_signal(number)

    async def ended(self, within: float) -> int:
        end = time.monotonic() + patient(within)
        while self.code is None:
            if time.monotonic() > end:
                raise Failed(f"{self.name} did not end within {within} s; see {self.log}")
            await asyncio.sleep(0.005)
        return self.code or 0

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.ended(10)

    def kill_now(self) -> None:
        if self.is_alive:
            self.send(signal.SIGKILL)
            self._process.wait()

    def tail(self, lines: int = 3) -> str:
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return " | ".join(file.read().splitlines()[-lines:])

    def usage(self) -> tuple[int, int]:
        """Resident bytes and open files."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return resident, len(os.listdir(f"/proc/{self.pid}/fd"))
