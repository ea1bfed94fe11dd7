import LineProtocol
import Matching

/// What happens because time passes: heartbeats, farewells, passes of positions.
extension Dispatcher {
  func sweep() {
    for session in subscribers { pump(session) }
    if isStalled { giveUpWaiting() }
    showLiveView()
    guard now - lastSweep >= Millis(1_000) || lastSweep > now else { return }
    lastSweep = now
    settleParked()
    withdrawStaleAdvice()
    taxis.release(olderThan: now.count - Self.departedKept.count)
    var waiting = 0
    for case let session? in sessions {
      sweep(session)
      waiting += session.outbox.bytes.count + session.wire.backlog
    }
    if waiting > limits.outputBytesAllMax { dropLargest() }
  }

  /// A taxi that left keeps its number for as long as a ride can live that remembers it.
  private static let departedKept = Millis.minutes(120)

  private func sweep(_ session: Session) {
    guard !session.isClosing else { return }
    if !session.rest.isEmpty, !session.isReadingPaused,
      now - session.restSince > limits.partialLineMax
    {
      return farewell(session, "idle")
    }
    if keys != nil {
      if !session.isOpen, now - session.openedAt > limits.openingMax {
        return refuse(session, LineError(.auth, "no credentials within 5 s"))
      }
    }
    if keys != nil || session.isEnding, now - session.heardAt > limits.silenceMax {
      return farewell(session, "idle")
    }
    guard now - session.spokeAt >= limits.heartbeat, wantsHeartbeat(session) else { return }
    guard !session.outbox.isGated else { return }
    writer.heartbeat(at: position(kept))
    deliverStateless(to: session)
  }

  /// A heartbeat promises that every matching event was sent, so nobody who catches up gets one. A
  /// person who types at a server without keys is not disturbed by any unless they asked for events.
  private func wantsHeartbeat(_ session: Session) -> Bool {
    session.isOpen && (keys != nil || !session.subscriptions.isEmpty)
      && session.subscriptions.allSatisfy { $0.catchingUp == nil }
  }

  /// All connections together hold too much: the one that holds most goes.
  private func dropLargest() {
    var largest: (session: Session, bytes: Int)?
    for case let session? in sessions where !session.isClosing {
      let bytes = session.outbox.bytes.count + session.wire.backlog
      if bytes > largest?.bytes ?? 0 { largest = (session, bytes) }
    }
    if let largest { farewell(largest.session, "slow") }
  }

  // MARK: Draining

  /// Stops taking connections and new work. Call ``finishDrain()`` a little later.
  ///
  /// - Parameter to: where clients find another server, as `host:port`.
  package func beginDrain(to: String?) {
    inBatch {
      drain = Drain(to: to, since: now)
      sendSystem(.systemDrain, to.map { [Field("to", $0)] } ?? [])
    }
  }

  /// Says goodbye to all.
  package func finishDrain() {
    inBatch {
      for case let session? in sessions {
        farewell(session, "drain", to: drain?.to, after: drain?.to == nil ? .seconds(2) : nil)
      }
    }
  }
}
