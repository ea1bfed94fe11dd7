import LineProtocol
import Matching
import Spatial

/// From bytes to commands, and who may say what.
extension Dispatcher {
  /// Reads all whole lines; keeps the unfinished one.
  func read(_ bytes: Span<UInt8>, from session: Session) {
    guard session.rest.isEmpty, !session.isReadingPaused else {
      session.rest.append(contentsOf: bytes.withUnsafeBufferPointer { Array($0) })
      if !session.isReadingPaused { readRest(of: session) }
      return
    }
    let used = readLines(bytes, from: session)
    guard used < bytes.count, !session.isClosing else { return }
    session.rest = bytes.extracting(used..<bytes.count).withUnsafeBufferPointer { Array($0) }
    session.restSince = now
  }

  private func readRest(of session: Session) {
    let bytes = session.rest
    let hadBegun = !bytes.isEmpty
    let used = readLines(bytes.span, from: session)
    session.rest = used < bytes.count && !session.isClosing ? Array(bytes[used...]) : []
    // The clock of an unfinished line starts with its first byte.
    if used > 0 || !hadBegun { session.restSince = now }
  }

  /// Goes on with what was read before too many answers waited.
  func resumeReading(_ session: Session) {
    guard session.isReadingPaused, !session.isClosing,
      session.outbox.gatedCount <= limits.unansweredMax / 2
    else { return }
    session.isReadingPaused = false
    readRest(of: session)
    if !session.isReadingPaused { session.wire.setReading(true) }
  }

  /// - Returns: how many bytes are done with.
  private func readLines(_ bytes: Span<UInt8>, from session: Session) -> Int {
    var at = 0
    while true {
      if session.outbox.gatedCount >= limits.unansweredMax {
        session.isReadingPaused = true
        session.wire.setReading(false)
        return at
      }
      guard let found = session.scanner.next(in: bytes, at: &at) else { return at }
      switch found {
      case .line(let range): handle(bytes.extracting(range), from: session)
      case .tooLong: refuseLongLine(session)
      case .badByte:
        refuse(session, LineError.badBytes)
      }
      if session.isClosing || session.isEnding { return bytes.count }
    }
  }

  /// The third line in ten seconds that is too long ends the connection.
  private func refuseLongLine(_ session: Session) {
    session.longLinesAt = session.longLinesAt.filter { now - $0 < .seconds(10) } + [now]
    var error = LineError.tooLong
    if session.longLinesAt.count >= 3 { error.closes = true }
    refuse(session, error)
  }

  private func handle(_ line: Span<UInt8>, from session: Session) {
    if session.isOpen, role.isLeader, session.roles.contains(.gateway),
      let position = PositionLine(line)
    {
      metrics.lines[Int(Verb.p.rawValue)] &+= 1
      return locate(
        taxis.names.find(line.extracting(position.taxi)),
        position.report,
        tag: nil,
        from: session
      )
    }
    do throws(LineError) {
      let line = try ClientLine(line)
      metrics.lines[Int(line.command.verb.rawValue)] &+= 1
      do throws(LineError) {
        try authorize(line.command.verb, session)
        try perform(line.command, line.tag, session)
        if session.outbox.isGated { session.awaitsAnswer = true }
      } catch {
        var tagged = error
        tagged.tag = line.tag
        throw tagged
      }
    } catch {
      refuse(session, error)
    }
  }

  /// Errors that tell nothing of what may not be kept yet.
  private static let stateless: [ErrorName] = [
    .journal, .drain, .moved, .busy, .auth, .syntax, .verb, .length, .unknownResult,
  ]

  func refuse(_ session: Session, _ error: LineError) {
    metrics.count(error)
    writer.write(error)
    if Self.stateless.contains(error.name) {
      deliverStateless(to: session)
    } else {
      deliver(to: session)
    }
    guard error.closes else { return }
    if error.name == .auth { metrics.authenticationsFailed += 1 }
    close(session)
  }

  private func authorize(_ verb: Verb, _ session: Session) throws(LineError) {
    guard session.isOpen else {
      guard verb.isOpen else { throw .unauthenticated(verb) }
      return
    }
    guard !verb.roles.isDisjoint(with: session.roles) else {
      throw .forbidden(verb, to: session.roles)
    }
    if case .standby(let leader) = role, !verb.isAnsweredByStandbys {
      throw LineError(
        .moved,
        "this node does not lead"
          + (leader == nil ? ", and knows nobody yet who does; try again" : ""),
        details: leader.map { [Field("to", $0)] } ?? []
      )
    }
    guard verb.isMutating else { return }
    if let drain {
      throw LineError(
        .drain,
        "the server is shutting down; nothing was changed",
        details: drain.to.map { [Field("to", $0)] } ?? []
      )
    }
    if isStalled {
      throw LineError(.journal, "the journal does not keep up; nothing was changed")
    }
  }

