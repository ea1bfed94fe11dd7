import Spatial

/// Where vacant taxis go: for each square of the map how often, in the traces it was learned from,
/// they went on to each of the eight squares around it. A cruising taxi walks at random by these
/// counts; where nothing was learned, every direction is equally likely.
public struct CruiseFlow: Sendable {
  /// A square's side in decimetres: 500 m.
  public static let cell: Int32 = 5_000
  /// Added to each learned count, so that no street is closed for ever.
  private static let prior = 1

  private let origin: Point
  private let columns: Int32
  private let rows: Int32
  /// Eight counts a square: east, north-east, north, … counter-clockwise.
  private var counts: [UInt32]
  /// Whether anything was learned.
  public private(set) var isLearned = false

  private static let steps: [(x: Int32, y: Int32)] = [
    (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
  ]

  public init(box: Box) {
    origin = box.min
    columns = Int32((Int64(box.max.x) - Int64(box.min.x)) / Int64(Self.cell)) + 1
    rows = Int32((Int64(box.max.y) - Int64(box.min.y)) / Int64(Self.cell)) + 1
    counts = Array(repeating: 0, count: Int(columns) * Int(rows) * 8)
  }

  /// Counts a vacant taxi's way from one place to the next, if it leads to a neighbouring square.
  public mutating func learn(from a: Point, to b: Point) {
    guard let from = square(of: a), let to = square(of: b) else { return }
    let step = (x: to.column - from.column, y: to.row - from.row)
    guard let direction = Self.steps.firstIndex(where: { $0 == step }) else { return }
    counts[index(from.column, from.row) * 8 + direction] += 1
    isLearned = true
  }

  /// A place in a neighbouring square of the map.
  func next(from place: Point, using random: inout SeededRandom) -> Point {
    let column = min(max((place.x - origin.x) / Self.cell, 0), columns - 1)
    let row = min(max((place.y - origin.y) / Self.cell, 0), rows - 1)
    var weights: [8 of Int] = .init(repeating: 0)
    var total = 0
    for direction in 0..<8 {
      let step = Self.steps[direction]
      guard (0..<columns).contains(column + step.x), (0..<rows).contains(row + step.y) else {
        continue
      }
      weights[direction] = Int(counts[index(column, row) * 8 + direction]) + Self.prior
      total += weights[direction]
    }
    guard total > 0 else { return place }
    var draw = random.below(total)
    var direction = 0
    while draw >= weights[direction] {
      draw -= weights[direction]
      direction += 1
    }
    let step = Self.steps[direction]
    return Point(
      x: origin.x + (column + step.x) * Self.cell + Int32(random.below(Int(Self.cell))),
      y: origin.y + (row + step.y) * Self.cell + Int32(random.below(Int(Self.cell))))
  }

  private func square(of point: Point) -> (column: Int32, row: Int32)? {
    guard point.x >= origin.x, point.y >= origin.y else { return nil }
    let column = (point.x - origin.x) / Self.cell
    let row = (point.y - origin.y) / Self.cell
    return column < columns && row < rows ? (column, row) : nil
  }

  private func index(_ column: Int32, _ row: Int32) -> Int { Int(row) * Int(columns) + Int(column) }
}
