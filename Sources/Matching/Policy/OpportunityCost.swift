import Spatial

/// What a free taxi is worth by place and time: the empty driving, in milliseconds, that one more
/// taxi there saves the city. Integer tables, fitted elsewhere from days other than those that they
/// are used on.
///
/// Rows are the hours of the local day, those of Monday to Friday first, then those of Saturday and
/// Sunday. Between the middles of the squares values are interpolated in both directions; an hour's
/// values hold for the whole hour.
public struct OpportunityCost: Equatable, Sendable {
  /// 24 hours of two kinds of day.
  public static let rows = 48
  /// No value is above: 24 hours.
  public static let valueMax: Int32 = 86_400_000

  public let cells: DemandCells
  /// Row × square, 0 … ``valueMax``.
  public let values: [Int32]
  /// By row: what a taxi is worth where riders get out, on the mean. Stands for a ride's end that
  /// is not known.
  public let means: [Int32]
  /// Added to an instant to obtain local time.
  public let localOffset: Millis
  /// The local days that it learned from, as days since 1970-01-01: it must not be judged on them.
  public let daysSeen: [Int32]

  /// Why tables were refused.
  public struct Invalid: Error, Equatable, Sendable {
    public var reason: String
  }

  /// - Throws: ``Invalid`` when the shape or a value is not as documented.
  public init(
    cells: DemandCells,
    values: [Int32],
    means: [Int32],
    localOffset: Millis,
    daysSeen: [Int32]
  ) throws(Invalid) {
    guard values.count == Self.rows * cells.count, means.count == Self.rows else {
      throw Invalid(
        reason:
          "\(Self.rows) rows of \(cells.count) squares need \(Self.rows * cells.count) values "
          + "and \(Self.rows) means, not \(values.count) and \(means.count)"
      )
    }
    let range = 0...Self.valueMax
    for (kind, numbers) in [("value", values), ("mean", means)] {
      if let place = numbers.firstIndex(where: { !range.contains($0) }) {
        throw Invalid(
          reason: "\(kind) \(place) is \(numbers[place]) ms; allowed: 0 to \(Self.valueMax)"
        )
      }
    }
    self.cells = cells
    self.values = values
    self.means = means
    self.localOffset = localOffset
    self.daysSeen = daysSeen
  }

  /// The row that holds at an instant.
  public func row(at instant: Millis) -> Int { Self.row(at: instant, localOffset) }

  /// The row of an instant where local time is so much ahead.
  public static func row(at instant: Millis, _ localOffset: Millis) -> Int {
    let hour = LearnedModel.hourOfWeek(instant, localOffset: localOffset)
    return hour % 24 + (hour / 24 >= 5 ? 24 : 0)
  }

  /// Milliseconds that a taxi free at `point` saves, in the row of its time; rounded down, first
  /// along the row of squares, then across. Places beyond the middles of the squares at the edge count as those middles.
  public func value(at point: Point, row: Int) -> Int32 {
    let inside = cells.box.clamp(point)
    let (column, across) = lattice(Int64(inside.x) - Int64(cells.box.min.x), cells.columns)
    let (line, up) = lattice(Int64(inside.y) - Int64(cells.box.min.y), cells.rows)
    let columns = Int(cells.columns)
    let south = row * cells.count + line * columns + column
    let north = line + 1 < Int(cells.rows) ? south + columns : south
    let east = column + 1 < columns ? 1 : 0
    let side = Int64(cells.side)
    func between(_ start: Int) -> Int64 {
      (Int64(values[start]) * (side - across) + Int64(values[start + east]) * across) / side
    }
    return Int32(
      truncatingIfNeeded: (between(south) * (side - up) + between(north) * up) / side
    )
  }

  /// The square whose middle is the last one at or before so many decimetres from the edge, and how
  /// far past it that is.
  private func lattice(_ offset: Int64, _ count: Int32) -> (index: Int, past: Int64) {
    let side = Int64(cells.side)
    let shifted = offset - side / 2
    guard shifted > 0 else { return (0, 0) }
    let index = shifted / side
    guard index < Int64(count) - 1 else { return (Int(count) - 1, 0) }
    return (Int(index), shifted % side)
  }
}
