import LineProtocol
import Matching
import Spatial

/// Event streams that were asked for: filters, resume, snapshots.
///
/// A subscription is live, and gets events as they happen, or it catches up from the facts that are
/// still in memory, as fast as its reader takes them.
extension Dispatcher {
  func subscribe(
    _ wanted: Subscription,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    guard !session.subscriptions.contains(where: { $0.name == wanted.name.text }) else {
      throw LineError(.conflict, "there is a subscription of this name; UNSUB it", key: "sid")
    }
    guard session.subscriptions.count < limits.subscriptionsMax else {
      throw LineError(.quota, "a session has at most \(limits.subscriptionsMax) subscriptions")
    }
    let isObserver = session.roles == .observer
    let harmless: KindSet = [KindSet(.position), KindSet(list: "sys.*") ?? []]
    if isObserver, !wanted.kinds.isSubset(of: harmless) {
      throw LineError(.forbidden, "an observer may ask for pos and sys.* only", key: "kinds")
    }
    var state = SubscriptionState(
      name: wanted.name.text,
      kinds: wanted.kinds,
      cursor: engine.factCount,
      rate: max(wanted.rate ?? .seconds(1), Millis(200))
    )
    if isObserver {
      // Cells are enough to choose by.
      guard wanted.taxi == nil, wanted.ride == nil else {
        throw LineError(.forbidden, "an observer may not follow one taxi or request", key: "kinds")
      }
    }
    if let name = wanted.taxi {
      guard let index = taxis.names.find(name), mayRead(taxi: index, session) else {
        throw LineError(.unknown, Refusal.unknownTaxi.sentence, key: "taxi")
      }
      state.taxi = taxis.names.id(at: index)
    }
    if let name = wanted.ride {
      guard let index = rides.names.find(name), mayRead(ride: index, session) else {
        throw LineError(.unknown, Refusal.unknownRide.sentence, key: "req")
      }
      state.ride = rides.names.id(at: index)
    }
    state.area = area(of: wanted)
    let from = try begin(&state, at: wanted.start)
    session.subscriptions.append(state)
    session.sentFact = min(session.sentFact, from)
    if session.subscriptions.count == 1 { subscribers.append(session) }
    writer.begin("OK", tag: tag)
    writer.argument(wanted.name)
    writer.field("from", position(from))
    writer.field("first", position(recent.first - 1))
    writer.end()
    deliver(to: session)
    sendLeader(to: state, of: session)
    pump(session)
  }

  /// - Returns: the position after which events come.
  private func begin(
    _ state: inout SubscriptionState,
    at start: StreamStart
  ) throws(LineError) -> UInt64 {
    switch start {
    case .now: break
    case .first:
      state.cursor = recent.first - 1
      state.catchingUp = .facts
    case .snapshot: state.catchingUp = .taxis(0)
    case .after(let wanted):
      let isKnown = epochs.epoch(of: wanted.sequence) == wanted.epoch
      let isOlder = wanted.epoch < (epochs.spans.first?.epoch ?? 0)
      guard wanted.sequence <= engine.factCount, isKnown || isOlder else {
        throw LineError(
          .ahead,
          "the server knows nothing that late: it has lost data, or the position is another's",
          details: [Field("at", position(engine.factCount))]
        )
      }
      guard wanted.sequence + 1 >= recent.first, isKnown else {
        throw LineError(
          .trimmed,
          "the journal goes back to first only; take a snapshot",
          details: [Field("first", position(recent.first - 1))]
        )
      }
      state.cursor = wanted.sequence
      state.catchingUp = .facts
    }
    return state.cursor
  }

  private func area(of wanted: Subscription) -> Area? {
    if let box = wanted.box { return .box(box) }
    guard let near = wanted.near, let radius = wanted.radius else { return nil }
    // Nothing on Earth is further, and its square fits.
    return .circle(map.project(near), min(max(radius.tenths, 0), Int64(Int32.max)))
  }

  func unsubscribe(
    _ name: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    guard let index = session.subscriptions.firstIndex(where: { $0.name == name.text }) else {
      throw LineError(.unknown, "there is no subscription of this name", key: "sid")
    }
    session.subscriptions.remove(at: index)
    if session.subscriptions.isEmpty { subscribers.removeAll { $0 === session } }
    writer.begin("OK", tag: tag)
    writer.argument(name)
    writer.end()
    deliver(to: session)
  }

  // MARK: Who may read what

  func mayRead(taxi index: Int, _ session: Session) -> Bool {
    if session.has(.admin) { return true }
    if taxis[index].tenant == session.tenant {
      return !session.roles.isDisjoint(with: [.gateway, .dispatcher])
    }
    return false
  }

  func mayRead(ride index: Int, _ session: Session) -> Bool {
    if session.has(.admin) { return true }
    guard let ride = rides[index] else { return false }
    if ride.tenant == session.tenant, !session.roles.isDisjoint(with: [.booker, .dispatcher]) {
      return true
    }
    guard let taxi = taxis.names.index(of: ride.taxi) else { return false }
    return mayRead(taxi: taxi, session)
  }

