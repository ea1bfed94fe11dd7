/// Outside ids → slots: open addressing with linear probing, sized once for its bound, so that a
/// lookup is one or two cache lines and nothing grows. Four consecutive ids share a cache line:
/// those who count their ids meet a few lines again and again, and the others lose nothing. Never
/// iterated: order would be hash order.
package struct IDTable: ~Copyable {
  private struct Entry {
    var key: UInt64
    /// -1 = empty.
    var slot: Int32

    static var empty: Entry { Entry(key: 0, slot: -1) }
  }

  private let memory: UnsafeMutableRawPointer
  private let entries: UnsafeMutablePointer<Entry>
  private let mask: Int
  package private(set) var count = 0

  /// - Parameter bound: the most ids held at one time; the caller refuses beyond it.
  package init(bound: Int) {
    var size = 16
    while size < bound * 2 { size *= 2 }
    memory = .allocate(byteCount: size * MemoryLayout<Entry>.stride, alignment: 64)
    entries = memory.bindMemory(to: Entry.self, capacity: size)
    entries.initialize(repeating: .empty, count: size)
    mask = size - 1
  }

  deinit { memory.deallocate() }

  /// The slot of `key`, or `nil`.
  @inline(__always)
  package func find(_ key: UInt64) -> Int? {
    var index = home(key)
    while entries[index].slot >= 0 {
      if entries[index].key == key { return Int(entries[index].slot) }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// Adds a key that is not there.
  package mutating func insert(_ key: UInt64, slot: Int) {
    precondition(count * 2 <= mask + 1, "id table beyond its bound")
    var index = home(key)
    while entries[index].slot >= 0 {
      precondition(entries[index].key != key, "id \(key) inserted twice")
      index = (index &+ 1) & mask
    }
    entries[index] = Entry(key: key, slot: Int32(truncatingIfNeeded: slot))
    count += 1
  }

  /// Removes a key that is there, closing the gap so that no tombstone is left.
  package mutating func remove(_ key: UInt64) {
    var gap = home(key)
    while entries[gap].key != key || entries[gap].slot < 0 {
      precondition(entries[gap].slot >= 0, "id \(key) removed but not there")
      gap = (gap &+ 1) & mask
    }
    var index = gap
    while true {
      index = (index &+ 1) & mask
      guard entries[index].slot >= 0 else { break }
      // An entry may move back only as far as its home.
      if (index &- home(entries[index].key)) & mask >= (index &- gap) & mask {
        entries[gap] = entries[index]
        gap = index
      }
    }
    entries[gap].slot = -1
    count -= 1
  }

  /// Fibonacci hashing of all but the lowest two bits, which say where in the line.
  @inline(__always)
  private func home(_ key: UInt64) -> Int {
    let mixed = (key &>> 2 ^ key &>> 32) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: (mixed &>> 20 & ~3) | (key & 3)) & mask
  }
}
