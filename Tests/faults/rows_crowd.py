"""F20 to F23: crowds of connections, and lines that are none."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import secrets
import socket
import subprocess
import sys
import time

from bench import Run
from load import Size
from processes import CannotRun, Failed


async def _keys(stage) -> str:
    """A keys file with a token for good clients; its path."""
    path = os.path.join(stage.cluster.folder, "keys.txt")
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(f"good blue gateway,booker,observer sha256:{digest}\n")
    return path


TOKEN = secrets.token_hex(16)

#: Plays many clients in a process of its own: a name space has none of ours.
CROWD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "crowd.py")


async def f20(run: Run) -> None:
    """Peers vanish without a word: their network goes down."""
    many = 5_000 if run.is_long else 1_000
    space, inside, outside = f"faults{os.getpid()}", "fa1", "fa0"
    setup = [
        ["ip", "netns", "add", space],
        ["ip", "link", "add", outside, "type", "veth", "peer", "name", inside],
        ["ip", "link", "set", inside, "netns", space],
        ["ip", "addr", "add", "10.213.7.1/24", "dev", outside],
        ["ip", "link", "set", outside, "up"],
        ["ip", "netns", "exec", space, "ip", "addr", "add", "10.213.7.2/24", "dev", inside],
        ["ip", "netns", "exec", space, "ip", "link", "set", inside, "up"],
    ]
    async with run.stage(loaded=False) as stage:
        keys = await _keys(stage)
        await stage.engine.process.kill()
        stage.cluster.undo += [["ip", "link", "del", outside], ["ip", "netns", "del", space]]
        for command in setup:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise CannotRun(f"no network name space: {done.stderr.strip()}")
        stage.engine.start("--keys", keys, "--listen", f"0.0.0.0:{stage.engine.port}")
        await stage.engine.until("leader", 10)
        _, files = stage.engine.process.usage()
        crowd = await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", space, sys.executable, CROWD, "10.213.7.1",
            str(stage.engine.port), str(many), TOKEN, stdout=asyncio.subprocess.PIPE)
        ready = await asyncio.wait_for(crowd.stdout.readline(), 60)
        run.require(ready.startswith(b"ready"), f"the crowd says {ready!r}")
        run.require((await stage.engine.status())["sessions"] == many, "not all are connected")
        subprocess.run(["ip", "link", "set", outside, "down"], check=True)
        gone = time.monotonic()
        while (await stage.engine.status()).get("sessions") != 0:
            run.require(time.monotonic() - gone < 40, "half-open connections stay")
            await asyncio.sleep(0.2)
        run.times("all gone after", [time.monotonic() - gone], 2 * 10 + 5 + 1)
        crowd.kill()
        await crowd.wait()
        await asyncio.sleep(0.5)
        run.figures["connections"] = many
        now = stage.engine.process.usage()[1]
        run.require(abs(now - files) <= 3, f"I6: {files} open files before, {now} after")


async def f21(run: Run) -> None:
    """Thousands of connections drip a byte each 5 s."""
    many = 5_000 if run.is_long else 2_000
    async with run.stage(loaded=False) as stage:
        resident, files = stage.engine.process.usage()
        links = []
        for _ in range(many):
            link = socket.create_connection(stage.engine.address)
            link.setblocking(False)
            link.send(b"R")
            links.append(link)
        began = time.monotonic()
        most = 0
        while True:
            now, open_files = stage.engine.process.usage()
            most = max(most, now)
            if open_files <= files + 3:
                break
            elapsed = time.monotonic() - began
            run.require(elapsed < 20, f"{open_files - files} dripping connections stay")
            await asyncio.sleep(0.2)
            if 4.9 < elapsed % 5:
                for link in links:
                    try:
                        link.send(b"E")
                    except OSError:
                        pass
                await asyncio.sleep(0.2)
        run.times("all closed after", [time.monotonic() - began], 12)
        grown = (most - resident) >> 20
        run.figures["connections"] = many
        run.figures["grown by"] = f"{grown} MB"
        run.require(grown < 50, f"memory grew by {grown} MB")
        for link in links:
            link.close()


async def f22(run: Run) -> None:
    """Lines that are too long, broken, or nonsense."""
    giant = (1 << 30) if run.is_long else (64 << 20)
    lines = 10_000_000 if run.is_long else 300_000
    async with run.stage(size=Size(200, 40)) as stage:
        before = stage.engine.process.usage()[0]
        for size in (1024, 1 << 20, giant):
            told = await _giant(stage.engine.address, size)
            run.require(b"413" in told, f"a line of {size + 1} bytes was answered {told[-80:]!r}")
        for bad in (b"PI\x00NG\n", b"PING \xff\xfe\n", b"GET REQ \xc0\xaf\n", b"\x7f\n"):
            told = await _say(stage.engine.address, bad)
            run.require(b"400" in told and b"close=1" in told, f"{bad!r} was answered {told!r}")
        began = time.monotonic()
        answers = await _nonsense(stage, lines, run.random)
        run.figures["lines/s"] = round(lines / (time.monotonic() - began))
        run.figures["answers"] = answers
        run.require(stage.engine.process.is_alive, "the engine ended")
        run.figures["grown by"] = f"{(stage.engine.process.usage()[0] - before) >> 20} MB"
        await stage.judge()


async def _giant(address, size: int) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    piece = b"x" * min(size, 1 << 20)
    try:
        for _ in range(size // len(piece)):
            writer.write(piece)
            await writer.drain()
        writer.write(b"x\nPING\n")
        await writer.drain()
        told = b""
        while b"PONG" not in told:
            data = await asyncio.wait_for(reader.read(65536), 10)
            if not data:
                break
            told += data
        return told
    finally:
        writer.close()


async def _say(address, text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    await reader.readline()
    writer.write(text)
    told = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return told


VERBS = ["REQ", "ON", "PP", "GET", "CANCEL", "SUB", "ACCEPT", "NEAR", "PING", "STAT", "XYZ",
         "CHANGE"]


def nonsense(draw: random.Random) -> str:
    """A line whose verb may be right and whose rest is not: it must change nothing."""
    letters = "abc019-._~:=,%#;$é漢 "
    rest = "".join(draw.choice(letters) for _ in range(draw.randrange(30)))
    return f"{draw.choice(VERBS)} %{rest}"


async def _nonsense(stage, count: int, draw: random.Random) -> int:
    answers = 0
    reader, writer = await asyncio.open_connection(*stage.engine.address)

    async def count_answers() -> None:
        nonlocal answers
        while data := await reader.read(1 << 16):
            answers += data.count(b"\n")

    counting = asyncio.ensure_future(count_answers())
    block = 1_000
    pool = ["\n".join(nonsense(draw) for _ in range(block)) + "\n" for _ in range(100)]
    for number in range(count // block):
        writer.write(pool[number % len(pool)].encode())
        # The banner, and an answer to each line: every one is wrong, and every one is told so.
        end = time.monotonic() + 10
        while answers < (number + 1) * block + 1:
            if time.monotonic() > end:
                raise Failed(f"{answers - 1} answers to {(number + 1) * block} lines")
            await asyncio.sleep(0)
    counting.cancel()
    writer.close()
    return answers


async def f23(run: Run) -> None:
    """Ten thousand connections at once, half of them with a wrong password."""
    many = 10_000 if run.is_long else 3_000
    async with run.stage(loaded=False) as stage:
        keys = await _keys(stage)
        await stage.engine.process.kill()
        stage.engine.start("--keys", keys)
        await stage.engine.until("leader", 10)
        await asyncio.sleep(0.3)
        files = stage.engine.process.usage()[1]
        good = bad = 0

        async def one(number: int) -> None:
            nonlocal good, bad
            reader, writer = await asyncio.open_connection(*stage.engine.address)
            try:
                token = TOKEN if number % 2 else "wrong"
                writer.write(f"HELLO blp/1\nAUTH token {token}\nPING\n".encode())
                told = b""
                while b"PONG" not in told and b" 401 " not in told:
                    data = await asyncio.wait_for(reader.read(4096), 30)
                    if not data:
                        break
                    told += data
                good += b"session=" in told and b"PONG" in told
                bad += b"401 auth" in told
            finally:
                writer.close()

        began = time.monotonic()
        await asyncio.gather(*(one(number) for number in range(many)))
        rate = many / (time.monotonic() - began)
        run.figures["connections/s"] = round(rate)
        run.require(good == many // 2, f"{good} of {many // 2} good clients were served")
        run.require(bad == many - many // 2, f"{bad} of {many - many // 2} bad ones were refused")
        if rate < 1_000 / run.slack:
            run.late.append(f"{rate:.0f} connections a second, 1000 wanted")
        await asyncio.sleep(1)
        now = stage.engine.process.usage()[1]
        run.require(abs(now - files) <= 3, f"I6: {files} open files before, {now} after")
