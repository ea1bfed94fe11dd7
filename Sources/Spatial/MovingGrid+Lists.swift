/// Putting slots into the lists of leaves and taking them out.
extension MovingGrid {
  /// A leaf with more slots than this is divided, as far as there are nodes.
  ///
  /// The parts of a crowd vary: with 8 on average one in twenty is above 12, and with 12 as the limit
  /// moves spent half of their time dividing and uniting. Up to 32 searches get no slower.
  static var leafMax: Int32 { 20 }

  /// Whether the slot would be in this leaf if it were at this place.
  @inline(__always)
  func isLeaf(_ leaf: Int, at place: Place, of slot: Int32) -> Bool {
    if leaf < frame.cellCount { return frame.cell(at: place) == leaf }
    let (node, part) = parent(of: leaf)
    return nodes[node].holds(place, slot) && nodes[node].part(at: place, slot) == part
  }

  /// The node that one of the nodes' own cells belongs to, and which of its sixteen it is.
  @inline(__always)
  func parent(of cell: Int) -> (node: Int, part: Int) {
    let offset = cell &- frame.cellCount
    return (offset &>> 4, offset & 15)
  }

  @inline(__always)
  func cell(of node: Int, part: Int) -> Int { frame.cellCount &+ node &<< 4 &+ part }

  /// Moves a slot to the leaf at another place.
  @inline(never)
  mutating func relink(_ slot: Int32, from before: Place, to place: Place) {
    let (old, new) = (frame.block(of: before), frame.block(of: place))
    unlink(slot, at: before, in: old)
    link(slot, at: place, in: new)
    guard old != new else { return }
    blocks.enter(block: new, mask: records[Int(slot)].mask)
    blocks.leave(block: old, mask: records[Int(slot)].mask)
  }

  /// Adds a slot to the leaf at a place, and divides the leaf when it is crowded.
  @inline(__always)
  mutating func link(_ slot: Int32, at place: Place, in block: Int) {
    blocks.fill(block, column: place.u &>> frame.shift, row: place.v &>> frame.shift)
    var cell = frame.cell(at: place)
    if cells[cell].count == Cell.divided { cell = leaf(below: cell, for: slot, at: place) }
    push(slot, into: cell)
    if cells[cell].count > Self.leafMax { divide(cell) }
  }

  /// The leaf for a slot in a divided cell; the slot is counted in on the way.
  private mutating func leaf(below cell: Int, for slot: Int32, at place: Place) -> Int {
    var cell = cell
    while cells[cell].count == Cell.divided {
      let node = Int(cells[cell].first)
      if nodes[node].holds(place, slot) {
        nodes[node].count &+= 1
        cell = self.cell(of: node, part: nodes[node].part(at: place, slot))
      } else if !wrap(node, toHold: place, slot) {
        // Without a node to spare the cell starts again as one list.
        unite(node)
      }
    }
    return cell
  }

  /// Puts a slot at the head of a leaf's list.
  @inline(__always)
  func push(_ slot: Int32, into leaf: Int) {
    let first = cells[leaf].first
    records[Int(slot)].next = first
    links[Int(first)].back = offset(ofNextIn: slot)
    links[Int(slot)] = Link(
      leaf: Int32(truncatingIfNeeded: leaf),
      back: offset(ofFirstIn: leaf)
    )
    cells[leaf] = Cell(first: slot, count: cells[leaf].count &+ 1)
  }

  @inline(__always)
  private func offset(ofNextIn slot: Int32) -> Int32 {
    // After a point and a mask.
    slot &* Int32(MemoryLayout<Record>.stride) &+ 12
  }

  @inline(__always)
  private func offset(ofFirstIn leaf: Int) -> Int32 {
    Int32(
      truncatingIfNeeded: capacity &* MemoryLayout<Record>.stride &+ leaf
        &* MemoryLayout<Cell>.stride
    )
  }

  /// Takes a slot that is at `place` out of its leaf, and unites what has become too small to stay
  /// divided.
  @inline(__always)
  mutating func unlink(_ slot: Int32, at place: Place, in block: Int) {
    let link = links[Int(slot)]
    let leaf = Int(link.leaf)
    let next = records[Int(slot)].next
    memory.storeBytes(of: next, toByteOffset: Int(link.back), as: Int32.self)
    links[Int(next)].back = link.back
    cells[leaf].count &-= 1
    if leaf >= frame.cellCount {
      leaveNodes(above: leaf)
    } else {
      blocks.clear(
        block,
        column: place.u &>> frame.shift,
        row: place.v &>> frame.shift,
        if: cells[leaf].count == 0
      )
    }
  }
}
