import LoadGenerator
import Testing

@Suite struct LatencyTests {
  /// One request a millisecond for ten seconds; the server answers at once, but for one second in
  /// which it answers nothing.
  private static func seen(_ intended: UInt64) -> UInt64 {
    let stall: Range<UInt64> = 4_000_000_000..<5_000_000_000
    return stall.contains(intended) ? stall.upperBound : intended + 100_000
  }

  @Test func `a stall is charged for everything that had to wait behind it`() {
    var corrected = LatencyRecorder()
    for index in 0..<10_000 {
      let intended = UInt64(index) * 1_000_000
      corrected.record(intended: intended, seen: Self.seen(intended))
    }
    let summary = corrected.summary
    #expect(summary.count == 10_000)
    #expect(abs(summary.p50 - 100) < 1)
    // A tenth of all waited, evenly from 0 to 1 s: the 99th of 100 waited for 0.9 s.
    #expect(abs(summary.p99 - 900_000) < 5_000)
    #expect(abs(summary.max - 1_000_000) < 1_000)
  }

  @Test func `a generator that waits for answers would have hidden it`() {
    // What coordinated omission looks like: one request of the stall is sent, the rest after it.
    var omitting = LatencyRecorder()
    var sent: UInt64 = 0
    while sent < 10_000_000_000 {
      let seen = Self.seen(sent)
      omitting.record(intended: sent, seen: seen)
      sent = max(sent + 1_000_000, seen)
    }
    #expect(omitting.summary.p99 < 101)
  }

  @Test func `percentiles are within a thousandth, and an early answer counts as none`() {
    var recorder = LatencyRecorder()
    for micros in 1...10_000 {
      recorder.record(intended: 1_000, seen: 1_000 + UInt64(micros) * 1_000)
    }
    let summary = recorder.summary
    for (found, wanted) in [
      (summary.p50, 5_000.0), (summary.p90, 9_000), (summary.p99, 9_900), (summary.p999, 9_990),
      (summary.max, 10_000),
    ] {
      #expect(abs(found - wanted) <= wanted / 1_000 + 1)
    }
    var early = LatencyRecorder()
    early.record(intended: 2_000, seen: 1_000)
    #expect(early.summary.max == 0)
    #expect(LatencyRecorder().summary.count == 0 && LatencyRecorder().summary.max == 0)
  }
}
