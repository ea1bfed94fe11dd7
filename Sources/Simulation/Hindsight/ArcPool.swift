import Assignment

/// The arcs found so far, row after row: into each pickup from the drop-offs that it may follow.
struct ArcPool {
  struct Arc {
    var previous: Int32
    var cost: Int32
  }

  private(set) var arcs: [Arc] = []
  /// Where each row's arcs begin; one more than there are rows.
  private(set) var starts: [Int32]

  init(rows: Int) { starts = Array(repeating: 0, count: rows + 1) }

  /// Adds arcs to each row. One that a row has already is harmless.
  mutating func merge(_ found: FoundArcs) {
    var merged: [Arc] = []
    merged.reserveCapacity(arcs.count + found.arcs.count)
    var begins: [Int32] = [0]
    begins.reserveCapacity(starts.count)
    for row in 0..<starts.count - 1 {
      merged.append(contentsOf: arcs[Int(starts[row])..<Int(starts[row + 1])])
      merged.append(contentsOf: found.arcs[Int(found.starts[row])..<Int(found.starts[row + 1])])
      begins.append(Int32(merged.count))
    }
    arcs = merged
    starts = begins
  }

  /// Keeps of each row the arc that the solver's answer uses and the others of least reduced cost,
  /// `count` in all: for a price near by hardly another one is needed, and one that is comes back.
  mutating func trim(to count: Int, _ solver: AssignmentSolver) {
    var kept: [Arc] = []
    var begins: [Int32] = [0]
    begins.reserveCapacity(starts.count)
    var row: [(rank: Int64, arc: Arc)] = []
    let matched = solver.columnOfRow
    for index in 0..<starts.count - 1 {
      let own = arcs[Int(starts[index])..<Int(starts[index + 1])]
      if own.count <= count {
        kept.append(contentsOf: own)
      } else {
        row.removeAll(keepingCapacity: true)
        for arc in own {
          let reduced = Int64(arc.cost) - Int64(solver.columnDual(Int(arc.previous)))
          row.append((arc.previous == matched[index] ? .min : reduced, arc))
        }
        row.sort { ($0.rank, $0.arc.previous) < ($1.rank, $1.arc.previous) }
        for entry in row.prefix(count) { kept.append(entry.arc) }
      }
      begins.append(Int32(kept.count))
    }
    arcs = kept
    starts = begins
  }

  /// The pool as an assignment problem: rows are pickups, columns drop-offs, and a pickup without a
  /// predecessor opens a taxi at `price`. Arcs no cheaper than that are left out: none is needed.
  func fill(_ problem: AssignmentProblem, price: Int32) {
    problem.removeAll()
    problem.requireColumns(starts.count - 1)
    for row in 0..<starts.count - 1 {
      problem.beginRow(unmatchedCost: price)
      for index in Int(starts[row])..<Int(starts[row + 1]) where arcs[index].cost < price {
        problem.addArc(column: Int(arcs[index].previous), cost: arcs[index].cost)
      }
    }
  }
}

/// Collects arcs row by row, of each row those of least reduced cost (cost less the drop-off's dual),
/// at most so many; on a tie the lower ride.
struct FoundArcs {
  private struct Candidate {
    var reduced: Int64
    var previous: Int32
    var cost: Int32
  }

  private(set) var arcs: [ArcPool.Arc] = []
  private(set) var starts: [Int32] = [0]
  private let limit: Int
  /// Of the row under way, by (reduced, previous).
  private var row: [Candidate] = []

  init(rows: Int, limit: Int) {
    self.limit = max(limit, 1)
    starts.reserveCapacity(rows + 1)
    row.reserveCapacity(self.limit + 1)
  }

  var rowCount: Int { row.count }

  /// The row's least reduced cost; `nil` while it has no arc.
  var least: Int64? { row.first?.reduced }

  mutating func restartRow() { row.removeAll(keepingCapacity: true) }

  mutating func offer(_ previous: Int32, cost: Int32, reduced: Int64) {
    if row.count == limit {
      let last = row[limit - 1]
      guard (reduced, previous) < (last.reduced, last.previous) else { return }
      row.removeLast()
    }
    var place = row.count
    while place > 0, (reduced, previous) < (row[place - 1].reduced, row[place - 1].previous) {
      place -= 1
    }
    row.insert(Candidate(reduced: reduced, previous: previous, cost: cost), at: place)
  }

  mutating func endRow() {
    for candidate in row {
      arcs.append(ArcPool.Arc(previous: candidate.previous, cost: candidate.cost))
    }
    starts.append(Int32(arcs.count))
    restartRow()
  }
}
