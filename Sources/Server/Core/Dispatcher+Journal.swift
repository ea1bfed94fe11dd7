import Journal
import LineProtocol
import Matching
import Spatial

/// Following a journal that others write, leading from where it ends, and ceasing to.
extension Dispatcher {
  /// After a longer time without a leader than this, engine time catches up at once: riders who waited
  /// through an outage of minutes are not waiting any more.
  private static let leaderlessMax = Millis.seconds(30)

  /// What a store tells; `baecha journal verify` tells it too.
  package func take(_ news: JournalNews) {
    guard !hasEnded else { return }
    switch news {
    case .restart(let snapshot): restart(from: snapshot)
    case .entries(let entries): replay(entries)
    case .follows(let leader):
      role = .standby(leader: leader)
      log.notice("standby", metadata: ["leader": "\(leader)", "at": "\(position(kept))"])
    case .leads(let epoch): lead(epoch)
    case .fenced:
      log.error("fenced: another process leads now; what is known here is read again")
      role = .standby(leader: nil)
      inBatch { for case let session? in sessions { farewell(session, "fenced") } }
    case .changed:
      if let fault = store.fault {
        log.error("journal", metadata: ["fault": "\(fault)"])
      } else {
        log.notice("journal", metadata: ["dur": "\(store.durability.rawValue)"])
      }
    case .witnessFailed(let reason):
      metrics.witnessFailures &+= 1
      log.error("witness", metadata: ["fault": "\(reason)"])
    case .viewFailed(let reason):
      log.error("live view", metadata: ["fault": "\(reason)"])
      shown.void()
    case .snapshotDue: isSnapshotDue = true
    case .ended(let end):
      self.end(end)
    }
  }

  // MARK: Following

  private func restart(from snapshot: [UInt8]?) {
    clearState()
    guard let snapshot else {
      // A large one takes time to make: none is made where a snapshot brings its own.
      if engine.factCount > 0 || engine.now > Millis(0) {
        engine = Self.makeEngine(region, start: Millis(0))
      }
      return
    }
    do {
      try restore(snapshot)
    } catch {
      end(
        "the snapshot cannot be read: \(error.reason); if a later version wrote it, upgrade this one"
      )
    }
  }

  /// Forgets everything but the connections, and the engine's state.
  private func clearState() {
    taxis = Self.makeTaxis(region)
    rides = Self.makeRides(region)
    offers = [:]
    advised = []
    parked = []
    facts = []
    unwritten = []
    epochs = EpochTable()
    recent = RecentFacts(capacity: limits.recentFactsMax)
    kept = 0
    unkeptSince = nil
    digestedFact = 0
    isSnapshotDue = false
    shown.void()
    for case let session? in sessions { session.taxis = [] }
  }

  private func replay(_ entries: [JournalEntry]) {
    for entry in entries {
      switch entry.content {
      case .epoch: epochs.begin(entry.position.epoch, after: entry.position.sequence)
      case .batch(let batch, _):
        for record in batch.records {
          if let reason = absorb(record) {
            return end("fact \(record.fact.number) of the journal cannot be applied: \(reason)")
          }
          guard record.digest == 0 || record.digest == engine.digest() else {
            return end(
              "after fact \(record.fact.number) the state here is not the leader's: this is a bug of "
                + "one of both versions; keep the journal (`baecha journal export`) and report it"
            )
          }
        }
      }
    }
    kept = engine.factCount
  }

  private func end(_ reason: String) { end(JournalEnd(.unusable, reason)) }

  /// Nothing that the journal tells counts from now on, until the process is gone.
  private func end(_ end: JournalEnd) {
    hasEnded = true
    log.critical("\(end.message)")
    onEnd?(end)
  }

  /// Applies one fact that others decided.
  ///
  /// - Returns: why it cannot be, or `nil`.
  func absorb(_ record: JournalRecord) -> String? {
    let fact = record.fact
    if let reason = learn(fact, record.line) { return reason }
    do {
      try engine.replay(fact)
    } catch {
      return error.reason
    }
    var event = Event(number: fact.number, at: fact.at, kind: Self.kind(of: fact.event))
    body.removeAll()
    describe(fact.event, &event)
    body.removeAll()
    body.argument(position(fact.number))
    var full: [UInt8] = []
    full.reserveCapacity(body.bytes.count + record.shownCount + 2)
    full += body.bytes
    full.append(0x20)
    full += record.line[..<record.shownCount]
    full.append(0x0A)
    event.full = full
    reduce(fact.event, &event)
    settle(fact.event)
    recent.append(event)
    release(fact.event)
    return nil
  }

