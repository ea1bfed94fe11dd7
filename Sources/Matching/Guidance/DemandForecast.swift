import Spatial

/// The squares in which demand is counted and forecast.
public struct DemandCells: Equatable, Sendable {
  public let box: Box
  /// A square's side in decimetres.
  public let side: Int32
  public let columns: Int32
  public let rows: Int32

  /// - Parameters:
  ///   - box: what the squares cover.
  ///   - side: of a square in decimetres, 100 m or more.
  public init(box: Box, side: Int32) {
    precondition(side >= 1_000, "demand cells of \(side) dm are too small")
    self.box = box
    self.side = side
    columns = Int32((Int64(box.max.x) - Int64(box.min.x)) / Int64(side)) + 1
    rows = Int32((Int64(box.max.y) - Int64(box.min.y)) / Int64(side)) + 1
  }

  public var count: Int { Int(columns) * Int(rows) }

  /// The square of a point; points outside the box belong to the squares at its edge.
  public func index(of point: Point) -> Int {
    let inside = box.clamp(point)
    let column = (Int64(inside.x) - Int64(box.min.x)) / Int64(side)
    let row = (Int64(inside.y) - Int64(box.min.y)) / Int64(side)
    return Int(row) * Int(columns) + Int(column)
  }

  public func center(of index: Int) -> Point {
    let column = Int64(index) % Int64(columns)
    let row = Int64(index) / Int64(columns)
    return box.clamp(
      Point(
        x: Int32(clamping: Int64(box.min.x) + column * Int64(side) + Int64(side) / 2),
        y: Int32(clamping: Int64(box.min.y) + row * Int64(side) + Int64(side) / 2)
      )
    )
  }
}

/// How many riders an hour are expected in each square, by hour of the week: integer tables, fitted
/// elsewhere from days other than those the forecast is used on.
public struct DemandForecast: Equatable, Sendable {
  public let cells: DemandCells
  /// Thousandths of a rider an hour: hour of the local week from Monday 00:00 × cell.
  public let rates: [UInt32]
  /// Where in the square riders are, on the mean.
  public let anchors: [Point]
  /// Added to an instant to obtain local time.
  public let localOffset: Millis
  /// The local days that it learned from, as days since 1970-01-01.
  public let daysSeen: [Int32]
  /// Squares where anybody was ever expected: a region is mostly water and hills.
  private let busyCells: [Int]

  /// - Parameters:
  ///   - cells: the squares.
  ///   - rates: 168 × `cells.count`.
  ///   - anchors: one a square.
  ///   - localOffset: local time less the engine's.
  ///   - daysSeen: what it learned from.
  public init(
    cells: DemandCells,
    rates: [UInt32],
    anchors: [Point],
    localOffset: Millis,
    daysSeen: [Int32]
  ) {
    precondition(
      rates.count == LearnedModel.hoursPerWeek * cells.count && anchors.count == cells.count,
      "a forecast's tables do not have its shape"
    )
    self.cells = cells
    self.rates = rates
    self.anchors = anchors
    self.localOffset = localOffset
    self.daysSeen = daysSeen
    let hours = 0..<LearnedModel.hoursPerWeek
    busyCells = (0..<cells.count).filter { cell in
      hours.contains { rates[$0 * cells.count + cell] > 0 }
    }
  }

  /// Expected riders over `span` from `start`, in thousandths, by square; the rate is that of the hour
  /// in which each part lies.
  public func expected(from start: Millis, over span: Millis) -> [Int64] {
    var totals = Array(repeating: Int64(0), count: cells.count)
    var at = start
    var left = span.count
    while left > 0 {
      let hour = LearnedModel.hourOfWeek(at, localOffset: localOffset)
      let rest = 3_600_000 - floorModulo((at + localOffset).count, 3_600_000)
      let part = min(left, rest)
      let row = hour * cells.count
      for cell in busyCells { totals[cell] += Int64(rates[row + cell]) * part }
      at = at + Millis(part)
      left -= part
    }
    for cell in busyCells { totals[cell] /= 3_600_000 }
    return totals
  }
}
