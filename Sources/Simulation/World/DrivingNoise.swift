import Foundation

/// What separates the roads from the planner's model of them: each empty leg takes the model's time ×
/// exp(σ·z − σ²/2) × (1 + bias), z nearly standard normal. The factor's mean is 1 + bias, so noise
/// alone makes no leg longer on the mean.
struct DrivingNoise: Sendable {
  private let sigma: Double
  private let bias: Double
  private let seed: UInt64

  init(_ travel: Scenario.Travel, seed: UInt64) {
    sigma = Double(travel.noisePermyriad) / 10_000
    bias = Double(travel.biasPermyriad) / 10_000
    self.seed = seed
  }

  /// The true time of a leg in milliseconds.
  ///
  /// - Parameters:
  ///   - time: the model's.
  ///   - leg: what is driven to, a ride or a goal; the draw depends on it and the taxi alone.
  ///   - taxi: who drives.
  /// - Returns: at least 0; `time` itself without noise and bias.
  func time(_ time: Int32, leg: UInt64, taxi: UInt64) -> Int64 {
    guard sigma > 0 || bias > 0 else { return Int64(time) }
    var factor = 1 + bias
    if sigma > 0 {
      var random = SeededRandom(seed: seed, purpose: .drivingNoise, subject: leg, attempt: taxi)
      // Irwin and Hall's sum of twelve uniform draws: normal enough, bounded, and without logarithms.
      var z = -6.0
      for _ in 0..<12 { z += random.unit() }
      factor *= exp(sigma * z - sigma * sigma / 2)
    }
    // Rounded to a thousandth first: the last digits of exp are the platform's.
    return Int64(time) * Int64((factor * 1_000).rounded()) / 1_000
  }
}
