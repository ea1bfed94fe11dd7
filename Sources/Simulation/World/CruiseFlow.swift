import Spatial
import TripData

/// Where vacant taxis go: for each square of the map how often, in the traces it was learned from,
/// they went on to each of the eight squares around it. A cruising taxi walks at random by these
/// counts; where nothing was learned, every direction is equally likely.
///
/// Counts are kept by local day, and a taxi that cruises on a day does not use that day's.
public struct CruiseFlow: Sendable {
  /// A square's side in decimetres: 500 m.
  public static let cell: Int32 = 5_000
  /// Added to each learned count, so that no street is closed for ever.
  private static let prior = 1
  /// Two fixes further apart in time, in seconds, are no step.
  private static let stepMax: UInt32 = 180

  private let origin: Point
  private let columns: Int32
  private let rows: Int32
  /// Eight counts a square: east, north-east, north, … counter-clockwise. Of all days, and by day
  /// from the first.
  private var total: [UInt32]
  private var byDay: [[UInt32]] = []
  /// When the first day begins, in Unix milliseconds.
  private var start: Int64 = 0

  private static let steps: [(x: Int32, y: Int32)] = [
    (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
  ]

  /// A flow without knowledge.
  public init(box: Box) {
    origin = box.min
    columns = Int32((Int64(box.max.x) - Int64(box.min.x)) / Int64(Self.cell)) + 1
    rows = Int32((Int64(box.max.y) - Int64(box.min.y)) / Int64(Self.cell)) + 1
    total = Array(repeating: 0, count: Int(columns) * Int(rows) * 8)
  }

  /// The flow of the vacant stretches of a trace.
  init(learnedFrom table: FixTable, box: Box, projection: Projection, data: Scenario.Data) {
    self.init(box: box)
    let days = table.fixes.lazy.map { data.day(of: Int64($0.seconds) * 1_000).number }
    guard let first = days.min(), let last = days.max() else { return }
    byDay = Array(repeating: total, count: Int(last - first) + 1)
    start =
      Int64(first) * LocalDay.milliseconds + data.dayStart - Int64(data.utcOffset) * 1_000
    for taxi in 0..<(table.starts.count - 1) {
      var previous: Fix?
      for fix in table.fixes(ofTaxi: taxi) {
        defer { previous = fix }
        guard let before = previous, before.ride == 0, fix.ride == 0,
          fix.seconds - before.seconds <= Self.stepMax,
          let step = step(
            from: projection.project(before.place),
            to: projection.project(fix.place)
          )
        else { continue }
        total[step] += 1
        byDay[Int(data.day(of: Int64(fix.seconds) * 1_000).number - first)][step] += 1
      }
    }
  }

  /// The count of a way from one place to the next, if it leads to a neighbouring square.
  private func step(from a: Point, to b: Point) -> Int? {
    guard let from = square(of: a), let to = square(of: b) else { return nil }
    let step = (x: to.column - from.column, y: to.row - from.row)
    guard let direction = Self.steps.firstIndex(where: { $0 == step }) else { return nil }
    return index(from.column, from.row) * 8 + direction
  }

  /// A place in a neighbouring square of the map.
  func next(from place: Point, at now: Int64, using random: inout SeededRandom) -> Point {
    let column = min(max((place.x - origin.x) / Self.cell, 0), columns - 1)
    let row = min(max((place.y - origin.y) / Self.cell, 0), rows - 1)
    let day = Int((now - start) / LocalDay.milliseconds)
    let today = now >= start && day < byDay.count ? byDay[day] : nil
    var weights: [8 of Int] = .init(repeating: 0)
    var sum = 0
    for direction in 0..<8 {
      let step = Self.steps[direction]
      guard (0..<columns).contains(column + step.x), (0..<rows).contains(row + step.y) else {
        continue
      }
      let count = index(column, row) * 8 + direction
      weights[direction] = Int(total[count] - (today?[count] ?? 0)) + Self.prior
      sum += weights[direction]
    }
    guard sum > 0 else { return place }
    var draw = random.below(sum)
    var direction = 0
    while draw >= weights[direction] {
      draw -= weights[direction]
      direction += 1
    }
    let step = Self.steps[direction]
    return Point(
      x: origin.x + (column + step.x) * Self.cell + Int32(random.below(Int(Self.cell))),
      y: origin.y + (row + step.y) * Self.cell + Int32(random.below(Int(Self.cell)))
    )
  }

  private func square(of point: Point) -> (column: Int32, row: Int32)? {
    guard point.x >= origin.x, point.y >= origin.y else { return nil }
    let column = (point.x - origin.x) / Self.cell
    let row = (point.y - origin.y) / Self.cell
    return column < columns && row < rows ? (column, row) : nil
  }

  private func index(_ column: Int32, _ row: Int32) -> Int { Int(row) * Int(columns) + Int(column) }
}
