/// Moving points, found by nearness: where the taxis are, and which are nearest to here.
///
/// A point is known by its slot, a small number the caller chooses in `0 ..< capacity`, and carries
/// a mask of 32 bits that searches can ask for (free, class, seats). What a search finds depends
/// only on which slots are where with which mask, never on the order of the calls that led there.
///
/// Square cells for a few points each; a cell that gets crowded is divided by sixteen, again and
/// again, and made whole when its points leave; above the cells, blocks of 8 × 8 remember what is
/// empty (docs/SPATIAL.md). All memory is taken at the start. Not for sharing between threads.
public struct MovingGrid: ~Copyable {
  /// The region the cells cover. Points outside it are kept where they are and found as well; they
  /// share the cells at the edge, so they cost more when they are many.
  public let box: Box
  /// Slots are `0 ..< capacity`.
  public let capacity: Int
  /// How many points there are.
  public internal(set) var count = 0

  /// What `records` and `cells` are in, one after the other.
  let memory: UnsafeMutableRawPointer
  /// By slot.
  @usableFromInline let records: UnsafeMutablePointer<Record>
  /// By slot. There is one more, at -1, for the ends of lists to write to.
  @usableFromInline let links: UnsafeMutablePointer<Link>

  /// The cells in rows from the south-west, then sixteen for each node.
  let cells: UnsafeMutablePointer<Cell>
  /// Divided cells, as many as are in use at a time.
  let nodes: UnsafeMutablePointer<Node>
  let nodeCapacity: Int
  /// Nodes from here on have never been used.
  var nodesTouched = 0
  /// The first of the nodes that have been given back, linked by `parent`; -1 for none.
  var nodeFree: Int32 = -1

  let frame: Frame
  /// What is where among the cells, by level; see `Blocks`.
  let blocks: Blocks

  @usableFromInline
  struct Record {
    @usableFromInline var point: Point
    @usableFromInline var mask: UInt32
    /// The next slot in the same leaf, or -1.
    @usableFromInline var next: Int32
  }

  @usableFromInline
  struct Link {
    /// The leaf whose list the slot is in, -1 for a slot that is not in the grid.
    @usableFromInline var leaf: Int32
    /// Where in `memory` the list says that this slot comes next: a record's or a leaf's field.
    /// So a slot is taken out of its list without asking whether it is the first.
    @usableFromInline var back: Int32

    static var none: Link { Link(leaf: -1, back: 0) }
  }

  /// A place that is a leaf, with a list of slots, or divided, with a node.
  struct Cell {
    /// A leaf's first slot (-1 when it is empty), or the node.
    var first: Int32
    /// How many slots are in a leaf's list; `Cell.divided` otherwise.
    var count: Int32

    static var divided: Int32 { -1 }
    static var empty: Cell { Cell(first: -1, count: 0) }
  }

  /// An empty grid. Takes about 50 bytes a slot.
  ///
  /// - Parameters:
  ///   - box: where nearly all points will be.
  ///   - capacity: one more than the largest slot; below 2²⁶.
  ///   - expected: how many points are likely to be in the grid at a time; cells are sized for it.
  ///     A wrong guess costs time, not answers.
  public init(box: Box, capacity: Int, expected: Int) {
    self.init(box: box, capacity: capacity, expected: expected, nodeCapacity: capacity / 8 + 16)
  }

