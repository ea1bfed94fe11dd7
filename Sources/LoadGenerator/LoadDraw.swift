import Glibc
import LineProtocol
import Matching
import Spatial

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014): one word of state, so that each
/// matter has a stream of its own and one more taxi does not change the rides.
package struct LoadDraw: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameters:
  ///   - seed: of the plan.
  ///   - matter: which of the seed's streams.
  package init(seed: UInt64, matter: UInt64) {
    state = seed
    let first = next()
    state = first ^ (matter &* 0xD1B5_4A32_D192_ED03)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func place(in box: GeoBox) -> GeoPoint {
    GeoPoint(
      latitude: Int32.random(in: box.south...box.north, using: &self),
      longitude: Int32.random(in: box.west...box.east, using: &self)
    )
  }

  /// Nanoseconds, evenly from a range of milliseconds.
  mutating func delay(_ range: ClosedRange<Millis>) -> UInt64 {
    let nanos = range.lowerBound.count * 1_000_000...range.upperBound.count * 1_000_000
    return UInt64(clamping: Int64.random(in: nanos, using: &self))
  }

  /// The time to the next event of a Poisson process, in nanoseconds.
  mutating func gap(perSecond rate: Double) -> UInt64 {
    // 53 bits, from above 0 to 1: the logarithm is finite.
    let even = (Double(next() >> 11) + 1) / 9_007_199_254_740_992
    return UInt64(min(-log(even) / rate * 1_000_000_000, 1e15))
  }
}

/// One ride that will be asked for.
package struct PlannedRequest: Equatable {
  /// Nanoseconds after the start.
  package var due: UInt64
  package var from: GeoPoint
  package var to: GeoPoint
}

/// The rides of a plan, in the order of their instants.
package struct RequestStream {
  private let plan: LoadPlan
  private var draw: LoadDraw
  private var due: UInt64 = 0

  package init(_ plan: LoadPlan) {
    self.plan = plan
    draw = LoadDraw(seed: plan.seed, matter: 2)
  }

  /// `nil` when the plan's time is over.
  package mutating func next() -> PlannedRequest? {
    guard plan.requestsPerSecond > 0 else { return nil }
    due += draw.gap(perSecond: plan.requestsPerSecond)
    guard due < UInt64(plan.length.count) * 1_000_000 else { return nil }
    return PlannedRequest(due: due, from: draw.place(in: plan.box), to: draw.place(in: plan.box))
  }
}
