#!/usr/bin/env python3
"""Writes one half-clustered instance in the text form of `baecha assign`.

usage: generate.py ROWS COLUMNS ARCS_PER_ROW LAYOUT SEED > FILE

Rides (rows) and taxis (columns) lie on a square of 15 x 15 km. Every other point is uniform; the
others lie around one of five centres, normally distributed with a deviation of 600 m (a point
outside the square is moved to its edge). LAYOUT says where the taxis' centres are: `together`, at
the rides' centres; `apart`, at five of their own, as when everyone wants to leave where no taxi is.
Each ride has an arc to each of its nearest taxis; the cost is the straight-line time at 30 km/h in
whole milliseconds. Leaving a ride unmatched costs 3,600,000 (one hour). Points come from numpy's
PCG64 generator, so that a seed means the same everywhere.
"""
import sys

import numpy as np
from scipy.spatial import cKDTree

SIDE_M = 15_000.0
CENTRES = 5
DEVIATION_M = 600.0
MS_PER_M = 3_600 / 30.0
UNMATCHED_MS = 3_600_000


def points(rng, centres, count):
    uniform = rng.uniform(0, SIDE_M, (count, 2))
    around = centres[rng.integers(0, CENTRES, count)] + rng.normal(0, DEVIATION_M, (count, 2))
    every_other = (np.arange(count) % 2 == 0)[:, None]
    return np.where(every_other, uniform, np.clip(around, 0, SIDE_M))


def main():
    if len(sys.argv) != 6 or sys.argv[4] not in ("together", "apart"):
        sys.exit(__doc__)
    rows, columns, arcs, seed = (int(sys.argv[i]) for i in (1, 2, 3, 5))
    layout = sys.argv[4]
    rng = np.random.default_rng(seed)
    ride_centres, taxi_centres = rng.uniform(0.1 * SIDE_M, 0.9 * SIDE_M, (2, CENTRES, 2))
    if layout == "together":
        taxi_centres = ride_centres
    rides = points(rng, ride_centres, rows)
    taxis = points(rng, taxi_centres, columns)
    distances, nearest = cKDTree(taxis).query(rides, k=min(arcs, columns))
    costs = np.rint(distances * MS_PER_M).astype(np.int64)
    out = sys.stdout
    out.write(f"problem {layout}-{rows}x{columns}-k{arcs}-seed{seed}\n")
    out.write(f"columns {columns}\n")
    for near, cost in zip(nearest.tolist(), costs.tolist()):
        pairs = " ".join(f"{c}:{k}" for c, k in zip(near, cost))
        out.write(f"row {UNMATCHED_MS} {pairs}\n")


if __name__ == "__main__":
    main()
