import LineProtocol
import Matching
import Spatial

/// `POS` lines: where taxis are now, at most so often. They are read off when their time has come and
/// the reader has room, so that a slow reader gets fewer and later ones, never a queue.
extension Dispatcher {
  /// Starts the passes that are due, and goes on with those that had no room.
  func pumpPositions(_ index: Int, _ session: Session) {
    guard session.subscriptions[index].kinds.contains(KindSet(.position)) else { return }
    if session.subscriptions[index].passIndex < 0 {
      guard now >= session.subscriptions[index].nextPass, hasRoom(session) else { return }
      session.subscriptions[index].nextPass = now + session.subscriptions[index].rate
      session.subscriptions[index].passIndex = 0
      session.subscriptions[index].passStart = now.count
    }
    if session.roles == .observer {
      pumpCells(index, session)
    } else {
      pumpPass(index, session)
    }
    if session.subscriptions[index].passIndex < 0 {
      session.subscriptions[index].passSince = session.subscriptions[index].passStart
    }
  }

  private static let passBytes = 64 * 1_024

  private func pumpPass(_ index: Int, _ session: Session) {
    let state = session.subscriptions[index]
    guard let name = Identifier(state.name) else { return }
    var one = state.taxi
    if state.ride != 0 {
      one = rides.names.index(of: state.ride).flatMap { rides[$0]?.taxi } ?? 0
      if one == 0 {
        session.subscriptions[index].passIndex = -1
        return
      }
    }
    if one != 0 {
      if let taxi = taxis.names.index(of: one) { sendPosition(taxi, state, name, session) }
      session.subscriptions[index].passIndex = -1
      return
    }
    var taxi = state.passIndex
    let end = taxis.names.usedCount
    while taxi < end {
      guard session.wire.isWritable, !session.isClosing,
        session.outbox.bytes.count + session.wire.backlog < Self.passBytes
      else {
        session.subscriptions[index].passIndex = taxi
        return
      }
      sendPosition(taxi, state, name, session)
      taxi += 1
    }
    session.subscriptions[index].passIndex = -1
  }

  private func sendPosition(
    _ taxi: Int,
    _ state: SubscriptionState,
    _ name: Identifier,
    _ session: Session
  ) {
    guard taxis.names.isUsed(taxi), taxis[taxi].isOn, taxis[taxi].reportedAt > 0,
      taxis[taxi].reportedAt >= state.passSince,
      mayLocate(taxi, session)
    else { return }
    let record = taxis[taxi]
    guard state.area?.contains(record.place, on: map) ?? true else { return }
    writer.begin("POS")
    writer.argument(name)
    writer.argument(self.name(ofTaxi: taxis.names.id(at: taxi)))
    writer.argument(record.place)
    if record.heading >= 0 { writer.field("h", Fixed(raw: Int64(record.heading) * 1_000_000)) }
    if record.speed >= 0 { writer.field("s", Fixed(raw: Int64(record.speed) * 1_000_000)) }
    writer.end()
    deliver(to: session)
  }

  /// A company's own taxis; a booker's, from the moment that one is bound to its ride until the rider
  /// is dropped.
  func mayLocate(_ taxi: Int, _ session: Session) -> Bool {
    if mayRead(taxi: taxi, session) { return true }
    guard session.has(.booker), let ride = engine.view(of: taxis.id(taxi))?.ride,
      let index = rides.names.index(of: ride.value)
    else { return false }
    return rides[index]?.tenant == session.tenant
  }

  // MARK: For observers

  /// The side of a cell in decimetres, and the taxis that it takes to be shown.
  private static let cellSide: Int32 = 5_000
  private static let cellTaxisMin = 5

  /// How many taxis are in each cell, where they are enough that none can be told.
  private func pumpCells(_ index: Int, _ session: Session) {
    let state = session.subscriptions[index]
    session.subscriptions[index].passIndex = -1
    let cells = DemandCells(box: region.box, side: Self.cellSide)
    var counts = [Int32](repeating: 0, count: cells.count)
    for taxi in 0..<taxis.names.usedCount
    where taxis.names.isUsed(taxi) && taxis[taxi].isOn && taxis[taxi].reportedAt > 0 {
      counts[cells.index(of: map.project(taxis[taxi].place))] += 1
    }
    for cell in counts.indices where counts[cell] >= Self.cellTaxisMin {
      let middle = map.unproject(cells.center(of: cell))
      guard state.area?.contains(middle, on: map) ?? true else { continue }
      writer.begin("POS")
      writer.argument(state.name)
      writer.argument(Identifier("c", UInt64(cell)))
      writer.argument(middle.coarse)
      writer.field("taxis", counts[cell])
      writer.end()
      deliver(to: session)
    }
  }
}
