/// Events by hour of the week and cell, as one whole number each: what happened where and when, and
/// to which taxi.
struct CellEvents {
  private(set) var packed: [UInt64] = []
  /// Events that fell off the grid.
  private(set) var strays = 0

  private static let taxiBits: UInt64 = 20
  private static let cellBits: UInt64 = 18

  /// `contributor` is the taxi, or for data without taxis the ride: it tells whether several events
  /// come from several. Numbers past a million are folded: that can only make it withhold more.
  @inline(__always)
  mutating func add(slot: Int, cell: GridCell, contributor: UInt64) {
    let reach = CellGrid.reach
    guard cell.column >= -reach, cell.column < reach, cell.row >= -reach, cell.row < reach else {
      strays += 1
      return
    }
    packed.append(
      Self.pack(
        UInt64(slot),
        UInt64(cell.row + reach),
        UInt64(cell.column + reach),
        contributor & (1 << Self.taxiBits - 1)
      )
    )
  }

  private static func pack(
    _ slot: UInt64,
    _ row: UInt64,
    _ column: UInt64,
    _ taxi: UInt64
  ) -> UInt64 {
    let place = (row << cellBits) | column
    return (slot << (taxiBits + 2 * cellBits)) | (place << taxiBits) | taxi
  }

  /// The counts that may be shown. See ``CellCounts``.
  func counts(threshold: Int) -> CellCounts {
    let mask = UInt64(1) << Self.cellBits - 1
    let slotShift = Self.taxiBits + 2 * Self.cellBits
    let taxiMask = UInt64(1) << Self.taxiBits - 1
    var result = CellCounts()
    var rest = packed
    for level in 0...CellCounts.levelMax where !rest.isEmpty {
      rest.sort()
      var carried: [UInt64] = []
      var start = 0
      while start < rest.count {
        let group = rest[start] >> Self.taxiBits
        var end = start + 1
        var contributors = 1
        while end < rest.count, rest[end] >> Self.taxiBits == group {
          if rest[end] != rest[end - 1] { contributors += 1 }
          end += 1
        }
        if contributors >= threshold {
          let row = Int32(group >> Self.cellBits & mask) << Int32(level)
          let column = Int32(group & mask) << Int32(level)
          result.rows.append(
            CellCounts.Row(
              slot: Int(group >> (2 * Self.cellBits)),
              level: level,
              cell: GridCell(column: column - CellGrid.reach, row: row - CellGrid.reach),
              count: end - start
            )
          )
          result.published += end - start
        } else if level < CellCounts.levelMax {
          for event in rest[start..<end] {
            let row = event >> (Self.taxiBits + Self.cellBits) & mask
            let column = event >> Self.taxiBits & mask
            carried.append(Self.pack(event >> slotShift, row >> 1, column >> 1, event & taxiMask))
          }
        } else {
          result.withheld += end - start
        }
        start = end
      }
      rest = carried
    }
    result.rows.sort()
    return result
  }
}

/// Counts from which nobody can be picked out.
///
/// A cell's count for an hour of the week is shown when at least `threshold` different taxis (rides,
/// where taxis are unknown) made it. What may not be shown rises: the four cells of a square twice as
/// wide put together what each had to withhold, and so on, five times; what is still too little then
/// is left out. A wide square's count therefore holds only what none of the squares inside it shows:
/// every event is in one row at most, no row contains another, and no difference of rows is the
/// count of anything.
public struct CellCounts: Sendable, Equatable {
  /// Five doublings: a square of 3.2 km for cells of 100 m.
  static let levelMax = 5

  public struct Row: Sendable, Hashable, Comparable {
    /// Hour of the week, 0 from Monday 00:00.
    public var slot: Int
    /// The square is 2^level cells wide.
    public var level: Int
    /// Its south-western cell.
    public var cell: GridCell
    public var count: Int

    package init(slot: Int, level: Int, cell: GridCell, count: Int) {
      self.slot = slot
      self.level = level
      self.cell = cell
      self.count = count
    }

    public static func < (a: Self, b: Self) -> Bool {
      if a.slot != b.slot { return a.slot < b.slot }
      if a.level != b.level { return a.level < b.level }
      return a.cell < b.cell
    }
  }

  /// By slot, level and cell.
  public var rows: [Row] = []
  /// Events in the rows.
  public var published = 0
  /// Events left out.
  public var withheld = 0

  public init() {}

  /// Counts events, each with its hour of the week, its cell and the taxi (or ride) that made it.
  package init(_ events: [(slot: Int, cell: GridCell, contributor: UInt64)], threshold: Int) {
    var packed = CellEvents()
    for event in events {
      packed.add(slot: event.slot, cell: event.cell, contributor: event.contributor)
    }
    self = packed.counts(threshold: threshold)
  }
}
