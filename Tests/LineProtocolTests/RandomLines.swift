import LineProtocol
import Matching
import MatchingTestSupport
import Spatial

/// Draws values of every kind of line, with the awkward ones more often than by chance.
struct RandomLines {
  private var draw: Draw

  init(seed: UInt64) { draw = Draw(seed: seed) }

  mutating func client() -> ClientLine {
    let verb = draw.pick(Verb.allCases)
    return ClientLine(tag: draw.happens(permille: 300) ? tag() : nil, command(verb))
  }

  mutating func position() -> (taxi: Identifier, report: PositionReportFields) { (id(), report()) }

  mutating func command(_ verb: Verb) -> ClientCommand {
    switch verb {
    case .on:
      var entry = TaxiEntry(taxi: id(), place: place())
      entry.seats = seats()
      entry.tags = tags()
      entry.driver = maybe { $0.id() }
      entry.sequence = number()
      entry.auto = flag()
      return .on(entry)
    case .off: return .off(id(), force: flag(), reason: maybe { $0.id() })
    case .p: return .position(id(), report())
    case .busy: return .busy(id(), draw.pick(BusyReason.allCases))
    case .free: return .free(id())
    case .accept: return .accept(id())
    case .decline: return .decline(id(), draw.pick(DeclineReason.allCases))
    case .arrive: return .arrive(step())
    case .board: return .board(step())
    case .noShow: return .noShow(step())
    case .abort: return .abort(step(), draw.pick(AbortReason.allCases))
    case .drop:
      return .drop(
        step(),
        Receipt(
          distance: maybe { $0.metres() },
          fare: maybe { $0.number() },
          currency: maybe { $0.id() }
        )
      )
    case .req:
      var request = RideRequest(ride: id(), from: place(), to: maybe { $0.place() })
      request.seats = seats()
      request.tags = tags()
      request.at = maybe { $0.time() }
      request.wait = maybe { $0.span() }
      request.sentAt = maybe { $0.time() }
      request.note = maybe { $0.text() }
      return .request(request)
    case .change:
      return .change(
        id(),
        version: UInt32(truncatingIfNeeded: draw.next()),
        RideAmendment(
          to: maybe { $0.place() },
          seats: maybe { $0.seats() },
          at: maybe { $0.time() }
        )
      )
    case .cancel:
      return .cancel(id(), by: draw.pick(CancelledBy.allCases), reason: maybe { $0.id() })
    case .quote:
      return .quote(from: place(), to: maybe { $0.place() }, seats: seats(), tags: tags())
    case .advise: return .advise(place(), walk: span())
    case .assign: return .assign(ride: id(), taxi: id())
    case .release: return .release(id())
    case .explain: return .explain(id())
    case .near:
      var query = NearQuery(place: place(), radius: metres())
      query.most = draw.within(1...100)
      query.tags = tags()
      return .near(query)
    case .get: return .get(draw.pick(Subject.allCases), id())
    case .sub: return .subscribe(subscription())
    case .unsub: return .unsubscribe(id())
    case .ping: return .ping(time: maybe { $0.time() })
    case .hello:
      return .hello(
        Greeting(
          version: "blp/1",
          name: maybe { $0.id() },
          agent: maybe { $0.text() },
          region: maybe { $0.id() }
        )
      )
    case .auth:
      if flag() { return .authenticate(.token("s3cr€t!\(draw.below(1_000))")) }
      let digest = String((0..<64).map { _ in draw.pick(Array("0123456789abcdef")) })
      return .authenticate(.mac(key: id(), digest: name(digest)))
    case .who: return .who
    case .stat: return .stat
    case .help: return .help(maybe { $0.draw.pick(Verb.allCases).word })
    case .quit: return .quit
    }
  }

  mutating func server() -> ServerLine {
    switch draw.below(15) {
    case 0: return .banner(banner())
    case 1: return .ok(OKLine(tag: maybe { $0.tag() }, arguments: words(), fields: fields()))
    case 2: return .row(RowLine(tag: maybe { $0.tag() }, arguments: words(), fields: fields()))
    case 3, 4: return .error(error())
    case 5:
      var pong = PongLine(tag: maybe { $0.tag() }, time: maybe { $0.time() }, now: time(), at: at())
      pong.next = maybe { $0.time() }
      return .pong(pong)
    case 6: return .ping(at: at())
    case 7: return .offer(offer())
    case 8: return .revoke(id(), why: id(), at: at())
    case 9:
      return .guide(
        GuideLine(
          taxi: id(),
          to: maybe { $0.place() },
          eta: maybe { $0.span() },
          until: maybe { $0.time() },
          why: maybe { $0.id() }
        )
      )
    case 10:
      return .event(
        EventLine(
          subscription: id(),
          at: at(),
          kind: draw.pick(EventKind.allCases).word,
          subject: id(),
          fields: fields()
        )
      )
    case 11:
      var moved = report()
      moved.sequence = 0
      moved.accuracy = nil
      return .position(MovedLine(subscription: id(), taxi: id(), report: moved))
    case 12:
      return .snapshot(
        SnapshotLine(
          subscription: id(),
          subject: draw.pick(Subject.allCases),
          name: id(),
          fields: fields()
        )
      )
    case 13: return flag() ? .live(id(), at()) : .gap(id(), from: at(), to: at())
    default:
      return .bye(
        ByeLine(why: id(), at: at(), to: maybe { $0.id() }, after: maybe { $0.span() })
      )
    }
  }

  // MARK: Values

  private mutating func maybe<T>(_ make: (inout RandomLines) -> T) -> T? {
    flag() ? make(&self) : nil
  }