  /// The same with a number of nodes. With too few of them crowded leaves stay long lists, which
  /// costs time, not answers.
  package init(box: Box, capacity: Int, expected: Int, nodeCapacity: Int) {
    precondition(capacity >= 0 && capacity < 1 << 26, "capacity \(capacity) is not in 0 ..< 2²⁶")
    self.box = box
    self.capacity = capacity
    frame = Frame(box: box, cellsMax: max(1, min(expected, capacity)))
    blocks = Blocks(columns: frame.columns, rows: frame.rows)
    self.nodeCapacity = nodeCapacity
    let cellsOffset = capacity * MemoryLayout<Record>.stride
    let cellCount = frame.cellCount + 16 * nodeCapacity
    memory = .allocate(
      byteCount: cellsOffset + cellCount * MemoryLayout<Cell>.stride,
      alignment: 64
    )
    records = memory.bindMemory(to: Record.self, capacity: capacity)
    records.initialize(
      repeating: Record(point: Point(x: 0, y: 0), mask: 0, next: -1),
      count: capacity
    )
    links = .allocate(capacity: capacity + 1) + 1
    (links - 1).initialize(repeating: .none, count: capacity + 1)
    cells = (memory + cellsOffset).bindMemory(to: Cell.self, capacity: cellCount)
    cells.initialize(repeating: .empty, count: frame.cellCount)
    // The nodes' own cells are written when a node is taken: memory never used is never touched.
    nodes = .allocate(capacity: nodeCapacity)
  }

  deinit {
    memory.deallocate()
    (links - 1).deallocate()
    nodes.deallocate()
    blocks.deallocate()
  }

  /// The bytes taken at the start. `touched` leaves out what has never been needed so far, which
  /// costs no memory on systems that give pages on first use.
  public func byteCount(touched: Bool = false) -> Int {
    let nodeCount = touched ? nodesTouched : nodeCapacity
    return capacity * (MemoryLayout<Record>.stride + MemoryLayout<Link>.stride)
      + (frame.cellCount + 16 * nodeCount) * MemoryLayout<Cell>.stride
      + nodeCount * MemoryLayout<Node>.stride + blocks.byteCount
  }

  // MARK: One slot

  /// Whether the slot is in the grid; `false` for numbers that are no slots.
  @inlinable
  public func contains(_ slot: Int32) -> Bool {
    slot >= 0 && Int(slot) < capacity && links[Int(slot)].leaf >= 0
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

  /// Puts a new point in. The slot must be in `0 ..< capacity` and not in the grid.
  public mutating func insert(_ slot: Int32, at point: Point, mask: UInt32) {
    precondition(slot >= 0 && Int(slot) < capacity, "slot out of range")
    precondition(links[Int(slot)].leaf < 0, "slot is in the grid already")
    count += 1
    records[Int(slot)] = Record(point: point, mask: mask, next: -1)
    let place = frame.place(of: point)
    let block = frame.block(of: place)
    link(slot, at: place, in: block)
    blocks.enter(block: block, mask: mask)
  }

  /// Puts the slot somewhere else; it keeps its mask. The slot must be in the grid.
  public mutating func move(_ slot: Int32, to point: Point) {
    precondition(contains(slot), "no such slot in the grid")
    let place = frame.place(of: point)
    let before = records[Int(slot)].point
    records[Int(slot)].point = point
    if !isLeaf(Int(links[Int(slot)].leaf), at: place, of: slot) {
      relink(slot, from: frame.place(of: before), to: place)
    }
  }

  /// Takes the slot out. The slot must be in the grid.
  public mutating func remove(_ slot: Int32) {
    precondition(contains(slot), "no such slot in the grid")
    count -= 1
    let place = frame.place(of: records[Int(slot)].point)
    let block = frame.block(of: place)
    unlink(slot, at: place, in: block)
    links[Int(slot)].leaf = -1
    blocks.leave(block: block, mask: records[Int(slot)].mask)
  }

  /// Gives the slot another mask. The slot must be in the grid.
  public mutating func setMask(_ slot: Int32, to mask: UInt32) {
    precondition(contains(slot), "no such slot in the grid")
    let before = records[Int(slot)].mask
    guard before != mask else { return }
    records[Int(slot)].mask = mask
    let block = frame.block(of: frame.place(of: records[Int(slot)].point))
    blocks.enter(block: block, mask: mask & ~before)
    blocks.leave(block: block, mask: before & ~mask)
  }

  /// Takes every slot out.
  public mutating func removeAll() {
    count = 0
    links.update(repeating: .none, count: capacity)
    cells.update(repeating: .empty, count: frame.cellCount)
    nodesTouched = 0
    nodeFree = -1
    blocks.removeAll()
  }
}
