"""Redis as a peer: a connection for bytes, redis-benchmark, and what the journal's entries hold."""

from __future__ import annotations

import csv
import random
import socket
import subprocess
import threading
import time
from dataclasses import dataclass


class RedisLink:
    """One command at a time, in bytes: journal entries are no text."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.replies = self.socket.makefile("rb", 1 << 20)

    def __call__(self, *words: str | bytes):
        self.socket.sendall(encoded(*words))
        return self.reply()

    def pipelined(self, commands: list[tuple]) -> list:
        self.socket.sendall(b"".join(encoded(*words) for words in commands))
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.replies.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"$":
            return None if rest == b"-1" else self.replies.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        raise RuntimeError(f"Redis: {rest.decode() or 'closed the connection'}")

    def close(self) -> None:
        self.replies.close()
        self.socket.close()


def encoded(*words: str | bytes) -> bytes:
    parts = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


# The journal

@dataclass
class Mark:
    """Where a journal ends, and when."""

    at: float
    sequence: int
    entries: int
    id: str


def mark(link: RedisLink, region: str = "seoul") -> Mark:
    reply = link("XINFO", "STREAM", f"{{{region}}}:j")
    found = dict(zip(reply[::2], reply[1::2]))
    end = found[b"last-generated-id"].decode()
    return Mark(time.monotonic(), int(end.partition("-")[2]), found[b"entries-added"], end)


@dataclass
class Batches:
    """Mean batch between two marks."""

    facts: float
    bytes: float


def batches(link: RedisLink, first: Mark, last: Mark, region: str = "seoul") -> Batches:
    """Facts from the counters, bytes from entries at twenty places between the marks."""
    epoch = last.id.partition("-")[0]
    sizes: list[int] = []
    span = last.sequence - first.sequence
    for part in range(20):
        start = first.sequence + span * part // 20
        found = link("XRANGE", f"{{{region}}}:j", f"{epoch}-{start}", "+", "COUNT", "20")
        for _, fields in found:
            if fields[1] == b"B":
                sizes.append(len(fields[3]))
    return Batches(span / max(1, last.entries - first.entries), sum(sizes) / max(1, len(sizes)))


# redis-benchmark

@dataclass
class Benchmarked:
    entries_per_second: float
    p50_us: float
    clients: int
    pipeline: int


def redis_benchmark(port: int, size: int, seconds: float, clients: int,
                    pipeline: int = 1) -> Benchmarked:
    """XADD of so many bytes, in the form of the journal's own entries, for about so long."""
    found = _benchmark(port, size, 400, clients, pipeline)
    # No more than a gigabyte goes to the disk.
    count = max(400, min(int(found.entries_per_second * seconds), (1 << 30) // size))
    return _benchmark(port, size, count, clients, pipeline)


def _benchmark(port: int, size: int, count: int, clients: int, pipeline: int) -> Benchmarked:
    run = subprocess.run(
        ["redis-benchmark", "-h", "127.0.0.1", "-p", str(port), "-c", str(clients),
         "-P", str(pipeline), "-n", str(count), "--csv", "XADD", "bench", "MAXLEN", "~", "512", "*",
         "k", "B", "b", "x" * size, "c", "0123abcd"],
        capture_output=True, text=True, check=True)
    rows = [row for row in csv.reader(run.stdout.splitlines()) if len(row) >= 8]
    return Benchmarked(float(rows[-1][1]), float(rows[-1][4]) * 1_000, clients, pipeline)


# The bare round trip

class Probe(threading.Thread):
    """A second connection, idle but for one entry now and then: at random instants, since what
    comes at a beat meets the server's own beat always or never."""

    def __init__(self, port: int, size: int, each: float = 0.01) -> None:
        super().__init__(daemon=True)
        self.link = RedisLink(port)
        self.pause = each
        self.is_over = threading.Event()
        #: Microseconds.
        self.xadd: list[float] = []
        self.step: list[float] = []
        self.content = b"x" * size
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            self._probe()
        except Exception as error:  # Raised where it is waited for.
            self.failure = error

    def _probe(self) -> None:
        draw = random.Random(7)
        link = self.link
        lease, stream = "{probe}:lease", "{probe}:j"
        epoch, _, end = [v if isinstance(v, int) else v.decode() for v in link(
            "FCALL", "baecha_acquire", "2", lease, stream, "probe", "600000", "probe", "each")[1:4]]
        bare = encoded("XADD", "{probe}:x", "MAXLEN", "~", "512", "*", "k", "B", "b", self.content,
                       "c", "0123abcd")
        sequence = int(end.partition("-")[2])
        while not self.is_over.wait(draw.expovariate(1 / self.pause)):
            self.xadd.append(self._trip(bare))
            if self.is_over.wait(draw.expovariate(1 / self.pause)):
                break
            sequence += 1
            position = f"{epoch}-{sequence}"
            self.step.append(self._trip(encoded(
                "FCALL", "baecha_append", "2", lease, stream, str(epoch), end, position,
                self.content, "0123abcd", "600000", "probe")))
            end = position

    def _trip(self, command: bytes) -> float:
        begun = time.perf_counter_ns()
        self.link.socket.sendall(command)
        answer = self.link.reply()
        taken = (time.perf_counter_ns() - begun) / 1_000
        if isinstance(answer, list) and answer[0] != b"OK":
            raise RuntimeError(f"the probe's step was answered {answer}")
        return taken

    def finish(self) -> None:
        self.is_over.set()
        self.join()
        self.link.close()
        if self.failure:
            raise self.failure
