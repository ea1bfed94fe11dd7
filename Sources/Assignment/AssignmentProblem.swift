/// A sparse rectangular assignment problem: rows (rides) choose among columns (taxis) along arcs,
/// each row at most one column and each column at most one row, for the least total cost. A row
/// may also stay unmatched, at a price of its own.
///
/// Filled row by row into storage that is kept between rounds, so that a problem of a size seen
/// before allocates nothing:
///
///     problem.removeAll()
///     problem.beginRow(unmatchedCost: 3_600_000)
///     problem.addArc(column: 7, cost: 81_250)
///
/// Costs and prices are whole numbers of any one unit within ``costRange``; one outside is moved
/// to the nearer end and counted in ``clampedCount``, so that nothing a client can send traps or
/// wraps around. Several arcs from a row to one column are allowed: the cheapest counts.
///
/// A class with its columns behind one pointer: filling it costs no exclusivity checks. Not for use
/// from two threads at once.
public final class AssignmentProblem {
  /// The costs and prices that are kept as given: within ± (2³⁰ − 1), so that every dual value
  /// and every reduced cost fits 32 bits (docs/ASSIGNMENT.md, "Numbers").
  public static let costRange: ClosedRange<Int32> = -0x3FFF_FFFF...0x3FFF_FFFF

  /// Column numbers are below this, 16,777,216; the workspace grows with the greatest one named.
  public static let columnLimit = 1 << 24

  /// One arc as it lies in memory.
  @usableFromInline
  struct Arc: BitwiseCopyable {
    @usableFromInline var column: Int32
    @usableFromInline var cost: Int32

    @inlinable
    init(column: Int32, cost: Int32) {
      self.column = column
      self.cost = cost
    }
  }

  /// Compressed rows: the arcs of row *r* are `arcs[starts[r] ..< starts[r + 1]]`.
  @usableFromInline
  struct Storage {
    @usableFromInline var arcs: UnsafeMutablePointer<Arc>
    @usableFromInline var arcCount = 0
    @usableFromInline var arcCapacity: Int
    /// `rowCapacity + 1` long; `starts[rowCount]` is set by `closeLastRow()`, not with every arc.
    @usableFromInline var starts: UnsafeMutablePointer<Int32>
    @usableFromInline var unmatchedCosts: UnsafeMutablePointer<Int32>
    @usableFromInline var rowCount = 0
    @usableFromInline var rowCapacity: Int
    @usableFromInline var columnCount = 0
    @usableFromInline var clampedCount = 0

    init(rows: Int, arcs arcCapacity: Int) {
      rowCapacity = max(rows, 1)
      self.arcCapacity = max(arcCapacity, 1)
      arcs = .allocate(capacity: self.arcCapacity)
      starts = .allocate(capacity: rowCapacity + 1)
      unmatchedCosts = .allocate(capacity: rowCapacity)
    }
  }

  @usableFromInline let storage: UnsafeMutablePointer<Storage>

  /// An empty problem with room for so many rows and arcs; more grows it.
  public init(rowCapacity: Int = 0, arcCapacity: Int = 0) {
    storage = .allocate(capacity: 1)
    storage.initialize(to: Storage(rows: rowCapacity, arcs: arcCapacity))
  }

  deinit {
    storage.pointee.arcs.deallocate()
    storage.pointee.starts.deallocate()
    storage.pointee.unmatchedCosts.deallocate()
    storage.deallocate()
  }

  public var rowCount: Int { storage.pointee.rowCount }
  public var arcCount: Int { storage.pointee.arcCount }
  /// One more than the greatest column named by an arc, or what ``requireColumns(_:)`` asked for.
  public var columnCount: Int { storage.pointee.columnCount }
  /// How many costs and prices lay outside ``costRange`` and were moved to its nearer end.
  public var clampedCount: Int { storage.pointee.clampedCount }

  /// Empties the problem, for the next round.
  public func removeAll(keepingCapacity: Bool = true) {
    if !keepingCapacity {
      storage.pointee.arcs.deallocate()
      storage.pointee.starts.deallocate()
      storage.pointee.unmatchedCosts.deallocate()
      storage.pointee = Storage(rows: 0, arcs: 0)
    }
    storage.pointee.rowCount = 0
    storage.pointee.arcCount = 0
    storage.pointee.columnCount = 0
    storage.pointee.clampedCount = 0
  }

