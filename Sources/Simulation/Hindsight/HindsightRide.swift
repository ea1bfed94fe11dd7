import Spatial

/// One ride as the hindsight bound sees it. Times are Unix milliseconds.
public struct HindsightRide: Hashable, Sendable {
  public var from: Point
  public var to: Point
  /// Nobody boards before: the request.
  public var earliest: Int64
  /// Nobody boards after; at least `earliest`.
  public var latest: Int64
  /// From boarding to drop-off, at least 0.
  public var duration: Int64

  public init(from: Point, to: Point, earliest: Int64, latest: Int64, duration: Int64) {
    self.from = from
    self.to = to
    self.earliest = earliest
    self.latest = latest
    self.duration = duration
  }

  /// The earliest drop-off: of a ride that is boarded at once.
  public var end: Int64 { earliest + duration }
}

extension City {
  /// How late a pickup may be in the bound's problem.
  public enum HindsightWindow: String, CaseIterable, Sendable {
    /// At the request, to the millisecond: the problem of Vazifeh et al. (2018).
    case none
    /// Until the rider's patience ends.
    case patience
  }

  /// The rides with these indices, all of them where none are given, in that order.
  public func hindsightRides(
    _ indices: [Int]? = nil,
    window: HindsightWindow
  ) -> [HindsightRide] {
    (indices ?? Array(rides.indices)).map { index in
      let ride = rides[index]
      return HindsightRide(
        from: ride.from,
        to: ride.to,
        earliest: ride.requestedAt,
        latest: ride.requestedAt + (window == .none ? 0 : Int64(ride.patience)),
        duration: Int64(ride.duration)
      )
    }
  }
}
