/// Outside names as dense numbers, and back: looked up once, at the door, so that nothing behind it
/// hashes a string.
///
/// A name is 1 to 64 bytes. Its place is an index below `capacity`; its id is the index together with
/// how many names had come when it came, so that an id kept past its name's release is recognised
/// instead of naming a stranger. Open addressing with linear probing; a seed drawn at start keeps a sender from
/// choosing names that collide. Memory is touched as names come.
package struct NameTable: ~Copyable {
  package static let nameBytesMax = 64

  package let capacity: Int
  package private(set) var count = 0

  private let seed: UInt64
  private let slotMask: Int
  /// Index + 1 of the name that is there; 0 = empty.
  private let slots: UnsafeMutablePointer<UInt32>
  /// By index, each name at a stride of its greatest length.
  private let bytes: UnsafeMutablePointer<UInt8>
  private let records: UnsafeMutablePointer<Record>
  private var used = 0
  private var free: [UInt32] = []
  /// Of the last name that was taken in.
  private var newest: UInt32 = 0

  private struct Record {
    var hash: UInt32
    var generation: UInt32
    /// 0 = the place is free.
    var length: UInt8
  }

  /// - Parameters:
  ///   - capacity: names known at one time, 1 … 2³⁰.
  ///   - seed: of the hash.
  package init(capacity: Int, seed: UInt64) {
    precondition((1...(1 << 30)).contains(capacity), "room for \(capacity) names")
    self.capacity = capacity
    self.seed = seed
    var slotCount = 16
    while slotCount < capacity * 2 { slotCount *= 2 }
    slotMask = slotCount - 1
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    bytes = .allocate(capacity: capacity * Self.nameBytesMax)
    records = .allocate(capacity: capacity)
  }

  deinit {
    slots.deallocate()
    bytes.deallocate()
    records.deallocate()
  }

  /// The index of a known name.
  package func find(_ name: Span<UInt8>) -> Int? {
    guard (1...Self.nameBytesMax).contains(name.count) else { return nil }
    let hash = hash(name)
    var slot = Int(hash) & slotMask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if records[index].hash == hash, isEqual(name, index) { return index }
      slot = (slot + 1) & slotMask
    }
    return nil
  }

  /// Takes a name in that is not known; `nil` when the table is full or the name has no fit length.
  package mutating func insert(_ name: Span<UInt8>) -> Int? {
    guard (1...Self.nameBytesMax).contains(name.count) else { return nil }
    let index: Int
    var before: UInt32 = 0
    // Places that were adopted since they were free may still stand in the list.
    while let last = free.last, isUsed(Int(last)) { free.removeLast() }
    if let last = free.popLast() {
      index = Int(last)
      before = records[index].generation
    } else {
      guard used < capacity else { return nil }
      index = used
      used += 1
    }
    // Ids grow in the order in which names came, so that whoever breaks a tie by id breaks it by age.
    place(name, at: index, max(newest, before) &+ 1)
    return index
  }

  /// Takes a name in under the id that another table gave it: what a journal tells of is known by the
  /// same numbers wherever it is read.
  ///
  /// - Returns: its index; `nil` when the id's place is beyond the table or in use, the name is known
  ///   or has no fit length, or the place was used later than that.
  package mutating func adopt(_ name: Span<UInt8>, id: UInt64) -> Int? {
    let index = Int(id & 0xFFFF_FFFF)
    guard (1...Self.nameBytesMax).contains(name.count), index < capacity, !isUsed(index),
      find(name) == nil
    else { return nil }
    reach(index)
    guard records[index].generation < UInt32(id >> 32) else { return nil }
    place(name, at: index, UInt32(id >> 32))
    return index
  }

  /// How often a place was used so far; 0 = never.
  package func generation(at index: Int) -> UInt32 { index < used ? records[index].generation : 0 }

  /// Says how often a free place was used so far.
  package mutating func setGeneration(_ generation: UInt32, at index: Int) {
    precondition(index < capacity && !isUsed(index), "a name is at \(index)")
    reach(index)
    records[index].generation = generation
    newest = max(newest, generation)
  }

  /// Makes places up to an index known, as free ones.
  private mutating func reach(_ index: Int) {
    while used <= index {
      (records + used).initialize(to: Record(hash: 0, generation: 0, length: 0))
      free.append(UInt32(used))
      used += 1
    }
  }

  private mutating func place(_ name: Span<UInt8>, at index: Int, _ generation: UInt32) {
    newest = max(newest, generation)
    let hash = hash(name)
    let start = bytes + index * Self.nameBytesMax
    for place in 0..<name.count { start[place] = name[place] }
    (records + index).initialize(
      to: Record(hash: hash, generation: generation, length: UInt8(name.count))
    )
    var slot = Int(hash) & slotMask
    while slots[slot] != 0 { slot = (slot + 1) & slotMask }
    slots[slot] = UInt32(index + 1)
    count += 1
  }

  /// Forgets a name; the index must be in use.
  package mutating func release(_ index: Int) {
    precondition(isUsed(index), "no name at \(index)")
    var hole = Int(records[index].hash) & slotMask
    while slots[hole] != UInt32(index + 1) { hole = (hole + 1) & slotMask }
    // Names after the hole move up, unless they would come to stand before their own place.
    var next = (hole + 1) & slotMask
    while slots[next] != 0 {
      let home = Int(records[Int(slots[next]) - 1].hash) & slotMask
      if (next - home) & slotMask >= (next - hole) & slotMask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & slotMask
    }
    slots[hole] = 0
    records[index].length = 0
    free.append(UInt32(index))
    count -= 1
  }

  /// Indices from here on were never used.
  package var usedCount: Int { used }

  package func isUsed(_ index: Int) -> Bool {
    index >= 0 && index < used && records[index].length > 0
  }

  /// The bytes at an index in use; not to be kept.
  package func name(at index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: bytes + index * Self.nameBytesMax,
      count: Int(records[index].length)
    )
  }

  /// What the engine knows the name by: never 0, and never given twice.
  package func id(at index: Int) -> UInt64 {
    UInt64(records[index].generation) << 32 | UInt64(index)
  }

  /// The index of an id; `nil` when its name was released.
  package func index(of id: UInt64) -> Int? {
    let index = Int(id & 0xFFFF_FFFF)
    guard isUsed(index), records[index].generation == UInt32(id >> 32) else { return nil }
    return index
  }

  private func isEqual(_ name: Span<UInt8>, _ index: Int) -> Bool {
    guard Int(records[index].length) == name.count else { return false }
    let start = bytes + index * Self.nameBytesMax
    for place in 0..<name.count where start[place] != name[place] { return false }
    return true
  }

  /// Eight bytes at a time, each step one wide product folded upon itself.
  private func hash(_ name: Span<UInt8>) -> UInt32 {
    var hash = seed ^ UInt64(name.count)
    var place = 0
    while place < name.count {
      var word: UInt64 = 0
      let end = min(place + 8, name.count)
      while place < end {
        word = word << 8 | UInt64(name[place])
        place += 1
      }
      let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = product.high ^ product.low ^ seed
    }
    let product = hash.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return UInt32(truncatingIfNeeded: (product.high ^ product.low) >> 16)
  }
}
