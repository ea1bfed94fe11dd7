import Synchronization

/// Slots that several threads fill, each its own, and one reads at the end.
final class Exchange<Value: Sendable>: Sendable {
  private let slots: Mutex<[Value?]>
  private let turn = Atomic<Int>(0)

  init(count: Int) { slots = Mutex(Array(repeating: nil, count: count)) }

  func set(_ value: Value, at index: Int) { slots.withLock { $0[index] = value } }

  var all: [Value?] { slots.withLock { $0 } }

  /// Hands out 0, 1, 2, … up to `bound`, each number once.
  func next(below bound: Int) -> Int? {
    let index = turn.add(1, ordering: .relaxed).oldValue
    return index < bound ? index : nil
  }
}
