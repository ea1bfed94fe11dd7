import LineProtocol
import Matching

/// Lines on their way out, and the last ones of a connection.
extension Dispatcher {
  /// Sends what was written into ``writer`` to a session, once what it may speak of is kept.
  func deliver(to session: Session) {
    defer { writer.removeAll() }
    guard !session.isClosing else { return }
    session.outbox.bytes.append(contentsOf: writer.bytes)
    seal(session)
  }

  /// The same for what speaks of nothing that may not be kept: it waits for earlier answers only.
  func deliverStateless(to session: Session) {
    guard !session.outbox.isGated else { return deliver(to: session) }
    defer { writer.removeAll() }
    guard !session.isClosing else { return }
    session.outbox.bytes.append(contentsOf: writer.bytes)
    session.outbox.seal(after: 0, kept: kept)
    queueFlush(session)
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

  func flush(_ session: Session) {
    guard session.wire.isWritable || session.isClosing else { return checkBacklog(session) }
    let bytes = session.outbox.take()
    if !bytes.isEmpty {
      session.wire.send(bytes)
      metrics.bytesOut &+= UInt64(bytes.count)
      session.spokeAt = now
    }
    if session.outbox.isEmpty { session.sentFact = reached(session) }
    checkBacklog(session)
  }

  /// Up to where a session has everything once its bytes have gone: who catches up is behind.
  private func reached(_ session: Session) -> UInt64 {
    session.subscriptions.reduce(kept) { $1.catchingUp == nil ? $0 : min($0, $1.cursor) }
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
    // What may go is sent, unless it is too much for the reader: then that is what was not sent.
    let isTooMuch = why == "slow" || !session.wire.isWritable
    let isCutShort = isTooMuch && !session.outbox.isEmpty
    if isTooMuch { session.outbox.clear() }
    sendReleased(session)
    if session.outbox.isEmpty, !isCutShort { session.sentFact = reached(session) }
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
    sendReleased(session)
    session.wire.close()
  }

  private func sendReleased(_ session: Session) {
    let bytes = session.outbox.take()
    guard !bytes.isEmpty else { return }
    session.wire.send(bytes)
    metrics.bytesOut &+= UInt64(bytes.count)
  }
}
