import Matching
import Spatial

extension ClientLine {
  /// Reads any line of a client. May ask for memory: positions in their usual form are read by
  /// ``PositionLine`` first.
  ///
  /// - Parameter line: without its LF, as ``LineScanner`` gives it.
  /// - Throws: the first fault, with the line's tag.
  public init(_ line: Span<UInt8>) throws(LineError) {
    var tokens = LineTokens(line)
    do throws(LineError) {
      try tokens.split()
      let word = tokens.text(tokens.word)
      guard !word.isEmpty else { throw LineError(.syntax, "a tag and no verb") }
      guard let verb = Verb(word: word) else { throw LineError.unknownVerb(word) }
      tokens.form = verb.manual.form
      self.init(tag: tokens.tag, try ClientCommand(verb, tokens))
    } catch {
      var tagged = error
      tagged.tag = tokens.tag
      throw tagged
    }
  }
}

extension ClientCommand {
  fileprivate init(_ verb: Verb, _ line: LineTokens) throws(LineError) {
    try line.requireCount(verb.manual.arguments)
    switch verb {
    case .on, .off, .p, .busy, .free: self = try Self.taxi(verb, line)
    case .accept, .decline, .arrive, .board, .drop, .noShow, .abort:
      self = try Self.driver(verb, line)
    case .req, .change, .cancel, .quote, .advise: self = try Self.rider(verb, line)
    case .assign, .release, .explain, .near: self = try Self.dispatcher(verb, line)
    case .get, .sub, .unsub: self = try Self.reader(verb, line)
    case .ping, .hello, .auth, .who, .stat, .help, .quit: self = try Self.session(verb, line)
    }
  }

  private static func taxi(_ verb: Verb, _ line: LineTokens) throws(LineError) -> ClientCommand {
    let taxi = try line.argument(0, "taxi", as: .name)
    switch verb {
    case .on:
      var entry = TaxiEntry(taxi: taxi, place: try line.argument(1, "point", as: .place))
      entry.seats = try line.optional("seats", as: .whole(1...8)) ?? entry.seats
      entry.tags = try line.optional("tags", as: .names) ?? []
      entry.driver = try line.optional("driver", as: .name)
      entry.sequence = try line.optional("n", as: .number) ?? 0
      entry.auto = try line.optional("auto", as: .flag) ?? false
      return .on(entry)
    case .off:
      return .off(
        taxi,
        force: try line.optional("force", as: .flag) ?? false,
        reason: try line.optional("reason", as: .name)
      )
    case .busy:
      return .busy(taxi, try line.required("reason", as: .oneOf(BusyReason.allCases, \.word)))
    case .free: return .free(taxi)
    default:
      let place = try line.argument(1, "point", as: .place)
      return .position(
        taxi,
        PositionReportFields(
          place: place,
          sequence: try line.optional("n", as: .number) ?? 0,
          sentAt: try line.optional("t", as: .time),
          heading: try line.optional("h", as: .heading),
          speed: try line.optional("s", as: .metres),
          accuracy: try line.optional("a", as: .metres)
        )
      )
    }
  }

  private static func driver(_ verb: Verb, _ line: LineTokens) throws(LineError) -> ClientCommand {
    switch verb {
    case .accept: return .accept(try line.argument(0, "oid", as: .name))
    case .decline:
      return .decline(
        try line.argument(0, "oid", as: .name),
        try line.optional("reason", as: .oneOf(DeclineReason.allCases, \.word)) ?? .unstated
      )
    default: break
    }
    let step = TripStep(
      ride: try line.argument(0, "rid", as: .name),
      taxi: try line.argument(1, "taxi", as: .name),
      sentAt: try line.optional("t", as: .time)
    )
    switch verb {
    case .arrive: return .arrive(step)
    case .board: return .board(step)
    case .noShow: return .noShow(step)
    case .abort:
      let reason = try line.optional("reason", as: .oneOf(AbortReason.allCases, \.word))
      return .abort(step, reason ?? .unstated)
    default:
      return .drop(
        step,
        Receipt(
          distance: try line.optional("dist", as: .metres),
          fare: try line.optional("fare", as: .number),
          currency: try line.optional("cur", as: .name)
        )
      )
    }
  }

