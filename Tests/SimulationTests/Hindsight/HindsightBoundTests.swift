import Matching
import MatchingTestSupport
import Simulation
import Spatial
import Testing

@Suite struct HindsightBoundTests {
  private static func options(_ draw: inout Draw) -> HindsightBound.Options {
    var options = HindsightBound.Options()
    options.nearest = draw.pick([1, 3, 20])
    options.added = draw.pick([1, 4, 25])
    options.kept = draw.pick([1, 5, 40])
    return options
  }

  private static func bound(_ problem: HindsightCase) throws -> HindsightBound {
    var draw = Draw(seed: problem.seed &+ 1)
    return try HindsightBound(
      rides: problem.rides,
      travel: problem.travel,
      objective: problem.objective,
      options: options(&draw)
    )
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(40))
  func `few arcs give the optimum over all arcs, and the certificate equals it`(seed: UInt64)
    throws
  {
    var draw = Draw(seed: seed)
    let problem = HindsightCase(seed: draw.next(), rides: draw.within(0...90))
    var bound = try Self.bound(problem)
    for _ in 0..<3 {
      let price = Int32(draw.pick([1, 40, 900, 8_000, 60_000, 2_000_000, 1_000_000_000]))
      let point = try bound.solve(price: price)
      #expect(point.value == problem.denseOptimum(price: price), "\(problem), price \(price)")
      #expect(point.isOptimal, "\(problem), price \(price)")
      #expect(point.pruned >= point.value)
    }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(30))
  func `the solution is a cover by chains, made of arcs, at the cost it says`(seed: UInt64) throws {
    let problem = HindsightCase(seed: seed, rides: 60)
    let costs = problem.costs()
    let point = try Self.bound(problem).pointed(price: 20_000)
    var used: Set<Int32> = []
    var empty: Int64 = 0
    for (ride, previous) in point.previous.enumerated() where previous >= 0 {
      #expect(used.insert(previous).inserted, "\(problem)")
      empty += Int64(try #require(costs[ride][Int(previous)], "\(problem)"))
    }
    #expect(empty == point.empty)
    #expect(point.fleet == problem.rides.count - used.count)
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(20))
  func `the dual values are feasible against every arc`(seed: UInt64) throws {
    let problem = HindsightCase(seed: seed, rides: 50)
    let point = try Self.bound(problem).pointed(price: 30_000)
    for (ride, row) in problem.costs().enumerated() {
      #expect(point.pickupDuals[ride] <= point.price)
      #expect(point.dropoffDuals[ride] <= 0)
      for (previous, cost) in row.enumerated() {
        guard let cost else { continue }
        #expect(
          Int64(point.pickupDuals[ride]) + Int64(point.dropoffDuals[previous]) <= Int64(cost),
          "\(problem): \(previous) before \(ride)"
        )
      }
    }
    let sum = (point.pickupDuals + point.dropoffDuals).reduce(0) { $0 + Int64($1) }
    #expect(sum == point.certificate)
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(20))
  func `an unfinished search still gives a bound`(seed: UInt64) throws {
    let problem = HindsightCase(seed: seed, rides: 80)
    var options = HindsightBound.Options()
    options.nearest = 1
    options.added = 1
    options.roundsMax = 1
    var bound = try HindsightBound(
      rides: problem.rides,
      travel: problem.travel,
      objective: problem.objective,
      options: options
    )
    let point = try bound.solve(price: 50_000)
    let optimum = problem.denseOptimum(price: 50_000)
    #expect(point.certificate <= optimum, "\(problem)")
    #expect(point.value >= optimum, "\(problem)")
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(40))
  func `tiny problems agree with trying everything, for every number of chains`(seed: UInt64)
    throws
  {
    var draw = Draw(seed: seed)
    let problem = HindsightCase(seed: draw.next(), rides: draw.within(1...6))
    let best = problem.bruteForce()
    let least = best.firstIndex { $0 != nil } ?? 0
    for chains in 1...problem.rides.count {
      var options = HindsightBound.Options()
      options.tolerance = 0
      options.nearest = 2
      var bound = try HindsightBound(
        rides: problem.rides,
        travel: problem.travel,
        objective: problem.objective,
        options: options
      )
      let covers = try bound.tighten(chains: chains)
      #expect(covers == (chains >= least), "\(problem), \(chains) chains")
      guard covers, let expected = best[chains...].compactMap(\.self).min() else { continue }
      // More chains never need more travel, so the least over as many or fewer is that of `chains`.
      let exact = best[...chains].compactMap(\.self).min()
      #expect(bound.result.emptyMin(chains: chains) <= exact ?? expected, "\(problem)")
      #expect(bound.result.emptyMin(chains: chains) == best[chains] ?? 0, "\(problem), \(chains)")
    }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(30))
  func `the least fleet of tiny problems is proven, and its travel the least with it`(seed: UInt64)
    throws
  {
    var draw = Draw(seed: seed)
    let problem = HindsightCase(seed: draw.next(), rides: draw.within(1...7), window: 0)
    let best = problem.bruteForce()
    let least = try #require(best.firstIndex { $0 != nil })
    var bound = try Self.bound(problem)
    let fleet = try bound.leastFleet()
    #expect(fleet.isProven, "\(problem)")
    #expect(fleet.fleetMin == least, "\(problem)")
    #expect(fleet.point.empty == best[least], "\(problem)")
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(10))
  func `a least fleet is proven on middling problems too`(seed: UInt64) throws {
    let problem = HindsightCase(seed: seed, rides: 150, window: 0)
    var bound = try Self.bound(problem)
    let fleet = try bound.leastFleet()
    #expect(fleet.isProven, "\(problem)")
  }

  @Test(arguments: Seeds.fresh(3))
  func `the same problem gives the same result`(seed: UInt64) throws {
    let problem = HindsightCase(seed: seed, rides: 60)
    func compute() throws -> HindsightResult {
      try HindsightBound.compute(
        rides: problem.rides,
        travel: problem.travel,
        objective: problem.objective,
        prices: [9_000, 500],
        chains: 20
      )
    }
    let result = try compute()
    #expect(result == (try compute()))
    #expect(result.points.map(\.price) == result.points.map(\.price).sorted())
  }

  @Test func `two rides in a row cost the leg between them, or a second taxi`() throws {
    func ride(_ x: Int32, to: Int32, at second: Int64) -> HindsightRide {
      HindsightRide(
        from: Point(x: x, y: 0),
        to: Point(x: to, y: 0),
        earliest: second * 1_000,
        latest: second * 1_000,
        duration: 60_000
      )
    }
    // The second pickup is 1 km from the first drop-off; at 10 m/s and a detour of 1.3 that is 130 s.
    let rides = [ride(0, to: 10_000, at: 0), ride(20_000, to: 0, at: 200)]
    let travel = HindsightTravel(
      model: StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 10_000),
      detourPermille: 1_300
    )
    let result = try HindsightBound.compute(
      rides: rides,
      travel: travel,
      objective: .distance,
      prices: [12_000, 14_000]
    )
    #expect(result.points.map(\.fleet) == [2, 1])
    #expect(result.points.map(\.empty) == [0, 13_000])
    #expect(result.emptyMin(chains: 1) == 13_000)
    #expect(result.emptyMin(chains: 2) == 0)
    #expect(result.rideTime == 120_000)
  }
}

extension HindsightBound {
  /// One price's answer, of a bound that is not needed after.
  fileprivate consuming func pointed(price: Int32) throws -> HindsightPoint {
    var bound = self
    return try bound.solve(price: price)
  }
}
