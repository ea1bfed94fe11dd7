/// One search under way.
///
/// First the cells in square rings around the centre, as long as they yield; then, from the coarsest
/// block down, whatever can still hold a hit. A ring or a part is left out only when the nearest
/// place in it is farther than the worst of `k` hits: equally far is looked at, since of two equally
/// near points the lower slot wins.
struct Search {
  let x: Int
  let y: Int
  let center: Point
  let needing: UInt32
  let excluded: UnsafeBufferPointer<Int32>
  var hits: Hits

  let records: UnsafeMutablePointer<MovingGrid.Record>
  let cells: UnsafeMutablePointer<MovingGrid.Cell>
  let nodes: UnsafeMutablePointer<Node>
  let frame: Frame
  let blocks: Blocks

  /// The cell of the centre, and how many rings around it have been searched.
  let homeColumn: Int
  let homeRow: Int
  var ring = 0

  init(
    grid: borrowing MovingGrid,
    center: Point,
    needing: UInt32,
    excluded: UnsafeBufferPointer<Int32>,
    hits: Hits
  ) {
    self.center = center
    x = Int(center.x)
    y = Int(center.y)
    self.needing = needing
    self.excluded = excluded
    self.hits = hits
    records = grid.records
    cells = grid.cells
    nodes = grid.nodes
    frame = grid.frame
    blocks = grid.blocks
    let place = frame.place(of: center)
    homeColumn = place.u &>> frame.shift
    homeRow = place.v &>> frame.shift
  }

  mutating func run() {
    visitCell(homeColumn, homeRow)
    // Rings go on while they find something in proportion to the cells they visit.
    var area = 1
    while let gap = squaredGapBeyondRings(), gap <= hits.bar.squaredDistance {
      area &+= 8 &* (ring &+ 1)
      if area > 49 &+ 8 &* hits.count {
        visitBlock(blocks.levelCount - 1, 0, 0)
        break
      }
      ring &+= 1
      visitRing()
    }
    // Total: no slot occurs twice.
    hits.sort()
  }

  // MARK: Cells

  /// The least square of a distance to anything outside the rings; `nil` when there are no cells.
  private func squaredGapBeyondRings() -> Int64? {
    let west = homeColumn &- ring
    let south = homeRow &- ring
    let east = homeColumn &+ ring &+ 1
    let north = homeRow &+ ring &+ 1
    let none = Int.max / 2
    let side = frame.shift &- frame.fineness
    var gap = none
    if west > 0 { gap = x &- (Int(frame.box.min.x) &+ west &<< side) &+ 1 }
    if south > 0 { gap = min(gap, y &- (Int(frame.box.min.y) &+ south &<< side) &+ 1) }
    if east < frame.columns { gap = min(gap, Int(frame.box.min.x) &+ east &<< side &- x) }
    if north < frame.rows { gap = min(gap, Int(frame.box.min.y) &+ north &<< side &- y) }
    guard gap < none else { return nil }
    return squaredLength(max(0, gap), 0)
  }

  private mutating func visitRing() {
    let west = max(0, homeColumn &- ring)
    let east = min(frame.columns &- 1, homeColumn &+ ring)
    let south = homeRow &- ring
    let north = homeRow &+ ring
    if south >= 0 { visitRow(south, west, east) }
    if north < frame.rows { visitRow(north, west, east) }
    let first = max(0, south &+ 1)
    let last = min(frame.rows &- 1, north &- 1)
    guard first <= last else { return }
    for row in first...last {
      if homeColumn &- ring >= 0 { visitCellIfNear(west, row) }
      if homeColumn &+ ring < frame.columns { visitCellIfNear(east, row) }
    }
  }

  private mutating func visitRow(_ row: Int, _ first: Int, _ last: Int) {
    var column = first
    while column <= last {
      visitCellIfNear(column, row)
      column &+= 1
    }
  }

  @inline(__always)
  private mutating func visitCellIfNear(_ column: Int, _ row: Int) {
    let (u, v) = (column &<< frame.shift, row &<< frame.shift)
    let gap = frame.squaredGap(x: x, y: y, u: u, v: v, side: 1 &<< frame.shift)
    if gap <= hits.bar.squaredDistance { visitCell(column, row) }
  }

  @inline(__always)
  private mutating func visitCell(_ column: Int, _ row: Int) {
    let cell = cells[row &* frame.columns &+ column]
    if cell.count == MovingGrid.Cell.divided {
      visitNode(Int(cell.first))
    } else {
      visitList(cell)
    }
  }

  @inline(__always)
  private mutating func visitList(_ leaf: MovingGrid.Cell) {
    var slot = leaf.first
    // Counted, not followed to its end: the processor knows the length before the slots arrive and
    // can go on to the next cell meanwhile.
    var remaining = leaf.count
    while remaining > 0 {
      let record = records[Int(slot)]
      let squared = record.point.squaredDistance(to: center)
      if hits.isHit(slot, squared) && record.mask & needing == needing && !isExcluded(slot) {
        hits.add(Neighbor(slot: slot, squaredDistance: squared))
      }
      slot = record.next
      remaining &-= 1
    }
  }

  @inline(__always)
  private func isExcluded(_ slot: Int32) -> Bool {
    for other in excluded where other == slot { return true }
    return false
  }

  // MARK: Nodes

