/// A divided cell: sixteen parts, by place (4 × 4) or, where all its points are at one place, by
/// slot.
///
/// A node's square is the smallest aligned one that held the points when it was made, not all of its
/// cell: two thousand taxis at one spot of a large cell are one node below it, not six.
struct Node {
  /// The south-western place of the square, and the first slot of the range.
  var u: Int
  var v: Int
  var slot: Int32
  /// How many slots are in the node and the nodes below it.
  var count: Int32
  /// The cell that is divided by this node; for a node that is not in use the next such node.
  var parent: Int32
  /// Each part's side is two to this power, even, in steps. For a node divided by slot each part is
  /// two to this power slots, a multiple of four, and the square is a single step.
  var shift: Int16
  var isBySlot: Bool

  /// Whether a slot at a place belongs into the node's square or range.
  @inline(__always)
  func holds(_ place: Place, _ slot: Int32) -> Bool {
    let apart = (place.u ^ u) | (place.v ^ v)
    if !isBySlot { return apart &>> (Int(shift) &+ 2) == 0 }
    return apart == 0 && Int(slot ^ self.slot) &>> (Int(shift) &+ 4) == 0
  }

  /// Which of the sixteen parts a slot at a place, which the node holds, belongs to.
  @inline(__always)
  func part(at place: Place, _ slot: Int32) -> Int {
    let shift = Int(self.shift)
    if isBySlot { return Int(slot) &>> shift & 15 }
    return (place.v &>> shift & 3) &<< 2 | (place.u &>> shift & 3)
  }

  /// The smallest node, empty as yet, that holds `place` and `slot` and all those that differ from
  /// them in no other bits than `placeBits` and `slotBits`; the latter are of use when the former are
  /// none.
  init(holding place: Place, _ slot: Int32, placeBits: Int, slotBits: Int, parent: Int) {
    isBySlot = placeBits == 0
    let width = Int.bitWidth - (isBySlot ? slotBits : placeBits).leadingZeroBitCount
    // Even powers, and multiples of four, so that squares and ranges lie wholly inside one another.
    let power = isBySlot ? max(4, (width + 3) & ~3) : (width + 1) & ~1
    let sideMask = isBySlot ? 0 : (1 << power) - 1
    u = place.u & ~sideMask
    v = place.v & ~sideMask
    self.slot = isBySlot ? slot & ~((1 << Int32(power)) - 1) : 0
    shift = Int16(isBySlot ? power - 4 : power - 2)
    count = 0
    self.parent = Int32(truncatingIfNeeded: parent)
  }
}

/// Dividing crowded leaves and uniting them again.
extension MovingGrid {
  /// A node with this many slots or fewer becomes a leaf again: far enough below `leafMax` that a
  /// taxi to and fro does not divide and unite a cell each time.
  static var nodeMin: Int32 { 6 }

  /// A node that is not in use, its parts empty; `nil` when all are.
  private mutating func takeNode(_ node: Node) -> Int? {
    let index: Int
    if nodeFree >= 0 {
      index = Int(nodeFree)
      nodeFree = nodes[index].parent
    } else {
      guard nodesTouched < nodeCapacity else { return nil }
      index = nodesTouched
      nodesTouched += 1
    }
    (nodes + index).initialize(to: node)
    (cells + cell(of: index, part: 0)).initialize(repeating: .empty, count: 16)
    return index
  }

  private mutating func giveBack(_ node: Int) {
    nodes[node].parent = nodeFree
    nodeFree = Int32(truncatingIfNeeded: node)
  }

