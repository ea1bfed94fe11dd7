#!/usr/bin/env python3
"""Solves one instance with scipy or OR-Tools; prints the optimum and the CPU
milliseconds of each run.

usage: peers.py scipy|ortools FILE REPEAT

Only solving is timed, not building the matrix or the network. scipy gets the sparse problem with an
opt-out column for each row (min_weight_full_bipartite_matching); OR-Tools the same as a minimum-cost
flow (SimpleMinCostFlow), where the rows' opt-outs lead straight to the sink.
"""
import sys
import time

import numpy as np


def read(path):
    prices, starts, columns, costs, column_count = [], [0], [], [], 0
    with open(path) as file:
        for line in file:
            words = line.split()
            if words[:1] == ["columns"]:
                column_count = int(words[1])
            elif words[:1] == ["row"]:
                prices.append(int(words[1]))
                for word in words[2:]:
                    column, cost = word.split(":")
                    columns.append(int(column))
                    costs.append(int(cost))
                starts.append(len(columns))
    return np.array(prices), np.array(starts), np.array(columns), np.array(costs), column_count


def with_scipy(prices, starts, columns, costs, column_count):
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows = len(prices)
    of_row = np.repeat(np.arange(rows), np.diff(starts))
    graph = csr_matrix(
        (
            # Moved up by one, as a weight of 0 would be no arc; each row has one arc in the end.
            np.concatenate([costs, prices]).astype(np.float64) + 1,
            (np.concatenate([of_row, np.arange(rows)]),
             np.concatenate([columns, column_count + np.arange(rows)])),
        ),
        (rows, column_count + rows),
    )
    start = time.process_time()
    row_index, column_index = min_weight_full_bipartite_matching(graph)
    elapsed = time.process_time() - start
    return int(graph[row_index, column_index].sum()) - rows, elapsed


def with_ortools(prices, starts, columns, costs, column_count):
    from ortools.graph.python import min_cost_flow

    rows = len(prices)
    of_row = np.repeat(np.arange(rows), np.diff(starts))
    sink = rows + column_count
    flow = min_cost_flow.SimpleMinCostFlow()
    tails = np.concatenate([of_row, np.arange(rows), rows + np.arange(column_count)])
    heads = np.concatenate([rows + columns, np.full(rows + column_count, sink)])
    units = np.concatenate([costs, prices, np.zeros(column_count, dtype=np.int64)])
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(tails), np.int64), units)
    flow.set_nodes_supplies(np.append(np.arange(rows), sink), np.append(np.ones(rows, int), -rows))
    start = time.process_time()
    status = flow.solve()
    elapsed = time.process_time() - start
    if status != flow.OPTIMAL:
        sys.exit("not optimal")
    return flow.optimal_cost(), elapsed


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("scipy", "ortools"):
        sys.exit(__doc__)
    instance = read(sys.argv[2])
    solve = with_scipy if sys.argv[1] == "scipy" else with_ortools
    for _ in range(int(sys.argv[3])):
        cost, elapsed = solve(*instance)
        print(f"{cost} {elapsed * 1e3:.4f}")


if __name__ == "__main__":
    main()
