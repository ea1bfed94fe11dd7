/// Outside ids → slots: open addressing with linear probing, sized once for its bound, so that a
/// lookup is one or two cache lines and nothing grows. Never iterated: order would be hash order.
package struct IDTable: ~Copyable {
  private let keys: UnsafeMutablePointer<UInt64>
  /// -1 = empty.
  private let values: UnsafeMutablePointer<Int32>
  private let mask: Int
  package private(set) var count = 0

  /// - Parameter bound: the most ids held at one time; the caller refuses beyond it.
  package init(bound: Int) {
    var size = 16
    while size < bound * 2 { size *= 2 }
    keys = .allocate(capacity: size)
    keys.initialize(repeating: 0, count: size)
    values = .allocate(capacity: size)
    values.initialize(repeating: -1, count: size)
    mask = size - 1
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// The slot of `key`, or `nil`.
  @inline(__always)
  package func find(_ key: UInt64) -> Int? {
    var index = home(key)
    while values[index] >= 0 {
      if keys[index] == key { return Int(values[index]) }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// Adds a key that is not there.
  package mutating func insert(_ key: UInt64, slot: Int) {
    precondition(count * 2 <= mask + 1, "id table beyond its bound")
    var index = home(key)
    while values[index] >= 0 {
      precondition(keys[index] != key, "id \(key) inserted twice")
      index = (index &+ 1) & mask
    }
    keys[index] = key
    values[index] = Int32(truncatingIfNeeded: slot)
    count += 1
  }

  /// Removes a key that is there, closing the gap so that no tombstone is left.
  package mutating func remove(_ key: UInt64) {
    var gap = home(key)
    while keys[gap] != key || values[gap] < 0 {
      precondition(values[gap] >= 0, "id \(key) removed but not there")
      gap = (gap &+ 1) & mask
    }
    var index = gap
    while true {
      index = (index &+ 1) & mask
      guard values[index] >= 0 else { break }
      // An entry may move back only as far as its home.
      if (index &- home(keys[index])) & mask >= (index &- gap) & mask {
        keys[gap] = keys[index]
        values[gap] = values[index]
        gap = index
      }
    }
    values[gap] = -1
    count -= 1
  }

  /// Fibonacci hashing: spreads consecutive ids, which are the common case.
  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    let mixed = (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & mask
  }
}