  /// The event's line as far as the session may read it; `nil` = not at all.
  private func line(of event: Event, for session: Session) -> [UInt8]? {
    if session.has(.admin) { return event.full }
    let isOwnTaxi = event.taxiTenant == session.tenant
    if isOwnTaxi, !session.roles.isDisjoint(with: [.gateway, .dispatcher]) { return event.full }
    guard event.rideTenant == session.tenant,
      !session.roles.isDisjoint(with: [.booker, .dispatcher])
    else { return nil }
    return event.reduced ?? event.full
  }

  private func matches(_ event: Event, _ state: SubscriptionState) -> Bool {
    guard state.kinds.contains(KindSet(event.kind)),
      state.taxi == 0 || state.taxi == event.taxi,
      state.ride == 0 || state.ride == event.ride
    else { return false }
    guard let area = state.area else { return true }
    return event.place.map { area.contains($0, on: map) } ?? false
  }

  // MARK: Sending

  func sendToSubscriber(_ event: Event, _ session: Session) {
    for index in session.subscriptions.indices
    where session.subscriptions[index].catchingUp == nil {
      session.subscriptions[index].cursor = event.number
      guard matches(event, session.subscriptions[index]) else { continue }
      send(event, as: session.subscriptions[index].name, to: session)
    }
  }

  private func send(_ event: Event, as name: String, to session: Session) {
    guard let line = line(of: event, for: session), let name = Identifier(name) else { return }
    metrics.eventsSent &+= 1
    writer.beginEvent(name)
    writer.raw(line)
    deliver(to: session)
  }

  /// How much may wait for a reader who catches up: well below what counts as slow.
  private var catchUpBytes: Int { min(256 * 1_024, limits.outputBytesMax / 4) }

  func hasRoom(_ session: Session) -> Bool {
    !session.isClosing && session.wire.isWritable
      && session.outbox.bytes.count + session.wire.backlog < catchUpBytes
  }

  /// Lets the subscriptions that catch up go on, as far as the reader takes it.
  func pump(_ session: Session) {
    for index in session.subscriptions.indices {
      while session.subscriptions[index].catchingUp != nil, hasRoom(session) {
        guard let state = session.subscriptions[index].catchingUp else { break }
        switch state {
        case .taxis(let from): pumpTaxis(from, index, session)
        case .rides(let from): pumpRides(from, index, session)
        case .facts: pumpFacts(index, session)
        }
      }
      pumpPositions(index, session)
    }
  }

  private func pumpFacts(_ index: Int, _ session: Session) {
    let state = session.subscriptions[index]
    if state.cursor + 1 < recent.first, let name = Identifier(state.name) {
      writer.write(.gap(name, from: position(state.cursor), to: position(recent.first - 1)))
      deliver(to: session)
      session.subscriptions[index].cursor = recent.first - 1
    }
    var steps = 0
    while steps < 4_096, session.subscriptions[index].cursor < recent.last {
      steps += 1
      let number = session.subscriptions[index].cursor + 1
      session.subscriptions[index].cursor = number
      guard let event = recent[number], matches(event, state) else { continue }
      send(event, as: state.name, to: session)
    }
    if session.subscriptions[index].cursor >= recent.last {
      session.subscriptions[index].catchingUp = nil
    }
  }

  private func pumpTaxis(_ from: Int, _ index: Int, _ session: Session) {
    let state = session.subscriptions[index]
    let wants = !state.kinds.isDisjoint(with: KindSet(list: "taxi.*") ?? [])
    let end = min(from + 512, wants && state.ride == 0 ? taxis.names.usedCount : 0)
    for taxi in from..<max(from, end) {
      guard taxis.names.isUsed(taxi), taxis[taxi].isOn, mayRead(taxi: taxi, session),
        state.taxi == 0 || state.taxi == taxis.names.id(at: taxi),
        state.area?.contains(taxis[taxi].place, on: map) ?? true,
        let view = engine.view(of: taxis.id(taxi))
      else { continue }
      writer.begin("SNAP")
      writer.argument(state.name)
      writer.argument(Subject.taxi.rawValue)
      writeTaxi(taxi, view)
      writer.end()
      deliver(to: session)
    }
    let isDone = end <= from || end == taxis.names.usedCount
    session.subscriptions[index].catchingUp = isDone ? .rides(0) : .taxis(end)
  }

  private func pumpRides(_ from: Int, _ index: Int, _ session: Session) {
    let state = session.subscriptions[index]
    let wants = !state.kinds.isDisjoint(with: KindSet(list: "req.*") ?? [])
    let end = min(from + 512, wants ? rides.names.usedCount : 0)
    for ride in from..<max(from, end) {
      guard rides.names.isUsed(ride), mayRead(ride: ride, session), let record = rides[ride],
        state.ride == 0 || state.ride == rides.names.id(at: ride),
        state.taxi == 0 || state.taxi == record.taxi,
        state.area?.contains(record.from, on: map) ?? true,
        let view = engine.view(of: rides.id(ride))
      else { continue }
      writer.begin("SNAP")
      writer.argument(state.name)
      writer.argument(Subject.request.rawValue)
      writeRide(ride, record, view, session)
      writer.end()
      deliver(to: session)
    }
    guard end <= from || end == rides.names.usedCount else {
      session.subscriptions[index].catchingUp = .rides(end)
      return
    }
    // The cursor is where the snapshot began: what happened since follows, and may repeat it.
    if let name = Identifier(state.name) {
      writer.write(.live(name, position(state.cursor)))
      deliver(to: session)
    }
    session.subscriptions[index].catchingUp = .facts
  }
}
