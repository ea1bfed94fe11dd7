/// Putting slots into the lists of leaves and taking them out.
extension MovingGrid {
  /// A leaf with more slots than this is divided, as far as there are nodes.
  static var leafMax: Int32 { 12 }

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

  /// Adds a slot to the leaf at a place, and divides the leaf when it is crowded.
  mutating func link(_ slot: Int32, at place: Place) {
    var cell = frame.cell(at: place)
    if cells[cell].count == 0 {
      blocks.fill(column: place.u &>> frame.shift, row: place.v &>> frame.shift)
    }
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
    push(slot, into: cell)
    if cells[cell].count > Self.leafMax { divide(cell) }
  }

  @inline(__always)
  func push(_ slot: Int32, into leaf: Int) {
    records[Int(slot)].next = cells[leaf].first
    leaves[Int(slot)] = Int32(truncatingIfNeeded: leaf)
    cells[leaf] = Cell(first: slot, count: cells[leaf].count &+ 1)
  }

  /// Takes a slot that is at `place` out of its leaf, and unites what has become too small to stay
  /// divided.
  mutating func unlink(_ slot: Int32, at place: Place) {
    let leaf = Int(leaves[Int(slot)])
    let next = records[Int(slot)].next
    if cells[leaf].first == slot {
      cells[leaf].first = next
    } else {
      var before = Int(cells[leaf].first)
      while records[before].next != slot { before = Int(records[before].next) }
      records[before].next = next
    }
    cells[leaf].count &-= 1
    if leaf >= frame.cellCount {
      leaveNodes(above: leaf)
    } else if cells[leaf].count == 0 {
      blocks.clear(column: place.u &>> frame.shift, row: place.v &>> frame.shift)
    }
  }
}
