extension Workspace {
  /// See ``AssignmentSolver/solve(_:stepBudget:)``.
  mutating func solve(_ problem: Problem, stepBudget: Int) -> AssignmentOutcome {
    prepare(problem)
    var waiting = auction(problem, stepBudget: stepBudget)
    var done = 0
    while done < waiting, steps < stepBudget {
      if !settle(problem, Int(rowList[done]), stepBudget: stepBudget) { break }
      done &+= 1
    }
    if done == waiting {
      // A problem tied through and through would make ties dearer than the optimum itself.
      let ceiling = steps &+ 16 &* (problem.arcCount &+ rowCount &+ columnCount)
      let resolved = resolveTies(problem, stepBudget: min(stepBudget, ceiling))
      return outcome(problem, tiesAreResolved: resolved)
    }
    // The rows that still wait: their duals are not up to date, the matching is not complete.
    while done < waiting {
      waiting &-= 1
      let row = Int(rowList[waiting])
      rowDuals[row] = rowDualMax(problem, row)
    }
    return completed(problem)
  }

  /// The matching at hand completed greedily, or the greedy one where that costs less.
  private mutating func completed(_ problem: Problem) -> AssignmentOutcome {
    matchGreedily(problem)
    let kept = outcome(problem)
    for row in 0..<rowCount {
      rowKept[row] = columnOfRow[row]
      columnOfRow[row] = -1
    }
    for column in 0..<columnCount { columns[column].row = -1 }
    matchGreedily(problem)
    var other = outcome(problem)
    if other.cost < kept.cost { return other }
    for column in 0..<columnCount { columns[column].row = -1 }
    for row in 0..<rowCount {
      columnOfRow[row] = rowKept[row]
      if rowKept[row] >= 0 {
        columns[Int(rowKept[row])].row = Int32(truncatingIfNeeded: row)
      }
    }
    other = kept
    other.steps = steps
    return other
  }

  /// Lets rows bid for columns (augmenting row reduction, R. Jonker and A. Volgenant, Computing 38,
  /// 1987, with the opt-out as a bidder's other choice), which settles most of them cheaply.
  ///
  /// - Returns: how many rows in `rowList` wait for a search.
  private mutating func auction(_ problem: Problem, stepBudget: Int) -> Int {
    let arcs = problem.arcs
    let starts = problem.starts
    let columns = columns
    let columnOfRow = columnOfRow
    let rowDuals = rowDuals
    var waiting = 0
    // More bids than rows cost more than the searches they spare (docs/ASSIGNMENT.md).
    var bids = rowCount
    var steps = 0
    for first in 0..<rowCount {
      var row = first
      while true {
        let price = biased(problem.unmatchedCosts[row], 0)
        var least = price
        var second = price
        var best: Int32 = -1
        var other: Int32 = -1
        var index = Int(starts[row])
        let end = Int(starts[row &+ 1])
        steps &+= end &- index
        while index < end {
          let arc = arcs[index]
          let value = biased(arc.cost, columns[Int(arc.column)].dual)
          if value < second {
            if value < least {
              second = least
              other = best
              least = value
              best = arc.column
            } else {
              second = value
              other = arc.column
            }
          } else if value == least, best >= 0, columns[Int(best)].row >= 0 {
            other = arc.column
          }
          index &+= 1
        }
        if best < 0 {
          rowDuals[row] = unbiased(price)
          break
        }
        var holder = columns[Int(best)].row
        if holder >= 0, second == least || bids <= 0 || steps >= stepBudget {
          if second == least, other >= 0, columns[Int(other)].row < 0 {
            best = other
            holder = -1
          } else {
            rowList[waiting] = Int32(truncatingIfNeeded: row)
            waiting &+= 1
            break
          }
        }
        rowDuals[row] = unbiased(second)
        columns[Int(best)].dual &-= Int32(bitPattern: second &- least)
        columns[Int(best)].row = Int32(truncatingIfNeeded: row)
        columnOfRow[row] = best
        if holder < 0 { break }
        bids &-= 1
        row = Int(holder)
        columnOfRow[row] = -1
      }
    }
    self.steps &+= steps
    return waiting
  }