  private func perform(
    _ command: ClientCommand,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    switch command {
    case .on(let entry): try turnOn(entry, tag, session)
    case .off(let taxi, let force, let reason): try turnOff(taxi, force, reason, tag, session)
    case .position(let taxi, let report):
      locate(taxis.names.find(taxi), report, tag: tag, from: session)
    case .busy(let taxi, let reason):
      let index = try ownTaxi(taxi, session)
      try answerTaxi(index, .busy(taxis.id(index), reason), .taxiBusy, tag, session)
    case .free(let taxi):
      let index = try ownTaxi(taxi, session)
      try answerTaxi(index, .free(taxis.id(index)), .taxiFree, tag, session)

    case .accept(let offer): try accept(offer, tag, session)
    case .decline(let offer, let reason): try decline(offer, reason, tag, session)
    case .arrive(let step): try self.step(step, .rideArrived, tag, session, Command.arrive)
    case .board(let step): try self.step(step, .rideOnboard, tag, session, Command.board)
    case .drop(let step, let receipt): try drop(step, receipt, tag, session)
    case .noShow(let step): try self.step(step, .rideNoShow, tag, session, Command.noShow)
    case .abort(let step, let reason):
      try self.step(step, .rideQueued, tag, session) { .abort($0, by: $1, reason) }

    case .request(let request): try self.request(request, tag, session)
    case .change(let ride, let version, let amendment):
      try change(ride, version, amendment, tag, session)
    case .cancel(let ride, let by, let reason): try cancel(ride, by, reason, tag, session)
    case .quote(let from, let to, let seats, let tags):
      try quote(from, to, seats, tags, tag, session)
    case .advise(let place, let walk): try advise(place, walk, tag, session)

    case .assign(let ride, let taxi): try assign(ride, taxi, tag, session)
    case .release(let ride): try release(ride, tag, session)
    case .explain(let ride): try explain(ride, tag, session)
    case .near(let query): try near(query, tag, session)

    case .get(let subject, let name): try get(subject, name, tag, session)
    case .subscribe(let wanted): try subscribe(wanted, tag, session)
    case .unsubscribe(let name): try unsubscribe(name, tag, session)
    case .ping(let time):
      moveTime(to: time)
      var pong = PongLine(tag: tag, time: time, now: wallNow, at: position(engine.factCount))
      pong.next = nextDeadlineShown
      writer.write(pong)
      deliver(to: session)
    case .hello(let greeting): try hello(greeting, tag, session)
    case .authenticate(let credentials): try authenticate(credentials, tag, session)
    case .who: who(tag, session)
    case .stat: stat(tag, session)
    case .help(let word): try help(word, tag, session)
    case .quit:
      writer.begin("OK", tag: tag)
      writer.end()
      deliver(to: session)
      quit(session)
    }
  }

  // MARK: What several verbs need

  /// Asks the engine; its facts are published by ``publish(by:echo:extra:)``, after the answer.
  func ask(_ command: Command) -> Answer {
    let rounds = engine.statistics.rounds
    let answer = engine.handle(command, at: now, into: &facts)
    if engine.statistics.rounds > rounds { noteRound() }
    return answer
  }

  /// The place of a line on the map, if it is in the region.
  func inside(_ place: GeoPoint, _ key: String) throws(LineError) -> Point {
    switch service.placement(of: place) {
    case .inside: return map.project(place)
    case .swapped: throw .swapped(key)
    case .outside: throw .outside(key)
    }
  }

  /// Names of tags as the engine's bits.
  func mask(ofTags names: [Identifier]) throws(LineError) -> UInt32 {
    var mask: UInt32 = 0
    for name in names {
      guard let bit = region.tags.firstIndex(of: name.text) else {
        let near = nearestName(to: name.text, in: region.tags).map { "; \($0) is near" } ?? ""
        throw .value("tags", "this region has no tag \(name.text)\(near); STAT lists them")
      }
      mask |= 1 << UInt32(bit)
    }
    return mask
  }

  func tagNames(_ mask: UInt32) -> [Identifier] {
    region.tags.indices.compactMap { bit in
      mask >> UInt32(bit) & 1 == 1 ? Identifier(region.tags[bit]) : nil
    }
  }

  /// What the engine refused, for the wire.
  func fault(_ refusal: Refusal, _ answer: Answer, key: String? = nil) -> LineError {
    var error = LineError(ErrorName(refusal), refusal.sentence)
    switch refusal {
    case .badValue, .outside, .unknownTaxi, .unknownRide, .unknownOffer: error.key = key
    case .wrongVersion:
      error.details = [Field("have", answer.detail), Field("at", position(answer.at))]
    case .early:
      let left = Millis(max(answer.detail, 1))
      error.retry = .after(left)
      error.details = [Field("left", Spans.text(left))]
    case .wrongState, .tooLate, .conflict:
      if let state = answer.ride?.word ?? answer.taxi?.word {
        error.details = [Field("have", state), Field("at", position(answer.at))]
      }
    case .skew: error.details = [Field("now", wallNow.count)]
    default: break
    }
    return error
  }

  /// Ends an answer that every mutating verb has in common.
  func endAnswer(_ answer: Answer, to session: Session) {
    writer.field("at", position(answer.at > 0 ? answer.at : engine.factCount))
    writer.flag("dup", answer.outcome == .duplicate)
    writer.end()
    deliver(to: session)
  }
}

extension NameTable {
  func find(_ name: Identifier) -> Int? { find(name.text.utf8Span.span) }
}
