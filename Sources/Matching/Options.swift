import Spatial

/// Every bound and timer of an engine. Beyond a bound the engine refuses; it never grows.
public struct Options: Equatable, Sendable {
  /// The service region; points outside it are refused.
  public var region: Box
  public var taxisMax: Int
  /// Rides known at one time, ended ones within ``dedup`` included.
  public var ridesMax: Int
  /// Offers a ride may see before it only waits for its end.
  public var offersPerRideMax: Int
  /// Changes a ride may see.
  public var changesPerRideMax: UInt32
  /// Rides considered in one round; the longest waiting come first.
  public var ridesPerRoundMax: Int

  /// How long a driver has to answer an offer.
  public var offerTTL: Millis
  /// An expected pickup later than this is not offered.
  public var pickupMax: Millis
  /// Whether an expected pickup after the end of the rider's wait is not offered either.
  public var offersWithinWait: Bool
  /// A position older than this is not matched. Multiples of the report interval: at least 2.5.
  public var freshness: Millis
  /// Silence after which a taxi is lost; at least ``freshness``.
  public var lostAfter: Millis
  /// Further silence after which a ride that has not boarded is matched again.
  public var lostLimit: Millis
  /// Further silence after which a lost taxi without a rider counts as off.
  public var lostOff: Millis
  /// Waiting time at the pickup before a no-show may be declared.
  public var noShowWait: Millis
  /// How long before its time a reservation starts to look for a taxi.
  public var reservationLead: Millis
  /// How far ahead a reservation may be made.
  public var reservationMax: Millis
  /// The longest wait a request may ask for.
  public var waitMax: Millis
  /// What a ride that lost its taxi may still wait, at least.
  public var requeueWaitMin: Millis
  /// How long an ended ride's id is remembered.
  public var dedup: Millis
  /// How old, or how far ahead, the sending time of an unknown id may be.
  public var sentAgeMax: Millis

  /// Rounds and candidates kept for `explain`; 0 = none.
  public var explanationsMax: Int

  public init(region: Box, taxisMax: Int = 100_000, ridesMax: Int = 200_000) {
    self.region = region
    self.taxisMax = taxisMax
    self.ridesMax = ridesMax
    offersPerRideMax = 32
    changesPerRideMax = 100
    ridesPerRoundMax = 4_096
    offerTTL = .seconds(12)
    pickupMax = .minutes(15)
    offersWithinWait = false
    freshness = .seconds(30)
    lostAfter = .seconds(30)
    lostLimit = .seconds(60)
    lostOff = .minutes(30)
    noShowWait = .minutes(5)
    reservationLead = .minutes(15)
    reservationMax = .minutes(30 * 24 * 60)
    waitMax = .minutes(60)
    requeueWaitMin = .seconds(60)
    dedup = .minutes(15)
    sentAgeMax = .minutes(5)
    explanationsMax = 0
  }
}
