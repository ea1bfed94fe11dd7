import Matching
import Simulation
import Spatial
import Testing

@Suite struct HindsightRefusalTests {
  private let travel = HindsightTravel(
    model: StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 6_000),
    detourPermille: 1_300
  )

  private func ride(_ earliest: Int64, _ latest: Int64, _ duration: Int64) -> HindsightRide {
    HindsightRide(
      from: Point(x: 0, y: 0),
      to: Point(x: 1, y: 1),
      earliest: earliest,
      latest: latest,
      duration: duration
    )
  }

  private func message(_ rides: [HindsightRide], _ travel: HindsightTravel) -> String {
    do {
      _ = try HindsightBound(rides: rides, travel: travel, objective: .time)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func `rides that make no sense are named`() {
    #expect(message([ride(0, 0, 0), ride(10, 9, 0)], travel).hasPrefix("ride 1: earliest 10"))
    #expect(message([ride(0, 0, -1)], travel).contains("duration -1"))
    #expect(message([ride(.min, 0, 0)], travel).hasPrefix("ride 0"))
    #expect(message([ride(0, .max, 0)], travel).hasPrefix("ride 0"))
  }

  @Test func `a detour, a step and a span out of range are refused`() {
    var other = travel
    other.detourPermille = 0
    #expect(message([], other) == "a detour of 0 ‰ is not in 1000 … 5000")
    other = travel
    other.changesEvery = 0
    #expect(message([], other).hasPrefix("a model that changes every 0 ms"))
    other.changesEvery = 1_000
    #expect(message([ride(0, 0, 0), ride(1 << 40, 1 << 40, 0)], other).contains("take fewer days"))
  }

  @Test func `a price out of range is refused`() throws {
    var bound = try HindsightBound(rides: [ride(0, 0, 0)], travel: travel, objective: .distance)
    #expect(throws: HindsightError.self) { try bound.solve(price: 0) }
    #expect(throws: HindsightError.self) { try bound.solve(price: .max) }
  }

  @Test func `nothing to cover costs nothing`() throws {
    let result = try HindsightBound.compute(
      rides: [],
      travel: travel,
      objective: .distance,
      prices: [1_000],
      chains: 0
    )
    #expect(result.points.map(\.value) == [0])
    #expect(result.emptyMin(chains: 0) == 0)
  }

  /// A span without bounds once overflowed when its slots were counted: rides that are none.
  @Test func `nothing to cover costs nothing where speeds change by the hour`() throws {
    var hourly = travel
    for step in [1, 900_000, 3_600_000, .max] as [Int64] {
      hourly.changesEvery = step
      let result = try HindsightBound.compute(
        rides: [],
        travel: hourly,
        objective: .time,
        prices: [1_000],
        chains: 0
      )
      #expect(result.points.map(\.value) == [0])
    }
  }

  @Test func `how far a taxi gets is known for any span, however extreme`() {
    var other = travel
    let spans: [Range<Int64>] = [
      0..<0, .min ..< .min, .min ..< .max, .max ..< .max, .min ..< .min + 5, -7..<7,
      .max - 5 ..< .max,
    ]
    let reach = travel.reach(within: 60_000, during: 0..<1)
    #expect(reach > 2_000)
    for span in spans {
      for step in [nil, 1, 3_600_000, .max] as [Int64?] {
        other.changesEvery = step
        let found = other.reach(within: 60_000, during: span)
        // Too many slots to ask: no leg is longer than that.
        #expect(found == reach || found == .max && span == .min ..< .max, "\(span), \(step ?? 0)")
      }
    }
  }

  @Test func `rides at the ends of time are bounded, in one slot of time or two`() throws {
    var hourly = travel
    hourly.changesEvery = 1 << 51
    let ends = Int64(1) << 52
    let rides = [ride(-ends, -ends, 0), ride(0, ends, 0), ride(ends, ends, 1 << 40)]
    let point = try HindsightBound.compute(
      rides: rides,
      travel: hourly,
      objective: .distance,
      prices: [1_000_000]
    ).points[0]
    #expect(point.fleet == 1)
    #expect(point.isOptimal)
  }
}
