import LineProtocol
import Matching

/// Opening, asking and leaving.
extension Dispatcher {
  /// The banner.
  func greet(_ session: Session) {
    var banner = Banner(
      region: regionName,
      node: node,
      role: Identifier(role.isLeader ? "leader" : "standby") ?? node,
      durability: Identifier(store.durability.rawValue) ?? node,
      at: position(kept),
      now: wallNow,
      auth: (keys?.schemes ?? ["none"]).compactMap { Identifier($0) },
      nonce: Identifier(session.nonce) ?? node
    )
    banner.lineMax = limits.lineBytes
    banner.heartbeat = limits.heartbeat
    banner.dedup = engine.options.dedup
    banner.isClockVirtual = virtualClock != nil
    writer.write(banner)
    // It speaks of nothing that is not kept.
    session.outbox.bytes.append(contentsOf: writer.bytes)
    writer.removeAll()
    session.outbox.seal(after: kept, kept: kept)
    queueFlush(session)
  }

  func open(_ session: Session, tenant: String, roles: RoleSet, keyName: String) {
    let bucket = TokenBucket(
      perSecond: limits.requestsPerSecond,
      burst: limits.requestsBurst,
      at: now.count
    )
    session.tenant = tenants.index(of: tenant, bucket: bucket)
    session.roles = roles
    session.keyName = keyName
    session.isOpen = true
    tenants.open(session.tenant)
  }

  func hello(
    _ greeting: Greeting,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    guard greeting.version == "blp/1" else {
      throw LineError(
        .unsupported,
        "this server speaks blp/1",
        details: [Field("have", "blp/1")]
      )
    }
    if let region = greeting.region { try requireRegion(region) }
    session.clientName = greeting.name?.text ?? ""
    writer.begin("OK", tag: tag)
    writer.argument("blp/1")
    writer.end()
    deliverStateless(to: session)
  }

  func authenticate(
    _ credentials: Credentials,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    if let keys {
      guard !session.isOpen else {
        throw LineError(.auth, "this connection has credentials already")
      }
      guard let key = keys.prove(credentials, nonce: session.nonce, region: regionName.text) else {
        log.notice("authentication failed", metadata: ["address": "\(session.address)"])
        throw LineError(.auth, "unknown key, or wrong secret")
      }
      open(session, tenant: key.tenant, roles: key.roles, keyName: key.id)
      guard tenants.connectionCount(session.tenant) <= limits.connectionsPerTenantMax else {
        throw LineError(
          .quota,
          "a company has at most \(limits.connectionsPerTenantMax) connections",
          retry: .after(.seconds(10)),
          closes: true
        )
      }
      log.info(
        "session",
        metadata: ["session": "s\(session.number)", "key": "\(key.id)", "tenant": "\(key.tenant)"]
      )
    }
    writer.begin("OK", tag: tag)
    writeSession(session)
    writer.end()
    deliverStateless(to: session)
  }

  private func writeSession(_ session: Session) {
    writer.field("session", Identifier("s", session.number))
    writer.field("acl", ids: session.roles.roles.compactMap { Identifier($0.word) })
    writer.field("tenant", tenants.name(session.tenant))
  }

  func who(_ tag: Identifier?, _ session: Session) {
    writer.begin("OK", tag: tag)
    writeSession(session)
    if !session.keyName.isEmpty { writer.field("key", session.keyName) }
    writer.field("taxis", session.taxis.count)
    writer.field("subs", session.subscriptions.count)
    writer.end()
    deliver(to: session)
  }

  /// Ends the connection once all its answers have gone.
  func quit(_ session: Session) {
    session.isEnding = true
    endIfDone(session)
  }

  /// Answers wait for facts to be kept, and for a socket that takes them.
  func endIfDone(_ session: Session) {
    guard session.isEnding, !session.outbox.isGated,
      session.outbox.isEmpty || session.wire.isWritable
    else { return }
    // Sending may call back here.
    session.isEnding = false
    farewell(session, "quit")
  }

