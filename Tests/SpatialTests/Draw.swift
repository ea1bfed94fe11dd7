/// Draws for tests: the same seed gives the same case on every machine.
///
/// SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014.
struct Draw: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  /// Any 32 bits, with the small, the round and the extreme ones much more often than by chance.
  mutating func awkward() -> Int32 {
    switch below(4) {
    case 0: Int32(truncatingIfNeeded: next())
    case 1: Int32(within(-3...3))
    case 2: [Int32.min, Int32.min + 1, Int32.max, Int32.max - 1][below(4)]
    default: Int32(truncatingIfNeeded: 1 << below(32)) &+ Int32(within(-1...1))
    }
  }
}

/// The seeds of a random test: those that once failed, and some that are always tried.
enum Seeds {
  static let regressions: [UInt64] = []

  static func fresh(_ count: Int) -> [UInt64] { (1...UInt64(count)).map { $0 &* 7_919 } }
}
