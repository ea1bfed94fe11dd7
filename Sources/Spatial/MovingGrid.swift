/// Moving points, found by nearness: where the taxis are, and which are nearest to here.
///
/// A point is known by its slot, a small number the caller chooses in `0 ..< capacity`, and carries
/// a mask of 32 bits that searches can ask for (free, class, seats). What a search finds depends
/// only on which slots are where with which mask, never on the order of the calls that led there.
/// All memory is taken at the start. Not for sharing between threads.
public struct MovingGrid: ~Copyable {
  /// The region the cells cover. Points outside it are found as well; they share the cells at the
  /// edge, so they cost more when they are many.
  public let box: Box
  /// Slots are `0 ..< capacity`.
  public let capacity: Int
  /// How many points there are.
  public private(set) var count = 0

  @usableFromInline let records: UnsafeMutablePointer<Record>
  /// By slot: the cell whose list the slot is in, -1 for a slot that is not in the grid.
  @usableFromInline let cells: UnsafeMutablePointer<Int32>
  /// By cell: the first slot of its list, or -1.
  private let heads: UnsafeMutablePointer<Int32>
  private let columns: Int
  private let rows: Int
  /// The side of a cell is two to this power, in decimetres.
  private let shift: Int

  @usableFromInline
  struct Record {
    @usableFromInline var point: Point
    @usableFromInline var mask: UInt32
    var next: Int32
  }

  /// An empty grid.
  ///
  /// - Parameters:
  ///   - box: where nearly all points will be.
  ///   - capacity: one more than the largest slot.
  ///   - expected: how many points are likely to be in the grid at a time; cells are sized for it.
  public init(box: Box, capacity: Int, expected: Int) {
    precondition(capacity >= 0 && capacity < 1 << 30, "capacity \(capacity) is not in 0 ..< 2³⁰")
    self.box = box
    self.capacity = capacity
    let width = Int(box.max.x) - Int(box.min.x)
    let height = Int(box.max.y) - Int(box.min.y)
    let cellsMax = max(1, min(expected, capacity))
    var shift = 0
    while ((width >> shift) + 1) * ((height >> shift) + 1) > cellsMax && shift < 32 { shift += 1 }
    self.shift = shift
    columns = (width >> shift) + 1
    rows = (height >> shift) + 1
    records = .allocate(capacity: capacity)
    records.initialize(
      repeating: Record(point: Point(x: 0, y: 0), mask: 0, next: -1),
      count: capacity
    )
    cells = .allocate(capacity: capacity)
    cells.initialize(repeating: -1, count: capacity)
    heads = .allocate(capacity: columns * rows)
    heads.initialize(repeating: -1, count: columns * rows)
  }

  deinit {
    records.deallocate()
    cells.deallocate()
    heads.deallocate()
  }

  // MARK: One slot

  /// Whether the slot is in the grid; `false` for numbers that are no slots.
  @inlinable
  public func contains(_ slot: Int32) -> Bool {
    slot >= 0 && Int(slot) < capacity && cells[Int(slot)] >= 0
  }

  /// Where the slot is. The slot must be in the grid.
  @inlinable
  public func point(of slot: Int32) -> Point {
    precondition(contains(slot), "no such slot in the grid")
    return records[Int(slot)].point
  }

  /// The mask of the slot. The slot must be in the grid.
  @inlinable
  public func mask(of slot: Int32) -> UInt32 {
    precondition(contains(slot), "no such slot in the grid")
    return records[Int(slot)].mask
  }

  /// Gives the slot another mask. The slot must be in the grid.
  public mutating func setMask(_ slot: Int32, to mask: UInt32) {
    precondition(contains(slot), "no such slot in the grid")
    records[Int(slot)].mask = mask
  }

  /// Puts a new point in. The slot must be in `0 ..< capacity` and not in the grid.
  public mutating func insert(_ slot: Int32, at point: Point, mask: UInt32) {
    precondition(slot >= 0 && Int(slot) < capacity, "slot out of range")
    precondition(cells[Int(slot)] < 0, "slot is in the grid already")
    count += 1
    let cell = cell(at: point)
    records[Int(slot)] = Record(point: point, mask: mask, next: heads[cell])
    heads[cell] = slot
    cells[Int(slot)] = Int32(truncatingIfNeeded: cell)
  }

  /// Puts the slot somewhere else; it keeps its mask. The slot must be in the grid.
  public mutating func move(_ slot: Int32, to point: Point) {
    precondition(contains(slot), "no such slot in the grid")
    let cell = cell(at: point)
    if cell != Int(cells[Int(slot)]) {
      unlink(slot)
      records[Int(slot)].next = heads[cell]
      heads[cell] = slot
      cells[Int(slot)] = Int32(truncatingIfNeeded: cell)
    }
    records[Int(slot)].point = point
  }

  /// Takes the slot out. The slot must be in the grid.
  public mutating func remove(_ slot: Int32) {
    precondition(contains(slot), "no such slot in the grid")
    count -= 1
    unlink(slot)
    cells[Int(slot)] = -1
  }

  /// Takes every slot out.
  public mutating func removeAll() {
    count = 0
    cells.update(repeating: -1, count: capacity)
    heads.update(repeating: -1, count: columns * rows)
  }

  private func cell(at point: Point) -> Int {
    let inside = box.clamp(point)
    let column = (Int(inside.x) &- Int(box.min.x)) &>> shift
    let row = (Int(inside.y) &- Int(box.min.y)) &>> shift
    return row &* columns &+ column
  }

