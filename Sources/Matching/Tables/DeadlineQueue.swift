/// What happens when a deadline passes. Raw values order deadlines of the same instant.
enum DeadlineKind: UInt8 {
  case offerExpires = 1
  case rideExpires = 2
  case rideDue = 3
  case taxiSilent = 4
  case rideForgotten = 5
}

/// A binary heap of deadlines, earliest first; ties by kind, then slot, then generation: a total
/// order, so that a queue rebuilt from the tables fires in the same order as the one it replaces.
///
/// Deletion is lazy: an entry whose subject has moved on is recognised when it surfaces.
struct DeadlineQueue {
  struct Entry: Equatable {
    var at: Millis
    var kind: DeadlineKind
    var slot: Int32
    var generation: UInt32

    func precedes(_ other: Entry) -> Bool {
      if at != other.at { return at < other.at }
      if kind != other.kind { return kind.rawValue < other.kind.rawValue }
      if slot != other.slot { return slot < other.slot }
      return generation < other.generation
    }
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }
  var earliest: Millis { heap.first?.at ?? .never }

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Drops the entries that `isOver` names. O(*n* log *n*).
  mutating func removeAll(where isOver: (Entry) -> Bool) {
    let before = heap
    heap.removeAll(keepingCapacity: true)
    for entry in before where !isOver(entry) { push(entry) }
  }

  mutating func push(_ entry: Entry) {
    var child = heap.count
    heap.append(entry)
    while child > 0 {
      let parent = (child - 1) / 2
      guard entry.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = entry
  }

  /// Takes the earliest entry; the queue must not be empty.
  mutating func pop() -> Entry {
    let top = heap[0]
    let last = heap.removeLast()
    guard !heap.isEmpty else { return top }
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(last) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
    return top
  }
}
