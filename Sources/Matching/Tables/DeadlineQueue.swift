/// What happens when a deadline passes. Raw values order deadlines of the same instant.
package enum DeadlineKind: UInt8, CaseIterable {
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
package struct DeadlineQueue {
  package struct Entry: Equatable {
    package var at: Millis
    package var kind: DeadlineKind
    package var slot: Int32
    package var generation: UInt32

    package init(at: Millis, kind: DeadlineKind, slot: Int32, generation: UInt32) {
      self.at = at
      self.kind = kind
      self.slot = slot
      self.generation = generation
    }

    package func precedes(_ other: Entry) -> Bool {
      if at != other.at { return at < other.at }
      if kind != other.kind { return kind.rawValue < other.kind.rawValue }
      if slot != other.slot { return slot < other.slot }
      return generation < other.generation
    }
  }

  private var heap: [Entry] = []

  package init() {}

  /// Entries that fit without taking memory.
  package var capacity: Int { heap.capacity }
  package var count: Int { heap.count }
  package var earliest: Millis { heap.first?.at ?? .never }

  package mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Drops the entries that `isOver` names. O(*n* log *n*).
  package mutating func removeAll(where isOver: (Entry) -> Bool) {
    let before = heap
    heap.removeAll(keepingCapacity: true)
    for entry in before where !isOver(entry) { push(entry) }
  }

  package mutating func push(_ entry: Entry) {
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
  package mutating func pop() -> Entry {
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
