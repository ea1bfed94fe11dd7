/// A straight map from values to pixels.
package struct LinearScale: Sendable {
  package var lower: Double
  package var upper: Double
  package var from: Double
  package var to: Double

  /// `lower ... upper` onto the pixels `from ... to`; an empty range of values is widened by one.
  package init(_ lower: Double, _ upper: Double, onto from: Double, _ to: Double) {
    self.lower = lower
    self.upper = upper > lower ? upper : lower + 1
    self.from = from
    self.to = to
  }

  package func callAsFunction(_ value: Double) -> Double {
    from + (value - lower) / (upper - lower) * (to - from)
  }
}

/// Round numbers for axes.
package enum Ticks {
  /// Multiples of 1, 2 or 5 times a power of ten from 0 to at least `upper`, about `count` of them.
  package static func upTo(_ upper: Double, count: Int) -> [Double] {
    let top = upper.isFinite && upper > 0 ? upper : 1
    let step = step(top / Double(max(1, count)))
    var ticks = [0.0]
    var index = 1.0
    while ticks[ticks.count - 1] < top * (1 - 1e-9) {
      ticks.append(step * index)
      index += 1
    }
    return ticks
  }

  /// The least of 1, 2, 5 × 10ⁿ that is not below `least`.
  package static func step(_ least: Double) -> Double {
    guard least.isFinite, least > 0 else { return 1 }
    var power = 1.0
    while power > least { power /= 10 }
    while power * 10 <= least { power *= 10 }
    for factor in [1.0, 2, 5] where power * factor >= least * (1 - 1e-9) { return power * factor }
    return power * 10
  }

  /// A tick's number: whole where the step is, else with as many decimals as the step has.
  package static func label(_ value: Double, step: Double) -> String {
    if step >= 1 { return Decimals.grouped(Int64(value.rounded())) }
    return Decimals.fixed(value, places: step >= 0.1 ? 1 : 2) ?? ""
  }
}

/// Direct labels pushed apart vertically.
package enum Labels {
  /// Positions near `wanted`, in the same order of labels, at least `gap` apart and inside
  /// `lower ... upper` where there is room; ties keep the order given.
  package static func spread(
    _ wanted: [Double],
    gap: Double,
    within lower: Double,
    _ upper: Double
  ) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var placed = order.map { min(max(wanted[$0], lower), upper) }
    for index in placed.indices.dropFirst() {
      placed[index] = max(placed[index], placed[index - 1] + gap)
    }
    // Whatever was pushed past the end is pushed back, and its neighbours with it.
    var ceiling = upper
    for index in placed.indices.reversed() {
      placed[index] = min(placed[index], ceiling)
      ceiling = placed[index] - gap
    }
    var result = wanted
    for (index, original) in order.enumerated() { result[original] = placed[index] }
    return result
  }
}
