import Matching

// How the engine's values are written on the wire. The words are stable; the engine's own names and
// numbers are not part of the protocol.

extension TaxiState {
  public var word: String {
    switch self {
    case .free: "free"
    case .busy: "busy"
    case .offered: "offered"
    case .enroute: "enroute"
    case .waiting: "waiting"
    case .occupied: "occupied"
    }
  }
}

extension RideState {
  public var word: String {
    switch self {
    case .reserved: "reserved"
    case .queued: "queued"
    case .offered: "offered"
    case .assigned: "assigned"
    case .arrived: "arrived"
    case .onboard: "onboard"
    case .done: "done"
    case .expired: "expired"
    case .cancelled: "cancelled"
    case .noShow: "noshow"
    }
  }
}

extension OfferState {
  public var word: String {
    switch self {
    case .open: "open"
    case .accepted: "accepted"
    case .declined: "declined"
    case .expired: "expired"
    case .revoked: "revoked"
    case .closed: "closed"
    case .reassigned: "reassigned"
    }
  }
}

extension BusyReason {
  public var word: String {
    switch self {
    case .hail: "hail"
    case .pause: "break"
    case .charge: "charge"
    }
  }
}

extension CancelledBy {
  public var word: String {
    switch self {
    case .rider: "rider"
    case .booker: "booker"
    case .dispatcher: "dispatcher"
    }
  }
}

extension DeclineReason {
  public var word: String {
    switch self {
    case .unstated: "unstated"
    case .tooFar: "far"
    case .pause: "break"
    }
  }
}

extension AbortReason {
  public var word: String {
    switch self {
    case .unstated: "unstated"
    case .breakdown: "breakdown"
    case .traffic: "traffic"
    }
  }
}

extension OffReason {
  public var word: String {
    switch self {
    case .driver: "driver"
    case .forced: "forced"
    case .lost: "lost"
    }
  }
}

extension RequeueReason {
  public var word: String {
    switch self {
    case .abort: "abort"
    case .lost: "lost"
    case .release: "release"
    case .taxiOff: "off"
    case .reassigned: "reassigned"
    }
  }
}

extension RevokeReason {
  public var word: String {
    switch self {
    case .expired: "expired"
    case .cancelled: "cancelled"
    case .reassigned: "reassigned"
    case .busy: "busy"
    case .lost: "lost"
    case .off: "off"
    case .released: "released"
    }
  }
}
