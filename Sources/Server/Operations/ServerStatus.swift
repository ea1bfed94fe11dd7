import LineProtocol
import Matching

/// A server's figures at one moment.
package struct ServerStatus: Sendable {
  package var region: String
  package var node: String
  package var durability: String
  package var role: String
  package var epoch: UInt64
  /// Why facts cannot be kept just now; `nil` = they can.
  package var journalFault: String?
  package var at: FactPosition
  package var kept: UInt64
  package var uptimeMillis: Int64
  package var sessions: Int
  package var sessionsSlow: Int
  package var subscriptions: Int
  package var bytesWaiting: Int
  /// By state, in the order of the cases; then the lost ones, who are in these too.
  package var taxis: [Int]
  package var taxisLost: Int
  package var rides: [Int]
  package var engine: EngineCounts
  package var metrics: Metrics

  package struct EngineCounts: Sendable {
    package var positions: UInt64
    package var latePositions: UInt64
    package var rounds: UInt64
    package var roundRides: UInt64
  }
}

extension Dispatcher {
  /// Why no traffic should be sent here; `nil` = it should.
  package var readinessFault: String? {
    let whose = isAlone ? "" : "\(region.name): "
    if drain != nil { return whose + "draining" }
    if !role.isLeader { return whose + "standby" }
    if isStalled { return whose + "the journal does not keep up" }
    return nil
  }

  /// Counts all taxis and rides. O(*n*).
  package func status() -> ServerStatus {
    var byState = [Int](repeating: 0, count: TaxiState.allCases.count)
    var lost = 0
    for index in 0..<taxis.names.usedCount where taxis.names.isUsed(index) && taxis[index].isOn {
      guard let view = engine.view(of: taxis.id(index)) else { continue }
      byState[Int(view.state.rawValue) - 1] += 1
      if view.isLost { lost += 1 }
    }
    var waiting = 0
    var slow = 0
    var subscriptions = 0
    for case let session? in sessions {
      let bytes = session.outbox.bytes.count + session.wire.backlog
      waiting += bytes
      if !session.wire.isWritable { slow += 1 }
      subscriptions += session.subscriptions.count
    }
    let counts = engine.statistics
    return ServerStatus(
      region: region.name,
      node: node.text,
      durability: store.durability.rawValue,
      role: role.isLeader ? "leader" : "standby",
      epoch: epochs.current,
      journalFault: store.fault,
      at: position(engine.factCount),
      kept: kept,
      uptimeMillis: (now - startedAt).count,
      sessions: sessionCount,
      sessionsSlow: slow,
      subscriptions: subscriptions,
      bytesWaiting: waiting,
      taxis: byState,
      taxisLost: lost,
      rides: engine.rideCounts,
      engine: .init(
        positions: counts.positions,
        latePositions: counts.latePositions,
        rounds: counts.rounds,
        roundRides: counts.roundRides
      ),
      metrics: metrics
    )
  }
}

extension ServerStatus {
  /// One object with short keys: what `baecha top` reads.
  package var json: String {
    var pairs: [(String, String)] = [
      ("region", LogForm.quoted(region)), ("node", LogForm.quoted(node)),
      ("dur", LogForm.quoted(durability)), ("role", LogForm.quoted(role)), ("epoch", "\(epoch)"),
      ("journal_fault", journalFault.map { LogForm.quoted($0) } ?? "null"),
      ("at", LogForm.quoted(at.description)),
      ("kept", "\(kept)"), ("uptime_ms", "\(uptimeMillis)"), ("sessions", "\(sessions)"),
      ("sessions_slow", "\(sessionsSlow)"), ("subscriptions", "\(subscriptions)"),
      ("bytes_waiting", "\(bytesWaiting)"), ("taxis_lost", "\(taxisLost)"),
    ]
    let states = TaxiState.allCases.map { ($0.word, taxis[Int($0.rawValue) - 1]) }
    pairs.append(("taxis", Self.object(states.map { ($0.0, "\($0.1)") })))
    let rideStates = RideState.allCases.map { ($0.word, rides[Int($0.rawValue) - 1]) }
    pairs.append(("requests", Self.object(rideStates.map { ($0.0, "\($0.1)") })))
    pairs.append(("positions", "\(engine.positions)"))
    pairs.append(("rounds", "\(engine.rounds)"))
    pairs.append(("facts", "\(metrics.facts)"))
    pairs.append(("offers", "\(metrics.offers)"))
    pairs.append(("requests_read", "\(metrics.lines[Int(Verb.req.rawValue)])"))
    pairs.append(("errors", "\(metrics.errors.reduce(0, +))"))
    for (name, histogram) in [
      ("request_answer", metrics.requestToAnswer), ("request_offer", metrics.requestToOffer),
      ("round", metrics.round),
    ] {
      pairs.append(
        (
          name + "_us",
          Self.object([
            ("count", "\(histogram.count)"),
            ("p50", "\(histogram.quantile(permille: 500) / 1_000)"),
            ("p99", "\(histogram.quantile(permille: 990) / 1_000)"),
            ("max", "\(histogram.maxNanos / 1_000)"),
          ])
        )
      )
    }
    return Self.object(pairs) + "\n"
  }

  private static func object(_ pairs: [(String, String)]) -> String {
    "{" + pairs.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }
}
