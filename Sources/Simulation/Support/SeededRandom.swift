/// Draws that depend only on the seed, the purpose and what they are for, never on the order in
/// which they are made: two worlds of one seed give the same driver the same answer to the same
/// ride ("common random numbers"), and adding a draw somewhere changes none elsewhere.
///
/// The mixing function is SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  /// What a draw is for. Raw values are part of what a seed means: append, never renumber.
  public enum Purpose: UInt64, Sendable {
    case driverAnswer = 1
    case answerDelay = 2
    case patience = 3
    case requestLead = 4
    case cruise = 5
    case reportPhase = 6
    case syntheticSupply = 7
    case syntheticDemand = 8
    case placeInDistrict = 9
    case thinning = 10
    case compliance = 11
    case drivingNoise = 12
    case riderAdvice = 13
  }

  private var state: UInt64

  public init(seed: UInt64, purpose: Purpose, subject: UInt64 = 0, attempt: UInt64 = 0) {
    state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    state = Self.mix(state ^ Self.mix(purpose.rawValue &* 0xBF58_476D_1CE4_E5B9))
    state = Self.mix(state ^ Self.mix(subject &+ 0x94D0_49BB_1331_11EB))
    state = Self.mix(state ^ attempt)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A whole number in `0 ..< bound`; `bound` must be positive. Lemire's multiply-shift without the
  /// rejection step: the bias is below bound / 2⁶⁴.
  public mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Whether an event of `permyriad` / 10,000 happens.
  public mutating func happens(permyriad: Int) -> Bool { below(10_000) < permyriad }

  /// A number in `0 ..< 1` with 53 bits.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
