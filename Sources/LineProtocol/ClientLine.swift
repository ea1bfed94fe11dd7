import Matching
import Spatial

/// One line of a client, read: its tag and what it says. Places are as they were written; whether
/// they are in the region, and the map's decimetres, are the server's.
public struct ClientLine: Hashable, Sendable {
  /// Up to 16 letters and digits, echoed in the answer.
  public var tag: Identifier?
  public var command: ClientCommand

  public init(tag: Identifier? = nil, _ command: ClientCommand) {
    self.tag = tag
    self.command = command
  }
}

/// What a client can say, one case a verb.
public enum ClientCommand: Hashable, Sendable {
  // Taxis
  case on(TaxiEntry)
  case off(Identifier, force: Bool, reason: Identifier?)
  case position(Identifier, PositionReportFields)
  case busy(Identifier, BusyReason)
  case free(Identifier)
  // Drivers
  case accept(Identifier)
  case decline(Identifier, DeclineReason)
  case arrive(TripStep)
  case board(TripStep)
  case drop(TripStep, Receipt)
  case noShow(TripStep)
  case abort(TripStep, AbortReason)
  // Riders
  case request(RideRequest)
  case change(Identifier, version: UInt32, RideAmendment)
  case cancel(Identifier, by: CancelledBy, reason: Identifier?)
  case quote(from: GeoPoint, to: GeoPoint?, seats: UInt8, tags: [Identifier])
  /// `walk` is how far the rider would walk, in time.
  case advise(GeoPoint, walk: Millis)
  // Dispatchers
  case assign(ride: Identifier, taxi: Identifier)
  case release(Identifier)
  case explain(Identifier)
  case near(NearQuery)
  // Everyone
  case get(Subject, Identifier)
  case subscribe(Subscription)
  case unsubscribe(Identifier)
  /// `time` is echoed.
  case ping(time: Millis?)
  case hello(Greeting)
  case authenticate(Credentials)
  case who
  case stat
  /// `nil` = the list of verbs.
  case help(String?)
  case quit

  public var verb: Verb {
    switch self {
    case .on: .on
    case .off: .off
    case .position: .p
    case .busy: .busy
    case .free: .free
    case .accept: .accept
    case .decline: .decline
    case .arrive: .arrive
    case .board: .board
    case .drop: .drop
    case .noShow: .noShow
    case .abort: .abort
    case .request: .req
    case .change: .change
    case .cancel: .cancel
    case .quote: .quote
    case .advise: .advise
    case .assign: .assign
    case .release: .release
    case .explain: .explain
    case .near: .near
    case .get: .get
    case .subscribe: .sub
    case .unsubscribe: .unsub
    case .ping: .ping
    case .hello: .hello
    case .authenticate: .auth
    case .who: .who
    case .stat: .stat
    case .help: .help
    case .quit: .quit
    }
  }
}

/// `ON taxi point [seats= tags= driver= n= auto=1]`.
public struct TaxiEntry: Hashable, Sendable {
  public var taxi: Identifier
  public var place: GeoPoint
  /// 1…8.
  public var seats: UInt8 = 4
  public var tags: [Identifier] = []
  public var driver: Identifier?
  /// Orders positions, as in `P`; 0 = not numbered.
  public var sequence: UInt64 = 0
  /// Offers count as accepted at once.
  public var auto = false

  public init(taxi: Identifier, place: GeoPoint) {
    self.taxi = taxi
    self.place = place
  }
}

/// Which taxi took a step of which ride: with both names a line that was under way while the ride
/// went to another taxi cannot count for that one.
public struct TripStep: Hashable, Sendable {
  public var ride: Identifier
  public var taxi: Identifier
  /// The device's time: recorded, never decided on.
  public var sentAt: Millis?

  public init(ride: Identifier, taxi: Identifier, sentAt: Millis? = nil) {
    self.ride = ride
    self.taxi = taxi
    self.sentAt = sentAt
  }
}

