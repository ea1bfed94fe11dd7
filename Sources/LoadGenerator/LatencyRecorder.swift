import Histogram

/// Latencies of one kind, counted from the instant that the plan meant something to be sent, not
/// from when it was sent: a server, or a generator, that stalls is charged for everything that had
/// to wait behind the stall ("coordinated omission", G. Tene, "How NOT to measure latency", 2015).
package struct LatencyRecorder {
  /// In nanoseconds, with three significant digits; up to an hour.
  private var histogram: Histogram<UInt32>

  package init() {
    histogram = Histogram(
      highestTrackableValue: 3_600_000_000_000,
      numberOfSignificantValueDigits: .three
    )
  }

  /// - Parameters:
  ///   - intended: when it should have been sent, nanoseconds of a monotonic clock.
  ///   - seen: when its answer was read.
  package mutating func record(intended: UInt64, seen: UInt64) {
    histogram.record(seen > intended ? seen - intended : 0)
  }

  package var count: Int { Int(histogram.totalCount) }

  package var summary: LatencySummary {
    guard count > 0 else { return LatencySummary() }
    func micros(_ percentile: Double) -> Double {
      Double(histogram.valueAtPercentile(percentile)) / 1_000
    }
    return LatencySummary(
      count: count,
      p50: micros(50),
      p90: micros(90),
      p99: micros(99),
      p999: micros(99.9),
      max: micros(100)
    )
  }
}

/// Percentiles in microseconds; all 0 when nothing was counted.
public struct LatencySummary: Codable, Equatable, Sendable {
  public var count = 0
  public var p50 = 0.0
  public var p90 = 0.0
  public var p99 = 0.0
  public var p999 = 0.0
  public var max = 0.0
}