  /// Takes in what the engine does not know: names, whose they are, places as they were written.
  private func learn(_ fact: Fact, _ line: [UInt8]) -> String? {
    switch fact.event {
    case .taxiOn(let id, let seats, let tags, let auto):
      let words = RecordWords(line)
      guard let index = adopt(taxi: words.name, id: id.value) else {
        return "no room for taxi \(words.nameText)"
      }
      taxis[index].tenant = tenant(words["g"])
      taxis[index].isOn = true
      taxis[index].seats = seats
      taxis[index].tags = tags
      taxis[index].auto = auto
    case .rideRequested(let request):
      let words = RecordWords(line)
      guard let index = rides.names.adopt(words.name.span, id: request.ride.value) else {
        return "no room for request \(words.nameText)"
      }
      rides[index] = RideRecord(
        tenant: tenant(words["b"]),
        session: .none,
        from: words.place("from") ?? map.unproject(request.from),
        to: words.place("to") ?? request.to.map { map.unproject($0) },
        seats: request.seats,
        tags: request.tags,
        note: words["note"].flatMap { percentDecoded($0) },
        requestedNanos: 0
      )
    case .rideChanged(let id, let change):
      guard let index = rides.names.index(of: id.value) else { return nil }
      if let to = RecordWords(line).place("to") { rides[index]?.to = to }
      if let seats = change.seats { rides[index]?.seats = seats }
    default: break
    }
    return nil
  }

  /// A taxi's name under the id that the leader gave it. Names of taxis that left are released by
  /// time, so the leader may have released some that are still known here.
  private func adopt(taxi name: [UInt8], id: UInt64) -> Int? {
    if let known = taxis.names.find(name.span) {
      if taxis.names.id(at: known) == id { return known }
      guard !taxis[known].isOn else { return nil }
      taxis.names.release(known)
    }
    let place = Int(id & 0xFFFF_FFFF)
    if taxis.names.isUsed(place) {
      guard !taxis[place].isOn else { return nil }
      taxis.names.release(place)
    }
    return taxis.adopt(name.span, id: id)
  }

  func tenant(_ name: String?) -> Int32 {
    let bucket = TokenBucket(
      perSecond: limits.requestsPerSecond,
      burst: limits.requestsBurst,
      at: now.count
    )
    return tenants.index(of: name ?? "-", bucket: bucket)
  }

  // MARK: Leading

  private func lead(_ epoch: UInt64) {
    epochs.begin(epoch, after: engine.factCount)
    let reading = readClocks()
    let start = max(engine.now, Millis(reading.wall) - Self.leaderlessMax)
    // A journal without facts has no time yet.
    let isEmpty = engine.factCount == 0
    clock = ServerClock(
      wall: isEmpty ? reading.wall : start.count,
      monotonic: Int64(clamping: reading.monotonicNanos / 1_000_000)
    )
    role = .leader
    kept = engine.factCount
    digestedFact = kept
    now = isEmpty ? Millis(reading.wall) : start
    engine.takeOver(at: now)
    for case let session? in sessions { session.sentFact = kept }
    log.notice("leading", metadata: ["epoch": "\(epoch)", "at": "\(position(kept))"])
    inBatch {}
  }

  // MARK: Stock

  private static let digestFactsMin: UInt64 = 4_096

  /// A digest reads the whole state: after as many facts as it has parts, it costs each fact little.
  private var digestFacts: UInt64 {
    max(Self.digestFactsMin, UInt64(taxis.names.count + rides.names.count))
  }

  /// Before facts are handed to the journal: from time to time with a digest of the state after them,
  /// and when it is due with a snapshot.
  func takeStock() {
    guard !unwritten.isEmpty, store.leadsAtOnce == false else { return }
    if isSnapshotDue {
      isSnapshotDue = false
      unwritten[unwritten.count - 1].digest = engine.digest()
      digestedFact = engine.factCount
      store.publish(snapshot: snapshot(), upTo: engine.factCount)
    } else if engine.factCount - digestedFact >= digestFacts {
      unwritten[unwritten.count - 1].digest = engine.digest()
      digestedFact = engine.factCount
    }
  }

  /// The journal has not kept up for too long: whoever waits for an answer is told that the outcome is
  /// not known, and the connection ends, so that no answer can be taken for another's. Repeating the
  /// lines is safe.
  func giveUpWaiting() {
    for session in gated where session.awaitsAnswer && !session.isClosing {
      session.outbox.clear()
      session.awaitsAnswer = false
      refuse(
        session,
        LineError(
          .unknownResult,
          "the journal does not keep up; whether the lines without an answer took effect will be "
            + "known when they are repeated",
          closes: true
        )
      )
    }
  }
}

/// The words of a record's line: `kind name key=value …`.
struct RecordWords {
  let name: [UInt8]
  private let pairs: [ArraySlice<UInt8>]

  init(_ line: [UInt8]) {
    let words = line.split(separator: 0x20)
    name = words.count > 1 ? Array(words[1]) : []
    pairs = Array(words.dropFirst(2))
  }

  var nameText: String { String(decoding: name, as: UTF8.self) }

  subscript(key: String) -> String? {
    value(key).map { String(decoding: $0, as: UTF8.self) }
  }

  func place(_ key: String) -> GeoPoint? {
    guard let value = value(key) else { return nil }
    let bytes = Array(value)
    var at = 0
    return readPlace(bytes.span, &at)
  }

  private func value(_ key: String) -> ArraySlice<UInt8>? {
    let key = Array(key.utf8) + [UInt8(ascii: "=")]
    // What the server adds for itself stands last.
    return pairs.last { $0.starts(with: key) }?.dropFirst(key.count)
  }
}
