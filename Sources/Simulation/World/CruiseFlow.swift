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
  /// Where each square that anything was learned of has its counts: most of a large box is water,
  /// hills or far away. Looked up, never iterated.
  private var places: [Int: Int] = [:]
  /// Eight counts a place: east, north-east, north, … counter-clockwise. Of all days; and by day,
  /// for each direction one after the other.
  private var total: [UInt32] = []
  private var byDay: [UInt32] = []
  /// The days that anything was learned on, ascending.
  private var days: [LocalDay] = []
  private var data = Scenario.Data()

  private static let steps: [(x: Int32, y: Int32)] = [
    (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
  ]

  /// A flow without knowledge.
  public init(box: Box) {
    origin = box.min
    columns = Int32((Int64(box.max.x) - Int64(box.min.x)) / Int64(Self.cell)) + 1
    rows = Int32((Int64(box.max.y) - Int64(box.min.y)) / Int64(Self.cell)) + 1
  }

  /// The flow of the vacant stretches of a trace.
  package init(
    learnedFrom table: FixTable,
    box: Box,
    projection: Projection,
    data: Scenario.Data
  ) {
    self.init(box: box)
    self.data = data
    func day(of fix: Fix) -> LocalDay { data.day(of: Int64(fix.seconds) * 1_000) }
    var known: Set<LocalDay> = []
    for fix in table.fixes { known.insert(day(of: fix)) }
    days = known.sorted()
    for taxi in 0..<max(table.starts.count - 1, 0) {
      var previous: Fix?
      for fix in table.fixes(ofTaxi: taxi) {
        defer { previous = fix }
        guard let before = previous, before.ride == 0, fix.ride == 0,
          fix.seconds - before.seconds <= Self.stepMax,
          let step = step(
            from: projection.project(before.place),
            to: projection.project(fix.place)
          ),
          // Where a day ends between the two, the step belongs to the day it began.
          let column = index(of: day(of: before))
        else { continue }
        let count = place(of: step.square) * 8 + step.direction
        total[count] += 1
        byDay[count * days.count + column] += 1
      }
    }
  }

  private func index(of day: LocalDay) -> Int? {
    var (low, high) = (0, days.count)
    while low < high {
      let middle = (low + high) / 2
      if days[middle] < day { low = middle + 1 } else { high = middle }
    }
    return low < days.count && days[low] == day ? low : nil
  }

  private mutating func place(of square: Int) -> Int {
    if let place = places[square] { return place }
    let place = places.count
    places[square] = place
    total.append(contentsOf: repeatElement(0, count: 8))
    byDay.append(contentsOf: repeatElement(0, count: 8 * days.count))
    return place
  }

  /// The square and the direction of a way from one place to the next, if it leads to a
  /// neighbouring square.
  private func step(from a: Point, to b: Point) -> (square: Int, direction: Int)? {
    guard let from = square(of: a), let to = square(of: b) else { return nil }
    let step = (x: to.column - from.column, y: to.row - from.row)
    guard let direction = Self.steps.firstIndex(where: { $0 == step }) else { return nil }
    return (index(from.column, from.row), direction)
  }

  /// A place in a neighbouring square of the map; the same place where there is none.
  package func next(from place: Point, at now: Int64, using random: inout SeededRandom) -> Point {
    let column = min(max((place.x - origin.x) / Self.cell, 0), columns - 1)
    let row = min(max((place.y - origin.y) / Self.cell, 0), rows - 1)
    let counts = places[index(column, row)].map { $0 * 8 }
    let today = counts == nil ? nil : index(of: data.day(of: now))
    var weights: [8 of Int] = .init(repeating: 0)
    var sum = 0
    for direction in 0..<8 {
      let step = Self.steps[direction]
      guard (0..<columns).contains(column + step.x), (0..<rows).contains(row + step.y) else {
        continue
      }
      weights[direction] = Self.prior
      if let counts {
        weights[direction] += Int(total[counts + direction])
        if let today {
          weights[direction] -= Int(byDay[(counts + direction) * days.count + today])
        }
      }
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

extension FixTable {
  /// The fixes of some local days alone.
  func keeping(_ days: Set<LocalDay>, _ data: Scenario.Data) -> FixTable {
    var kept = self
    kept.fixes = []
    kept.starts = [0]
    for taxi in 0..<max(starts.count - 1, 0) {
      kept.fixes += fixes(ofTaxi: taxi).filter {
        days.contains(data.day(of: Int64($0.seconds) * 1_000))
      }
      kept.starts.append(kept.fixes.count)
    }
    return kept
  }
}
