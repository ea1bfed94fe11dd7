import Matching
import Spatial

extension ServerLine {
  /// Reads any line of a server, for clients.
  ///
  /// - Parameter line: without its LF, as ``LineScanner`` gives it.
  /// - Throws: what is wrong with it; `405 verb` for a word that a newer server may know, which a
  ///   client passes over.
  public init(_ line: Span<UInt8>) throws(LineError) {
    var tokens = LineTokens(line)
    try tokens.split()
    let word = tokens.text(tokens.word)
    tokens.form = word
    switch word {
    case "BLP/1": self = .banner(try Banner(tokens))
    case "OK":
      self = .ok(
        OKLine(
          tag: tokens.tag,
          arguments: tokens.arguments.map(tokens.text),
          fields: tokens.fields
        )
      )
    case "ERR": self = .error(try LineError(tokens))
    case "ROW":
      self = .row(
        RowLine(
          tag: tokens.tag,
          arguments: tokens.arguments.map(tokens.text),
          fields: tokens.fields
        )
      )
    case "PONG":
      var pong = PongLine(
        tag: tokens.tag,
        time: try tokens.optional("t", as: .time),
        now: try tokens.required("now", as: .time),
        at: try tokens.required("at", as: .position)
      )
      pong.next = try tokens.optional("next", as: .time)
      self = .pong(pong)
    default: self = try Self.push(word, tokens)
    }
  }

  private static func push(_ word: String, _ line: LineTokens) throws(LineError) -> ServerLine {
    switch word {
    case "PING": return .ping(at: try line.required("at", as: .position))
    case "OFFER": return .offer(try OfferLine(line))
    case "REVOKE":
      try line.requireCount(1...1)
      return .revoke(
        try line.argument(0, "oid", as: .name),
        why: try line.required("why", as: .name),
        at: try line.required("at", as: .position)
      )
    case "GUIDE":
      try line.requireCount(1...1)
      return .guide(
        GuideLine(
          taxi: try line.argument(0, "taxi", as: .name),
          to: try line.optional("to", as: .place),
          eta: try line.optional("eta", as: .span),
          until: try line.optional("until", as: .time),
          why: try line.optional("why", as: .name)
        )
      )
    case "BYE":
      return .bye(
        ByeLine(
          why: try line.required("why", as: .name),
          at: try line.required("at", as: .position),
          to: try line.optional("to", as: .name),
          after: try line.optional("after", as: .span)
        )
      )
    default: return try stream(word, line)
    }
  }

  private static func stream(_ word: String, _ line: LineTokens) throws(LineError) -> ServerLine {
    switch word {
    case "EV":
      try line.requireCount(4...4)
      return .event(
        EventLine(
          subscription: try line.argument(0, "sid", as: .name),
          at: try line.argument(1, "position", as: .position),
          kind: line.text(line.arguments[2]),
          subject: try line.argument(3, "id", as: .name),
          fields: line.fields
        )
      )
    case "POS":
      try line.requireCount(3...3)
      return .position(
        MovedLine(
          subscription: try line.argument(0, "sid", as: .name),
          taxi: try line.argument(1, "taxi", as: .name),
          report: PositionReportFields(
            place: try line.argument(2, "point", as: .place),
            sentAt: try line.optional("t", as: .time),
            heading: try line.optional("h", as: .heading),
            speed: try line.optional("s", as: .metres)
          )
        )
      )
    case "SNAP":
      try line.requireCount(3...3)
      return .snapshot(
        SnapshotLine(
          subscription: try line.argument(0, "sid", as: .name),
          subject: try line.argument(1, "what", as: .oneOf(Subject.allCases, \.rawValue)),
          name: try line.argument(2, "id", as: .name),
          fields: line.fields
        )
      )
    case "LIVE":
      try line.requireCount(2...2)
      return .live(
        try line.argument(0, "sid", as: .name),
        try line.argument(1, "position", as: .position)
      )
    case "GAP":
      try line.requireCount(1...1)
      return .gap(
        try line.argument(0, "sid", as: .name),
        from: try line.required("from", as: .position),
        to: try line.required("to", as: .position)
      )
    default: throw LineError(.verb, "a server's line does not begin with \(word.prefix(16))")
    }
  }
}

extension Banner {
  fileprivate init(_ line: LineTokens) throws(LineError) {
    self.init(
      region: try line.required("region", as: .name),
      node: try line.required("node", as: .name),
      role: try line.required("role", as: .name),
      durability: try line.required("dur", as: .name),
      at: try line.required("at", as: .position),
      now: try line.required("now", as: .time),
      auth: try line.required("auth", as: .names),
      nonce: try line.required("nonce", as: .name)
    )
    lineMax = try line.optional("maxline", as: .whole(2...1_000_000)) ?? lineMax
    heartbeat = try line.optional("hb", as: .span) ?? heartbeat
    dedup = try line.optional("dedup", as: .span) ?? dedup
    isClockVirtual = try line.optional("clock", as: .word) == "virtual"
  }
}

extension OfferLine {
  fileprivate init(_ line: LineTokens) throws(LineError) {
    try line.requireCount(3...3)
    self.init(
      offer: try line.argument(0, "oid", as: .name),
      taxi: try line.argument(1, "taxi", as: .name),
      ride: try line.argument(2, "rid", as: .name),
      from: try line.required("from", as: .place),
      eta: try line.required("eta", as: .span),
      ttl: try line.required("ttl", as: .span),
      at: try line.required("at", as: .position)
    )
    destination = try line.optional("dest", as: .place)
    seats = try line.optional("seats", as: .whole(1...8))
    isRepeated = try line.optional("again", as: .flag) ?? false
  }
}

extension LineError {
  fileprivate init(_ line: LineTokens) throws(LineError) {
    try line.requireCount(2...2)
    let code = try line.argument(0, "code", as: ValueKind<UInt16>.whole(100...999))
    let name = ErrorName(code: code, word: line.text(line.arguments[1]))
    let known: Set<String> = ["retry", "close", "key", "msg"]
    self.init(
      name,
      try line.required("msg", as: .freeText),
      retry: Retry(word: try line.required("retry", as: .word)),
      closes: try line.optional("close", as: .flag) ?? false,
      key: try line.optional("key", as: .word),
      details: line.fields.filter { !known.contains($0.key) },
      tag: line.tag
    )
  }
}

extension Retry {
  /// Unknown advice of a newer server is the careful one: look before you send again.
  fileprivate init(word: String) {
    switch word {
    case "never": self = .never
    case "same": self = .same
    case "elsewhere": self = .elsewhere
    default:
      let bytes = Array(word.utf8.dropFirst("after:".utf8.count))
      var at = 0
      let span = word.hasPrefix("after:") ? readSpan(bytes.span, &at) : nil
      self = span.map { .after($0) } ?? .refresh
    }
  }
}
