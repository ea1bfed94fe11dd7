import Spatial

/// What comes from outside. A command may be refused; it never traps and never throws.
public enum Command: Equatable, Sendable {
  // Taxis
  case taxiOn(TaxiOn)
  /// The taxi leaves. While a ride runs only with `force`: an unboarded ride is matched again, a
  /// boarded one ends as done.
  case taxiOff(TaxiID, force: Bool)
  case position(PositionReport)
  /// A street hail or a pause. An open offer is withdrawn.
  case busy(TaxiID, BusyReason)
  case free(TaxiID)

  // Riders
  case request(Request)
  case change(RideID, version: UInt32, RideChange)
  case cancel(RideID, CancelledBy)

  // Drivers
  case accept(OfferID)
  case decline(OfferID, DeclineReason)
  // The trip's verbs say which taxi speaks: a line that was under way while the ride was given to
  // another taxi must not count for that one. `nil` = whichever taxi is bound to the ride.
  case arrive(RideID, by: TaxiID?)
  case board(RideID, by: TaxiID?)
  case drop(RideID, by: TaxiID?)
  /// Allowed once the taxi has waited ``Options/noShowWait`` at the pickup.
  case noShow(RideID, by: TaxiID?)
  /// The driver gives up before boarding; the ride is matched again, with another taxi.
  case abort(RideID, by: TaxiID?, AbortReason)

  // Dispatchers
  /// A match made by hand: replaces an open offer; the driver is not asked.
  case assign(RideID, TaxiID)
  /// Takes the ride from its taxi, or its offer back, and queues it again.
  case release(RideID)
}

/// A taxi joins, or says again that it is there: the same seats, tags and mode change nothing but
/// the position; others are a conflict.
public struct TaxiOn: Equatable, Sendable {
  public var taxi: TaxiID
  public var point: Point
  /// 1…8.
  public var seats: UInt8
  /// The low 24 bits.
  public var tags: UInt32
  /// Offers count as accepted at once.
  public var auto: Bool

  public init(taxi: TaxiID, point: Point, seats: UInt8 = 4, tags: UInt32 = 0, auto: Bool = false) {
    self.taxi = taxi
    self.point = point
    self.seats = seats
    self.tags = tags
    self.auto = auto
  }
}

/// A reported place: soft state, never a fact.
public struct PositionReport: Equatable, Sendable {
  public var taxi: TaxiID
  public var point: Point
  /// Orders one taxi's reports; 0 = the sender does not number them. An older number is dropped.
  public var sequence: UInt64

  @inlinable
  public init(taxi: TaxiID, point: Point, sequence: UInt64 = 0) {
    self.taxi = taxi
    self.point = point
    self.sequence = sequence
  }
}

/// A rider's request. Its id is its idempotency key: the same content again changes nothing.
public struct Request: Equatable, Sendable {
  public var ride: RideID
  public var from: Point
  public var to: Point?
  /// 1…8.
  public var seats: UInt8
  /// The low 24 bits.
  public var tags: UInt32
  /// How long the rider is prepared to wait, from the request or, for a reservation, from `at`.
  public var wait: Millis
  /// A reservation's pickup time; `nil` = as soon as possible.
  public var at: Millis?
  /// When the sender wrote the line; an unknown id that is too old is refused, never served twice.
  public var sentAt: Millis?

  public init(
    ride: RideID,
    from: Point,
    to: Point? = nil,
    seats: UInt8 = 1,
    tags: UInt32 = 0,
    wait: Millis = .minutes(5),
    at: Millis? = nil,
    sentAt: Millis? = nil
  ) {
    self.ride = ride
    self.from = from
    self.to = to
    self.seats = seats
    self.tags = tags
    self.wait = wait
    self.at = at
    self.sentAt = sentAt
  }
}

/// What a rider may amend; `nil` = as it was. The destination until the drop-off, seats and
/// reservation time only while no taxi is involved.
public struct RideChange: Equatable, Sendable {
  public var to: Point?
  public var seats: UInt8?
  public var at: Millis?

  public init(to: Point? = nil, seats: UInt8? = nil, at: Millis? = nil) {
    self.to = to
    self.seats = seats
    self.at = at
  }
}

// Raw values of the reasons are written to journals: append, never renumber.

public enum BusyReason: UInt8, CaseIterable, Sendable {
  case hail = 1
  case pause = 2
  case charge = 3
}

public enum CancelledBy: UInt8, CaseIterable, Sendable {
  case rider = 1
  case booker = 2
  case dispatcher = 3
}

public enum DeclineReason: UInt8, CaseIterable, Sendable {
  case unstated = 1
  case tooFar = 2
  case pause = 3
}

public enum AbortReason: UInt8, CaseIterable, Sendable {
  case unstated = 1
  case breakdown = 2
  case traffic = 3
}