  private mutating func unlink(_ slot: Int32) {
    let cell = Int(cells[Int(slot)])
    if heads[cell] == slot {
      heads[cell] = records[Int(slot)].next
      return
    }
    var before = heads[cell]
    while records[Int(before)].next != slot { before = records[Int(before)].next }
    records[Int(before)].next = records[Int(slot)].next
  }

  // MARK: Searches

  /// The `k` nearest points whose mask has every bit of `needing`, nearest first; of two equally
  /// near the lower slot first.
  ///
  /// - Parameters:
  ///   - k: how many are wanted; fewer come when there are not so many.
  ///   - center: the place to be near to.
  ///   - distanceMax: how far away a point may be, in decimetres, inclusive; `Int32.max` is any
  ///     distance, a negative one none.
  ///   - needing: the bits a point's mask must have; 0 takes every point.
  ///   - neighbors: replaced by the answer. Nothing is allocated when its capacity is `k`.
  public func nearest(
    _ k: Int,
    to center: Point,
    within distanceMax: Int32,
    needing: UInt32,
    into neighbors: inout [Neighbor]
  ) {
    search(k, center, distanceMax, needing, UnsafeBufferPointer(start: nil, count: 0), &neighbors)
  }

  /// The same as ``nearest(_:to:within:needing:into:)`` without the slots in `excluded`, which are in
  /// any order. Each candidate is compared with all of them, so they should be few. Numbers that are
  /// no slots are ignored.
  public func nearest(
    _ k: Int,
    to center: Point,
    within distanceMax: Int32,
    needing: UInt32,
    excluding excluded: Span<Int32>,
    into neighbors: inout [Neighbor]
  ) {
    excluded.withUnsafeBufferPointer { search(k, center, distanceMax, needing, $0, &neighbors) }
  }

  private func search(
    _ k: Int,
    _ center: Point,
    _ distanceMax: Int32,
    _ needing: UInt32,
    _ excluded: UnsafeBufferPointer<Int32>,
    _ neighbors: inout [Neighbor]
  ) {
    neighbors.removeAll(keepingCapacity: true)
    let squaredMax = distanceMax == Int32.max ? Int64.max : Int64(distanceMax) * Int64(distanceMax)
    guard k > 0, distanceMax >= 0, count > 0 else { return }
    let home = cell(at: center)
    let (homeRow, homeColumn) = (home / columns, home % columns)
    for ring in 0...max(columns, rows) {
      for row in max(0, homeRow - ring)...min(rows - 1, homeRow + ring) {
        let isWhole = abs(row - homeRow) == ring
        var column = max(homeColumn - ring, isWhole ? 0 : homeColumn - ring)
        while column <= min(homeColumn + ring, columns - 1) {
          if column >= 0 {
            var slot = heads[row * columns + column]
            while slot >= 0 {
              let record = records[Int(slot)]
              let candidate = Neighbor(
                slot: slot,
                squaredDistance: record.point.squaredDistance(to: center)
              )
              slot = record.next
              guard record.mask & needing == needing, candidate.squaredDistance <= squaredMax,
                !excluded.contains(candidate.slot)
              else { continue }
              if neighbors.count == k {
                guard candidate < neighbors[k - 1] else { continue }
                neighbors.removeLast()
              }
              var place = neighbors.count
              while place > 0 && candidate < neighbors[place - 1] { place -= 1 }
              neighbors.insert(candidate, at: place)
            }
          }
          column += isWhole || ring == 0 ? 1 : 2 * ring
        }
      }
      // Every cell not yet seen is past one of the four sides of the square seen so far.
      var gap = Int64.max
      if homeColumn - ring > 0 {
        gap = min(gap, Int64(center.x) - Int64(box.min.x) - Int64((homeColumn - ring) << shift) + 1)
      }
      if homeRow - ring > 0 {
        gap = min(gap, Int64(center.y) - Int64(box.min.y) - Int64((homeRow - ring) << shift) + 1)
      }
      if homeColumn + ring < columns - 1 {
        gap = min(gap, Int64(box.min.x) + Int64((homeColumn + ring + 1) << shift) - Int64(center.x))
      }
      if homeRow + ring < rows - 1 {
        gap = min(gap, Int64(box.min.y) + Int64((homeRow + ring + 1) << shift) - Int64(center.y))
      }
      if gap == Int64.max { return }
      // A point exactly as far away as the last hit could still win by its slot.
      let reach = neighbors.count == k ? neighbors[k - 1].squaredDistance : squaredMax
      let (square, overflow) = gap.multipliedReportingOverflow(by: gap)
      if gap > 0 && (overflow ? Int64.max : square) > reach { return }
    }
  }

  /// Recounts every relation between the columns. O(*n*): for tests and `--verify`.
  public func checkInvariants() {
    var seen = 0
    for cell in 0..<columns * rows {
      var slot = heads[cell]
      while slot >= 0 {
        precondition(Int(cells[Int(slot)]) == cell, "a slot is in another cell's list")
        precondition(self.cell(at: records[Int(slot)].point) == cell, "a point is in a wrong cell")
        seen += 1
        precondition(seen <= count, "a list has a loop or the count drifted")
        slot = records[Int(slot)].next
      }
    }
    precondition(seen == count, "the count drifted")
    precondition((0..<capacity).count { cells[$0] >= 0 } == count, "a slot is in no list")
  }
}
