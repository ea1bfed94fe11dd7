/// What the engine answers to one command.
public struct Answer: Equatable, Sendable {
  public enum Outcome: Equatable, Sendable {
    case done
    /// The same as before: nothing changed. `at` is the fact that made it true.
    case duplicate
    case refused(Refusal)
  }

  public var outcome: Outcome
  /// The number of the fact that made the answer true; 0 when there is none.
  public var at: UInt64
  /// The present state of the ride that the command names, if it names a known one.
  public var ride: RideState?
  /// The present state of the taxi that the command names, if it names a known one.
  public var taxi: TaxiState?
  /// With ``Refusal/early``: what is left of the waiting time. With ``Refusal/wrongVersion``: the
  /// version that the ride has.
  public var detail: Int64

  public init(
    _ outcome: Outcome,
    at: UInt64 = 0,
    ride: RideState? = nil,
    taxi: TaxiState? = nil,
    detail: Int64 = 0
  ) {
    self.outcome = outcome
    self.at = at
    self.ride = ride
    self.taxi = taxi
    self.detail = detail
  }

  public var isRefused: Bool {
    if case .refused = outcome { true } else { false }
  }
}

/// Why a command changed nothing. A verb checks them in the order its
/// code reads: fields, ids, whose it is, time, then state.
/// Raw values may be kept: append, never renumber.
public enum Refusal: UInt8, CaseIterable, Sendable {
  /// A field is out of its documented range.
  case badValue = 1
  /// The point is outside the service region.
  case outside = 2
  case unknownTaxi = 3
  case unknownRide = 4
  case unknownOffer = 5
  /// The id is known with other content.
  case conflict = 6
  /// An unknown id in a line too old to be safe: it may be a retry of a ride long forgotten.
  case stale = 7
  /// The sender's clock is ahead of the server's by more than the limit.
  case skew = 8
  /// The position is older than one already known.
  case latePosition = 9
  /// The change was made against another version of the ride.
  case wrongVersion = 10
  /// The offer's time ran out.
  case offerExpired = 11
  /// The offer was answered otherwise or taken back.
  case offerClosed = 12
  /// The rider is on board or has left: too late to cancel.
  case tooLate = 13
  /// The life cycle does not allow this from the present state.
  case wrongState = 14
  /// The waiting time at the pickup is not over.
  case early = 15
  /// The taxi cannot carry the party.
  case unfit = 16
  /// A bound of ``Options`` is reached.
  case full = 17
  /// The ride is not, or no longer, this taxi's.
  case wrongTaxi = 18
}
