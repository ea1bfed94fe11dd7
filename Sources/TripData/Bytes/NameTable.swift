import Foundation

/// Numbers for names, in order of first sight, without a string per look-up.
///
/// Open addressing over FNV-1a hashes (G. Fowler, L. Noll, K.-P. Vo); names stand one after the
/// other in one array of bytes.
struct NameTable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]
  private var slots = [Int32](repeating: -1, count: 1 << 10)
  private var hashes: [UInt64] = []
  /// Traces name the same taxi row after row.
  private var last: Int32 = -1

  var count: Int { hashes.count }

  /// The number of the name, given now if it is new.
  mutating func number(of name: Field) -> Int32 {
    if last >= 0, matches(last, name) { return last }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    // The low bits of FNV depend on the low bits of the input alone: fold the high ones in.
    hash ^= hash >> 32
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let candidate = slots[slot]
      if hashes[Int(candidate)] == hash, matches(candidate, name) {
        last = candidate
        return candidate
      }
      slot = (slot + 1) & mask
    }
    let number = Int32(hashes.count)
    slots[slot] = number
    hashes.append(hash)
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    if hashes.count * 2 > slots.count { grow() }
    last = number
    return number
  }

  /// The names in order of number.
  var names: [String] {
    (0..<count).map { String(decoding: bytes[ends[$0]..<ends[$0 + 1]], as: UTF8.self) }
  }

  /// For each number, its rank among the names in order of their bytes.
  var ranks: [Int32] {
    let order = (0..<count).sorted { left, right in
      bytes[ends[left]..<ends[left + 1]].lexicographicallyPrecedes(
        bytes[ends[right]..<ends[right + 1]]
      )
    }
    var ranks = [Int32](repeating: 0, count: count)
    for (rank, number) in order.enumerated() { ranks[number] = Int32(rank) }
    return ranks
  }

  private func matches(_ number: Int32, _ name: Field) -> Bool {
    let start = ends[Int(number)]
    guard ends[Int(number) + 1] - start == name.count, let other = name.baseAddress else {
      return false
    }
    return bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return false }
      return memcmp(base + start, other, name.count) == 0
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}
