import Assignment

/// The least-cost matching by trying all, and of several the one the tie rule names: rows in order,
/// each trying its columns from the lowest and to stay unmatched last, keep the first of least cost.
func bruteForce(_ instance: Instance) -> (cost: Int64, columnOfRow: [Int]) {
  var best: (cost: Int64, columnOfRow: [Int]) = (.max, [])
  var current = Array(repeating: -1, count: instance.rows.count)
  var used = Array(repeating: false, count: instance.columnCount)
  func place(_ row: Int, _ cost: Int64) {
    if row == instance.rows.count {
      if cost < best.cost { best = (cost, current) }
      return
    }
    for column in 0..<instance.columnCount where !used[column] {
      guard let price = instance.cost(row, column) else { continue }
      used[column] = true
      current[row] = column
      place(row + 1, cost + Int64(price))
      used[column] = false
      current[row] = -1
    }
    place(row + 1, cost + Int64(instance.rows[row].price))
  }
  place(0, 0)
  return best
}

/// The least cost by the dense Hungarian method in O(rows² × columns): each row gets a column of its
/// own besides, which costs its price; where there is no arc stands more than any solution can cost.
///
/// H. Kuhn, Naval Research Logistics 2, 1955, in the shortest-path form of J. Edmonds and R. Karp.
func denseCost(_ instance: Instance) -> Int64 {
  let n = instance.rows.count
  let m = instance.columnCount + n
  let absent: Int64 = 1 << 40
  var costs = Array(repeating: Array(repeating: absent, count: m + 1), count: n + 1)
  for (row, values) in instance.rows.enumerated() {
    for arc in values.arcs {
      costs[row + 1][arc.column + 1] = min(costs[row + 1][arc.column + 1], Int64(arc.cost))
    }
    costs[row + 1][instance.columnCount + row + 1] = Int64(values.price)
  }
  var rowDual = Array(repeating: Int64(0), count: n + 1)
  var columnDual = Array(repeating: Int64(0), count: m + 1)
  var rowOf = Array(repeating: 0, count: m + 1)
  var previous = Array(repeating: 0, count: m + 1)
  for row in 0..<n {
    rowOf[0] = row + 1
    var column = 0
    var slack = Array(repeating: Int64.max, count: m + 1)
    var done = Array(repeating: false, count: m + 1)
    repeat {
      done[column] = true
      let current = rowOf[column]
      var delta = Int64.max
      var nearest = 0
      for other in 1...m where !done[other] {
        let reduced = costs[current][other] - rowDual[current] - columnDual[other]
        if reduced < slack[other] {
          slack[other] = reduced
          previous[other] = column
        }
        if slack[other] < delta {
          delta = slack[other]
          nearest = other
        }
      }
      for other in 0...m {
        if done[other] {
          rowDual[rowOf[other]] += delta
          columnDual[other] -= delta
        } else if slack[other] < .max {
          slack[other] -= delta
        }
      }
      column = nearest
    } while rowOf[column] != 0
    while column != 0 {
      rowOf[column] = rowOf[previous[column]]
      column = previous[column]
    }
  }
  return (1..<(m + 1)).filter { rowOf[$0] != 0 }.reduce(0) { $0 + costs[rowOf[$1]][$1] }
}

/// Greedy matching by a full scan for every pair: greatest saving, lower row, lower column.
func greedyByFullScan(_ instance: Instance) -> [Int] {
  var columnOfRow = Array(repeating: -1, count: instance.rows.count)
  var used = Array(repeating: false, count: instance.columnCount)
  while true {
    var best: (saving: Int64, row: Int, column: Int)?
    for row in instance.rows.indices where columnOfRow[row] < 0 {
      for column in 0..<instance.columnCount where !used[column] {
        guard let cost = instance.cost(row, column) else { continue }
        let saving = Int64(instance.rows[row].price) - Int64(cost)
        if saving >= 0, saving > best?.saving ?? -1 { best = (saving, row, column) }
      }
    }
    guard let best else { return columnOfRow }
    columnOfRow[best.row] = best.column
    used[best.column] = true
  }
}
