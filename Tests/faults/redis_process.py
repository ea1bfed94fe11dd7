"""A redis-server in a folder of the run, and as much of its protocol as rows need."""

from __future__ import annotations

import asyncio
import os
import socket
import time

from processes import Failed, Process, free_port

SETTINGS = {
    "save": '""', "appendonly": "yes", "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no", "maxmemory-policy": "noeviction",
    "aof-load-truncated": "yes", "daemonize": "no", "bind": "127.0.0.1",
    "enable-debug-command": "yes",
}


class Redis:
    def __init__(self, folder: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = {**SETTINGS, **settings}
        self.process: Process | None = None
        os.makedirs(folder, exist_ok=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self, within: float = 20, under: list[str] | None = None) -> None:
        path = self.folder.rstrip("/") + ".conf"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"port {self.port}\ndir {self.folder}\n")
            file.writelines(f"{key} {value}\n" for key, value in self.settings.items())
        command = (under or []) + ["redis-server", path]
        self.process = Process("redis-server", command, self.folder.rstrip("/") + ".log")
        await self.answers(within)

    async def answers(self, within: float) -> None:
        end = time.monotonic() + within
        while True:
            try:
                if self.ask("PING") == "PONG":
                    return
            except (OSError, Failed):
                pass
            if self.process and not self.process.is_alive:
                raise Failed(f"redis-server ended with {self.process.code}: {self.process.tail()}")
            if time.monotonic() > end:
                raise Failed(f"redis-server does not answer within {within} s")
            await asyncio.sleep(0.005)

    def ask(self, *words: str, timeout: float = 5, auth: tuple[str, ...] = ()):
        """One command on a connection of its own, perhaps as some user; errors of Redis are raised
        as Failed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as link:
            link.settimeout(timeout)
            with link.makefile("rb") as replies:
                if auth:
                    link.sendall(_command("AUTH", *auth))
                    _reply(replies)
                link.sendall(_command(*words))
                return _reply(replies)

    def info(self, section: str) -> dict[str, str]:
        lines = self.ask("INFO", section).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)


def _command(*words: str) -> bytes:
    encoded = [word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in encoded)


def _reply(file):
    line = file.readline()
    if not line:
        raise Failed("Redis closed the connection")
    kind, rest = line[:1], line[1:-2].decode()
    if kind == b"+":
        return rest
    if kind == b"-":
        raise Failed(f"Redis: {rest}")
    if kind == b":":
        return int(rest)
    if kind == b"$":
        if int(rest) < 0:
            return None
        data = file.read(int(rest) + 2)[:-2]
        return data.decode("utf-8", "replace")
    return None if int(rest) < 0 else [_reply(file) for _ in range(int(rest))]
