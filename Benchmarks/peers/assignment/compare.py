"""Runs all solvers on all instances and prints the table; called by `run`.

usage: compare.py BAECHA WORK_FOLDER ROUNDS
"""
import pathlib
import statistics
import subprocess
import sys

# Rows, columns, arcs a row, layout; most milliseconds and most times LEMON's that ours may take.
# The targets are for taxis where the rides are; `apart` is shown for being harder.
INSTANCES = [
    (2_000, 10_000, 30, "together", 3, 0.25),
    (2_000, 10_000, 30, "apart", None, None),
    (2_000, 2_000, 20, "together", 15, 1.2),
    (2_000, 2_000, 20, "apart", None, None),
    (5_000, 13_000, 30, "together", 50, None),
    (5_000, 13_000, 30, "apart", None, None),
    (1_000, 1_000, 20, "together", 5, None),
    (5_000, 5_000, 20, "together", 60, None),
]
SEEDS = (1, 2, 3)
REPEAT = 5

baecha, work, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
here = pathlib.Path(__file__).parent


def output(*command):
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[0]} ended with {result.returncode}")
    return result.stdout


def ours(path):
    lines = dict(
        line.split(" ", 1) for line in
        output(baecha, "assign", "--no-pairs", "--time", REPEAT, path).splitlines())
    if not lines["bound"].endswith("optimal"):
        sys.exit(f"{path}: baecha did not prove its optimum")
    return int(lines["cost"]), [float(lines["median_ms"])]


def peer(*command):
    lines = [line.split() for line in output(*command, REPEAT).splitlines()]
    return int(lines[0][0]), [float(line[1]) for line in lines]


SOLVERS = {
    "baecha": ours,
    "LEMON": lambda path: peer(work / "lemon", path),
    "scipy": lambda path: peer(sys.executable, here / "peers.py", "scipy", path),
    "OR-Tools": lambda path: peer(sys.executable, here / "peers.py", "ortools", path),
}

print("CPU milliseconds of solving alone, median; in brackets ours divided by the peer's.\n")
print("| rows x columns, arcs a row, layout, seed | baecha | LEMON NetworkSimplex | scipy | OR-Tools |")
print("|---|---|---|---|---|")
failed = False
for rows, columns, arcs, layout, most, most_of_lemon in INSTANCES:
    for seed in SEEDS:
        name = f"{rows}x{columns}-k{arcs}-{layout}-{seed}"
        path = work / f"{name}.txt"
        path.write_text(output(
            sys.executable, here / "generate.py", rows, columns, arcs, layout, seed))
        times = {solver: [] for solver in SOLVERS}
        costs = set()
        for _ in range(rounds):
            for solver, solve in SOLVERS.items():
                cost, milliseconds = solve(path)
                costs.add(cost)
                times[solver] += milliseconds
        median = {solver: statistics.median(values) for solver, values in times.items()}
        cells = [f"{median['baecha']:.2f}"] + [
            f"{median[solver]:.1f} ({median['baecha'] / median[solver]:.3f})"
            for solver in SOLVERS if solver != "baecha"]
        print(f"| {rows} x {columns}, {arcs}, {layout}, {seed} | " + " | ".join(cells) + " |", flush=True)
        if len(costs) > 1:
            print(f"DIFFERENT OPTIMA: {sorted(costs)} ({path})")
            failed = True
        if most and median["baecha"] > most:
            print(f"TARGET MISSED: more than {most} ms")
            failed = True
        if most_of_lemon and median["baecha"] > most_of_lemon * median["LEMON"]:
            print(f"TARGET MISSED: more than {most_of_lemon} x LEMON")
            failed = True
sys.exit(1 if failed else 0)