  private mutating func visitNode(_ index: Int) {
    let node = nodes[index]
    let parts = cells + (frame.cellCount &+ index &<< 4)
    let shift = Int(node.shift)
    if node.isBySlot {
      guard frame.squaredGap(x: x, y: y, u: node.u, v: node.v, side: 1) <= hits.bar.squaredDistance
      else { return }
      // Lower slots first: at one place they win, and end the search among the rest.
      for part in 0..<16 where parts[part].count != 0 {
        visitPart(parts[part], node.u, node.v, 1, slotMin: node.slot &+ Int32(part) &<< node.shift)
      }
      return
    }
    // From the part nearest to the centre outwards, so that the bar falls soon.
    let place = frame.place(of: center)
    let column = max(0, min(3, (place.u &- node.u) &>> shift))
    let row = max(0, min(3, (place.v &- node.v) &>> shift))
    var order = nearestFirst[row &<< 2 &+ column]
    for _ in 0..<16 {
      let part = Int(order & 15)
      order &>>= 4
      guard parts[part].count != 0 else { continue }
      let u = node.u &+ (part & 3) &<< shift
      let v = node.v &+ (part &>> 2) &<< shift
      visitPart(parts[part], u, v, 1 &<< shift, slotMin: 0)
    }
  }

  @inline(__always)
  private mutating func visitPart(
    _ cell: MovingGrid.Cell,
    _ u: Int,
    _ v: Int,
    _ side: Int,
    slotMin: Int32
  ) {
    guard hits.isHit(slotMin, frame.squaredGap(x: x, y: y, u: u, v: v, side: side)) else { return }
    if cell.count == MovingGrid.Cell.divided {
      visitNode(Int(cell.first))
    } else {
      visitList(cell)
    }
  }

  // MARK: Blocks

  /// Searches the parts of a block that can hold a hit and are not in the rings.
  ///
  /// - Parameters:
  ///   - level: 0 is the lowest.
  ///   - column: of the block, among those of its level.
  ///   - row: the same.
  private mutating func visitBlock(_ level: Int, _ column: Int, _ row: Int) {
    let block = blocks.items[blocks.index(level, column &<< 3, row &<< 3)]
    guard block.mask & needing == needing else { return }
    // A part of a block of level 0 is a cell, eight times wider on each level up.
    let shift = frame.shift &+ 3 &* level
    let (u, v) = (column &<< (shift &+ 3), row &<< (shift &+ 3))
    let homeColumn = max(0, min(7, (self.homeColumn &>> (3 &* level)) &- column &<< 3))
    let homeRow = max(0, min(7, (self.homeRow &>> (3 &* level)) &- row &<< 3))
    var remaining = block.occupied
    if level == 0 {
      let (west, south) = (self.homeColumn &- column &<< 3, self.homeRow &- row &<< 3)
      remaining &= ~square(around: west, south, reach: ring)
    }
    // Square rings of parts, from the nearest outwards.
    var reach = 0
    while remaining != 0 {
      var parts = remaining & square(around: homeColumn, homeRow, reach: reach)
      remaining &= ~parts
      reach &+= 1
      while parts != 0 {
        let part = parts.trailingZeroBitCount
        parts &= parts &- 1
        let (partU, partV) = (u &+ (part & 7) &<< shift, v &+ (part &>> 3) &<< shift)
        let gap = frame.squaredGap(x: x, y: y, u: partU, v: partV, side: 1 &<< shift)
        guard gap <= hits.bar.squaredDistance else { continue }
        let (partColumn, partRow) = (column &<< 3 &+ part & 7, row &<< 3 &+ part &>> 3)
        if level > 0 {
          visitBlock(level &- 1, partColumn, partRow)
        } else {
          visitCell(partColumn, partRow)
        }
      }
    }
  }

  /// The bits of the parts of a block that are at most `reach` columns and rows from a part, which
  /// may be outside the block.
  private func square(around column: Int, _ row: Int, reach: Int) -> UInt64 {
    let (west, east) = (max(0, column &- reach), min(7, column &+ reach))
    let (south, north) = (max(0, row &- reach), min(7, row &+ reach))
    guard west <= east, south <= north else { return 0 }
    let inRow = (UInt64(0xFF) &>> UInt64(7 &- east &+ west)) &<< UInt64(west)
    let rows = (UInt64.max &>> UInt64(8 &* (7 &- north &+ south))) &<< UInt64(8 &* south)
    return (inRow &* 0x0101_0101_0101_0101) & rows
  }
}

/// By the part of a node that is nearest to the centre of a search: all sixteen parts from the lowest
/// four bits up, by the distance between the middles of the two, then by number.
private let nearestFirst: InlineArray<16, UInt64> = [
  0xFEBD_7C3A_9682_5410,
  0xFECD_BA87_9364_5201,
  0xCFDE_8B94_A075_6312,
  0xCD8E_4F09_A5B1_6723,
  0xFB37_EDA2_C691_8504,
  0xFECB_3D7A_8209_6415,
  0xCFD8_0E4B_931A_7526,
  0xC804_DE91_F5A2_B637,
  0x3F7B_2E61_A0D5_C948,
  0x3F72_0B1E_C64D_A859,
  0x0C43_182F_D75E_B96A,
  0x0C48_1D52_93E6_FA7B,
  0x372B_1F06_A5E4_9D8C,
  0x3201_7B64_F5A8_EC9D,
  0x0312_4875_C6B9_FDAE,
  0x0418_2C35_96D7_AEBF,
]
