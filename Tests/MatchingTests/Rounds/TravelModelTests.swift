import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct TravelModelTests {
  static let straight = StraightLineModel(detourPermille: 1_357, millimetresPerSecond: 7_777)

  /// Paces that fall with distance and differ by the hour.
  static func learned() throws -> LearnedModel {
    let knots: [Int32] = [0, 3_000, 10_000, 40_000, 150_000]
    var times: [Int32] = []
    for hour in 0..<LearnedModel.hoursPerWeek {
      let slow = 100 + Int64(hour % 24)
      var time: Int64 = 0
      times.append(0)
      for (index, pace) in ([40, 31, 22, 15] as [Int64]).enumerated() {
        time += Int64(knots[index + 1] - knots[index]) * pace * slow / 1_000
        times.append(Int32(time))
      }
    }
    return try LearnedModel(
      knots: knots,
      times: times,
      localOffset: .minutes(9 * 60),
      daysSeen: [15_000]
    )
  }

  private func check(_ model: some TravelModel, seed: UInt64) {
    var draw = Draw(seed: seed)
    func point() -> Point {
      Point(x: Int32(draw.within(-90_000...90_000)), y: Int32(draw.within(-90_000...90_000)))
    }
    for _ in 0..<4_000 {
      let departure = Millis(Int64(draw.within(-1_000_000_000...2_000_000_000)) * 999)
      let (a, b, c) = (point(), point(), point())
      func time(_ from: Point, _ to: Point) -> Int64 {
        Int64(model.time(from: from, to: to, departure: departure))
      }
      // Distances are rounded down to a decimetre each, which is some milliseconds' drive.
      let rounding: Int64 = 2 + 3 * time(Point(x: 0, y: 0), Point(x: 1, y: 0)) + 15
      #expect(time(a, c) <= time(a, b) + time(b, c) + rounding, "seed \(seed) triangle")
      #expect(time(a, b) == time(b, a) && time(a, a) == 0)
      let far = Int32(draw.below(300_000))
      let along = time(Point(x: 0, y: 0), Point(x: far, y: 0))
      let next = time(Point(x: 0, y: 0), Point(x: far + 1, y: 0))
      #expect(along <= next && next - along <= 20, "seed \(seed): a jump at \(far)")
      // `reach` is the inverse: within it, and not a decimetre further.
      let limit = Int32(draw.below(20_000_000))
      let reach = model.reach(within: limit, departure: departure)
      let origin = Point(x: 0, y: 0)
      #expect(time(origin, Point(x: reach, y: 0)) <= Int64(limit), "seed \(seed): \(limit)")
      #expect(time(origin, Point(x: reach + 1, y: 0)) > Int64(limit), "seed \(seed): \(limit)")
    }
    for departure in [Millis(.min), Millis(0), .never] {
      #expect(model.reach(within: -1, departure: departure) == -1)
      #expect(model.reach(within: .max, departure: departure) == .max)
      let ends = (Point(x: .min, y: .min), Point(x: .max, y: .max))
      #expect(model.time(from: ends.0, to: ends.1, departure: departure) > 0)
    }
  }

  @Test(arguments: Seeds.fresh(2))
  func `straight line: increasing, continuous, no detour pays, reach is exact`(seed: UInt64) {
    check(Self.straight, seed: seed)
    check(StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 100_000), seed: seed)
  }

  @Test(arguments: Seeds.fresh(2))
  func `learned: increasing, continuous, no detour pays, reach is exact`(seed: UInt64) throws {
    check(try Self.learned(), seed: seed)
  }

  @Test func `a kilometre at 30 km per hour with a detour of 1.3 takes 156 seconds`() {
    let model = StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 8_333)
    let time = model.time(
      from: Point(x: 0, y: 0),
      to: Point(x: 10_000, y: 0),
      departure: Millis(0)
    )
    #expect(time == 156_006)
  }

  @Test func `the slowest model and the longest way saturate`() {
    let model = StraightLineModel(detourPermille: 5_000, millimetresPerSecond: 100)
    let time = model.time(
      from: Point(x: .min, y: .min),
      to: Point(x: .max, y: .max),
      departure: Millis(0)
    )
    #expect(time == .max)
  }

  @Test func `the hour of the week is local, from Monday midnight`() {
    #expect(LearnedModel.hourOfWeek(Millis(0), localOffset: Millis(0)) == 72)
    // 2024-01-01 00:00 UTC was a Monday.
    let monday = Millis(1_704_067_200_000)
    #expect(LearnedModel.hourOfWeek(monday, localOffset: Millis(0)) == 0)
    #expect(LearnedModel.hourOfWeek(monday - Millis(1), localOffset: Millis(0)) == 167)
    #expect(LearnedModel.hourOfWeek(monday, localOffset: .minutes(-60)) == 167)
    #expect(LearnedModel.hourOfWeek(monday, localOffset: .minutes(9 * 60)) == 9)
  }

  @Test func `a learned model follows the hour`() throws {
    let model = try Self.learned()
    let (a, b) = (Point(x: 0, y: 0), Point(x: 20_000, y: 0))
    let midnight = Millis(1_704_067_200_000) - .minutes(9 * 60)
    #expect(
      model.time(from: a, to: b, departure: midnight)
        < model.time(from: a, to: b, departure: midnight + .minutes(60))
    )
  }

  @Test func `tables of a wrong shape, order or pace are refused with the reason`() {
    func reason(
      knots: [Int32] = [0, 10, 20],
      times: [Int32]? = nil,
      row: [Int32] = [0, 100, 150]
    ) -> String? {
      let all = times ?? (0..<168).flatMap { _ in row }
      do {
        _ = try LearnedModel(knots: knots, times: all, localOffset: Millis(0), daysSeen: [])
        return nil
      } catch { return error.reason }
    }
    #expect(reason() == nil)
    #expect(reason(knots: [0])?.contains("two knots") == true)
    #expect(reason(knots: [])?.contains("two knots") == true)
    #expect(reason(knots: [1, 10, 20])?.contains("distance 0") == true)
    #expect(reason(times: [0, 1])?.contains("needs 504 times, not 2") == true)
    #expect(reason(knots: [0, 10, 10])?.contains("knot 2") == true)
    #expect(reason(knots: [0, 10, .min])?.contains("knot 2") == true)
    #expect(reason(row: [1, 100, 150])?.contains("hour 0: time at distance 0") == true)
    #expect(reason(row: [0, 100, 100])?.contains("hour 0: time falls at knot 2") == true)
    #expect(reason(row: [0, 100, .min])?.contains("time falls at knot 2") == true)
    #expect(reason(row: [0, 100, 300])?.contains("hour 0: pace rises at knot 2") == true)
  }
}
