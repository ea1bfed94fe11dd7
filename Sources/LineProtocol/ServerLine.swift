import Matching
import Spatial

/// One line of a server, read. Fields that this version does not know are ignored where a line has
/// a type of its own, and kept where its keys are open (``OKLine``, ``RowLine``, ``EventLine``).
public enum ServerLine: Hashable, Sendable {
  case banner(Banner)
  case ok(OKLine)
  case error(LineError)
  /// Data that belongs to the next ``ok(_:)``.
  case row(RowLine)
  case pong(PongLine)
  /// A heartbeat: every matching event up to here was sent.
  case ping(at: FactPosition)
  case offer(OfferLine)
  case revoke(Identifier, why: Identifier, at: FactPosition)
  case guide(GuideLine)
  case event(EventLine)
  case position(MovedLine)
  case snapshot(SnapshotLine)
  /// The snapshot is over; events after this position follow.
  case live(Identifier, FactPosition)
  /// Events between these positions were not sent to this subscription.
  case gap(Identifier, from: FactPosition, to: FactPosition)
  case bye(ByeLine)
}

/// The first line of a connection: `BLP/1 region=…`. Every promise a client may count on.
public struct Banner: Hashable, Sendable {
  public var region: Identifier
  public var node: Identifier
  /// `leader` or `standby`.
  public var role: Identifier
  /// `durable`, `replicated`, `relaxed` or `memory`: what is true of an answer once it is read.
  public var durability: Identifier
  public var at: FactPosition
  public var lineMax: Int = LineScanner.lineMaxDefault
  public var heartbeat: Millis = .seconds(10)
  /// How long ids are remembered after their ride's end.
  public var dedup: Millis = .minutes(15)
  /// The server's clock.
  public var now: Millis
  /// `mac`, `token`, `none`.
  public var auth: [Identifier]
  /// For `AUTH mac`.
  public var nonce: Identifier
  /// Whether clients move the server's time: a server for simulations.
  public var isClockVirtual = false

  public init(
    region: Identifier,
    node: Identifier,
    role: Identifier,
    durability: Identifier,
    at: FactPosition,
    now: Millis,
    auth: [Identifier],
    nonce: Identifier
  ) {
    self.region = region
    self.node = node
    self.role = role
    self.durability = durability
    self.at = at
    self.now = now
    self.auth = auth
    self.nonce = nonce
  }
}

/// `[tag] OK [subject …] [key=value …]`: which keys, the verb says.
public struct OKLine: Hashable, Sendable {
  public var tag: Identifier?
  /// What the line was about, first its id.
  public var arguments: [String]
  public var fields: [Field]

  public init(tag: Identifier? = nil, arguments: [String] = [], fields: [Field] = []) {
    self.tag = tag
    self.arguments = arguments
    self.fields = fields
  }

  public subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

  public var at: FactPosition? { self["at"].flatMap { FactPosition($0) } }
  /// Nothing changed: the answer is of the first line with these ids and this content.
  public var isDuplicate: Bool { self["dup"] == "1" }
  public var state: String? { self["state"] }
}

/// `[tag] ROW [argument …] [key=value …]`: one of several lines of an answer.
public struct RowLine: Hashable, Sendable {
  public var tag: Identifier?
  public var arguments: [String]
  public var fields: [Field]

  public init(tag: Identifier? = nil, arguments: [String] = [], fields: [Field] = []) {
    self.tag = tag
    self.arguments = arguments
    self.fields = fields
  }
}

/// `[tag] PONG [t=] now= at= [next=]`.
public struct PongLine: Hashable, Sendable {
  public var tag: Identifier?
  public var time: Millis?
  public var now: Millis
  public var at: FactPosition
  /// Where the clock is virtual: when something falls due next, unless something is said before;
  /// `nil` = never.
  public var next: Millis?

  public init(tag: Identifier? = nil, time: Millis? = nil, now: Millis, at: FactPosition) {
    self.tag = tag
    self.time = time
    self.now = now
    self.at = at
  }
}

