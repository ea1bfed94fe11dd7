import Foundation

/// Student's t distribution, as far as a 95 % interval of a mean needs it.
package enum Student {
  /// The mean of a sample and how far it may be off.
  package struct Interval: Equatable, Sendable {
    package var mean: Double
    /// Half the width of the 95 % interval; `nil` for a sample of one.
    package var half: Double?
    package var count: Int
  }

  /// The mean and its 95 % interval, mean ± t · s ÷ √n with n − 1 degrees of freedom; `nil` for an
  /// empty sample.
  package static func interval(_ sample: [Double]) -> Interval? {
    guard !sample.isEmpty else { return nil }
    let count = Double(sample.count)
    let mean = sample.reduce(0, +) / count
    guard sample.count > 1 else { return Interval(mean: mean, half: nil, count: 1) }
    let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / (count - 1)).squareRoot()
    let half = quantile(within: 0.95, freedom: sample.count - 1) * deviation / count.squareRoot()
    return Interval(mean: mean, half: half, count: sample.count)
  }

  /// The t with P(|T| ≤ t) = `share`, between 0 and 1, to twelve digits; `freedom` are the degrees of
  /// freedom, at least 1.
  package static func quantile(within share: Double, freedom: Int) -> Double {
    var low = 0.0
    var high = Double.pi / 2
    // Halved until the two ends are neighbours.
    for _ in 0..<70 {
      let middle = (low + high) / 2
      if within(angle: middle, freedom: freedom) < share { low = middle } else { high = middle }
    }
    return Double(freedom).squareRoot() * tan((low + high) / 2)
  }

  /// P(|T| ≤ √ν · tan θ): M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions" (1964),
  /// 26.7.3 and 26.7.4, finite sums for whole ν.
  static func within(angle: Double, freedom: Int) -> Double {
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = freedom % 2 == 1
    var term = isOdd ? cosine : 1
    var sum = freedom == 1 ? 0 : term
    var power = isOdd ? 3 : 2
    while power <= freedom - 2 {
      term *= cosine * cosine * Double(power - 1) / Double(power)
      sum += term
      power += 2
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}
