#if Server
  import Dispatch
  import Glibc
  import Journal
  import Matching

  /// Leading: batches out, replies in, signs of life between them.
  enum RedisLeadership {
    /// A command whose reply is due, and when it was sent.
    struct Pending {
      enum Kind {
        case append, replicas, renew, chunk, publish, drop, trim, view, release
      }

      var kind: Kind
      var sentAt: UInt64
    }
  }

  extension RedisWorker {
    /// Until the leadership is lost, given up, or Redis goes away.
    func lead(_ connection: RedisConnection) throws {
      var nextInspection = Self.now() + UInt64(options.inspection.count)
      var retryAt: UInt64 = 0
      // It may have come back with other settings than it went away with.
      var isFit = fault == nil
      try findSnapshot(connection)
      if options.durability == .replicated { try askReplicas(connection, Self.now()) }
      while writer != nil {
        let mailed = mail.take()
        // A host that was held up may still speak of a leadership that is over.
        if mailed.epoch == writer?.epoch {
          if !mailed.records.isEmpty { writer?.add(mailed.records) }
          if let (bytes, upTo) = mailed.snapshot { beginSnapshot(bytes, upTo: upTo) }
        }
        let now = Self.now()
        // What is on its way comes to its end before Redis is looked at.
        if isFit, now >= retryAt, now < nextInspection { try sendBatches(connection, now) }
        if isFit, now >= retryAt, lacksReplicas { try askReplicas(connection, now) }
        try sendSnapshot(connection, now)
        try sendTidyUp(connection, now)
        try sendView(connection, now)
        // Refused ones count too: a Redis that is full is not asked thousands of times a second.
        if isFit, now - max(lastConfirmed, renewedAt) >= UInt64(options.renewal.count) {
          renewedAt = now
          try send(.renew, "baecha_renew", [keys.lease], [options.lease.text], connection, now)
        }
        if let stopBy = mailed.stopBy, isOver(by: stopBy) {
          return try release(connection)
        }
        try connection.flush()
        try wait(connection, milliseconds: retryAt > now ? 20 : 50) { reason in
          retryAt = Self.now() + 100
          self.failedAt = Self.now()
          self.setState(fault: reason)
        }
        if now >= nextInspection, pending.isEmpty {
          isFit = try inspect(connection)
          nextInspection = Self.now() + UInt64(options.inspection.count)
        }
        try checkConfirmation(isFit: isFit)
      }
    }

    private func isOver(by stopBy: UInt64) -> Bool {
      DispatchTime.now().uptimeNanoseconds >= stopBy || writer?.isIdle == true
    }

    // MARK: Sending

    private func sendBatches(_ connection: RedisConnection, _ now: UInt64) throws {
      while let batch = writer?.next() {
        FaultPoints.pass(.beforeAppend)
        let arguments = [
          "\(batch.previous)", "\(batch.position)",
        ].map { Array($0.utf8) }
        try connection.add(
          [
            Array("FCALL".utf8), Array("baecha_append".utf8), Array("2".utf8), keys.lease,
            keys.stream, Array("\(batch.epoch)".utf8),
          ] + arguments + [
            batch.bytes, Array(String(batch.chain, radix: 16).utf8),
            Array("\(options.lease.count)".utf8), Array(options.owner.utf8),
          ]
        )
        pending.append(.init(kind: .append, sentAt: now))
        if options.durability == .replicated {
          try connection.add(["WAIT", "1", "1000"].map { Array($0.utf8) })
          pending.append(.init(kind: .replicas, sentAt: now))
        }
        unconfirmed.append(Witness(position: batch.position, chain: batch.chain))
        try connection.flush()
        FaultPoints.pass(.afterAppend)
      }
    }

    /// Whether something is kept that no replica has confirmed.
    private var awaitsReplicas: Bool {
      options.durability == .replicated && (kept?.position ?? .start) > opened
    }

    /// The same, and none is asked: with too few of them, or after a cut connection.
    private var lacksReplicas: Bool {
      awaitsReplicas && !pending.contains { $0.kind == .replicas }
    }

    /// WAIT speaks of what its own connection has written. A batch that an earlier connection wrote
    /// counts once something is written behind it.
    private func askReplicas(_ connection: RedisConnection, _ now: UInt64) throws {
      try send(.renew, "baecha_renew", [keys.lease], [options.lease.text], connection, now)
      try connection.add(["WAIT", "1", "1000"].map { Array($0.utf8) })
      pending.append(.init(kind: .replicas, sentAt: now))
    }

    func send(
      _ kind: RedisLeadership.Pending.Kind,
      _ function: String,
      _ names: [[UInt8]],
      _ arguments: [[UInt8]],
      _ connection: RedisConnection,
      _ now: UInt64
    ) throws {
      let epoch = Array("\(writer?.epoch ?? 0)".utf8)
      try connection.add(
        [Array("FCALL".utf8), Array(function.utf8), Array("\(names.count)".utf8)] + names + [epoch]
          + arguments + [Array(options.owner.utf8)]
      )
      pending.append(.init(kind: kind, sentAt: now))
    }

    // MARK: Replies

    /// Waits for mail or replies, and takes the replies.
    private func wait(
      _ connection: RedisConnection,
      milliseconds: Int32,
      onFailure: (String) -> Void
    ) throws {
      var polled = [
        pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: mail.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&polled, 2, milliseconds) > 0, polled[0].revents != 0 else { return }
      try connection.receive { value in
        // Answers to a leadership that has just ended.
        guard self.writer != nil else { return }
        guard !self.pending.isEmpty else { throw RedisFault.away("a reply to nothing came") }
        let answered = self.pending.removeFirst()
        try self.take(value, answered, onFailure)
      }
    }

    private func take(
      _ value: RedisValue,
      _ answered: RedisLeadership.Pending,
      _ onFailure: (String) -> Void
    ) throws {
      let word = value.list.first?.text
      switch answered.kind {
      case .append: try takeAppend(value, answered, onFailure)
      case .replicas:
        guard case .number(let count) = value, count >= 1 else {
          return onFailure("no replica confirms: answers wait")
        }
        openUpTo()
      case .renew:
        if word == "FENCED" { return loseLeadership() }
        if case .error(let message) = value { return onFailure("Redis refuses: \(message)") }
        confirm(answered.sentAt)
      case .chunk, .publish, .drop, .trim: takeSnapshotReply(value, answered.kind)
      case .view: takeViewReply(value)
      case .release: break
      }
    }

    private func takeAppend(
      _ value: RedisValue,
      _ answered: RedisLeadership.Pending,
      _ onFailure: (String) -> Void
    ) throws {
      guard writer != nil else { return }
      let words = value.list.map(\.text)
      let reply: JournalWriter.Reply
      switch words.first {
      case "OK": reply = .kept
      case "DUP": reply = .duplicate
      case "FENCED": reply = .fenced(epoch: words.count > 1 ? UInt64(words[1] ?? "") ?? 0 : 0)
      case "GAP": reply = .gap(words.count > 1 ? FactPosition(words[1] ?? "") ?? .start : .start)
      default:
        let reason = if case .error(let message) = value { message } else { "an odd reply" }
        reply = .failed(reason)
      }
      switch writer?.receive(reply) {
      case .kept(let fact):
        while let first = unconfirmed.first, first.position.sequence <= fact {
          kept = first
          snapshots.noteKept(first)
          unconfirmed.removeFirst()
        }
        confirm(answered.sentAt)
        if options.durability != .replicated { openUpTo() }
      case .again(let reason):
        unconfirmed = []
        onFailure("Redis does not take facts: \(reason)")
      case .fenced: loseLeadership()
      case .lost(let end, let needed): throw lostTail(end: end, needed: needed)
      case .nothing, nil: break
      }
    }

    private func openUpTo() {
      guard let kept else { return }
      opened = kept.position
      noteWitness()
      keep(kept.position.sequence)
      if snapshots.isDue(at: Self.now(), kept: kept.position, options) { say(.snapshotDue) }
    }

    private func confirm(_ sentAt: UInt64) {
      lastConfirmed = max(lastConfirmed, sentAt)
    }

    /// Safety rests on epochs; this only keeps a leader that has lost touch from talking on.
    private func checkConfirmation(isFit: Bool) throws {
      guard writer != nil else { return }
      let now = Self.now()
      if let oldest = pending.first, now - oldest.sentAt > UInt64(options.replyMax.count) {
        throw RedisFault.away("no reply for \(now - oldest.sentAt) ms")
      }
      let isQuiet = now - lastConfirmed > UInt64(options.confirmationMax.count)
      if isQuiet, fault == nil {
        setState(
          fault: "Redis has confirmed nothing for longer than \(options.confirmationMax.count) ms"
        )
      } else if !isQuiet, isFit, lastConfirmed > failedAt, !awaitsReplicas {
        clearFault()
      }
    }

    // MARK: Ending

    private func release(_ connection: RedisConnection) throws {
      FaultPoints.pass(.beforeRelease)
      try send(.release, "baecha_release", [keys.lease], [], connection, Self.now())
      try connection.flush()
      let end = Self.now() + 300
      while !pending.isEmpty, Self.now() < end {
        try wait(connection, milliseconds: 20) { _ in }
      }
      writer = nil
    }

    /// Before anybody hears of what is kept. Whoever heard of it can then be told of its loss.
    private func noteWitness() {
      guard let path = options.witness, let kept else { return }
      let noted = Result { () throws(WitnessFault) in
        let file = if let witnessFile { witnessFile } else { try WitnessFile(path: path) }
        witnessFile = file
        try file.note(kept)
      }
      // It is a second net: that it cannot be written must not stop the first one.
      switch noted {
      case .success: hasWitnessFailed = false
      case .failure(let fault):
        witnessFile = nil
        // Once for each time that it goes wrong: batches come by the thousand.
        if !hasWitnessFailed { say(.witnessFailed("\(fault)")) }
        hasWitnessFailed = true
      }
    }
  }

  extension Millis {
    fileprivate var text: [UInt8] { Array("\(count)".utf8) }
  }
#endif
