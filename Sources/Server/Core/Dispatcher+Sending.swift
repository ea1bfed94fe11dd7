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
}
