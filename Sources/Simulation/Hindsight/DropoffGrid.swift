import Spatial

/// The drop-offs of all rides in square cells, for two searches: the cheapest arcs into a pickup,
/// and the arcs that the dual values say could improve the answer.
///
/// A class with its entries behind pointers: filling and searching cost no exclusivity checks.
final class DropoffGrid {
  /// A drop-off as it lies in memory, cell after cell.
  private struct Entry {
    var place: Point
    var end: Int64
    var ride: Int32
    /// Its dual value: at most 0.
    var dual: Int32
  }

  /// What is known of all of a cell.
  private struct Summary {
    /// The greatest dual; `Int32.min` where the cell is empty.
    var dual = Int32.min
    /// The first drop-off.
    var end = Int64.max
  }

  private let origin: Point
  private let side: Int32
  private let columns: Int
  private let rows: Int
  private let count: Int
  private let entries: UnsafeMutablePointer<Entry>
  /// Where each cell's entries begin, one more than there are cells.
  private let starts: UnsafeMutablePointer<Int32>
  private let summaries: UnsafeMutablePointer<Summary>

  init(_ rides: [HindsightRide]) {
    count = rides.count
    var low = rides.first?.to ?? Point(x: 0, y: 0)
    var high = low
    for ride in rides {
      low = Point(x: min(low.x, ride.to.x), y: min(low.y, ride.to.y))
      high = Point(x: max(high.x, ride.to.x), y: max(high.y, ride.to.y))
    }
    origin = low
    let width = Int64(high.x) - Int64(low.x) + 1
    let height = Int64(high.y) - Int64(low.y) + 1
    // Rides crowd in a tenth of a city's box: about four to such a cell.
    var side = max(Int64(squareRoot(UInt64(width * height / Int64(max(count, 1)) * 4 / 10))), 100)
    while (width / side + 1) * (height / side + 1) > Int64(4 * max(count, 16)) { side *= 2 }
    self.side = Int32(clamping: side)
    columns = Int(width / side) + 1
    rows = Int(height / side) + 1
    entries = .allocate(capacity: max(count, 1))
    starts = .allocate(capacity: columns * rows + 1)
    summaries = .allocate(capacity: columns * rows)
    starts.initialize(repeating: 0, count: columns * rows + 1)
    summaries.initialize(repeating: Summary(), count: columns * rows)
    for ride in rides { starts[cell(of: ride.to) + 1] += 1 }
    for index in 0..<columns * rows { starts[index + 1] += starts[index] }
    var next = Array(UnsafeBufferPointer(start: starts, count: columns * rows))
    for (index, ride) in rides.enumerated() {
      let cell = cell(of: ride.to)
      entries[Int(next[cell])] = Entry(
        place: ride.to,
        end: ride.end,
        ride: Int32(index),
        dual: 0
      )
      summaries[cell].end = min(summaries[cell].end, ride.end)
      next[cell] += 1
    }
    setDuals { _ in 0 }
  }

  deinit {
    entries.deallocate()
    starts.deallocate()
    summaries.deallocate()
  }

  private func cell(of place: Point) -> Int {
    let column = (Int64(place.x) - Int64(origin.x)) / Int64(side)
    let row = (Int64(place.y) - Int64(origin.y)) / Int64(side)
    return Int(row) * columns + Int(column)
  }

  /// Takes over the drop-offs' dual values, at most 0 each. Inside a cell the greatest comes first,
  /// so that a search can leave it early.
  func setDuals(_ dual: (Int) -> Int32) {
    for index in 0..<count { entries[index].dual = dual(Int(entries[index].ride)) }
    for cell in 0..<columns * rows {
      let range = Int(starts[cell])..<Int(starts[cell + 1])
      guard !range.isEmpty else { continue }
      var own = UnsafeMutableBufferPointer(start: entries + range.lowerBound, count: range.count)
      own.sort { ($1.dual, $0.ride) < ($0.dual, $1.ride) }
      summaries[cell].dual = own[0].dual
    }
  }

  /// Calls `body` with every ride whose arc into `pickup` could cost less than `dual` + its own dual
  /// value, with the leg's straight-line distance in decimetres, the ride's end and its dual value.
  /// Others may be among them, and the ride that is picked up.
  @inline(__always)
  func forEachCandidate(
    _ pickup: HindsightRide,
    dual: Int32,
    _ costs: ArcCosts,
    _ body: (_ ride: Int32, _ distance: Int32, _ end: Int64, _ dual: Int32) -> Void
  ) {
    guard dual > 0, let window = window(pickup.from, costs.reachMax(within: dual) + 1) else {
      return
    }
    let x = Int64(pickup.from.x)
    let y = Int64(pickup.from.y)
    let side = Int64(side)
    let latest = pickup.latest &+ costs.legs.grace
    for row in window.rows {
      let south = Int64(origin.y) &+ Int64(row) &* side
      let dy = Double(max(south &- y, y &- (south &+ side &- 1), 0))
      for column in window.columns {
        let cell = row &* columns &+ column
        let summary = summaries[cell]
        let slack = Int64(dual) &+ Int64(summary.dual)
        if slack <= 0 || summary.end > latest { continue }
        let west = Int64(origin.x) &+ Int64(column) &* side
        let dx = Double(max(west &- x, x &- (west &+ side &- 1), 0))
        let near = costs.reachMax(within: Int32(truncatingIfNeeded: slack)) + 1
        if dx * dx + dy * dy > near * near { continue }
        for index in Int(starts[cell])..<Int(starts[cell &+ 1]) {
          let entry = entries[index]
          let slack = Int64(dual) &+ Int64(entry.dual)
          if slack <= 0 { break }
          if entry.end > latest { continue }
          let limit = costs.reachMax(within: Int32(truncatingIfNeeded: slack)) + 1
          let square = entry.place.squaredDistance(to: pickup.from)
          if Double(square) > limit * limit { continue }
          let distance = Int32(clamping: squareRoot(UInt64(truncatingIfNeeded: square)))
          body(entry.ride, distance, entry.end, entry.dual)
        }
      }
    }
  }

  /// The cells within so many decimetres.
  private func window(
    _ place: Point,
    _ reach: Double
  ) -> (rows: Range<Int>, columns: Range<Int>)? {
    func cells(_ at: Int32, _ low: Int32, _ count: Int) -> Range<Int> {
      let offset = Double(Int64(at) - Int64(low))
      let first = max(((offset - reach) / Double(side)).rounded(.down), 0)
      let last = min(((offset + reach) / Double(side)).rounded(.down), Double(count - 1))
      return first <= last ? Int(first)..<(Int(last) + 1) : 0..<0
    }
    let across = cells(place.x, origin.x, columns)
    let up = cells(place.y, origin.y, rows)
    return across.isEmpty || up.isEmpty ? nil : (up, across)
  }
}
