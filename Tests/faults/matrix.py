"""The rows, with how often each is played for every change and every night."""

from __future__ import annotations

from typing import Awaitable, Callable, NamedTuple

import rows_crash
import rows_crowd
import rows_handover
import rows_pause
import rows_refusals
import rows_store
import rows_time
import rows_wire
from bench import Run


class Row(NamedTuple):
    name: str
    quick: int
    nightly: int
    title: str
    play: Callable[[Run], Awaitable[None]]


ROWS = [
    Row("F1", 20, 500, "engine killed at random times", rows_crash.f1),
    Row("F2", 1, 20, "engine killed at 12 named points", rows_crash.f2),
    Row("F3", 20, 300, "Redis killed", rows_crash.f3),
    Row("F4", 10, 100, "engine and Redis killed together", rows_crash.f4),
    Row("F5", 1, 20, "Redis stopped for 0.2, 2, 10, 60 s", rows_pause.f5),
    Row("F6", 10, 100, "leader stopped for longer than its lease", rows_pause.f6),
    Row("F7", 10, 200, "two leaders forced", rows_pause.f7),
    Row("F8", 4, 100, "link engine–Redis cut, silent, one way, slow", rows_pause.f8),
    Row("F9", 50, 500, "link client–engine cut in mid-line", rows_wire.f9),
    Row("F10", 3, 20, "fsync takes 3 s", rows_store.f10),
    Row("F11", 2, 10, "disk of Redis full", rows_store.f11),
    Row("F12", 1, 5, "disk of the engine full", rows_store.f12),
    Row("F13", 2, 10, "Redis at maxmemory", rows_store.f13),
    Row("F14", 3, 20, "AOF rewrite and BGSAVE under load", rows_store.f14),
    Row("F15", 1, 5, "Redis restored from an old backup", rows_store.f15),
    Row("F16", 1, 5, "appendfsync changed while running", rows_store.f16),
    Row("F17", 2, 20, "failover to a lagging replica", rows_store.f17),
    Row("F18", 1, 10, "standby far behind, journal trimmed", rows_handover.f18),
    Row("F19", 1, 10, "one slow reader among many", rows_wire.f19),
    Row("F20", 1, 5, "half-open connections", rows_crowd.f20),
    Row("F21", 1, 5, "bytes dripped on thousands of connections", rows_crowd.f21),
    Row("F22", 1, 1, "long, broken and nonsense lines", rows_crowd.f22),
    Row("F23", 1, 5, "connections at once, half with a wrong password", rows_crowd.f23),
    Row("F24", 1, 20, "1,000 gateways reconnect after a failover", rows_handover.f24),
    Row("F25", 1_000, 100_000, "every line 1 to 5 times, shuffled", rows_wire.f25),
    Row("F26", 1, 20, "clocks that are wrong or jump", rows_time.f26),
    Row("F27", 1, 5, "positions late, frozen, jumping", rows_time.f27),
    Row("F28", 5, 50, "SIGTERM under load, hand-over", rows_handover.f28),
    Row("R1", 1, 1, "no Redis at the address, no redis-server to start", rows_refusals.r1),
    Row("R2", 1, 1, "Redis is too old", rows_refusals.r2),
    Row("R3", 1, 3, "Redis has no memory left", rows_refusals.r3),
    Row("R4", 1, 1, "Redis is a replica", rows_refusals.r4),
    Row("R5", 1, 1, "Redis is set to promise less", rows_refusals.r5),
    Row("R6", 1, 3, "keys of another region or program", rows_refusals.r6),
    Row("R7", 1, 1, "data and functions of another version", rows_refusals.r7),
    Row("R8", 1, 3, "wrong passwords, rights lacking one by one", rows_refusals.r8),
]
