#!/usr/bin/env python3
"""An event consumer: the present state and then everything that becomes true, as CSV.

With --resume FILE the last position is kept in FILE, and the next run goes on behind it.
"""

import csv
import sys
import time
from pathlib import Path

from common import arguments, sign_in

import baecha

COLUMNS = ["time", "at", "kind", "id", "fields"]


def main() -> int:
    parser = arguments("Prints the present state and then all events, as CSV.")
    parser.add_argument("--kinds", default="req.*,taxi.*,offer.*")
    parser.add_argument("--count", type=int, default=0, help="end after so many events")
    parser.add_argument("--resume", type=Path)
    options = parser.parse_args()
    start = "snap"
    if options.resume and options.resume.exists():
        start = options.resume.read_text().strip()
    table = csv.writer(sys.stdout)
    seen = 0
    with baecha.Client(options.server, name="example-events", **sign_in(options)) as client:
        stream = client.subscribe(options.kinds, start=start)
        table.writerow(COLUMNS)
        sys.stdout.flush()
        for item in stream:
            now = f"{time.time():.3f}"
            if isinstance(item, baecha.Event):
                table.writerow([now, item.at, item.kind, item.id, dict(item.fields)])
                seen += 1
            elif isinstance(item, baecha.Snapshot):
                table.writerow([now, "", item.what, item.id, dict(item.fields)])
            elif isinstance(item, baecha.Gap):
                table.writerow([now, item.end, "gap", "", {}])
            sys.stdout.flush()
            if options.resume:
                options.resume.write_text(f"{stream.last}\n")
            if options.count and seen >= options.count:
                return 0
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        pass
