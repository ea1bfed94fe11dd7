extension Workspace {
  /// See ``AssignmentSolver/greedy(_:)``. The duals are those of free columns: a bound comes along.
  mutating func greedy(_ problem: Problem) -> AssignmentOutcome {
    prepare(problem)
    raiseRowDuals(problem)
    steps = problem.arcCount
    matchGreedily(problem)
    return outcome(problem)
  }

  /// Matches the unmatched rows to free columns, greatest saving first.
  ///
  /// The heap holds each row's best offer. One whose column has gone is replaced by the row's next
  /// best, which saves no more: so what is on top and still free is the best of all.
  mutating func matchGreedily(_ problem: Problem) {
    heap.removeAll()
    for row in 0..<rowCount where columnOfRow[row] < 0 {
      if let offer = bestFree(problem, row) { heap.push(offer.key) }
    }
    while heap.count > 0 {
      let top = heap.top
      let row = Int(top & 0xFFFF_FFFF)
      guard let offer = bestFree(problem, row) else {
        discardTop()
        continue
      }
      if offer.key != top {
        heap.replaceTop(with: offer.key)
        steps &+= 1
        continue
      }
      discardTop()
      columnOfRow[row] = offer.column
      columns[Int(offer.column)].row = Int32(truncatingIfNeeded: row)
    }
  }

  private mutating func discardTop() {
    _ = heap.pop()
    steps &+= 1
  }

  /// The row's cheapest free column, the lower one on a tie, and its key: a greater saving sorts
  /// first, then the lower row. `nil` when no free column is worth its cost.
  private mutating func bestFree(
    _ problem: Problem,
    _ row: Int
  ) -> (key: UInt64, column: Int32)? {
    let price = problem.unmatchedCosts[row]
    var best: Int32 = -1
    var least = price
    for index in Int(problem.starts[row])..<Int(problem.starts[row &+ 1]) {
      let arc = problem.arcs[index]
      guard arc.cost <= least, columns[Int(arc.column)].row < 0 else { continue }
      if arc.cost < least || best < 0 || arc.column < best {
        least = arc.cost
        best = arc.column
      }
    }
    steps &+= Int(problem.starts[row &+ 1] &- problem.starts[row])
    if best < 0 { return nil }
    // Savings lie in 0 ..< 2³¹.
    let saving = UInt32(bitPattern: price &- least)
    return (MinHeap.key(UInt32.max &- saving, Int32(truncatingIfNeeded: row)), best)
  }
}