  /// Divides a leaf of two slots or more, and its parts as far as they are crowded too.
  mutating func divide(_ leaf: Int) {
    let first = cells[leaf].first
    let place = frame.place(of: records[Int(first)].point)
    var (placeBits, slotBits) = (0, 0)
    var slot = records[Int(first)].next
    while slot >= 0 {
      let other = frame.place(of: records[Int(slot)].point)
      placeBits |= (other.u ^ place.u) | (other.v ^ place.v)
      slotBits |= Int(slot ^ first)
      slot = records[Int(slot)].next
    }
    let made = Node(holding: place, first, placeBits: placeBits, slotBits: slotBits, parent: leaf)
    guard let node = takeNode(made) else { return }
    nodes[node].count = cells[leaf].count
    cells[leaf] = Cell(first: Int32(truncatingIfNeeded: node), count: Cell.divided)
    slot = first
    while slot >= 0 {
      let next = records[Int(slot)].next
      let place = frame.place(of: records[Int(slot)].point)
      push(slot, into: cell(of: node, part: nodes[node].part(at: place, slot)))
      slot = next
    }
    for part in 0..<16 where cells[cell(of: node, part: part)].count > Self.leafMax {
      divide(cell(of: node, part: part))
    }
  }

  /// Puts a larger node around one that does not hold a slot of its cell.
  ///
  /// - Returns: `false` when there is no node to spare; nothing has changed then.
  mutating func wrap(_ node: Int, toHold place: Place, _ slot: Int32) -> Bool {
    let inner = nodes[node]
    let placeBits = (place.u ^ inner.u) | (place.v ^ inner.v)
    let made = Node(
      holding: place,
      slot,
      placeBits: placeBits,
      slotBits: Int(slot ^ inner.slot),
      parent: Int(inner.parent)
    )
    guard let outer = takeNode(made) else { return false }
    nodes[outer].count = inner.count
    let corner = Place(u: inner.u, v: inner.v)
    let part = cell(of: outer, part: nodes[outer].part(at: corner, inner.slot))
    cells[part] = Cell(first: Int32(truncatingIfNeeded: node), count: Cell.divided)
    cells[Int(inner.parent)] = Cell(first: Int32(truncatingIfNeeded: outer), count: Cell.divided)
    nodes[node].parent = Int32(truncatingIfNeeded: part)
    return true
  }

  /// Counts a slot out of the nodes above the leaf it has just left.
  mutating func leaveNodes(above leaf: Int) {
    var cell = cells[leaf].count == 0 ? unwrap(leaf) : leaf
    while cell >= frame.cellCount {
      let node = parent(of: cell).node
      nodes[node].count &-= 1
      cell = Int(nodes[node].parent)
      if nodes[node].count <= Self.nodeMin { unite(node) }
    }
  }

  /// Takes out the node above an empty leaf if all it has left is one other node, as
  /// ``wrap(_:toHold:_:)`` leaves it behind when the point that did not fit has gone.
  ///
  /// - Returns: the cell in the node's place, or the leaf if the node stays.
  private mutating func unwrap(_ leaf: Int) -> Int {
    let node = parent(of: leaf).node
    var only = -1
    for part in 0..<16 {
      let cell = cell(of: node, part: part)
      guard cells[cell].count != 0 else { continue }
      guard only < 0, cells[cell].count == Cell.divided else { return leaf }
      only = cell
    }
    guard only >= 0 else { return leaf }
    let inner = cells[only].first
    let parent = nodes[node].parent
    nodes[Int(inner)].parent = parent
    cells[Int(parent)] = Cell(first: inner, count: Cell.divided)
    giveBack(node)
    return Int(parent)
  }

  /// Makes a node one leaf again, with all slots in it and below.
  mutating func unite(_ node: Int) {
    let leaf = Int(nodes[node].parent)
    cells[leaf] = .empty
    collect(node, into: leaf)
  }

  private mutating func collect(_ node: Int, into leaf: Int) {
    for part in 0..<16 {
      let cell = cells[cell(of: node, part: part)]
      if cell.count == Cell.divided {
        collect(Int(cell.first), into: leaf)
      } else {
        var slot = cell.first
        while slot >= 0 {
          let next = records[Int(slot)].next
          push(slot, into: leaf)
          slot = next
        }
      }
    }
    giveBack(node)
  }
}