  /// Finds the shortest alternating path from an unmatched row to a free column or to a row that
  /// rather stays unmatched, and shifts the matching along it.
  ///
  /// Dijkstra by reduced costs, over columns. Most arcs of the shortest-path trees are of length
  /// zero, made so by the searches before: the columns they lead to go on a stack, and only what
  /// lies farther when the stack is empty goes into the heap, once.
  ///
  /// - Returns: whether it got to an end before the steps did. If not, nothing has changed.
  private mutating func settle(_ problem: Problem, _ source: Int, stepBudget: Int) -> Bool {
    let arcs = problem.arcs
    let starts = problem.starts
    let unmatchedCosts = problem.unmatchedCosts
    let columns = columns
    let rowDuals = rowDuals
    let reached = reached
    let near = near
    let farther = farther
    let levelOf = levelOf
    var steps = steps &+ Int(starts[source &+ 1] &- starts[source])
    rowDuals[source] = rowDualMax(problem, source)
    // The best end so far: at `bound`, the free column `end`, or else the opt-out of row `outRow`.
    var bound = UInt32(bitPattern: unmatchedCosts[source] &- rowDuals[source])
    var end: Int32 = -1
    var outRow = source
    var row = source
    var distance: UInt32 = 0
    var reachedCount = 0
    heap.removeAll()
    search: while true {
      // All rows at this distance.
      level &+= 1
      var nearCount = 0
      var fartherCount = 0
      while true {
        let rowDual = rowDuals[row]
        let out = UInt32(bitPattern: unmatchedCosts[row] &- rowDual)
        if out < bound &- distance {
          bound = distance &+ out
          end = -1
          outRow = row
        }
        var index = Int(starts[row])
        let last = Int(starts[row &+ 1])
        steps &+= last &- index
        while index < last {
          let arc = arcs[index]
          index &+= 1
          let column = columns + Int(arc.column)
          let reduced = UInt32(bitPattern: arc.cost &- rowDual &- column.pointee.dual)
          let sum = UInt64(distance) &+ UInt64(reduced)
          if sum >= min(UInt64(bound), UInt64(column.pointee.distance)) { continue }
          let length = UInt32(truncatingIfNeeded: sum)
          column.pointee.from = Int32(truncatingIfNeeded: row)
          if column.pointee.row < 0 {
            end = arc.column
            bound = length
            continue
          }
          if column.pointee.distance == ColumnState.unreached {
            reached[reachedCount] = arc.column
            reachedCount &+= 1
          }
          column.pointee.distance = length
          if reduced == 0 {
            near[nearCount] = arc.column
            nearCount &+= 1
          } else if levelOf[Int(arc.column)] != level {
            levelOf[Int(arc.column)] = level
            farther[fartherCount] = arc.column
            fartherCount &+= 1
          }
        }
        if bound == distance { break search }
        if nearCount == 0 { break }
        nearCount &-= 1
        row = Int(columns[Int(near[nearCount])].row)
      }
      for index in 0..<fartherCount {
        let length = columns[Int(farther[index])].distance
        if length > distance, length < bound {
          heap.push(MinHeap.key(length, farther[index]))
          steps &+= 1
        }
      }
      // The next column whose distance is final, and its row. Entries overtaken by a shorter path
      // are passed over.
      while true {
        if heap.count == 0 { break search }
        let key = heap.pop()
        steps &+= 1
        distance = UInt32(truncatingIfNeeded: key &>> 32)
        if distance >= bound { break search }
        let column = columns[Int(key & 0xFFFF_FFFF)]
        if column.distance == distance {
          row = Int(column.row)
          break
        }
      }
      if steps >= stepBudget {
        self.steps = steps
        for index in 0..<reachedCount {
          columns[Int(reached[index])].distance = ColumnState.unreached
        }
        return false
      }
    }
    self.steps = steps
    for index in 0..<reachedCount {
      let column = columns + Int(reached[index])
      if column.pointee.distance < bound {
        let shift = Int32(bitPattern: bound &- column.pointee.distance)
        column.pointee.dual &-= shift
        rowDuals[Int(column.pointee.row)] &+= shift
      }
      column.pointee.distance = ColumnState.unreached
    }
    rowDuals[source] &+= Int32(bitPattern: bound)
    shift(from: source, end: end, outRow: outRow)
    return true
  }

  /// Shifts the matching along the path found: each row on it gives its column to the row before.
  private func shift(from source: Int, end: Int32, outRow: Int) {
    var column = end
    if column < 0 {
      if outRow == source { return }
      column = columnOfRow[outRow]
      columnOfRow[outRow] = -1
    }
    while true {
      let row = Int(columns[Int(column)].from)
      let next = columnOfRow[row]
      columnOfRow[row] = column
      columns[Int(column)].row = Int32(truncatingIfNeeded: row)
      if row == source { break }
      column = next
    }
  }
}
