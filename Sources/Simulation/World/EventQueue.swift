/// What the simulated city does next. Raw values order what happens in the same millisecond.
enum WorldEventKind: UInt8 {
  /// A vacant taxi comes within sight of a rider.
  case meeting = 0
  /// A taxi reaches the pickup.
  case arrival = 1
  case dropOff = 2
  /// A cruising or guided taxi gets where it was going.
  case cruiseEnd = 3
  case offlineEnd = 4
  case offlineStart = 5
  case shiftEnd = 6
  /// A driver answers an offer.
  case accept = 7
  case decline = 8
  case patienceEnd = 9
  /// A local day begins, and with it another forecast.
  case dayStart = 10
  /// A rider who walked gets to the kerb.
  case walkEnd = 11
}

struct WorldEvent {
  var at: Int64
  var kind: WorldEventKind
  /// A taxi, or a ride for ``WorldEventKind/patienceEnd`` and ``WorldEventKind/walkEnd``.
  var subject: Int32
  /// Compared with the subject's present stamp: an event whose subject has moved on is void.
  var stamp: UInt32
  /// An offer's number, for the answers; a ride, for meetings.
  var offer: UInt64 = 0

  func precedes(_ other: WorldEvent) -> Bool {
    if at != other.at { return at < other.at }
    if kind != other.kind { return kind.rawValue < other.kind.rawValue }
    if subject != other.subject { return subject < other.subject }
    if stamp != other.stamp { return stamp < other.stamp }
    return offer < other.offer
  }
}

/// A binary heap of events in the total order of ``WorldEvent/precedes(_:)``.
struct WorldEventQueue {
  private var heap: [WorldEvent] = []

  var nextAt: Int64 { heap.first?.at ?? .max }

  mutating func push(_ event: WorldEvent) {
    var child = heap.count
    heap.append(event)
    while child > 0 {
      let parent = (child - 1) / 2
      guard event.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = event
  }

  /// Takes the first event; the queue must not be empty.
  mutating func pop() -> WorldEvent {
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
