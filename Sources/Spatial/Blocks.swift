/// What is where among the cells, coarsely: so that a search crosses empty country, and a crowd of
/// taxis that do not fit, without visiting every cell.
///
/// A block of level 1 is 8 × 8 cells, one of level 2 is 8 × 8 blocks of level 1, and so on up to a
/// level that is a single block. Each has a bit for each of its 64 parts that is not empty, and the
/// union of the masks of all points in it, both exact at any time.
struct Blocks {
  struct Block {
    var occupied: UInt64 = 0
    var mask: UInt32 = 0
  }

  struct Level {
    var columns: Int
    /// Where the level's blocks, in rows from the south-west, begin.
    var offset: Int
  }

  let levels: UnsafeMutablePointer<Level>
  let levelCount: Int
  let items: UnsafeMutablePointer<Block>
  let itemCount: Int
  /// For each block of level 1, for each bit of a mask: how many points in the block have it.
  let bitCounts: UnsafeMutablePointer<Int32>
  let bottomCount: Int

  init(columns: Int, rows: Int) {
    // Twelve levels are enough for 2³⁶ cells in a row.
    levels = .allocate(capacity: 12)
    var (width, height) = (columns, rows)
    var (level, offset) = (0, 0)
    repeat {
      (width, height) = ((width + 7) >> 3, (height + 7) >> 3)
      (levels + level).initialize(to: Level(columns: width, offset: offset))
      offset += width * height
      level += 1
    } while width > 1 || height > 1
    levelCount = level
    itemCount = offset
    bottomCount = ((columns + 7) >> 3) * ((rows + 7) >> 3)
    items = .allocate(capacity: itemCount)
    bitCounts = .allocate(capacity: 32 * bottomCount)
    items.initialize(repeating: Block(), count: itemCount)
    bitCounts.initialize(repeating: 0, count: 32 * bottomCount)
  }

  func deallocate() {
    levels.deallocate()
    items.deallocate()
    bitCounts.deallocate()
  }

  var byteCount: Int {
    12 * MemoryLayout<Level>.stride + itemCount * MemoryLayout<Block>.stride
      + 32 * bottomCount * MemoryLayout<Int32>.stride
  }

  func removeAll() {
    items.update(repeating: Block(), count: itemCount)
    bitCounts.update(repeating: 0, count: 32 * bottomCount)
  }

  // MARK: Occupied or not

  /// A cell has got a point; it may have had some before.
  ///
  /// - Parameters:
  ///   - bottom: the cell's block of level 1, counted from 0.
  ///   - column: of the cell.
  ///   - row: of the cell.
  @inline(__always)
  func fill(_ bottom: Int, column: Int, row: Int) {
    let before = items[bottom].occupied
    items[bottom].occupied = before | bit(column, row)
    if before == 0 { fillAbove(column &>> 3, row &>> 3) }
  }

  @inline(__always)
  private func fillAbove(_ column: Int, _ row: Int) {
    var (x, y) = (column, row)
    for level in 1..<max(1, levelCount) {
      let block = items + index(level, x, y)
      let before = block.pointee.occupied
      block.pointee.occupied = before | bit(x, y)
      if before != 0 { return }
      (x, y) = (x &>> 3, y &>> 3)
    }
  }

  /// A cell has lost a point, and `isEmpty` says whether that was its last. Told without a branch,
  /// as it is the toss of a coin.
  ///
  /// - Parameters:
  ///   - bottom: the cell's block of level 1, counted from 0.
  ///   - column: of the cell.
  ///   - row: of the cell.
  ///   - isEmpty: whether the cell has no point left.
  @inline(__always)
  func clear(_ bottom: Int, column: Int, row: Int, if isEmpty: Bool) {
    let after = items[bottom].occupied & ~(bit(column, row) &* (isEmpty ? 1 : 0))
    items[bottom].occupied = after
    if after == 0 { clearAbove(column &>> 3, row &>> 3) }
  }

  @inline(__always)
  private func clearAbove(_ column: Int, _ row: Int) {
    var (x, y) = (column, row)
    for level in 1..<max(1, levelCount) {
      let block = items + index(level, x, y)
      block.pointee.occupied &= ~bit(x, y)
      if block.pointee.occupied != 0 { return }
      (x, y) = (x &>> 3, y &>> 3)
    }
  }

  /// Which block of a level (0 is the lowest) has the part at (`x`, `y`) of the level below.
  @inline(__always)
  func index(_ level: Int, _ x: Int, _ y: Int) -> Int {
    levels[level].offset &+ (y &>> 3) &* levels[level].columns &+ (x &>> 3)
  }

  @inline(__always)
  private func bit(_ x: Int, _ y: Int) -> UInt64 {
    1 &<< UInt64(truncatingIfNeeded: (y & 7) &<< 3 | (x & 7))
  }

  // MARK: Masks

  /// A point with these bits has come into a block of level 1.
  func enter(block: Int, mask: UInt32) {
    var gained: UInt32 = 0
    var bits = mask
    while bits != 0 {
      let counter = bitCounts + (block &* 32 &+ bits.trailingZeroBitCount)
      counter.pointee &+= 1
      if counter.pointee == 1 { gained |= bits & (0 &- bits) }
      bits &= bits &- 1
    }
    guard gained != 0 else { return }
    items[block].mask |= gained
    var (x, y) = (block % levels[0].columns, block / levels[0].columns)
    for level in 1..<max(1, levelCount) {
      let parent = items + index(level, x, y)
      if parent.pointee.mask & gained == gained { return }
      parent.pointee.mask |= gained
      (x, y) = (x &>> 3, y &>> 3)
    }
  }

  /// A point with these bits has left a block of level 1.
  func leave(block: Int, mask: UInt32) {
    var lost: UInt32 = 0
    var bits = mask
    while bits != 0 {
      let counter = bitCounts + (block &* 32 &+ bits.trailingZeroBitCount)
      counter.pointee &-= 1
      if counter.pointee == 0 { lost |= bits & (0 &- bits) }
      bits &= bits &- 1
    }
    guard lost != 0 else { return }
    items[block].mask &= ~lost
    var (x, y) = (block % levels[0].columns, block / levels[0].columns)
    for level in 1..<max(1, levelCount) {
      lost &= ~unionOfParts(level, x & ~7, y & ~7)
      guard lost != 0 else { return }
      items[index(level, x, y)].mask &= ~lost
      (x, y) = (x &>> 3, y &>> 3)
    }
  }

  /// The masks of a block's parts together, the first of which is at (`x`, `y`) of the level below.
  func unionOfParts(_ level: Int, _ x: Int, _ y: Int) -> UInt32 {
    let below = levels[level &- 1]
    var occupied = items[index(level, x, y)].occupied
    var union: UInt32 = 0
    while occupied != 0 {
      let part = occupied.trailingZeroBitCount
      occupied &= occupied &- 1
      union |=
        items[below.offset &+ (y &+ part &>> 3) &* below.columns &+ x &+ (part & 7)].mask
    }
    return union
  }
}
