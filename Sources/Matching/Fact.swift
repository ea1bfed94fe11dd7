import Spatial

/// Something that became true: numbered without gaps, kept in the journal. Applying facts is the
/// only way in which kept state changes, so a journal written by one version is read by the next
/// even when the policy has changed.
public struct Fact: Equatable, Sendable {
  public var number: UInt64
  public var at: Millis
  public var event: Event

  public init(number: UInt64, at: Millis, event: Event) {
    self.number = number
    self.at = at
    self.event = event
  }
}

/// A place in the order of everything that became true: the leadership that wrote a fact, and the
/// fact's number. Written `4-18230`. Epochs count leaderships; a later one goes on with the numbers
/// of the one before.
public struct FactPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var epoch: UInt64
  public var sequence: UInt64

  public init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  /// Before everything.
  public static var start: FactPosition { FactPosition(epoch: 0, sequence: 0) }

  /// `nil` when `text` is no position.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    // Digits alone: a number's own reading takes a sign.
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let epoch = UInt64(parts[0]), let sequence = UInt64(parts[1])
    else { return nil }
    self.init(epoch: epoch, sequence: sequence)
  }

  public static func < (a: FactPosition, b: FactPosition) -> Bool {
    (a.epoch, a.sequence) < (b.epoch, b.sequence)
  }

  public var description: String { "\(epoch)-\(sequence)" }
}

/// Outcomes, not inputs: "offer 9 of ride 77 to taxi 12", never "match again".
public enum Event: Equatable, Sendable {
  case taxiOn(TaxiID, seats: UInt8, tags: UInt32, auto: Bool)
  case taxiOff(TaxiID, OffReason)
  case taxiBusy(TaxiID, BusyReason)
  case taxiFree(TaxiID)
  /// No line from the taxi for ``Options/lostAfter``.
  case taxiLost(TaxiID)
  /// A lost taxi was heard again.
  case taxiBack(TaxiID)

  case rideRequested(Request)
  /// A reservation's lead time began: it waits for a taxi now.
  case rideDue(RideID)
  case rideChanged(RideID, RideChange)
  case rideExpired(RideID)
  case rideCancelled(RideID, CancelledBy)
  /// Taken from its taxi, or its offer taken back, and waiting again.
  case rideRequeued(RideID, RequeueReason)
  case rideArrived(RideID)
  case rideBoarded(RideID)
  case rideDropped(RideID)
  case rideNoShow(RideID)
  /// The id may be used again: ``Options/dedup`` after the ride's end.
  case rideForgotten(RideID)

  case offerMade(Offer)
  /// The taxi is bound to the ride. If another taxi was bound to it, that one is free again.
  case offerAccepted(OfferID)
  case offerDeclined(OfferID, DeclineReason)
  case offerExpired(OfferID)
  case offerRevoked(OfferID, RevokeReason)
}

/// One proposal of a taxi to a ride, with a deadline.
public struct Offer: Equatable, Sendable {
  public var id: OfferID
  public var ride: RideID
  public var taxi: TaxiID
  /// Expected driving time to the pickup, in milliseconds.
  public var eta: Int32
  /// How long the driver has to answer.
  public var ttl: Millis

  public init(id: OfferID, ride: RideID, taxi: TaxiID, eta: Int32, ttl: Millis) {
    self.id = id
    self.ride = ride
    self.taxi = taxi
    self.eta = eta
    self.ttl = ttl
  }
}

// Raw values are written to journals: append, never renumber.

public enum OffReason: UInt8, CaseIterable, Sendable {
  case driver = 1
  case forced = 2
  /// Lost for so long that it counts as gone.
  case lost = 3
}

public enum RequeueReason: UInt8, CaseIterable, Sendable {
  case abort = 1
  case lost = 2
  case release = 3
  case taxiOff = 4
  case reassigned = 5
}

public enum RevokeReason: UInt8, CaseIterable, Sendable {
  case expired = 1
  case cancelled = 2
  case reassigned = 3
  case busy = 4
  case lost = 5
  case off = 6
  /// The dispatcher released the ride: this taxi is not asked for it again.
  case released = 7
}
