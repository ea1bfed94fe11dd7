import Journal
import LineProtocol
import Logging
import Matching
import Spatial

/// The server without its sockets: lines in, lines out, and one engine that decides.
///
/// All of it runs on one thread, so that there is one order of everything. The host tells it of bytes
/// and of time, and it answers through ``Wire``s. What it sends that speaks of a fact waits until the
/// journal has kept that fact (``Outbox``). A batch is what one read of a socket brought: the clocks
/// are read once in it, its facts go to the journal together, its answers leave together.
package final class Dispatcher {
  package let region: Region
  package let limits: Limits
  /// `nil` = connections need no credentials and may do everything.
  package private(set) var keys: Keyring?
  let node: Identifier
  let regionName: Identifier
  let service: GeoBox
  let map: Projection
  let log: Logger
  /// Where riders are advised to wait; `nil` = no model was given.
  let advisor: (any RiderAdvisor)?
  let store: any JournalStore
  private let readClocks: () -> ClockReading
  private var clock: ServerClock

  var engine: Engine
  var taxis: TaxiBook
  var rides: RideBook
  /// By number; read by key only.
  var offers: [UInt64: OfferRecord] = [:]
  var advised: Set<Int> = []
  var parked: [Int] = []
  var tenants = Tenants()

  /// The engine's time and both clocks, as they were when the batch began.
  var now: Millis
  let startedAt: Millis
  var wallNow: Millis
  var nanos: UInt64
  var facts: [Fact] = []
  var advice: [Advice] = []

  // Journal and gate
  private var unwritten: [JournalRecord] = []
  var recent: RecentFacts<Event>
  /// The last fact that is kept.
  package private(set) var kept: UInt64 = 0
  /// Since when facts have been waiting for the journal; `nil` = none is.
  private var unkeptSince: Millis?
  private var gated: [Session] = []
  private var isInBatch = false

  // Sessions
  var sessions: [Session?] = []
  private var freeSlots: [Int] = []
  package internal(set) var sessionCount = 0
  private var sessionsOpened: UInt64 = 0
  var addresses: [String: Int] = [:]
  var subscribers: [Session] = []
  private var unflushed: [Session] = []
  var drain: Drain?
  var lastSweep = Millis(0)

  // Output
  var writer = LineWriter()
  var body = LineWriter()
  package var metrics = Metrics()
  /// Requests and offers of this batch that are on their way out, and when they came in.
  var answersDue: [UInt64] = []
  var offersDue: [UInt64] = []
  private var random = SystemRandomNumberGenerator()

  /// What the host's clocks show.
  package struct ClockReading {
    /// Milliseconds since 1970.
    package var wall: Int64
    /// Since any instant; never less than before.
    package var monotonicNanos: UInt64

    package init(wall: Int64, monotonicNanos: UInt64) {
      self.wall = wall
      self.monotonicNanos = monotonicNanos
    }
  }

  struct Drain {
    var to: String?
    var since: Millis
  }

  package struct Setup {
    package var region: Region
    package var keys: Keyring?
    package var limits = Limits()
    package var node = "a1"
    package var advisor: (any RiderAdvisor)?
    package var log = Logger(label: "baecha", factory: { _ in SwiftLogNoOpLogHandler() })

    package init(region: Region) { self.region = region }
  }

  /// - Parameters:
  ///   - setup: what to serve, to whom.
  ///   - store: where facts are kept.
  ///   - readClocks: the host's clocks; called once a batch.
  package init(
    _ setup: Setup,
    store: any JournalStore,
    readClocks: @escaping () -> ClockReading
  ) {
    var region = setup.region
    if setup.keys == nil {
      // A person who types must not be timed out.
      region.freshness = max(region.freshness, .minutes(10))
      region.lostAfter = max(region.lostAfter, .minutes(10))
    }
    self.region = region
    limits = setup.limits
    keys = setup.keys
    node = Identifier(setup.node) ?? Identifier("n", 1)
    regionName = Identifier(region.name) ?? Identifier("r", 1)
    service = GeoBox(
      south: region.southWest.latitude,
      west: region.southWest.longitude,
      north: region.northEast.latitude,
      east: region.northEast.longitude
    )
    map = region.projection
    log = setup.log
    advisor = setup.advisor
    self.store = store
    self.readClocks = readClocks
    let reading = readClocks()
    clock = ServerClock(
      wall: reading.wall,
      monotonic: Int64(clamping: reading.monotonicNanos / 1_000_000)
    )
    now = Millis(reading.wall)
    startedAt = now
    wallNow = now
    nanos = reading.monotonicNanos
    engine = Engine(
      options: region.options,
      policy: region.makePolicy(),
      travel: region.travel,
      start: now,
      fleetExpected: max(region.taxisMax / 4, 64)
    )
    if let guidance = region.guidance { engine.guide(guidance, forecast: nil) }
    // Twice as many names as taxis: those that left are remembered for a while.
    taxis = TaxiBook(capacity: region.taxisMax * 2, seed: random.next())
    rides = RideBook(capacity: region.ridesMax + 1, seed: random.next())
    recent = RecentFacts(capacity: limits.recentFactsMax)
    store.onKept = { [weak self] in self?.openGate(to: $0) }
  }

  /// Replaces the keys; sessions that are open stay as they are, but for those whose key is gone.
  package func replaceKeys(_ keys: Keyring) {
    self.keys = keys
    inBatch {
      for case let session? in sessions where session.isOpen && !session.keyName.isEmpty {
        guard let key = keys.keys.first(where: { $0.id == session.keyName }),
          key.tenant == tenants.name(session.tenant)
        else {
          farewell(session, "quota")
          continue
        }
        session.roles = key.roles
      }
    }
  }

  // MARK: The host's calls

  /// A connection was accepted. `nil` = it is refused, and the host closes it.
  package func connect(_ wire: any Wire, address: String) -> Session? {
    var session: Session?
    inBatch { session = admit(wire, address) }
    return session
  }

  /// Bytes came in. What is behind the last newline is kept.
  package func receive(_ bytes: Span<UInt8>, from session: Session) {
    guard !session.isClosing else { return }
    metrics.bytesIn &+= UInt64(bytes.count)
    let isOuter = beginBatch()
    session.heardAt = now
    read(bytes, from: session)
    if isOuter { endBatch() }
  }

  /// The client will say no more: once it has its answers the connection ends.
  package func inputClosed(_ session: Session) {
    inBatch { quit(session) }
  }

  /// The connection is gone, by whomever.
  package func disconnected(_ session: Session) {
    inBatch { forget(session) }
  }

  /// The socket takes bytes again.
  package func becameWritable(_ session: Session) {
    inBatch {
      queueFlush(session)
      pump(session)
    }
  }

  /// Time has passed.
  ///
  /// - Returns: when to call again, in milliseconds from now; 1 … 1000.
  package func tick() -> Int64 {
    inBatch { sweep() }
    return delayToNextTick()
  }

  package func delayToNextTick() -> Int64 {
    var next = min(engine.nextDeadline.count, now.count + 1_000)
    if !subscribers.isEmpty { next = min(next, now.count + 200) }
    return min(max(next - now.count, 1), 1_000)
  }

  // MARK: Batches

  /// Runs `body` between one reading of the clocks and one writing of the journal.
  func inBatch(_ body: () -> Void) {
    let isOuter = beginBatch()
    body()
    if isOuter { endBatch() }
  }

  /// Whether this call began one: the journal may open the gate while a batch ends, and the host call
  /// back while it sends.
  private func beginBatch() -> Bool {
    guard !isInBatch else { return false }
    isInBatch = true
    readTime()
    advanceEngine()
    return true
  }

  private func endBatch() {
    settle()
    isInBatch = false
  }

  private func readTime() {
    let reading = readClocks()
    nanos = reading.monotonicNanos
    wallNow = Millis(reading.wall)
    now = clock.read(
      wall: reading.wall,
      monotonic: Int64(clamping: reading.monotonicNanos / 1_000_000)
    )
  }

  /// Lets everything due take effect, so that a command is decided with nothing left to happen before
  /// it: names are looked up after this.
  private func advanceEngine() {
    guard engine.nextDeadline <= now, !isStalled else { return }
    let rounds = engine.statistics.rounds
    engine.advance(to: now, into: &facts)
    if engine.statistics.rounds > rounds { noteRound() }
    publish()
    takeAdvice()
  }

  /// Takes down how long it took, since the batch began, until a round was over.
  func noteRound() { metrics.round.add(readClocks().monotonicNanos &- nanos) }

  private func settle() {
    if !unwritten.isEmpty {
      let records = unwritten
      unwritten.removeAll(keepingCapacity: true)
      if unkeptSince == nil { unkeptSince = now }
      store.append(records)
    }
    // Answers may themselves be written while others are flushed.
    while let session = unflushed.popLast() {
      session.isQueuedForFlush = false
      flush(session)
    }
    guard !answersDue.isEmpty || !offersDue.isEmpty else { return }
    let end = readClocks().monotonicNanos
    for start in answersDue { metrics.requestToAnswer.add(end &- start) }
    for start in offersDue { metrics.requestToOffer.add(end &- start) }
    answersDue.removeAll(keepingCapacity: true)
    offersDue.removeAll(keepingCapacity: true)
  }

  // MARK: The gate

  /// Whether new facts are refused: the journal does not keep up.
  var isStalled: Bool {
    guard let unkeptSince else { return false }
    return now - unkeptSince > limits.journalStallMax
      || engine.factCount - kept > limits.journalBacklogMax
  }

  private func openGate(to fact: UInt64) {
    inBatch {
      kept = max(kept, fact)
      unkeptSince = kept >= engine.factCount - UInt64(unwritten.count) ? nil : now
      let waiting = gated
      gated.removeAll(keepingCapacity: true)
      for session in waiting {
        session.outbox.open(to: kept)
        if session.outbox.isGated { gated.append(session) }
        queueFlush(session)
        resumeReading(session)
        if session.isEnding, !session.outbox.isGated { farewell(session, "quit") }
      }
    }
  }

  /// Adds a fact to the journal's next batch.
  func keep(_ record: JournalRecord) { unwritten.append(record) }

  // MARK: Sending

  /// Sends what was written into ``writer`` to a session, once what it may speak of is kept.
  func deliver(to session: Session) {
    defer { writer.removeAll() }
    guard !session.isClosing else { return }
    session.outbox.bytes.append(contentsOf: writer.bytes)
    seal(session)
  }

  func seal(_ session: Session) {
    let wasGated = session.outbox.isGated
    session.outbox.seal(after: engine.factCount, kept: kept)
    if session.outbox.isGated, !wasGated { gated.append(session) }
    queueFlush(session)
  }

  func queueFlush(_ session: Session) {
    guard !session.isQueuedForFlush else { return }
    session.isQueuedForFlush = true
    unflushed.append(session)
  }

  private func flush(_ session: Session) {
    guard session.wire.isWritable || session.isClosing else { return checkBacklog(session) }
    let sent: Int? = session.outbox.take { bytes in
      session.wire.send(bytes)
      return bytes.count
    }
    if let sent {
      metrics.bytesOut &+= UInt64(sent)
      session.spokeAt = now
    }
    if session.outbox.isEmpty { session.sentFact = kept }
    checkBacklog(session)
  }

  private func checkBacklog(_ session: Session) {
    guard !session.isClosing,
      session.outbox.bytes.count + session.wire.backlog > limits.outputBytesMax
    else { return }
    farewell(session, "slow")
  }

  /// Ends a connection: all that has not gone is forgotten, and the last line says where to resume.
  func farewell(_ session: Session, _ why: String, to: String? = nil, after: Millis? = nil) {
    guard !session.isClosing else { return }
    metrics.farewells[why, default: 0] += 1
    // What may go is sent, unless it is too much for the reader.
    if why == "slow" || !session.wire.isWritable { session.outbox.clear() }
    _ = session.outbox.take { session.wire.send($0) }
    if session.outbox.isEmpty, why != "slow" { session.sentFact = kept }
    session.outbox.clear()
    writer.removeAll()
    writer.write(
      ByeLine(
        why: Identifier(why) ?? Identifier("x", 0),
        at: position(session.sentFact),
        to: to.flatMap { Identifier($0) },
        after: after
      )
    )
    session.outbox.bytes.append(contentsOf: writer.bytes)
    writer.removeAll()
    session.outbox.seal(after: 0, kept: kept)
    close(session)
  }

  /// Sends what may go and ends the connection.
  func close(_ session: Session) {
    guard !session.isClosing else { return }
    session.isClosing = true
    _ = session.outbox.take { session.wire.send($0) }
    session.wire.close()
  }

  // MARK: Sessions

  private func admit(_ wire: any Wire, _ address: String) -> Session? {
    metrics.connectionsOpened += 1
    let isFull = sessionCount >= limits.connectionsMax
    guard drain == nil, !isFull, addresses[address, default: 0] < limits.connectionsPerAddressMax
    else {
      metrics.connectionsRefused += 1
      return nil
    }
    let slot = freeSlots.popLast() ?? sessions.count
    if slot == sessions.count { sessions.append(nil) }
    sessionsOpened += 1
    let session = Session(
      slot: slot,
      number: sessionsOpened,
      wire: wire,
      address: address,
      nonce: hex((0..<2).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }),
      lineBytes: limits.lineBytes,
      now: now,
      fact: kept
    )
    sessions[slot] = session
    sessionCount += 1
    addresses[address, default: 0] += 1
    if keys == nil { open(session, tenant: "local", roles: .all, keyName: "") }
    greet(session)
    return session
  }

  private func forget(_ session: Session) {
    guard session.slot < sessions.count, sessions[session.slot] === session else { return }
    sessions[session.slot] = nil
    freeSlots.append(session.slot)
    sessionCount -= 1
    addresses[session.address, default: 1] -= 1
    if addresses[session.address] == 0 { addresses[session.address] = nil }
    if session.isOpen { tenants.close(session.tenant) }
    session.isClosing = true
    for index in session.taxis where taxis[index].session == session.reference {
      taxis[index].session = .none
    }
    subscribers.removeAll { $0 === session }
    gated.removeAll { $0 === session }
  }

  func session(_ reference: SessionReference) -> Session? {
    guard reference.slot >= 0, Int(reference.slot) < sessions.count,
      let session = sessions[Int(reference.slot)], session.number == reference.number
    else { return nil }
    return session
  }

  // MARK: Names

  func position(_ fact: UInt64) -> StreamPosition {
    StreamPosition(epoch: store.epoch, sequence: fact)
  }

  /// The name of an id that is known.
  func name(ofTaxi id: UInt64) -> String {
    taxis.names.index(of: id).map { String(decoding: taxis.names.name(at: $0), as: UTF8.self) }
      ?? "-"
  }

  func name(ofRide id: UInt64) -> String {
    rides.names.index(of: id).map { String(decoding: rides.names.name(at: $0), as: UTF8.self) }
      ?? "-"
  }
}
