/// What a taxi is doing. "Off" is not a state: an off taxi is unknown.
/// Raw values are written to snapshots: append, never renumber.
public enum TaxiState: UInt8, CaseIterable, Sendable {
  case free = 1
  /// A pause or a street hail.
  case busy = 2
  /// An offer is open.
  case offered = 3
  case enroute = 4
  /// At the pickup.
  case waiting = 5
  case occupied = 6
}

/// What has become of a ride. Raw values are written to snapshots: append, never renumber.
public enum RideState: UInt8, CaseIterable, Sendable {
  /// A reservation whose lead time has not begun.
  case reserved = 1
  case queued = 2
  case offered = 3
  case assigned = 4
  /// The taxi is at the pickup.
  case arrived = 5
  case onboard = 6
  case done = 7
  case expired = 8
  case cancelled = 9
  case noShow = 10

  /// A terminal state never changes.
  public var isTerminal: Bool { rawValue >= RideState.done.rawValue }
}

/// What has become of an offer. Raw values are written to snapshots: append, never renumber.
public enum OfferState: UInt8, CaseIterable, Sendable {
  case open = 1
  case accepted = 2
  case declined = 3
  case expired = 4
  case revoked = 5
  /// Accepted, and the ride has ended or left the taxi since; or taken back by a dispatcher.
  case closed = 6
  /// Accepted, and the ride has gone to a better taxi since: the only past that does not keep the
  /// taxi from being asked for the ride again, together with `revoked`.
  case reassigned = 7
}
