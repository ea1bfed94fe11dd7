/// Durations counted in buckets whose upper ends grow by a quarter of a power of two: 1 µs to 68 s
/// with an error of at most 19 %. Fixed memory; adding costs a few instructions.
package struct Histogram: Sendable {
  /// Upper ends in nanoseconds.
  package static let bounds: [UInt64] = (0..<105).map { step in
    let power = UInt64(1_000) << UInt64(step / 4)
    return power + power * UInt64(step % 4) / 4
  }

  /// By bound; one more for what is beyond the last.
  package private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
  package private(set) var count: UInt64 = 0
  package private(set) var sumNanos: UInt64 = 0
  package private(set) var maxNanos: UInt64 = 0

  package init() {}

  package mutating func add(_ nanos: UInt64) {
    count += 1
    sumNanos &+= nanos
    maxNanos = max(maxNanos, nanos)
    var low = 0
    var high = Self.bounds.count
    while low < high {
      let middle = (low + high) / 2
      if Self.bounds[middle] < nanos { low = middle + 1 } else { high = middle }
    }
    counts[low] += 1
  }

  /// The upper end of the bucket in which the given share of all durations is reached, in
  /// nanoseconds; 0 when there is none. `permille` in 0…1000.
  package func quantile(permille: UInt64) -> UInt64 {
    guard count > 0 else { return 0 }
    let wanted = max((count * permille + 999) / 1_000, 1)
    var seen: UInt64 = 0
    for (index, own) in counts.enumerated() {
      seen += own
      if seen >= wanted { return index < Self.bounds.count ? Self.bounds[index] : maxNanos }
    }
    return maxNanos
  }
}
