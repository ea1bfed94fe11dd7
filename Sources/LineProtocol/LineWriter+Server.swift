import Matching

extension LineWriter {
  public mutating func write(_ line: ServerLine) {
    switch line {
    case .banner(let banner): write(banner)
    case .ok(let answer): write("OK", answer.tag, answer.arguments, answer.fields)
    case .error(let error): write(error)
    case .row(let row): write("ROW", row.tag, row.arguments, row.fields)
    case .pong(let pong): write(pong)
    case .ping(let at): heartbeat(at: at)
    case .offer(let offer): write(offer)
    case .revoke(let offer, let why, let at): revoke(offer, why: why.text, at: at)
    case .guide(let guide): write(guide)
    case .event(let event): write(event)
    case .position(let moved): write(moved)
    case .snapshot(let snapshot): write(snapshot)
    case .live(let subscription, let at):
      begin("LIVE")
      argument(subscription)
      argument(at)
      end()
    case .gap(let subscription, let from, let to):
      begin("GAP")
      argument(subscription)
      field("from", from)
      field("to", to)
      end()
    case .bye(let bye): write(bye)
    }
  }

  public mutating func write(_ banner: Banner) {
    begin("BLP/1")
    field("region", banner.region)
    field("node", banner.node)
    field("role", banner.role)
    field("dur", banner.durability)
    field("at", banner.at)
    field("order", "lat,lon")
    field("maxline", banner.lineMax)
    field("hb", span: banner.heartbeat)
    field("dedup", span: banner.dedup)
    field("now", time: banner.now)
    field("auth", ids: banner.auth)
    field("nonce", banner.nonce)
    if banner.isClockVirtual { field("clock", "virtual") }
    end()
  }

  private mutating func write(
    _ word: StaticString,
    _ tag: Identifier?,
    _ arguments: [String],
    _ fields: [Field]
  ) {
    begin(word, tag: tag)
    for word in arguments { argument(word) }
    for pair in fields { field(pair) }
    end()
  }

  public mutating func write(_ error: LineError) {
    begin("ERR", tag: error.tag)
    bytesSpace()
    append(UInt64(error.name.code))
    argument(error.name.word)
    append(" retry=")
    switch error.retry {
    case .never: append("never")
    case .same: append("same")
    case .elsewhere: append("elsewhere")
    case .refresh: append("refresh")
    case .after(let span):
      append("after:")
      append(span: span)
    }
    flag("close", error.closes)
    if let key = error.key { field("key", key) }
    for pair in error.details { field(pair) }
    field("msg", text: error.message)
    end()
  }

  private mutating func bytesSpace() { append(" ") }

  public mutating func write(_ pong: PongLine) {
    begin("PONG", tag: pong.tag)
    if let time = pong.time { field("t", time: time) }
    field("now", time: pong.now)
    field("at", pong.at)
    if let next = pong.next { field("next", time: next) }
    end()
  }

  public mutating func heartbeat(at: FactPosition) {
    begin("PING")
    field("at", at)
    end()
  }

  public mutating func write(_ offer: OfferLine) {
    begin("OFFER")
    argument(offer.offer)
    argument(offer.taxi)
    argument(offer.ride)
    field("from", offer.from)
    field("eta", span: offer.eta)
    field("ttl", span: offer.ttl)
    if let destination = offer.destination { field("dest", destination) }
    if let seats = offer.seats { field("seats", seats) }
    flag("again", offer.isRepeated)
    field("at", offer.at)
    end()
  }

  public mutating func revoke(_ offer: Identifier, why: String, at: FactPosition) {
    begin("REVOKE")
    argument(offer)
    field("why", why)
    field("at", at)
    end()
  }

  public mutating func write(_ guide: GuideLine) {
    begin("GUIDE")
    argument(guide.taxi)
    if let to = guide.to { field("to", to) }
    if let eta = guide.eta { field("eta", span: eta) }
    if let until = guide.until { field("until", time: until) }
    if let why = guide.why { field("why", why) }
    end()
  }

  public mutating func write(_ event: EventLine) {
    beginEvent(event.subscription)
    eventHead(at: event.at, kind: event.kind, subject: event.subject)
    for pair in event.fields { field(pair) }
    end()
  }

  /// `EV sid`. What follows is the same for all subscribers: write it once, from
  /// ``eventHead(at:kind:subject:)`` to ``end()``, into another writer, and add it with
  /// ``raw(_:)``.
  public mutating func beginEvent(_ subscription: Identifier) {
    begin("EV")
    argument(subscription)
  }

  /// ` position kind id`; fields may follow.
  public mutating func eventHead(at: FactPosition, kind: String, subject: Identifier) {
    argument(at)
    argument(kind)
    argument(subject)
  }

  public mutating func write(_ moved: MovedLine) {
    begin("POS")
    argument(moved.subscription)
    argument(moved.taxi)
    argument(moved.report.place)
    if let time = moved.report.sentAt { field("t", time: time) }
    if let heading = moved.report.heading { field("h", heading) }
    if let speed = moved.report.speed { field("s", speed) }
    end()
  }

  public mutating func write(_ snapshot: SnapshotLine) {
    begin("SNAP")
    argument(snapshot.subscription)
    argument(snapshot.subject.rawValue)
    argument(snapshot.name)
    for pair in snapshot.fields { field(pair) }
    end()
  }

  public mutating func write(_ bye: ByeLine) {
    begin("BYE")
    field("why", bye.why)
    field("at", bye.at)
    if let to = bye.to { field("to", to) }
    if let after = bye.after { field("after", span: after) }
    end()
  }
}