  private mutating func step() -> TripStep {
    TripStep(ride: id(), taxi: id(), sentAt: maybe { $0.time() })
  }

  private mutating func flag() -> Bool { draw.happens(permille: 500) }

  private mutating func name(_ text: String) -> Identifier {
    guard let name = Identifier(text) else { preconditionFailure("no name: \(text)") }
    return name
  }

  mutating func id() -> Identifier {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:~")
    let length = draw.pick([1, 2, 3, 4, 15, 16, 36, 64])
    return name(String((0..<length).map { _ in draw.pick(alphabet) }))
  }

  private mutating func tag() -> Identifier {
    let alphabet = Array("azAZ09")
    return name(String((0..<draw.within(1...16)).map { _ in draw.pick(alphabet) }))
  }

  private mutating func degrees(_ most: Int) -> Int32 {
    let limit = most * 10_000_000
    switch draw.below(4) {
    case 0: return Int32(draw.pick([0, 1, -1, limit, -limit, 10_000_000, -10]))
    case 1: return Int32(draw.within(-most...most) * 10_000_000)
    default: return Int32(draw.within(-limit...limit))
    }
  }

  mutating func place() -> GeoPoint {
    GeoPoint(latitude: degrees(180), longitude: degrees(180))
  }

  private mutating func metres() -> Fixed {
    Fixed(raw: Int64(draw.below(2) == 0 ? draw.below(100_000_000) : draw.below(Int.max / 10)))
  }

  private mutating func report() -> PositionReportFields {
    PositionReportFields(
      place: place(),
      sequence: number(),
      sentAt: maybe { $0.time() },
      heading: maybe { Fixed(raw: Int64($0.draw.within(0...3_600_000_000))) },
      speed: maybe { $0.metres() },
      accuracy: maybe { $0.metres() }
    )
  }

  private mutating func number() -> UInt64 {
    UInt64(draw.pick([0, 1, draw.below(1_000), 999_999_999_999_999_999]))
  }

  private mutating func seats() -> UInt8 { UInt8(draw.within(1...8)) }

  private mutating func tags() -> [Identifier] {
    var tags: [Identifier] = []
    for _ in 0..<draw.below(3) {
      let tag = id()
      if !tags.contains(tag) { tags.append(tag) }
    }
    return tags
  }

  private mutating func time() -> Millis {
    Millis(Int64(draw.within(1_000_000_000_000...9_999_999_999_999)))
  }

  private mutating func span() -> Millis {
    let count = Int64(draw.below(1_000_000_000))
    return Millis(count * draw.pick([1, 1_000, 60_000, 3_600_000]))
  }

  private mutating func at() -> FactPosition {
    FactPosition(
      epoch: UInt64(draw.below(100)),
      sequence: draw.pick([0, 1, .max, UInt64(draw.below(1_000_000))])
    )
  }

  private mutating func text() -> String {
    let alphabet = Array("aZ09 -._~/:%=#;,\"'<>&€배차🚕é")
    return String((0..<draw.within(1...12)).map { _ in draw.pick(alphabet) })
  }

  private mutating func words() -> [String] {
    (0..<draw.below(3)).map { _ in
      draw.pick([id().text, FactPosition(epoch: 4, sequence: 9).description, "한국", "37.5,126.9"])
    }
  }

  private mutating func fields() -> [Field] {
    let keys = ["at", "state", "dup", "r2", "some_key", "abcdefghijklmnop"]
    let count = draw.below(keys.count)
    return keys.prefix(count).map { key in
      flag() ? Field(key, id().text) : Field(key, text: text())
    }
  }

  private mutating func banner() -> Banner {
    var banner = Banner(
      region: id(),
      node: id(),
      role: id(),
      durability: id(),
      at: at(),
      now: time(),
      auth: [id()],
      nonce: id()
    )
    banner.lineMax = draw.within(2...1_000_000)
    banner.heartbeat = span()
    banner.dedup = span()
    banner.isClockVirtual = flag()
    return banner
  }

  private mutating func offer() -> OfferLine {
    var offer = OfferLine(
      offer: id(),
      taxi: id(),
      ride: id(),
      from: place(),
      eta: span(),
      ttl: span(),
      at: at()
    )
    offer.destination = maybe { $0.place() }
    offer.seats = maybe { $0.seats() }
    offer.isRepeated = flag()
    return offer
  }

  private mutating func error() -> LineError {
    LineError(
      draw.pick(ErrorName.all),
      text(),
      retry: draw.pick([
        .never, .same, .elsewhere, .refresh, .after(Millis(Int64(draw.below(99_999)))),
      ]),
      closes: flag(),
      key: maybe { $0.draw.pick(["from", "taxi", "seats"]) },
      details: fields(),
      tag: maybe { $0.tag() }
    )
  }

  private mutating func subscription() -> Subscription {
    let kinds = KindSet(rawValue: UInt32(draw.within(1...(1 << EventKind.allCases.count) - 1)))
    var subscription = Subscription(name: name("s" + id().text.prefix(63)), kinds: kinds)
    subscription.taxi = maybe { $0.id() }
    subscription.ride = maybe { $0.id() }
    if flag() {
      let (a, b) = (place(), place())
      subscription.box = GeoBox(
        south: min(a.latitude, b.latitude),
        west: min(a.longitude, b.longitude),
        north: max(a.latitude, b.latitude),
        east: max(a.longitude, b.longitude)
      )
    }
    if flag() {
      subscription.near = place()
      subscription.radius = metres()
    }
    subscription.start = draw.pick([.now, .first, .snapshot, .after(at())])
    subscription.rate = maybe { $0.span() }
    return subscription
  }
}
