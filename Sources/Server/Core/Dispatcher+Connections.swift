import LineProtocol
import Matching

/// Connections that come and go.
extension Dispatcher {
  func admit(_ wire: any Wire, _ address: String) -> Session? {
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

  func forget(_ session: Session) {
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
}