/// What a ride came to, as the taxi's own meter has it; passed on in events, never decided on.
public struct Receipt: Hashable, Sendable {
  /// Metres.
  public var distance: Fixed?
  /// Minor units of ``currency``.
  public var fare: UInt64?
  /// Such as `KRW`.
  public var currency: Identifier?

  public init(distance: Fixed? = nil, fare: UInt64? = nil, currency: Identifier? = nil) {
    self.distance = distance
    self.fare = fare
    self.currency = currency
  }
}

/// `REQ rid from [to] [seats= tags= at= wait= t= note=]`.
public struct RideRequest: Hashable, Sendable {
  public var ride: Identifier
  public var from: GeoPoint
  public var to: GeoPoint?
  /// 1…8.
  public var seats: UInt8 = 1
  public var tags: [Identifier] = []
  /// A reservation's pickup time.
  public var at: Millis?
  /// `nil` = the region's own.
  public var wait: Millis?
  public var sentAt: Millis?
  /// For the driver, after acceptance. Never empty.
  public var note: String?

  public init(ride: Identifier, from: GeoPoint, to: GeoPoint? = nil) {
    self.ride = ride
    self.from = from
    self.to = to
  }
}

/// `CHANGE rid v= [to= seats= at=]`: `nil` = as it was.
public struct RideAmendment: Hashable, Sendable {
  public var to: GeoPoint?
  public var seats: UInt8?
  public var at: Millis?

  public init(to: GeoPoint? = nil, seats: UInt8? = nil, at: Millis? = nil) {
    self.to = to
    self.seats = seats
    self.at = at
  }
}

/// `NEAR point r= [max= tags=]`.
public struct NearQuery: Hashable, Sendable {
  public var place: GeoPoint
  /// Metres.
  public var radius: Fixed
  /// 1…100.
  public var most: Int = 10
  public var tags: [Identifier] = []

  public init(place: GeoPoint, radius: Fixed) {
    self.place = place
    self.radius = radius
  }
}

/// What `GET` and `SNAP` speak of.
public enum Subject: String, CaseIterable, Sendable {
  case request = "REQ"
  case taxi = "TAXI"
  case offer = "OFFER"
}

/// `SUB sid kinds [taxi= req= box= near= r= from= rate=]`.
public struct Subscription: Hashable, Sendable {
  public var name: Identifier
  public var kinds: KindSet
  /// Only events of this taxi.
  public var taxi: Identifier?
  /// Only events of this request.
  public var ride: Identifier?
  /// Only events in this box.
  public var box: GeoBox?
  /// Only events within ``radius`` of this place.
  public var near: GeoPoint?
  /// Metres; there exactly when ``near`` is.
  public var radius: Fixed?
  public var start: StreamStart = .now
  /// At most one `pos` a taxi in this time.
  public var rate: Millis?

  public init(name: Identifier, kinds: KindSet) {
    self.name = name
    self.kinds = kinds
  }
}

/// Where a subscription begins.
public enum StreamStart: Hashable, Sendable {
  case now
  /// As far back as the journal goes.
  case first
  /// The present state, then what follows.
  case snapshot
  /// What follows this position.
  case after(FactPosition)
}

/// `HELLO blp/1 [name= agent= region=]`.
public struct Greeting: Hashable, Sendable {
  /// `blp/1` in version 1.
  public var version: String
  public var name: Identifier?
  /// Program and version of the client, free text.
  public var agent: String?
  /// Which region the client means; a server of another one says where that is.
  public var region: Identifier?

  public init(
    version: String = "blp/1",
    name: Identifier? = nil,
    agent: String? = nil,
    region: Identifier? = nil
  ) {
    self.version = version
    self.name = name
    self.agent = agent
    self.region = region
  }
}

/// `AUTH mac keyid hex` or `AUTH token token`.
public enum Credentials: Hashable, Sendable {
  /// The digest is 64 lower-case hexadecimal digits: HMAC-SHA256(secret, nonce "|" keyid "|"
  /// region).
  case mac(key: Identifier, digest: Identifier)
  /// 1 to 64 visible characters other than `=`.
  case token(String)
}