/// `OFFER oid taxi rid from= eta= ttl= [dest=] [seats=] [again=1] at=`.
public struct OfferLine: Hashable, Sendable {
  public var offer: Identifier
  public var taxi: Identifier
  public var ride: Identifier
  /// Coarse: about 150 m.
  public var from: GeoPoint
  /// The driving time to the pickup, by the server's travel model.
  public var eta: Millis
  /// What is left to answer.
  public var ttl: Millis
  /// Coarse or exact or not there, by the region's policy.
  public var destination: GeoPoint?
  /// Not there for a party of one.
  public var seats: UInt8?
  /// Sent before, on a connection that is gone.
  public var isRepeated = false
  public var at: FactPosition

  public init(
    offer: Identifier,
    taxi: Identifier,
    ride: Identifier,
    from: GeoPoint,
    eta: Millis,
    ttl: Millis,
    at: FactPosition
  ) {
    self.offer = offer
    self.taxi = taxi
    self.ride = ride
    self.from = from
    self.eta = eta
    self.ttl = ttl
    self.at = at
  }
}

/// `GUIDE taxi [to= eta= until=] [why=]`: advice to an idle taxi; without `to` the last is withdrawn.
public struct GuideLine: Hashable, Sendable {
  public var taxi: Identifier
  public var to: GeoPoint?
  public var eta: Millis?
  public var until: Millis?
  public var why: Identifier?

  public init(
    taxi: Identifier,
    to: GeoPoint? = nil,
    eta: Millis? = nil,
    until: Millis? = nil,
    why: Identifier? = nil
  ) {
    self.taxi = taxi
    self.to = to
    self.eta = eta
    self.until = until
    self.why = why
  }
}

/// `EV sid position kind id [key=value …]`.
public struct EventLine: Hashable, Sendable {
  public var subscription: Identifier
  public var at: FactPosition
  /// ``EventKind/word``, or a newer server's.
  public var kind: String
  public var subject: Identifier
  public var fields: [Field]

  public init(
    subscription: Identifier,
    at: FactPosition,
    kind: String,
    subject: Identifier,
    fields: [Field] = []
  ) {
    self.subscription = subscription
    self.at = at
    self.kind = kind
    self.subject = subject
    self.fields = fields
  }
}

/// `POS sid taxi point [t=] [h=] [s=]`: a merged position, unnumbered.
public struct MovedLine: Hashable, Sendable {
  public var subscription: Identifier
  public var taxi: Identifier
  /// Without sequence and accuracy.
  public var report: PositionReportFields

  public init(subscription: Identifier, taxi: Identifier, report: PositionReportFields) {
    self.subscription = subscription
    self.taxi = taxi
    self.report = report
  }
}

/// `SNAP sid REQ|TAXI|OFFER id [key=value …]`: one thing of the present state.
public struct SnapshotLine: Hashable, Sendable {
  public var subscription: Identifier
  public var subject: Subject
  public var name: Identifier
  public var fields: [Field]

  public init(
    subscription: Identifier,
    subject: Subject,
    name: Identifier,
    fields: [Field] = []
  ) {
    self.subscription = subscription
    self.subject = subject
    self.name = name
    self.fields = fields
  }
}

/// `BYE why= at= [to=host:port] [after=]`: the last line of a connection that the server ends.
public struct ByeLine: Hashable, Sendable {
  /// `drain`, `slow`, `idle`, `fenced`, `quota`, `quit`.
  public var why: Identifier
  /// Events up to here were sent.
  public var at: FactPosition
  public var to: Identifier?
  public var after: Millis?

  public init(
    why: Identifier,
    at: FactPosition,
    to: Identifier? = nil,
    after: Millis? = nil
  ) {
    self.why = why
    self.at = at
    self.to = to
    self.after = after
  }
}

extension Field {
  /// The value as a span of time; `nil` when it is none.
  public var span: Millis? {
    let bytes = Array(value.utf8)
    var at = 0
    guard let span = readSpan(bytes.span, &at), at == bytes.count else { return nil }
    return span
  }
}
