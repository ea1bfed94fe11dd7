/// What the solver knows of a column, in one quarter of a cache line, as a search touches all of it.
struct ColumnState {
  /// At most 0; 0 while the column is free.
  var dual: Int32
  /// The row matched to it, -1 while free.
  var row: Int32
  /// The length of the shortest known path of the running search; `unreached` between searches.
  var distance: UInt32
  /// The row from which that path enters the column.
  var from: Int32

  static let unreached = UInt32.max
}

/// The solver's memory. Every part is as long as the largest problem seen.
struct Workspace {
  typealias Arc = AssignmentProblem.Arc
  typealias Problem = AssignmentProblem.Storage

  var rowCount = 0
  var rowCapacity: Int
  var columnCount = 0
  var columnCapacity: Int

  /// At most the row's unmatched cost, and at most cost - column dual for each arc.
  var rowDuals: UnsafeMutablePointer<Int32>
  var columnOfRow: UnsafeMutablePointer<Int32>
  var columns: UnsafeMutablePointer<ColumnState>
  /// Rows that wait for a search, or other lists of rows.
  var rowList: UnsafeMutablePointer<Int32>
  /// The result of the search, while the greedy one is tried in its place.
  var rowKept: UnsafeMutablePointer<Int32>
  /// Columns reached by the running search, in the order they were first reached.
  var reached: UnsafeMutablePointer<Int32>
  /// Columns at the distance the search is at, still to be looked at.
  var near: UnsafeMutablePointer<Int32>
  /// Columns found farther away while the search was at its present distance, and, for each column,
  /// the number of the level at which it was last put there.
  var farther: UnsafeMutablePointer<Int32>
  var levelOf: UnsafeMutablePointer<Int>
  var level = 0
  var heap: MinHeap
  var ties = TieSpace(nodes: 0, edges: 0)
  /// Counted work of this call.
  var steps = 0

  init(rows: Int, columns columnCapacity: Int) {
    rowCapacity = max(rows, 1)
    self.columnCapacity = max(columnCapacity, 1)
    rowDuals = .allocate(capacity: rowCapacity)
    columnOfRow = .allocate(capacity: rowCapacity)
    rowList = .allocate(capacity: rowCapacity)
    rowKept = .allocate(capacity: rowCapacity)
    columns = .allocate(capacity: self.columnCapacity)
    reached = .allocate(capacity: self.columnCapacity)
    near = .allocate(capacity: self.columnCapacity)
    farther = .allocate(capacity: self.columnCapacity)
    levelOf = .allocate(capacity: self.columnCapacity)
    levelOf.initialize(repeating: 0, count: self.columnCapacity)
    heap = MinHeap(capacity: rowCapacity)
  }

  func deallocate() {
    rowDuals.deallocate()
    columnOfRow.deallocate()
    rowList.deallocate()
    rowKept.deallocate()
    columns.deallocate()
    reached.deallocate()
    near.deallocate()
    farther.deallocate()
    levelOf.deallocate()
    heap.deallocate()
    ties.deallocate()
  }

  /// Makes room for the problem and forgets the one before: no row matched, all column duals 0.
  mutating func prepare(_ problem: Problem) {
    if problem.rowCount > rowCapacity || problem.columnCount > columnCapacity {
      let rows = max(rowCapacity, problem.rowCount)
      let columns = max(columnCapacity, problem.columnCount)
      deallocate()
      self = Workspace(rows: rows + rows / 2, columns: columns + columns / 2)
    }
    rowCount = problem.rowCount
    columnCount = problem.columnCount
    steps = 0
    columnOfRow.update(repeating: -1, count: rowCount)
    columns.update(
      repeating: ColumnState(dual: 0, row: -1, distance: ColumnState.unreached, from: -1),
      count: columnCount
    )
    heap.removeAll()
  }

  /// Sets each row's dual to the most that its price and its arcs allow under the column duals.
  mutating func raiseRowDuals(_ problem: Problem) {
    for row in 0..<rowCount { rowDuals[row] = rowDualMax(problem, row) }
  }

  /// The most that the row's price and its arcs allow under the column duals.
  func rowDualMax(_ problem: Problem, _ row: Int) -> Int32 {
    var least = biased(problem.unmatchedCosts[row], 0)
    for index in Int(problem.starts[row])..<Int(problem.starts[row &+ 1]) {
      let arc = problem.arcs[index]
      least = min(least, biased(arc.cost, columns[Int(arc.column)].dual))
    }
    return unbiased(least)
  }

  /// The cost of the matching at hand: the cheapest arc of each pair, the price of each other row.
  func cost(_ problem: Problem) -> Int64 {
    var total: Int64 = 0
    for row in 0..<rowCount {
      let column = columnOfRow[row]
      if column < 0 {
        total &+= Int64(problem.unmatchedCosts[row])
        continue
      }
      var least = Int32.max
      for index in Int(problem.starts[row])..<Int(problem.starts[row &+ 1])
      where problem.arcs[index].column == column {
        least = min(least, problem.arcs[index].cost)
      }
      total &+= Int64(least)
    }
    return total
  }

  /// The value of the duals at hand, which no solution undercuts.
  func dualValue() -> Int64 {
    var total: Int64 = 0
    for row in 0..<rowCount { total &+= Int64(rowDuals[row]) }
    for column in 0..<columnCount { total &+= Int64(columns[column].dual) }
    return total
  }

  func matchedCount() -> Int {
    var count = 0
    for row in 0..<rowCount where columnOfRow[row] >= 0 { count &+= 1 }
    return count
  }

  func outcome(_ problem: Problem, tiesAreResolved: Bool = false) -> AssignmentOutcome {
    AssignmentOutcome(
      cost: cost(problem),
      lowerBound: dualValue(),
      matchedCount: matchedCount(),
      steps: steps,
      tiesAreResolved: tiesAreResolved
    )
  }
}

/// Cost less column dual, moved up by 2³⁰ so that it is never negative. With costs within ± (2³⁰ - 1)
/// and column duals above -2³¹ it is below 2³², where the plain difference would not fit 32 bits.
@inline(__always)
func biased(_ cost: Int32, _ columnDual: Int32) -> UInt32 {
  UInt32(bitPattern: cost &- columnDual) &+ 0x4000_0000
}

/// The difference that ``biased(_:_:)`` moved up; meant for values that fit, as row duals do.
@inline(__always)
func unbiased(_ value: UInt32) -> Int32 {
  Int32(bitPattern: value &- 0x4000_0000)
}
