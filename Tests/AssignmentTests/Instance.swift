import Assignment

/// A problem as plain values, which the slow twins read and a failure prints.
struct Instance: CustomStringConvertible {
  struct Arc {
    var column: Int
    var cost: Int32
  }
  struct Row {
    var price: Int32
    var arcs: [Arc]
  }

  var rows: [Row]
  var columnCount: Int

  /// The instance as the solver takes it.
  var problem: AssignmentProblem {
    let problem = AssignmentProblem()
    fill(problem)
    return problem
  }

  func fill(_ problem: AssignmentProblem) {
    problem.removeAll()
    problem.requireColumns(columnCount)
    for row in rows {
      problem.beginRow(unmatchedCost: row.price)
      for arc in row.arcs { problem.addArc(column: arc.column, cost: arc.cost) }
    }
  }

  /// The text form of `baecha assign`.
  var description: String {
    var text = "columns \(columnCount)\n"
    for row in rows {
      text += "row \(row.price)"
      for arc in row.arcs { text += " \(arc.column):\(arc.cost)" }
      text += "\n"
    }
    return text
  }

  /// The cheapest arc of a row to a column.
  func cost(_ row: Int, _ column: Int) -> Int32? {
    rows[row].arcs.filter { $0.column == column }.map(\.cost).min()
  }

  /// What a matching costs, `nil` if it is none: a pair without an arc, or a column used twice.
  func cost(of columnOfRow: [Int]) -> Int64? {
    guard columnOfRow.count == rows.count else { return nil }
    var used: Set<Int> = []
    var total: Int64 = 0
    for (row, column) in columnOfRow.enumerated() {
      if column < 0 {
        total += Int64(rows[row].price)
      } else {
        guard let cost = cost(row, column), used.insert(column).inserted else { return nil }
        total += Int64(cost)
      }
    }
    return total
  }
}

/// How a random instance is drawn.
struct Draw {
  var rowsMax: Int
  var columnsMax: Int
  var arcsMax: Int

  static let tiny = Draw(rowsMax: 5, columnsMax: 5, arcsMax: 6)
  static let middling = Draw(rowsMax: 60, columnsMax: 60, arcsMax: 12)
}

extension Instance {
  /// A random instance. The seed also chooses the kind: few values (ties everywhere), plain costs,
  /// costs over the whole range, negative ones, prices below the costs; rows without arcs, arcs
  /// twice in a row and columns without arcs occur in each.
  init(seed: UInt64, _ draw: Draw) {
    var random = SplitMix64(seed: seed)
    let kind = Int(random.next() % 5)
    let rowCount = Int(random.next() % UInt64(draw.rowsMax + 1))
    columnCount = Int(random.next() % UInt64(draw.columnsMax + 1))
    rows = []
    for _ in 0..<rowCount {
      let arcCount = columnCount == 0 ? 0 : Int(random.next() % UInt64(draw.arcsMax + 1))
      var arcs: [Arc] = []
      for _ in 0..<arcCount {
        let column = Int(random.next() % UInt64(columnCount))
        arcs.append(Arc(column: column, cost: Self.cost(kind, &random)))
      }
      rows.append(Row(price: Self.price(kind, &random), arcs: arcs))
    }
  }

  private static func cost(_ kind: Int, _ random: inout SplitMix64) -> Int32 {
    switch kind {
    case 0: random.within(0...2)
    case 1: random.within(0...1_000)
    case 2: random.within(AssignmentProblem.costRange)
    case 3: random.within(-5...5)
    default: random.within(0...100)
    }
  }

  private static func price(_ kind: Int, _ random: inout SplitMix64) -> Int32 {
    switch kind {
    case 0: random.within(0...4)
    case 1: 3_000
    case 2: random.within(AssignmentProblem.costRange)
    case 3: random.within(-3...6)
    default: random.within(0...60)
    }
  }
}

/// G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func within(_ range: ClosedRange<Int32>) -> Int32 {
    Int32.random(in: range, using: &self)
  }
}

/// Seeds of random cases. One that ever failed stays in the list.
enum Seeds {
  static let regressions: [UInt64] = [1]

  /// Blocks of cases: a failure names the block and, in its comment, the very seed.
  static func blocks(_ count: Int) -> [UInt64] {
    regressions + (0..<UInt64(count)).map { $0 << 32 }
  }
}
