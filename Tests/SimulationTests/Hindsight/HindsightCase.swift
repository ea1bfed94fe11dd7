import Assignment
import Matching
import MatchingTestSupport
import Simulation
import Spatial

/// A random problem, and its arcs by the words of docs/HINDSIGHT.md instead of the bound's code: every
/// pair of rides, every slot of time.
struct HindsightCase: CustomStringConvertible {
  var rides: [HindsightRide]
  var travel: HindsightTravel
  var objective: HindsightObjective
  var seed: UInt64

  static let hour: Int64 = 3_600_000

  init(seed: UInt64, rides count: Int, window: Int64? = nil) {
    var draw = Draw(seed: seed)
    self.seed = seed
    objective = draw.pick(HindsightObjective.allCases)
    let side = draw.pick([300, 8_000, 60_000])
    let hours = draw.within(1...30)
    let patience = window ?? draw.pick([0, 0, 300_000, 1_200_000])
    // Places on a coarse lattice now and then, so that many costs are equal.
    let lattice = draw.pick([1, 1, 1_000])
    rides = (0..<count).map { _ in
      func place() -> Point {
        Point(
          x: Int32(draw.below(side) / lattice * lattice - side / 2),
          y: Int32(draw.below(side) / lattice * lattice)
        )
      }
      let earliest = 1_357_000_000_000 + Int64(draw.below(hours * Int(Self.hour)))
      return HindsightRide(
        from: place(),
        to: place(),
        earliest: earliest,
        latest: earliest + patience,
        duration: Int64(draw.within(0...1_200_000))
      )
    }
    let detour = draw.pick([1_000, 1_300])
    let straight = StraightLineModel(
      detourPermille: detour,
      millimetresPerSecond: draw.pick([2_000, 5_944, 15_000])
    )
    travel = HindsightTravel(model: straight, detourPermille: detour)
    if draw.happens(permille: 500) {
      travel.model = Self.hourly(&draw)
      travel.changesEvery = Self.hour
    }
    switch draw.below(3) {
    case 0: travel.legs = .whole
    case 1: travel.legs = .broken(longest: .max)
    default: travel.legs = .broken(longest: Int32(draw.within(1...20_000)))
    }
    if draw.happens(permille: 300) { travel.roamingSpeed = Int64(draw.within(5_000...60_000)) }
  }

  /// Each hour of the week its own pace, falling with distance.
  private static func hourly(_ draw: inout Draw) -> LearnedModel {
    let knots: [Int32] = [0, 2_000, 10_000, 40_000]
    var times: [Int32] = []
    for _ in 0..<LearnedModel.hoursPerWeek {
      let slow = Int32(draw.within(20...60))
      times += [0, 100 * slow * 2, 100 * (slow * 2 + slow * 6), 100 * (slow * 8 + slow * 15)]
    }
    guard
      let model = try? LearnedModel(
        knots: knots,
        times: times,
        localOffset: Millis(0),
        daysSeen: []
      )
    else { preconditionFailure("the fixture's paces must not rise") }
    return model
  }

  var description: String {
    "seed \(seed): \(rides.count) rides, \(objective), legs \(travel.legs), "
      + (travel.changesEvery == nil ? "straight" : "hourly")
  }

  // MARK: The slow twin

  private var diagonal: Int32 {
    let places = rides.flatMap { [$0.from, $0.to] }
    guard let first = places.first else { return 1 }
    let low = places.reduce(first) { Point(x: min($0.x, $1.x), y: min($0.y, $1.y)) }
    let high = places.reduce(first) { Point(x: max($0.x, $1.x), y: max($0.y, $1.y)) }
    return max(low.distance(to: high), 1)
  }

  private func time(_ distance: Int32, at instant: Int64) -> Int64 {
    Int64(
      travel.model.time(
        from: Point(x: 0, y: 0),
        to: Point(x: 0, y: distance),
        departure: Millis(instant)
      )
    )
  }

  /// Every instant at which the model may change, and the first possible departure.
  private func departures(_ ready: Int64, _ latest: Int64) -> [Int64] {
    guard travel.changesEvery != nil else { return [ready] }
    let next = (ready / Self.hour + 1) * Self.hour
    return [ready]
      + Array(stride(from: next, through: max(latest, ready), by: Int(Self.hour)))
  }

  private func leastTime(_ distance: Int32, _ ready: Int64, _ latest: Int64) -> Int64 {
    departures(ready, latest).map { instant in
      guard case .broken(let limit) = travel.legs else { return time(distance, at: instant) }
      let far = min(limit, diagonal)
      var pace = (time(far, at: instant) << 20) / Int64(far)
      if let speed = travel.roamingSpeed {
        pace = min(pace, (Int64(travel.detourPermille) * 360 << 20) / speed)
      }
      return (Int64(distance) * pace) >> 20
    }.min() ?? 0
  }

  private var grace: Int64 {
    guard case .broken(let limit) = travel.legs else { return 0 }
    let short = min(limit, diagonal, 100)
    let first = (rides.map(\.end).min() ?? 0) / Self.hour * Self.hour
    let last = rides.map { max($0.end, $0.latest) }.max() ?? 0
    let slowest =
      travel.changesEvery == nil
      ? time(short, at: 0)
      : stride(from: first, through: last, by: Int(Self.hour)).map { time(short, at: $0) }.max()
        ?? 0
    return 32 * (slowest * 3 / Int64(short) + 2)
  }

  /// Every arc: `costs[ride][previous]`, `nil` where `previous` cannot come before.
  func costs() -> [[Int32?]] {
    let grace = grace
    return rides.indices.map { ride in
      rides.indices.map { previous in
        let (a, b) = (rides[previous], rides[ride])
        guard previous != ride else { return nil }
        let distance = a.to.distance(to: b.from)
        let least = leastTime(distance, a.end, b.latest)
        guard a.end + least <= b.latest + grace, a.end <= b.latest + grace else { return nil }
        return switch objective {
        case .distance: Int32(Int64(distance) * Int64(travel.detourPermille) / 1_000)
        case .time: Int32(least)
        }
      }
    }
  }

  /// The least price × chains + legs by one assignment over all arcs.
  func denseOptimum(price: Int32) -> Int64 {
    let problem = AssignmentProblem()
    for row in costs() {
      problem.beginRow(unmatchedCost: price)
      for (previous, cost) in row.enumerated() {
        if let cost { problem.addArc(column: previous, cost: cost) }
      }
    }
    return AssignmentSolver().solve(problem).cost
  }

  /// The least legs for each number of chains, by trying everything: at `[chains]`, `nil` where so few
  /// cannot cover the rides.
  func bruteForce() -> [Int64?] {
    let costs = costs()
    var best: [Int64?] = Array(repeating: nil, count: rides.count + 1)
    func choose(_ ride: Int, _ used: Int, _ chains: Int, _ sum: Int64) {
      guard ride < costs.count else {
        best[chains] = min(best[chains] ?? .max, sum)
        return
      }
      choose(ride + 1, used, chains + 1, sum)
      for (previous, cost) in costs[ride].enumerated() where used & (1 << previous) == 0 {
        if let cost { choose(ride + 1, used | (1 << previous), chains, sum + Int64(cost)) }
      }
    }
    choose(0, 0, 0, 0)
    return best
  }
}
