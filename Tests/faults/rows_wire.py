"""F9, F19 to F23, F25: what clients and their networks do."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import subprocess
import sys
import time

from bench import Run
from checker import check
from evidence import Asked, Evidence
from journal import read_journal
from load import Size
from parties import Subscriber, some_point
from processes import CannotRun, Failed
from proxy import Proxy
from wire import parse


async def f9(run: Run) -> None:
    """Links between clients and engine are cut in mid-line and in mid-answer."""
    proxies: list[Proxy] = []

    async def prepare(stage) -> None:
        await stage.cluster.redis.start()
        engine = stage.cluster.engine("a")
        engine.start()
        await engine.until("leader", 10)
        proxies.append(Proxy(engine.address))
        await proxies[0].start()

    async with run.stage(size=Size(200, 100), prepare=prepare, engines=0,
                         addresses=lambda: [p.address for p in proxies]) as stage:
        pass_on = _Cutter(run)
        proxy = proxies[0]
        proxy.cutter = pass_on
        while proxy.cuts < run.count:
            pass_on.wanted = True
            await asyncio.sleep(0.05)
        proxy.cutter = None
        again = [a for a in stage.load.evidence.asked if a.tries > 1 and a.is_ok and a.verb != "ON"]
        run.figures["cuts"] = proxy.cuts
        run.figures["lines sent again"] = len(again)
        run.figures["of them dup=1"] = sum(a.answer.get("dup") == "1" for a in again)
        await stage.judge()
        proxy.close()


class _Cutter:
    """Cuts once when wanted, at a byte inside a line, never at its end."""

    def __init__(self, run: Run) -> None:
        self.random = run.random
        self.wanted = False

    def __call__(self, direction: str, data: bytes) -> int | None:
        if not self.wanted or len(data) < 4 or self.random.random() < 0.5:
            return None
        at = self.random.randrange(1, len(data))
        if data[at - 1:at] == b"\n":
            return None
        self.wanted = False
        return at


async def f19(run: Run) -> None:
    """One of a thousand subscribers reads 1 KB/s."""
    others = 1_000 if run.is_long else 200
    async with run.stage() as stage:
        crowd = [Subscriber(f"c{n}", stage.load.addresses, n, "req.*", start="now",
                            narrow=f" req=b{n % 2}-r{n}") for n in range(others)]
        tasks = [asyncio.ensure_future(one.run()) for one in crowd]
        await asyncio.sleep(2)
        before = await _p99(stage, 3)
        slow = _Slow(stage.engine.address)
        reading = asyncio.ensure_future(slow.run(90 if run.is_long else 45))
        during = await _p99(stage, 5)
        await reading
        for one in crowd:
            one.close()
        for task in tasks:
            task.cancel()
        run.figures["p99 before / during"] = f"{before * 1000:.1f} / {during * 1000:.1f} ms"
        run.figures["slow reader"] = slow.farewell or "was not told"
        run.require("why=slow" in slow.farewell, f"the slow reader got {slow.farewell!r}")
        # It resumes behind the last event it has, and must get exactly the rest.
        late = Subscriber("slow", stage.load.addresses, 9, "req.*,offer.*,taxi.*",
                          start=slow.last)
        late.first, late.last, late.events = slow.first, slow.last, slow.events
        stage.load.subscribers.append(late)
        stage.load.tasks.append(asyncio.ensure_future(late.run()))
        if during > before * 1.1 + 0.005 * run.slack:
            run.late.append(f"p99 of the others went from {before * 1000:.1f} to "
                            f"{during * 1000:.1f} ms")
        await stage.judge()


async def _p99(stage, seconds: float) -> float:
    began = time.monotonic()
    await asyncio.sleep(seconds)
    waits = sorted(b - a for a, b, word in stage.load.changes(began) if word == "OK")
    return waits[len(waits) * 99 // 100] if waits else 0.0


class _Slow:
    """Takes the same stream many times over, so that its output fills within seconds."""

    def __init__(self, address) -> None:
        self.address = address
        self.first, self.last = "0-0", "0-0"
        self.events: list[list] = []
        self.farewell = ""

    async def run(self, within: float) -> None:
        loop = asyncio.get_running_loop()
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.setblocking(False)
        await loop.sock_connect(link, self.address)
        names = ["s", *(f"x{n}" for n in range(30))]
        lines = "".join(f"SUB {name} req.*,offer.*,taxi.* from=first\n" for name in names)
        await loop.sock_sendall(link, lines.encode())
        rest = b""
        end = time.monotonic() + within
        fast_from = end - within * 0.6
        while time.monotonic() < end:
            # First at 1 KB/s; then as fast as it can, to see what it was told.
            count = 256 if time.monotonic() < fast_from else 1 << 20
            try:
                data = await asyncio.wait_for(loop.sock_recv(link, count), 5)
            except (OSError, asyncio.TimeoutError):
                break
            if not data:
                break
            pieces = (rest + data).split(b"\n")
            rest = pieces.pop()
            for raw in pieces:
                self._take(raw.decode())
            if count == 256:
                await asyncio.sleep(0.25)
        link.close()

    def _take(self, text: str) -> None:
        line = parse(text)
        if line.word == "EV" and line.args[0] == "s":
            _, at, kind, name = line.args[:4]
            self.events.append([at, kind, name, line.pairs])
            self.last = at
        elif line.word == "OK" and line.args[:1] == ["s"]:
            self.first = self.last = line.pairs["from"]
        elif line.word == "BYE":
            self.farewell = text


async def _keys(stage) -> str:
    """A keys file with a token for good clients; its path."""
    import hashlib
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


VERBS = ["REQ", "ON", "P", "GET", "CANCEL", "SUB", "ACCEPT", "NEAR", "PING", "STAT", "XYZ", "CHANGE"]


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
        await writer.drain()
    writer.write(b"QUIT\n")
    await asyncio.wait_for(counting, 60)
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


async def f25(run: Run) -> None:
    """Every line is sent one to five times, shuffled over two connections."""
    async with run.stage(loaded=False) as stage:
        links = [await asyncio.open_connection(*stage.engine.address) for _ in range(2)]
        for reader, _ in links:
            await reader.readline()
        evidence = Evidence()
        answers: dict[str, list] = {}
        tag = 0
        for batch in range(max(1, run.count // 50)):
            asked = _lines(run, batch)
            sent: list[tuple[int, str, Asked]] = []
            for one in asked:
                for _ in range(run.random.randint(1, 5)):
                    tag += 1
                    sent.append((run.random.randrange(2), f"q{tag}", one))
            run.random.shuffle(sent)
            for link, name, one in sent:
                links[link][1].write(f"#{name} {one.line}\n".encode())
            for index, (reader, _) in enumerate(links):
                await _collect(reader, [s for s in sent if s[0] == index], answers)
            evidence.asked += asked
        await asyncio.sleep(1)
        stage.load.addresses = lambda: [stage.engine.address]
        evidence.journal = await read_journal(stage.cluster, stage.engine)
        for _, writer in links:
            writer.close()
        told = _once(run, evidence, answers)
        run.figures["lines"] = len(evidence.asked)
        run.figures["sent"] = tag
        run.figures["dup=1"] = told
        found = check(evidence)
        run.require(not found, str(found[:1]))


def _lines(run: Run, batch: int) -> list[Asked]:
    """Lines that may come in any order: taxis far from riders, so that nothing is matched."""
    lines = []
    for number in range(25):
        name = f"{batch}-{number}"
        lines.append(Asked("q", "ON", [f"t{name}", "37.25,126.40"], {"seats": "4"}))
        lines.append(Asked("q", "REQ", [f"r{name}", some_point(run.random)], {"seats": "8"}))
    return lines


async def _collect(reader, sent, answers) -> None:
    wanted = {name: one for _, name, one in sent}
    while wanted:
        raw = await asyncio.wait_for(reader.readline(), 10)
        if not raw:
            raise Failed("the connection ended")
        line = parse(raw.decode())
        if line.tag in wanted:
            one = wanted.pop(line.tag)
            answers.setdefault(one.line, []).append((line.word, line.pairs, line.args))
            if not one.outcome or line.word == "OK":
                one.outcome = line.word if line.word == "OK" else " ".join(
                    ["ERR", *line.args[:2]])
                one.answer = line.pairs


def _once(run: Run, evidence: Evidence, answers) -> int:
    """Of all answers to one line, one is the first, and all name the same fact."""
    repeats = 0
    for one in evidence.asked:
        told = answers[one.line]
        run.require(all(word == "OK" for word, _, _ in told), f"{one.line}: {told}")
        places = {pairs["at"] for _, pairs, _ in told}
        run.require(len(places) == 1, f"{one.line} was answered at {places}")
        first = [pairs for _, pairs, _ in told if pairs.get("dup") != "1"]
        run.require(len(first) == 1, f"{one.line} was new {len(first)} times")
        repeats += len(told) - 1
    return repeats
