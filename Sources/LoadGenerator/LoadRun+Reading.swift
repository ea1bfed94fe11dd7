import LineProtocol
import Matching

/// What comes back, and what drivers and riders make of it.
extension LoadRun {
  func received(_ line: Span<UInt8>, on connection: LoadConnection, at now: UInt64) {
    let read: ServerLine
    do throws(LineError) {
      read = try ServerLine(line)
    } catch {
      // Words of a newer server are passed over.
      if error.name != .verb { tally.unreadable += 1 }
      return
    }
    switch read {
    case .banner(let banner): greet(banner, connection)
    case .ok(let answer): answered(answer.tag, connection, now)
    case .pong(let answer): answered(answer.tag, connection, now)
    case .error(let error): refused(error, connection)
    case .offer(let offer):
      if phase.rawValue < LoadRun.Phase.cancelling.rawValue { offered(offer, now) }
    case .revoke(let offer, _, _): revoked(offer)
    case .event(let event): tally.event(event.kind)
    case .row(let row): count(row)
    case .bye(let bye): tally.farewell = "BYE why=\(bye.why)"
    case .ping, .guide, .position, .snapshot, .live, .gap: break
    }
  }

  private func greet(_ banner: Banner, _ connection: LoadConnection) {
    tally.durability = banner.durability.text
    let now = clock()
    var greeting = Greeting()
    greeting.name = Identifier("bench")
    connection.send(
      .hello(greeting),
      Pending(kind: .hello, index: plan.token == nil ? 1 : 0, due: now)
    )
    if let token = plan.token {
      connection.send(.authenticate(.token(token)), Pending(kind: .hello, index: 1, due: now))
    } else if !banner.auth.contains(where: { $0.text == "none" }) {
      fail("the server wants keys: give --token")
    }
  }

  private func take(_ tag: Identifier?, _ connection: LoadConnection) -> Pending? {
    guard let tag, let number = Int(tag.text) else { return nil }
    return connection.pending.take(number)
  }

  private func answered(_ tag: Identifier?, _ connection: LoadConnection, _ now: UInt64) {
    guard let pending = take(tag, connection) else { return }
    let ride = Int(pending.index)
    let isMeasured = pending.due >= measured && pending.due < end
    switch pending.kind {
    case .hello:
      guard pending.index == 1 else { return }
      ready += 1
      if ready == connections.count { enter() }
    case .on, .off: if phase != .over { pumpRoll(connection.index) }
    case .ping:
      if pending.index >= 0 {
        gatewayStates[connection.index].fences[ride].passed = now
      } else if isMeasured {
        tally.fence.record(intended: pending.due, seen: now)
      }
    case .request:
      tally.acceptedRequests += 1
      if isMeasured { tally.request.record(intended: pending.due, seen: now) }
    case .accept:
      if isMeasured { tally.accept.record(intended: pending.due, seen: now) }
      plan(.arrive, ride, plan.manners.arrive, now)
    case .arrive:
      if isMeasured { tally.step.record(intended: pending.due, seen: now) }
      plan(.board, ride, plan.manners.board, now)
    case .board:
      if isMeasured { tally.step.record(intended: pending.due, seen: now) }
      plan(.drop, ride, plan.manners.drop, now)
    case .drop:
      if isMeasured { tally.step.record(intended: pending.due, seen: now) }
      tally.finished += 1
      rides[ride].isOver = true
      rides[ride].step += 1
      rides[ride].taxi = -1
    case .stat, .cancel: break
    }
  }

  private func plan(
    _ kind: Pending.Kind,
    _ ride: Int,
    _ delay: ClosedRange<Millis>,
    _ now: UInt64
  ) {
    rides[ride].step += 1
    let due = now + draw.delay(delay)
    actions.add(
      DriverAction(due: due, ride: Int32(clamping: ride), step: rides[ride].step, kind: kind)
    )
    if phase == .running, actions.first?.due == due { arm() }
  }

  private func refused(_ error: LineError, _ connection: LoadConnection) {
    tally.refuse(error)
    guard let tag = error.tag else { return }
    guard let pending = take(tag, connection) else { return }
    switch pending.kind {
    case .hello: fail("the server refused the greeting: \(error.message)")
    case .on, .off: pumpRoll(connection.index)
    case .accept, .arrive, .board, .drop:
      // The server has the last word: this driver is free again.
      let ride = Int(pending.index)
      rides[ride].step += 1
      rides[ride].taxi = -1
    default: break
    }
  }

  private func offered(_ offer: OfferLine, _ now: UInt64) {
    guard let ride = ride(named: offer.ride), let taxi = offer.taxi.number(after: "t"),
      taxi < UInt64(plan.taxis)
    else {
      tally.strangers += 1
      return
    }
    if rides[ride].isOffered {
      tally.offeredAgain += 1
    } else {
      rides[ride].isOffered = true
      tally.offeredRides += 1
      let due = rides[ride].due
      if due >= measured, due < end { tally.offer.record(intended: due, seen: now) }
    }
    rides[ride].taxi = Int32(clamping: taxi)
    rides[ride].offer = offer.offer
    if let number = offer.offer.number(after: "o") { offers[number] = Int32(clamping: ride) }
    plan(.accept, ride, plan.manners.accept, now)
  }

  private func revoked(_ offer: Identifier) {
    tally.revoked += 1
    guard let number = offer.number(after: "o"), let ride = offers.removeValue(forKey: number),
      rides[Int(ride)].offer == offer
    else { return }
    rides[Int(ride)].step += 1
  }

  /// What the server says of this connection's positions.
  private func count(_ row: RowLine) {
    guard row.arguments.first == "session" else { return }
    for field in row.fields {
      if field.key == "wrong_positions" { tally.wrongPositions += Int(field.value) ?? 0 }
      if field.key == "late_positions" { tally.latePositions += Int(field.value) ?? 0 }
    }
  }
}
