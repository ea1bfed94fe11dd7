"""Results as a table and as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field


@dataclass
class Result:
    row: str
    title: str
    verdict: str
    count: int
    seconds: float
    figures: dict[str, object] = field(default_factory=dict)
    reason: str = ""

    def line(self) -> str:
        figures = ", ".join(f"{key} {value}" for key, value in self.figures.items())
        reason = f": {self.reason}" if self.reason else ""
        return (f"{self.row:4} {self.verdict}{reason} × {self.count}, {self.seconds:.0f} s"
                f" — {self.title}{' — ' + figures if figures else ''}")


def table(results: list[Result]) -> str:
    lines = ["| # | fault | × | result | figures |", "|---|---|---|---|---|"]
    for result in results:
        figures = ", ".join(f"{key} {value}" for key, value in result.figures.items())
        verdict = result.verdict + (f": {result.reason}" if result.reason else "")
        lines.append(f"| {result.row} | {result.title} | {result.count} | "
                     f"{verdict.replace('|', '/')} | {figures.replace('|', '/')} |")
    return "\n".join(lines)


def write_json(path: str, results: list[Result], seed: int, slack: float) -> None:
    whole = {"machine": platform.platform(), "seed": seed, "slack": slack,
             "rows": [vars(result) for result in results]}
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    if path == "-":
        print(text, end="")
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
