import Foundation
import Simulation
import Testing

/// Seeds that once failed, and fresh ones: a failure names its seed.
private let seeds: [UInt64] = [1, 2] + (0..<6).map { _ in UInt64.random(in: 0...UInt64.max) }

@Suite struct DecimalsTests {
  @Test func `a ratio is rounded half away from zero`() {
    #expect(Decimals.fixed(1, over: 8, places: 2) == "0.13")
    #expect(Decimals.fixed(-1, over: 8, places: 2) == "-0.13")
    #expect(Decimals.fixed(2, over: 3, places: 6) == "0.666667")
    #expect(Decimals.fixed(-1, over: 1_000, places: 2) == "0.00")
    #expect(Decimals.fixed(7, over: 1, places: 0) == "7")
  }

  @Test func `a ratio of nothing is not a number`() {
    #expect(Decimals.fixed(1, over: 0, places: 2) == nil)
    #expect(Decimals.percent(Ratio(0, 0)) == nil)
  }

  @Test func `the largest totals do not overflow`() {
    #expect(Decimals.fixed(Int64.max, over: Int64.max, places: 6) == "1.000000")
    #expect(Decimals.fixed(Int64.max, over: 1_000, places: 3) == "9223372036854775.807")
    #expect(Decimals.percent(Ratio(Int64.max, 1)) == nil)
  }

  @Test func `what is no finite number has no digits`() {
    #expect(Decimals.fixed(Double.nan, places: 2) == nil)
    #expect(Decimals.fixed(Double.infinity, places: 2) == nil)
    #expect(Decimals.coordinate(.nan) == "0")
  }

  @Test func `coordinates lose their trailing zeros`() {
    #expect(Decimals.coordinate(12) == "12")
    #expect(Decimals.coordinate(12.5) == "12.5")
    #expect(Decimals.coordinate(-0.001) == "0")
    #expect(Decimals.coordinate(100) == "100")
  }

  @Test func `thousands are grouped`() {
    #expect(Decimals.grouped(0) == "0")
    #expect(Decimals.grouped(999) == "999")
    #expect(Decimals.grouped(1_234_567) == "1,234,567")
    #expect(Decimals.grouped(-1_234) == "\u{2212}1,234")
    #expect(Decimals.grouped(Int64.min) == "\u{2212}9,223,372,036,854,775,808")
  }

  @Test func `a change carries its sign and few digits`() {
    #expect(Decimals.change(from: 2, to: 0.84) == "\u{2212}58 %")
    #expect(Decimals.change(from: 100, to: 103.44) == "+3.4 %")
    #expect(Decimals.change(from: 100, to: 100.01) == "\u{00B1}0 %")
    #expect(Decimals.change(from: 0, to: 1) == nil)
    #expect(Decimals.change(from: nil, to: 1) == nil)
  }

  @Test func `a span reads as minutes and seconds`() {
    #expect(Decimals.clock(0) == "0:00")
    #expect(Decimals.clock(187_400) == "3:07")
    #expect(Decimals.clock(59_500) == "1:00")
    #expect(Decimals.clock(7_260_000) == "121:00")
  }

  @Test(arguments: seeds)
  func `ratios agree with long division by hand`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    for _ in 0..<500 {
      let denominator = Int64(random.below(1_000_000) + 1)
      let numerator = Int64(random.below(1_000_000_000))
      // Digit after digit, one more than is wanted, then rounded in decimal.
      var digits = [numerator / denominator]
      var rest = numerator % denominator
      for _ in 0..<3 {
        rest *= 10
        digits.append(rest / denominator)
        rest %= denominator
      }
      var thousandths = digits[0] * 1_000 + digits[1] * 100 + digits[2] * 10 + digits[3]
      if rest * 2 >= denominator { thousandths += 1 }
      let decimals = String(thousandths % 1_000)
      let padded = String(repeating: "0", count: 3 - decimals.count) + decimals
      let expected = "\(thousandths / 1_000).\(padded)"
      #expect(Decimals.fixed(numerator, over: denominator, places: 3) == expected, "seed \(seed)")
    }
  }
}

@Suite struct CivilTimeTests {
  @Test func `an instant is printed with its offset`() {
    let stamp: Int64 = 1_357_017_000_123
    #expect(CivilTime.iso(stamp, utcOffsetSeconds: -18_000) == "2013-01-01T00:10:00.123-05:00")
    #expect(CivilTime.iso(stamp, utcOffsetSeconds: 19_800) == "2013-01-01T10:40:00.123+05:30")
  }

  @Test func `a span names its day once`() {
    let start: Int64 = 1_357_017_000_000
    let hour = CivilTime.span(from: start, to: start + 3_000_000, utcOffsetSeconds: -18_000)
    #expect(hour == "1 Jan 2013, 00:10–01:00 (UTC\u{2212}05:00)")
    let days = CivilTime.span(from: start, to: start + 172_800_000, utcOffsetSeconds: 0)
    #expect(days == "1 Jan 2013, 05:10 – 3 Jan 2013, 05:10 (UTC+00:00)")
  }

  @Test func `the ends of time do not trap`() {
    for stamp in [Int64.min, Int64.max] {
      let civil = CivilTime(unixMilliseconds: stamp, utcOffsetSeconds: 36_000)
      #expect((1...12).contains(civil.month))
      #expect((0...6).contains(civil.weekday))
      #expect(!CivilTime.iso(stamp, utcOffsetSeconds: -36_000).isEmpty)
    }
  }

  @Test(arguments: seeds)
  func `dates agree with the calendar of Foundation`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    var calendar = Calendar(identifier: .gregorian)
    for _ in 0..<200 {
      let offset = (random.below(27) - 12) * 3_600
      calendar.timeZone = try #require(TimeZone(secondsFromGMT: offset))
      let seconds = random.below(9_000_000_000) - 2_000_000_000
      let civil = CivilTime(
        unixMilliseconds: Int64(seconds) * 1_000,
        utcOffsetSeconds: offset
      )
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second, .weekday],
        from: Date(timeIntervalSince1970: Double(seconds))
      )
      #expect(Int(civil.year) == parts.year, "seed \(seed), \(seconds) s")
      #expect(civil.month == parts.month, "seed \(seed), \(seconds) s")
      #expect(civil.day == parts.day, "seed \(seed), \(seconds) s")
      #expect(civil.hour == parts.hour, "seed \(seed), \(seconds) s")
      #expect(civil.minute == parts.minute, "seed \(seed), \(seconds) s")
      #expect(civil.second == parts.second, "seed \(seed), \(seconds) s")
      // Foundation's week begins on Sunday, as 1.
      #expect((civil.weekday + 1) % 7 + 1 == parts.weekday, "seed \(seed), \(seconds) s")
    }
  }
}
