extension MovingGrid {
  /// Recounts every relation the grid keeps. O(*n*): for tests and `--verify`.
  public func checkInvariants() {
    var seen = 0
    var nodesSeen = 0
    for cell in 0..<frame.cellCount {
      let before = seen
      check(cell, &seen, &nodesSeen)
      let (column, row) = (cell % frame.columns, cell / frame.columns)
      let occupied = blocks.items[blocks.index(0, column, row)].occupied
      let bit = UInt64(1) << UInt64((row & 7) << 3 | column & 7)
      precondition((occupied & bit != 0) == (seen > before), "a block's bit is wrong")
    }
    precondition(seen == count, "the count drifted")
    precondition((0..<capacity).count { links[$0].leaf >= 0 } == count, "a slot is in no list")
    checkNodes(inUse: nodesSeen)
    checkBlocks()
  }

  /// Counts the slots in a cell and checks that each belongs there.
  private func check(_ cell: Int, _ seen: inout Int, _ nodesSeen: inout Int) {
    guard cells[cell].count == Cell.divided else { return checkList(cell, &seen) }
    let index = Int(cells[cell].first)
    let node = nodes[index]
    precondition(Int(node.parent) == cell, "a node is not its cell's")
    precondition(node.count > Self.nodeMin, "a node is too small")
    precondition(
      node.isBySlot ? node.shift % 4 == 0 : node.shift % 2 == 0,
      "a node is out of step"
    )
    nodesSeen += 1
    let before = seen
    for part in 0..<16 {
      let partCell = self.cell(of: index, part: part)
      if cells[partCell].count == Cell.divided {
        let inner = nodes[Int(cells[partCell].first)]
        let corner = Place(u: inner.u, v: inner.v)
        precondition(
          node.holds(corner, inner.slot) && node.part(at: corner, inner.slot) == part,
          "a node is in a wrong part"
        )
        precondition(inner.shift < node.shift || inner.isBySlot != node.isBySlot, "nodes grow")
      }
      check(partCell, &seen, &nodesSeen)
    }
    precondition(seen - before == Int(node.count), "a node's count drifted")
  }

  private func checkList(_ leaf: Int, _ seen: inout Int) {
    var slot = cells[leaf].first
    var length: Int32 = 0
    while slot >= 0 {
      let place = frame.place(of: records[Int(slot)].point)
      precondition(Int(links[Int(slot)].leaf) == leaf, "a slot is in another leaf's list")
      precondition(isLeaf(leaf, at: place, of: slot), "a slot is in a wrong leaf")
      seen += 1
      length += 1
      let back = Int(links[Int(slot)].back)
      precondition(memory.load(fromByteOffset: back, as: Int32.self) == slot, "a way back is wrong")
      precondition(seen <= count, "a list has a loop, or the count drifted")
      slot = records[Int(slot)].next
    }
    precondition(length == cells[leaf].count, "a leaf's count drifted")
  }

  private func checkNodes(inUse: Int) {
    var free = 0
    var node = nodeFree
    while node >= 0 {
      free += 1
      precondition(free <= nodesTouched, "the free nodes have a loop")
      node = nodes[Int(node)].parent
    }
    precondition(free + inUse == nodesTouched, "a node is lost")
  }

  /// Compares the blocks with blocks made anew.
  private func checkBlocks() {
    let fresh = Blocks(columns: frame.columns, rows: frame.rows)
    for slot in 0..<capacity where links[slot].leaf >= 0 {
      let place = frame.place(of: records[slot].point)
      fresh.fill(
        frame.block(of: place),
        column: place.u >> frame.shift,
        row: place.v >> frame.shift
      )
      fresh.enter(block: frame.block(of: place), mask: records[slot].mask)
    }
    for item in 0..<blocks.itemCount {
      precondition(blocks.items[item].occupied == fresh.items[item].occupied, "a bit drifted")
      precondition(blocks.items[item].mask == fresh.items[item].mask, "a block's mask drifted")
    }
    for counter in 0..<32 * blocks.bottomCount {
      precondition(blocks.bitCounts[counter] == fresh.bitCounts[counter], "a bit count drifted")
    }
    fresh.deallocate()
  }
}
