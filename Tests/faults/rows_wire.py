"""F9, F19, F25: lines that are cut, read slowly, or sent many times."""

from __future__ import annotations

import asyncio
import socket
import time

from bench import Run
from checker import check
from evidence import Asked, Evidence
from journal import read_journal
from load import Size
from parties import Subscriber, some_point
from processes import Failed
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
        await asyncio.sleep(3)
        before = await _p99(stage, 4)
        slow = _Slow(stage.engine.address)
        reading = asyncio.ensure_future(slow.run(60 if run.is_long else 16))
        during = await _p99(stage, 5)
        await reading
        for one in crowd:
            one.close()
        for task in tasks:
            task.cancel()
        run.figures["p99 before / during"] = f"{before * 1000:.1f} / {during * 1000:.1f} ms"
        run.figures["slow reader"] = slow.farewell or "was not told"
        if "why=slow" not in slow.farewell:
            run.late.append("the slow reader was not told BYE why=slow before its end")
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
        lines = "".join(f"SUB {name} req.*,offer.*,taxi.* from=now\n" for name in names)
        await loop.sock_sendall(link, lines.encode())
        rest = b""
        end = time.monotonic() + within
        fast_from = end - within * 0.3
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