  /// Says that there are at least `count` columns, even where no arc names the last of them.
  public func requireColumns(_ count: Int) {
    precondition(count <= Self.columnLimit, "more columns than the limit: \(count)")
    storage.pointee.columnCount = max(storage.pointee.columnCount, count)
  }

  /// Begins the next row. The arcs added until the next call are its arcs.
  ///
  /// - Parameter unmatchedCost: what it costs to leave the row without a column.
  public func beginRow(unmatchedCost: Int32) {
    let row = storage.pointee.rowCount
    if row == storage.pointee.rowCapacity { growRows() }
    storage.pointee.unmatchedCosts[row] = clamp(unmatchedCost)
    storage.pointee.starts[row] = Int32(truncatingIfNeeded: storage.pointee.arcCount)
    storage.pointee.rowCount = row + 1
  }

  /// Adds an arc to the row begun last.
  ///
  /// - Parameters:
  ///   - column: in `0 ..<` ``columnLimit``; any other is our own mistake and stops the program.
  ///   - cost: what the pair costs.
  @inlinable
  public func addArc(column: Int, cost: Int32) {
    precondition(
      column >= 0 && column < Self.columnLimit && storage.pointee.rowCount > 0,
      "an arc without a row, or to a column outside the limits"
    )
    if storage.pointee.arcCount == storage.pointee.arcCapacity { growArcs() }
    storage.pointee.arcs[storage.pointee.arcCount] = Arc(
      column: Int32(truncatingIfNeeded: column),
      cost: clamp(cost)
    )
    storage.pointee.arcCount &+= 1
    if column >= storage.pointee.columnCount { storage.pointee.columnCount = column &+ 1 }
  }

  /// What it costs to leave this row unmatched.
  public func unmatchedCost(ofRow row: Int) -> Int32 {
    precondition(row >= 0 && row < rowCount, "no such row: \(row)")
    return storage.pointee.unmatchedCosts[row]
  }

  /// Where this row's arcs lie among all arcs, in the order they were added.
  public func arcs(ofRow row: Int) -> Range<Int> {
    precondition(row >= 0 && row < rowCount, "no such row: \(row)")
    closeLastRow()
    return Int(storage.pointee.starts[row])..<Int(storage.pointee.starts[row + 1])
  }

  /// The arc at a place given by ``arcs(ofRow:)``.
  public func arc(at index: Int) -> (column: Int, cost: Int32) {
    precondition(index >= 0 && index < arcCount, "no such arc: \(index)")
    let arc = storage.pointee.arcs[index]
    return (Int(arc.column), arc.cost)
  }

  /// Notes where the last row's arcs end, for reading.
  func closeLastRow() {
    storage.pointee.starts[storage.pointee.rowCount] = Int32(
      truncatingIfNeeded: storage.pointee.arcCount
    )
  }

  @inlinable
  func clamp(_ cost: Int32) -> Int32 {
    if Self.costRange.contains(cost) { return cost }
    storage.pointee.clampedCount &+= 1
    return cost < 0 ? Self.costRange.lowerBound : Self.costRange.upperBound
  }

  @usableFromInline
  func growArcs() {
    let count = storage.pointee.arcCount
    precondition(count < Int(Int32.max), "more arcs than a problem can hold")
    let capacity = min(max(1_024, 2 * count), Int(Int32.max))
    storage.pointee.arcs = moved(storage.pointee.arcs, count: count, capacity: capacity)
    storage.pointee.arcCapacity = capacity
  }

  private func growRows() {
    let count = storage.pointee.rowCount
    precondition(count < Int(Int32.max) - 1, "more rows than a problem can hold")
    let capacity = max(64, 2 * count)
    storage.pointee.unmatchedCosts = moved(
      storage.pointee.unmatchedCosts,
      count: count,
      capacity: capacity
    )
    storage.pointee.starts = moved(
      storage.pointee.starts,
      count: count + 1,
      capacity: capacity + 1
    )
    storage.pointee.rowCapacity = capacity
  }
}

/// Moves the first `count` elements to a larger allocation and frees the old one.
func moved<Element: BitwiseCopyable>(
  _ old: UnsafeMutablePointer<Element>,
  count: Int,
  capacity: Int
) -> UnsafeMutablePointer<Element> {
  let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
  new.update(from: old, count: count)
  old.deallocate()
  return new
}