  // MARK: HELP

  func help(_ word: String?, _ tag: Identifier?, _ session: Session) throws(LineError) {
    if let word {
      guard let verb = Verb(word: word.uppercased()) else { throw .unknownVerb(word) }
      describe(verb)
    } else {
      for verb in Verb.allCases
      where verb.isOpen || !verb.roles.isDisjoint(with: session.roles) {
        writer.comment(verb.manual.form)
      }
      writer.comment("HELP with a verb: what it does, an example, its errors")
    }
    writer.begin("OK", tag: tag)
    writer.end()
    deliver(to: session)
  }

  private func describe(_ verb: Verb) {
    let manual = verb.manual
    writer.comment(manual.form)
    writer.comment(manual.effect)
    writer.comment("for \(manual.roles.words)")
    writer.comment("example: \(manual.example)")
    for error in manual.errors {
      writer.comment("\(error.code) \(error.word) retry=\(error.retry.word)")
    }
  }

  // MARK: STAT

  /// One row for each group of figures, each with its name.
  func stat(_ tag: Identifier?, _ session: Session) {
    let options = engine.options
    let guided = region.guidance == nil ? "" : ",guidance"
    row("classes", tag) { $0.field("names", "core,streams,dispatcher" + guided) }
    row("limits", tag) {
      $0.field("line", limits.lineBytes)
      $0.field("id", Identifier.lengthMax)
      $0.field("unanswered", limits.unansweredMax)
      $0.field("output", limits.outputBytesMax)
      $0.field("taxis", limits.taxisPerSessionMax)
      $0.field("subs", limits.subscriptionsMax)
      $0.field("req_rate", limits.requestsPerSecond)
      $0.field("req_burst", limits.requestsBurst)
      $0.field("p_rate", limits.positionsPerSecond)
      $0.field("kept_facts", limits.recentFactsMax)
    }
    row("timers", tag) {
      $0.field("ttl", span: options.offerTTL)
      $0.field("wait", span: region.wait)
      $0.field("freshness", span: options.freshness)
      $0.field("lost_after", span: options.lostAfter)
      $0.field("lost_limit", span: options.lostLimit)
      $0.field("noshow", span: options.noShowWait)
      $0.field("lead", span: options.reservationLead)
      $0.field("dedup", span: options.dedup)
      $0.field("hb", span: limits.heartbeat)
      $0.field("silence", span: limits.silenceMax)
      $0.field("partial", span: limits.partialLineMax)
    }
    row("region", tag) {
      $0.field("name", regionName)
      $0.field("south_west", region.southWest)
      $0.field("north_east", region.northEast)
      $0.field("policy", engine.policy.name)
      if !region.tags.isEmpty { $0.field("tags", ids: region.tags.compactMap { Identifier($0) }) }
    }
    row("session", tag) {
      $0.field("wrong_positions", session.positionFaults)
      $0.field("late_positions", session.lateLines)
      $0.field("merged_positions", session.mergedPositions)
      $0.field("jumps", session.jumps)
      $0.field("waiting", session.outbox.bytes.count)
    }
    writer.begin("OK", tag: tag)
    writer.field("rows", 5)
    writer.field("at", position(engine.factCount))
    writer.end()
    deliver(to: session)
  }

  private func row(_ name: String, _ tag: Identifier?, _ fill: (inout LineWriter) -> Void) {
    writer.begin("ROW", tag: tag)
    writer.argument(name)
    var fields = LineWriter(capacity: 256)
    fill(&fields)
    writer.raw(fields.bytes)
    writer.end()
  }
}

extension Retry {
  /// As the wire has it, without how long.
  var word: String {
    switch self {
    case .never: "never"
    case .same: "same"
    case .after: "after"
    case .elsewhere: "elsewhere"
    case .refresh: "refresh"
    }
  }
}
