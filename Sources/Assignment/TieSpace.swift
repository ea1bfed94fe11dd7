/// The memory of the search for ties: rows are nodes 0 ..< rows, the pool is the last node.
struct TieSpace {
  private var nodeCapacity: Int
  private var edgeCapacity: Int

  /// The tight arcs of row *r* to columns it does not hold, and -1 for its opt-out when that is tight
  /// and not what it has, are `edges[starts[r] ..< ends[r]]`.
  var edges: UnsafeMutablePointer<Int32>
  var starts: UnsafeMutablePointer<Int32>
  var ends: UnsafeMutablePointer<Int32>
  /// Tarjan's numbering, 0 for a node not yet met; then marks of the searches for circles.
  var order: UnsafeMutablePointer<Int32>
  var low: UnsafeMutablePointer<Int32>
  /// The strongly connected component; -1 while open.
  var component: UnsafeMutablePointer<Int32>
  var stack: UnsafeMutablePointer<Int32>
  /// The nodes being visited, and for each node the next of its edges.
  var path: UnsafeMutablePointer<Int32>
  var next: UnsafeMutablePointer<Int32>
  /// Who gets what the node holds, if the circle under search closes.
  var receiver: UnsafeMutablePointer<Int32>

  init(nodes: Int, edges edgeCapacity: Int) {
    nodeCapacity = max(nodes, 1)
    self.edgeCapacity = max(edgeCapacity, 1)
    edges = .allocate(capacity: self.edgeCapacity)
    starts = .allocate(capacity: nodeCapacity)
    ends = .allocate(capacity: nodeCapacity)
    order = .allocate(capacity: nodeCapacity)
    low = .allocate(capacity: nodeCapacity)
    component = .allocate(capacity: nodeCapacity)
    stack = .allocate(capacity: nodeCapacity)
    path = .allocate(capacity: nodeCapacity)
    next = .allocate(capacity: nodeCapacity)
    receiver = .allocate(capacity: nodeCapacity)
  }

  func deallocate() {
    edges.deallocate()
    starts.deallocate()
    ends.deallocate()
    order.deallocate()
    low.deallocate()
    component.deallocate()
    stack.deallocate()
    path.deallocate()
    next.deallocate()
    receiver.deallocate()
  }

  mutating func reserve(nodes: Int, edges: Int) {
    if nodes <= nodeCapacity, edges <= edgeCapacity { return }
    let nodes = max(nodes + nodes / 2, nodeCapacity)
    let edges = max(edges + edges / 2, edgeCapacity)
    deallocate()
    self = TieSpace(nodes: nodes, edges: edges)
  }
}