  private static func rider(_ verb: Verb, _ line: LineTokens) throws(LineError) -> ClientCommand {
    switch verb {
    case .req:
      var request = RideRequest(
        ride: try line.argument(0, "rid", as: .name),
        from: try line.argument(1, "from", as: .place)
      )
      if line.arguments.count > 2 { request.to = try line.argument(2, "to", as: .place) }
      request.seats = try line.optional("seats", as: .whole(1...8)) ?? 1
      request.tags = try line.optional("tags", as: .names) ?? []
      request.at = try line.optional("at", as: .time)
      request.wait = try line.optional("wait", as: .span)
      request.sentAt = try line.optional("t", as: .time)
      request.note = try line.optional("note", as: .freeText)
      return .request(request)
    case .change:
      return .change(
        try line.argument(0, "rid", as: .name),
        version: try line.required("v", as: .whole(0...UInt32.max)),
        RideAmendment(
          to: try line.optional("to", as: .place),
          seats: try line.optional("seats", as: .whole(1...8)),
          at: try line.optional("at", as: .time)
        )
      )
    case .cancel:
      return .cancel(
        try line.argument(0, "rid", as: .name),
        by: try line.optional("by", as: .oneOf(CancelledBy.allCases, \.word)) ?? .rider,
        reason: try line.optional("reason", as: .name)
      )
    case .advise:
      return .advise(
        try line.argument(0, "point", as: .place),
        walk: try line.optional("walk", as: .span) ?? .minutes(5)
      )
    default:
      return .quote(
        from: try line.argument(0, "from", as: .place),
        to: line.arguments.count > 1 ? try line.argument(1, "to", as: .place) : nil,
        seats: try line.optional("seats", as: .whole(1...8)) ?? 1,
        tags: try line.optional("tags", as: .names) ?? []
      )
    }
  }

  private static func dispatcher(
    _ verb: Verb,
    _ line: LineTokens
  ) throws(LineError) -> ClientCommand {
    switch verb {
    case .assign:
      return .assign(
        ride: try line.argument(0, "rid", as: .name),
        taxi: try line.argument(1, "taxi", as: .name)
      )
    case .release: return .release(try line.argument(0, "rid", as: .name))
    case .explain: return .explain(try line.argument(0, "rid", as: .name))
    default:
      var query = NearQuery(
        place: try line.argument(0, "point", as: .place),
        radius: try line.required("r", as: .metres)
      )
      query.most = try line.optional("max", as: .whole(1...100)) ?? query.most
      query.tags = try line.optional("tags", as: .names) ?? []
      return .near(query)
    }
  }

  private static func reader(_ verb: Verb, _ line: LineTokens) throws(LineError) -> ClientCommand {
    switch verb {
    case .get:
      return .get(
        try line.argument(0, "what", as: .oneOf(Subject.allCases, \.rawValue)),
        try line.argument(1, "id", as: .name)
      )
    case .unsub: return .unsubscribe(try line.argument(0, "sid", as: .name))
    default:
      var subscription = Subscription(
        name: try line.argument(0, "sid", as: .name),
        kinds: try line.argument(1, "kinds", as: .kinds)
      )
      guard subscription.name.text != "0" else {
        throw .value("sid", "0 is the stream that every session has; name yours otherwise")
      }
      subscription.taxi = try line.optional("taxi", as: .name)
      subscription.ride = try line.optional("req", as: .name)
      subscription.box = try line.optional("box", as: .box)
      subscription.near = try line.optional("near", as: .place)
      subscription.radius = try line.optional("r", as: .metres)
      guard (subscription.near == nil) == (subscription.radius == nil) else {
        throw .value(subscription.near == nil ? "near" : "r", "near= and r= go together")
      }
      subscription.start = try line.optional("from", as: .start) ?? .now
      subscription.rate = try line.optional("rate", as: .span)
      return .subscribe(subscription)
    }
  }

  private static func session(_ verb: Verb, _ line: LineTokens) throws(LineError) -> ClientCommand {
    switch verb {
    case .ping: return .ping(time: try line.optional("t", as: .time))
    case .hello:
      return .hello(
        Greeting(
          version: try line.argument(0, "version", as: .word),
          name: try line.optional("name", as: .name),
          agent: try line.optional("agent", as: .freeText),
          region: try line.optional("region", as: .name)
        )
      )
    case .auth:
      let scheme = try line.argument(0, "scheme", as: .oneOf(["mac", "token"], \.self))
      if scheme == "token" {
        try line.requireCount(2...2)
        return .authenticate(.token(try line.argument(1, "token", as: .word)))
      }
      try line.requireCount(3...3)
      return .authenticate(
        .mac(
          key: try line.argument(1, "keyid", as: .name),
          digest: try line.argument(2, "digest", as: .digest)
        )
      )
    case .who: return .who
    case .stat: return .stat
    case .quit: return .quit
    default:
      return .help(line.arguments.isEmpty ? nil : try line.argument(0, "verb", as: .word))
    }
  }
}
