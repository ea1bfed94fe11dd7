import Spatial

/// What is to be least.
public enum HindsightObjective: String, CaseIterable, Sendable {
  /// Empty driven distance in decimetres: straight line × detour, rounded down as the worlds do.
  case distance
  /// Empty driving time in milliseconds.
  case time
}

/// Which rides can follow which, and what the leg between them costs: the problem's one definition.
/// The search for arcs, the proof of the fleet and the value of chains all ask here.
final class ArcCosts {
  let rides: [HindsightRide]
  let legs: FastestLegs
  let objective: HindsightObjective
  private let detourPermille: Int64
  /// Straight-line decimetres a driven one.
  private let straightness: Double

  init(_ rides: [HindsightRide], _ travel: HindsightTravel, _ objective: HindsightObjective) {
    self.rides = rides
    self.objective = objective
    detourPermille = Int64(travel.detourPermille)
    straightness = 1_000 / Double(travel.detourPermille)
    let span = HindsightRide.span(of: rides)
    var box = Box(around: rides.first?.from ?? Point(x: 0, y: 0), radius: 0)
    for ride in rides {
      for place in [ride.from, ride.to] {
        box = Box(
          min: Point(x: min(box.min.x, place.x), y: min(box.min.y, place.y)),
          max: Point(x: max(box.max.x, place.x), y: max(box.max.y, place.y))
        )
      }
    }
    legs = FastestLegs(travel, span: span, longest: box.min.distance(to: box.max))
  }

  /// What it costs that `ride` follows `previous`, at least 0; `nil` where it cannot.
  func cost(from previous: Int, to ride: Int) -> Int32? {
    guard previous != ride else { return nil }
    let (a, b) = (rides[previous], rides[ride])
    return cost(a.to.distance(to: b.from), ready: a.end, latest: b.latest)
  }

  /// The same of a leg of so many straight-line decimetres.
  @inline(__always)
  func cost(_ distance: Int32, ready: Int64, latest: Int64) -> Int32? {
    guard legs.canReach(distance, ready: ready, latest: latest) else { return nil }
    return price(distance, ready: ready, latest: latest)
  }

  /// What a leg costs that was driven, whether the model allows it or not.
  @inline(__always)
  func price(_ distance: Int32, ready: Int64, latest: Int64) -> Int32 {
    switch objective {
    case .distance: Int32(clamping: Int64(distance) * detourPermille / 1_000)
    case .time: Int32(clamping: legs.leastTime(distance, ready: ready, latest: latest))
    }
  }

  /// A straight-line distance in decimetres that no leg of at most this cost exceeds.
  @inline(__always)
  func reachMax(within cost: Int32) -> Double {
    switch objective {
    // Rounded down twice, a leg may be that much longer.
    case .distance: Double(Int64(cost) + 1) * straightness + 1
    case .time: Double(legs.reachMax(within: Int64(cost)))
    }
  }
}

extension HindsightRide {
  /// From the first drop-off to the last instant at which somebody may be picked up or dropped;
  /// 0 ..< 0 of no rides.
  static func span(of rides: [HindsightRide]) -> Range<Int64> {
    guard !rides.isEmpty else { return 0..<0 }
    var (start, end) = (Int64.max, Int64.min)
    for ride in rides {
      start = min(start, ride.end)
      end = max(end, ride.end, ride.latest)
    }
    return start..<max(start, end)
  }
}
