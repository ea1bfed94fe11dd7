/// A heap of 64-bit keys, the least on top, four children a node: a key's upper half is a distance,
/// its lower half a row or column number, so equal distances leave in order of number and nothing
/// depends on the heap's shape.
///
/// Grows when full and never shrinks. Its owner frees it.
struct MinHeap {
  private(set) var count = 0
  private var capacity: Int
  private var keys: UnsafeMutablePointer<UInt64>

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    keys = .allocate(capacity: self.capacity)
  }

  func deallocate() { keys.deallocate() }

  static func key(_ distance: UInt32, _ number: Int32) -> UInt64 {
    UInt64(distance) &<< 32 | UInt64(UInt32(bitPattern: number))
  }

  /// The least key; the heap must not be empty.
  var top: UInt64 { keys[0] }

  mutating func removeAll() { count = 0 }

  mutating func push(_ key: UInt64) {
    if count == capacity {
      keys = moved(keys, count: count, capacity: 2 * capacity)
      capacity *= 2
    }
    var hole = count
    count &+= 1
    while hole > 0 {
      let parent = (hole &- 1) &>> 2
      let other = keys[parent]
      if other <= key { break }
      keys[hole] = other
      hole = parent
    }
    keys[hole] = key
  }

  /// Removes and returns the least key; the heap must not be empty.
  mutating func pop() -> UInt64 {
    let least = keys[0]
    count &-= 1
    if count > 0 { sink(keys[count]) }
    return least
  }

  /// Puts `key` where the top was: one descent for a pop followed by a push.
  mutating func replaceTop(with key: UInt64) { sink(key) }

  private mutating func sink(_ key: UInt64) {
    let keys = keys
    let count = count
    var hole = 0
    while true {
      let first = hole &<< 2 &+ 1
      if first >= count { break }
      var child = first
      var least = keys[first]
      let end = min(first &+ 4, count)
      var other = first &+ 1
      while other < end {
        let candidate = keys[other]
        if candidate < least {
          least = candidate
          child = other
        }
        other &+= 1
      }
      if key <= least { break }
      keys[hole] = least
      hole = child
    }
    keys[hole] = key
  }
}
