"""Figures as lines for people and as JSON, each with its target and whether that is met."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, field


@dataclass
class Figure:
    row: str
    name: str
    value: float
    unit: str
    #: As people read it, such as "<= 1,170"; empty = there is none.
    target: str = ""
    is_met: bool | None = None
    #: Of each round or repeat, in order.
    samples: list[float] = field(default_factory=list)


@dataclass
class Options:
    baecha: str
    seconds: float = 8
    rounds: int = 3
    count: int = 5
    taxis: int = 100_000
    requests: int = 20_000
    tail: int = 300_000


class Sheet:
    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.notes: list[str] = []
        self.failures: list[str] = []
        #: Lines go to standard error when figures go to standard output.
        self.out = sys.stdout

    def title(self, text: str) -> None:
        print(f"\n-- {text}", file=self.out, flush=True)

    def note(self, text: str) -> None:
        self.notes.append(text)
        print(f"   {text}", file=self.out, flush=True)

    def fail(self, row: str, reason: str) -> None:
        self.failures.append(f"{row}: {reason}")
        print(f"   FAILED: {reason}", file=self.out, flush=True)

    def add(self, row: str, name: str, value: float, unit: str, at_most: float | None = None,
            at_least: float | None = None, samples: list[float] | None = None,
            beside: str = "") -> None:
        """One figure. `beside`: what it is compared with, in words."""
        figure = Figure(row, name, round(value, 4), unit, samples=samples or [])
        if at_most is not None:
            figure.target, figure.is_met = f"<= {number(at_most)}", value <= at_most
        if at_least is not None:
            figure.target, figure.is_met = f">= {number(at_least)}", value >= at_least
        self.figures.append(figure)
        line = f"{name:54} {number(value):>10} {unit:8}"
        if len(figure.samples) > 1:
            line += f" ({number(min(figure.samples))} to {number(max(figure.samples))})"
        if beside:
            line += f"  {beside}"
        if figure.target:
            line += f"  target {figure.target} {unit}: {'met' if figure.is_met else 'MISSED'}"
        print(line.rstrip(), file=self.out, flush=True)

    @property
    def is_met(self) -> bool:
        return not self.failures and all(f.is_met is not False for f in self.figures)

    def json(self) -> dict:
        return {"machine": machine(), "figures": [asdict(f) for f in self.figures],
                "notes": self.notes, "failures": self.failures}


def number(value: float) -> str:
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else float("nan")


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def machine() -> dict[str, str]:
    processor = ""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                processor = line.split(":", 1)[1].strip()
                break
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True,
                           check=False).stdout.split()
    version = next((word[2:] for word in redis if word.startswith("v=")), "?")
    return {"processor": processor, "cores": str(os.cpu_count()), "system": platform.platform(),
            "redis": version, "load average": f"{os.getloadavg()[0]:.1f}"}


def cpu_seconds(pid: int | str) -> float:
    """User and system time of a process, all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
