#!/usr/bin/env python3
"""Checks what `baecha bound` certifies against independent solvers on independently made arcs.

usage: compare.py BAECHA WORK [--whole-hour]

1. Parts of the New York hour: all arcs are made here, from the rides' CSV and the words of
   docs/HINDSIGHT.md alone, and solved by LEMON, scipy and OR-Tools.
2. The whole hour: LEMON and OR-Tools solve the arcs that column generation ended with. With
   --whole-hour also all arcs below the price, made here (minutes, 2 GB).

A row a case; exit 1 when a value differs from the certificate.
"""
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SCENARIO = ROOT / "simulations" / "nyc-2013" / "scenario.yaml"
# The scenario's travel model: straight line × 1.3 at 21.4 km/h, in whole millimetres a second.
DETOUR, SPEED = 1300, 21400 * 1000 // 3600
MODEL_PACE = (DETOUR * 100 << 20) // SPEED


def bound(baecha, work, options):
    """The JSON of a run, its rides and its last arcs."""
    rides, arcs = work / "rides.csv", work / "arcs.txt"
    text = subprocess.run(
        [baecha, "bound", SCENARIO, "--json", "-", "--rides", rides, "--arcs", arcs, *options],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(text), np.loadtxt(rides, dtype=np.int64, delimiter=",", skiprows=1), arcs


def isqrt(values):
    """Square roots rounded down, exact below 2**52."""
    roots = np.sqrt(values.astype(np.float64)).astype(np.int64)
    roots -= (roots * roots > values)
    roots += ((roots + 1) * (roots + 1) <= values)
    return roots


class Legs:
    """Feasibility and cost of legs, as docs/HINDSIGHT.md defines them for broken legs."""

    def __init__(self, rides, longest, objective):
        xs, ys = rides[:, [0, 2]], rides[:, [1, 3]]
        box = math.isqrt(int((xs.max() - xs.min()) ** 2 + (ys.max() - ys.min()) ** 2))
        far = max(min(longest, box), 1)
        self.pace = ((far * MODEL_PACE >> 20) << 20) // far
        short = min(far, 100)
        self.grace = 32 * ((short * MODEL_PACE >> 20) * 3 // short + 2)
        self.rides, self.objective = rides, objective

    def row(self, ride, price):
        """Predecessors of a ride and their costs, below the price."""
        rides = self.rides
        _, _, _, _, _, latest, _ = rides[ride]
        distance = isqrt((rides[:, 2] - rides[ride, 0]) ** 2 + (rides[:, 3] - rides[ride, 1]) ** 2)
        time = distance * self.pace >> 20
        end = rides[:, 4] + rides[:, 6]
        cost = distance * DETOUR // 1000 if self.objective == "distance" else time
        budget = latest - end + self.grace
        able = (budget >= 0) & (time <= budget) & (cost < price)
        able[ride] = False
        found = np.flatnonzero(able)
        return found, cost[found]


def write_all_arcs(path, rides, longest, objective, price):
    legs = Legs(rides, longest, objective)
    count = 0
    with open(path, "w") as file:
        file.write(f"columns {len(rides)}\n")
        for ride in range(len(rides)):
            previous, costs = legs.row(ride, price)
            count += len(previous)
            pairs = " ".join(f"{p}:{c}" for p, c in zip(previous.tolist(), costs.tolist()))
            file.write(f"row {price} {pairs}\n")
    return count


def solve(solver, work, path):
    command = (
        [work / "lemon", path, "1"] if solver == "lemon"
        else [sys.executable, HERE.parent / "assignment" / "peers.py", solver, path, "1"]
    )
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(words[0]), float(words[1])


def check(name, count, certificate, referees, work, path):
    """One row of the table; whether all agree."""
    cells, agree = [], True
    for solver in ("lemon", "scipy", "ortools"):
        if solver not in referees:
            cells.append("–")
            continue
        value, milliseconds = solve(solver, work, path)
        agree &= value == certificate
        cells.append(f"{value:,} ({milliseconds:,.0f} ms)")
    print(f"| {name} | {count:,} | {certificate:,} | {' | '.join(cells)} | "
          f"{'yes' if agree else 'NO'} |", flush=True)
    return agree


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    baecha, work = sys.argv[1], Path(sys.argv[2])
    everybody = ("lemon", "scipy", "ortools")
    print("| case | arcs | certified | LEMON | scipy | OR-Tools | agree |")
    print("|---|---|---|---|---|---|---|")
    good = True
    minutes = [("00:00", "00:03"), ("00:20", "00:25")]
    for start, end in minutes:
        for objective, prices in (("distance", (400, 5000)), ("time", (60, 1200))):
            for wait in ("0s", "patience"):
                for price in prices:
                    result, rides, _ = bound(baecha, work, [
                        "--from", f"2013-01-01T{start}", "--to", f"2013-01-01T{end}",
                        "--objective", objective, "--wait", wait, "--price", str(price),
                    ])
                    point = result["front"][0]
                    path = work / "all.txt"
                    count = write_all_arcs(
                        path, rides, result["longest_dm"], objective, point["price"])
                    good &= check(
                        f"{start}–{end}, {len(rides):,} rides, {objective}, wait {wait}, "
                        f"price {price}: all arcs", count, point["certificate"], everybody, work,
                        path)
    for objective, price in (("distance", 500), ("time", 120)):
        for wait in ("0s", "patience"):
            result, rides, arcs = bound(baecha, work, [
                "--objective", objective, "--wait", wait, "--price", str(price)])
            point = result["front"][0]
            name = f"whole hour, {len(rides):,} rides, {objective}, wait {wait}, price {price}"
            good &= check(f"{name}: arcs kept", arcs.read_text().count(":"),
                          point["certificate"], ("lemon", "ortools"), work, arcs)
            if "--whole-hour" in sys.argv:
                path = work / "all.txt"
                count = write_all_arcs(
                    path, rides, result["longest_dm"], objective, point["price"])
                good &= check(f"{name}: all arcs below the price", count, point["certificate"],
                              ("lemon",), work, path)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
