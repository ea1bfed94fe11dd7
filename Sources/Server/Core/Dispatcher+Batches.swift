import Journal
import LineProtocol
import Matching

/// Batches: between one reading of the clocks and one writing of the journal.
extension Dispatcher {
  /// Runs `body` between one reading of the clocks and one writing of the journal.
  func inBatch(_ body: () -> Void) {
    let isOuter = beginBatch()
    body()
    if isOuter { endBatch() }
  }

  /// Whether this call began one: the journal may open the gate while a batch ends, and the host call
  /// back while it sends.
  func beginBatch() -> Bool {
    guard !isInBatch else { return false }
    isInBatch = true
    readTime()
    advanceEngine()
    return true
  }

  func endBatch() {
    settle()
    isInBatch = false
  }

  func readTime() {
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
  func advanceEngine() {
    guard role.isLeader, engine.nextDeadline <= now, !isStalled else { return }
    let rounds = engine.statistics.rounds
    engine.advance(to: now, into: &facts)
    if engine.statistics.rounds > rounds { noteRound() }
    publish()
    takeAdvice()
  }

  /// Takes down how long it took, since the batch began, until a round was over.
  func noteRound() { metrics.round.add(readClocks().monotonicNanos &- nanos) }

  private func settle() {
    // A store that keeps at once lets paused connections go on, which brings more to keep.
    while !unwritten.isEmpty {
      takeStock()
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

  func openGate(to fact: UInt64) {
    // Of a leadership that is over.
    guard role.isLeader, fact <= engine.factCount else { return }
    inBatch {
      kept = max(kept, fact)
      unkeptSince = kept >= engine.factCount - UInt64(unwritten.count) ? nil : now
      let waiting = gated
      gated.removeAll(keepingCapacity: true)
      for session in waiting {
        session.outbox.open(to: kept)
        if session.outbox.isGated {
          gated.append(session)
        } else {
          session.awaitsAnswer = false
        }
        queueFlush(session)
        resumeReading(session)
        endIfDone(session)
      }
    }
  }

  /// Adds a fact to the journal's next batch.
  func keep(_ record: JournalRecord) { unwritten.append(record) }
}
