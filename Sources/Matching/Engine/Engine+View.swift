import Spatial

/// What can be asked of an engine about one taxi, ride or offer: copies, for `GET` and for tests.
public struct TaxiView: Equatable, Sendable {
  public var state: TaxiState
  public var isLost: Bool
  /// Its last reported place; `nil` = none since it joined or since a restore.
  public var point: Point?
  /// Whether that place is young enough to be matched.
  public var isFresh: Bool
  /// The ride that it drives to or carries.
  public var ride: RideID?
  /// The offer that waits for its answer.
  public var offer: OfferID?
}

public struct RideView: Equatable, Sendable {
  public var state: RideState
  public var version: UInt32
  /// When it ends if no taxi is bound to it by then.
  public var expiresAt: Millis
  /// The taxi bound to it, or that was when it ended.
  public var taxi: TaxiID?
  /// The offer that waits for an answer; an assigned ride may have one.
  public var offer: OfferID?
  /// How many offers it has seen.
  public var offersCount: Int
}

public struct OfferView: Equatable, Sendable {
  public var state: OfferState
  public var ride: RideID
  public var taxi: TaxiID
  /// Expected driving time to the pickup in milliseconds when it was made.
  public var eta: Int32
  public var expiresAt: Millis
}

extension Engine {
  /// `nil` = off, or never heard of.
  public func view(of id: TaxiID) -> TaxiView? {
    guard let slot = fleet.find(id) else { return nil }
    let taxi = fleet[slot]
    let report = fleet.reports[slot]
    return TaxiView(
      state: taxi.state,
      isLost: taxi.isLost,
      point: report.positionAt > Millis(.min) ? report.point : nil,
      isFresh: report.isFresh,
      ride: taxi.ride >= 0 ? rides[Int(taxi.ride)].id : nil,
      offer: taxi.offer >= 0 ? offers[Int(taxi.offer)].id : nil
    )
  }

  /// How many rides are known in each state, in the order of the cases. O(rides known).
  public var rideCounts: [Int] {
    var counts = [Int](repeating: 0, count: RideState.allCases.count)
    for ride in rides.records where ride.isLive { counts[Int(ride.state.rawValue) - 1] += 1 }
    return counts
  }

  /// `nil` = never heard of, or forgotten.
  public func view(of id: RideID) -> RideView? {
    guard let slot = rides.find(id) else { return nil }
    let ride = rides[slot]
    return RideView(
      state: ride.state,
      version: ride.version,
      expiresAt: ride.expiresAt,
      taxi: ride.accepted >= 0 ? offers[Int(ride.accepted)].taxi : nil,
      offer: ride.offer >= 0 ? offers[Int(ride.offer)].id : nil,
      offersCount: Int(ride.offersCount)
    )
  }

  /// `nil` = never made, or forgotten with its ride.
  public func view(of id: OfferID) -> OfferView? {
    guard let slot = offers.find(id) else { return nil }
    let offer = offers[slot]
    return OfferView(
      state: offer.state,
      ride: rides[Int(offer.ride)].id,
      taxi: offer.taxi,
      eta: offer.eta,
      expiresAt: offer.expiresAt
    )
  }
}
