/// A command whose answer is awaited.
package struct Pending {
  package enum Kind: UInt8 {
    case hello, on, off, request, accept, arrive, board, drop, ping, stat, cancel
  }

  package var kind: Kind
  /// A taxi or a ride, by kind.
  package var index: Int32
  /// When it should have been sent, in nanoseconds.
  package var due: UInt64

  package init(kind: Kind, index: Int32, due: UInt64) {
    self.kind = kind
    self.index = index
    self.due = due
  }
}

/// The commands of one connection that wait for answers. Each has a number, its tag; answers come
/// in the order of the commands, so one that is passed over is lost.
package struct PendingQueue {
  private var items: [Pending] = []
  private var head = 0
  private var firstNumber = 0
  package private(set) var lost = 0

  package init() {}

  package var count: Int { items.count - head }

  /// - Returns: the tag's number.
  package mutating func add(_ pending: Pending) -> Int {
    items.append(pending)
    return firstNumber + items.count - 1
  }

  /// The command that an answer belongs to; `nil` when there is none.
  package mutating func take(_ number: Int) -> Pending? {
    let index = number - firstNumber
    guard index >= head, index < items.count else { return nil }
    lost += index - head
    head = index + 1
    let found = items[index]
    if head == items.count {
      firstNumber += items.count
      items.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 4_096 {
      items.removeFirst(head)
      firstNumber += head
      head = 0
    }
    return found
  }
}

/// Something that a driver does at an instant.
package struct DriverAction: Equatable {
  /// Nanoseconds.
  package var due: UInt64
  package var ride: Int32
  /// Of the ride when this was planned; another means that things went another way.
  package var step: UInt32
  package var kind: Pending.Kind

  package init(due: UInt64, ride: Int32, step: UInt32, kind: Pending.Kind) {
    self.due = due
    self.ride = ride
    self.step = step
    self.kind = kind
  }
}

/// A binary heap by instant; the ride's number ends the comparison.
package struct ActionHeap {
  private var items: [DriverAction] = []

  package init() {}

  package var first: DriverAction? { items.first }
  package var count: Int { items.count }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (items[a].due, items[a].ride, items[a].step) < (items[b].due, items[b].ride, items[b].step)
  }

  package mutating func add(_ action: DriverAction) {
    items.append(action)
    var at = items.count - 1
    while at > 0, isBefore(at, (at - 1) / 2) {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  /// The first that is due.
  package mutating func take(until now: UInt64) -> DriverAction? {
    guard let first = items.first, first.due <= now else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    items[0] = last
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < items.count && isBefore(child, least) {
        least = child
      }
      if least == at { return first }
      items.swapAt(at, least)
      at = least
    }
  }
}
