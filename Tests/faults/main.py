"""The fault matrix of docs/RELIABILITY.md on real processes; see scripts/faults --help."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import subprocess
import sys
import time

import processes
from bench import Run
from matrix import ROWS, Row
from processes import CannotRun, Failed
from report import Result, table, write_json

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/faults",
        description="Kills, stops, cuts and starves a real server and a real Redis under load, and "
                    "holds\nwhat every client was told against the journal (F). Gives it a Redis "
                    "that is of no use,\nand holds what it says against what is wrong (R).",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="rows:\n" + "\n".join(f"  {row.name:4} {row.title}" for row in ROWS) + "\n\n"
               "Exit code: 0 if every row that ran passed, 1 if one failed, 2 if none could run.")
    parser.add_argument("--row", action="append", metavar="F1,R1", default=[],
                        help="only these rows; may be repeated")
    parser.add_argument("--count", type=int, metavar="N", help="so many repeats of each row")
    parser.add_argument("--quick", action="store_true",
                        help="the counts for each change, ten minutes in all (default)")
    parser.add_argument("--nightly", action="store_true", help="the counts for each night: hours")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (1)")
    parser.add_argument("--slack", type=float, default=1.0, metavar="X",
                        help="multiplies limits of time, on a machine with other work (1);\n"
                             "over 1 the middle is held to them, and the worst to three times as much")
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/baecha"),
                        help="the server (.build/release/baecha)")
    parser.add_argument("--json", metavar="FILE", help="results as JSON; - for standard output")
    parser.add_argument("--table", metavar="FILE", help="results as a Markdown table")
    parser.add_argument("--keep", action="store_true",
                        help="leave the folder of a row that failed: logs, journal, evidence.json")
    parser.add_argument("--list", action="store_true", help="the rows, with their counts")
    parser.add_argument("--self-test", action="store_true",
                        help="plants losses, double matches and gaps in a record; needs no server")
    parser.add_argument("--record", action="store_true",
                        help="makes the record of --self-test anew, with the server")
    return parser.parse_args()


def chosen(names: list[str]) -> list[Row]:
    wanted = [name.upper() for text in names for name in text.split(",") if name]
    unknown = [name for name in wanted if name not in {row.name for row in ROWS}]
    if unknown:
        sys.exit(f"scripts/faults: there is no row {unknown[0]}; --list shows the rows")
    return [row for row in ROWS if not wanted or row.name in wanted]


def play(row: Row, options: argparse.Namespace) -> Result:
    count = options.count or (row.nightly if options.nightly else row.quick)
    run = Run(row.name, options.binary, is_long=options.nightly, slack=options.slack,
              keep="keep" if options.keep else "")
    began = time.monotonic()
    verdict, reason = "passed", ""
    try:
        for part, done in enumerate(range(0, count, row.quick)):
            run.begin(options.seed + part, min(row.quick, count - done))
            asyncio.run(row.play(run))
        if run.late:
            raise Failed("; ".join(run.late[-3:]))
    except CannotRun as error:
        verdict, reason = "not run", str(error)
    except (Failed, OSError, asyncio.TimeoutError, subprocess.TimeoutExpired) as error:
        verdict, reason = "FAILED", str(error) or type(error).__name__
    if run.not_run:
        run.figures["not run"] = "; ".join(dict.fromkeys(run.not_run))
    return Result(row.name, row.title, verdict, count, time.monotonic() - began, run.figures,
                  reason)


def main() -> int:
    options = arguments()
    # A write to a connection that has just been cut is what rows are about.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    if options.list:
        for row in ROWS:
            print(f"{row.name:4} × {row.quick} / {row.nightly}  {row.title}")
        return 0
    if options.self_test:
        from planted import self_test
        return 0 if self_test() else 1
    rows = chosen(options.row)
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"scripts/faults: no server at {options.binary}: swift build -c release "
                 "--product baecha, or --binary")
    if not shutil.which("redis-server"):
        sys.exit("scripts/faults: redis-server is missing: apt-get install redis-server")
    if options.record:
        from record import record
        asyncio.run(record(options.binary))
        return 0
    processes.slack = options.slack
    results = []
    for row in rows:
        results.append(play(row, options))
        print(results[-1].line(), file=sys.stderr, flush=True)
    if options.json:
        write_json(options.json, results, options.seed, options.slack)
    if options.table:
        with open(options.table, "w", encoding="utf-8") as file:
            file.write(table(results) + "\n")
    counts = {verdict: sum(r.verdict == verdict for r in results)
              for verdict in ("passed", "FAILED", "not run")}
    print(f"{counts['passed']} passed, {counts['FAILED']} failed, {counts['not run']} not run",
          file=sys.stderr)
    if counts["FAILED"]:
        return 1
    return 0 if counts["passed"] else 2


if __name__ == "__main__":
    sys.exit(main())
