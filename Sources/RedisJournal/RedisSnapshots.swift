#if Server
  import Journal
  import Matching

  /// When snapshots are due, and one on its way.
  struct SnapshotSchedule {
    private var lastAt: UInt64 = 0
    private var last = FactPosition.start
    private var isAsked = false
    /// Positions of this leadership with the time at which they were kept.
    private var history: [(at: UInt64, position: FactPosition)] = []

    // The one that is being written.
    var chunks: [ArraySlice<UInt8>] = []
    var sent = 0
    var stored = 0
    var sum: UInt32 = 0
    /// The fact that it was taken after: the last one of its batch.
    var fact: UInt64 = 0
    /// Where that batch ends, and the chain there, once it is kept.
    var mark: Witness?
    var isWriting = false
    var isPublishing = false
    /// What a publication left to do.
    var leftovers: (oldChunks: [[UInt8]], firstToStay: FactPosition?)?

    init() {}

    init(at now: UInt64, after position: FactPosition) {
      lastAt = now
      last = position
    }

    mutating func isDue(at now: UInt64, kept: FactPosition, _ options: RedisOptions) -> Bool {
      guard !isAsked, !isWriting, kept.sequence > last.sequence else { return false }
      guard
        now - lastAt >= UInt64(options.snapshotPeriod.count)
          || kept.sequence - last.sequence >= options.snapshotFacts
      else { return false }
      isAsked = true
      return true
    }

    mutating func ended(at now: UInt64, _ options: RedisOptions) -> FactPosition? {
      gaveUp(at: now)
      last = mark?.position ?? last
      history.append((now, last))
      let past = history.last {
        now - $0.at >= UInt64(options.keptPeriod.count)
          || last.sequence - $0.position.sequence >= options.keptFacts
      }
      if let past { history.removeAll { $0.at < past.at } }
      return past?.position
    }

    mutating func gaveUp(at now: UInt64) {
      isAsked = false
      isWriting = false
      isPublishing = false
      chunks = []
      lastAt = now
    }

    /// Told of each batch that is kept.
    mutating func noteKept(_ kept: Witness) {
      if isWriting, kept.position.sequence == fact { mark = kept }
    }
  }

  /// Snapshots: chunks of the next generation, then one step that makes it the current one.
  extension RedisWorker {
    private static var chunkBytes: Int { 65_536 }
    /// Few at a time: batches of facts go between them.
    private static var chunksInFlight: Int { 2 }

    /// Which one is the current one, asked before any is written: others may have published since this
    /// process read the journal, and the reply to a publication may have been lost. Chunks of the
    /// current one must never be written over.
    func findSnapshot(_ connection: RedisConnection) throws {
      let found = try connection.call(
        [Array("HMGET".utf8), keys.snapshot] + ["gen", "chunks"].map { Array($0.utf8) }
      ).list.map { $0.text ?? "" }
      guard found.count == 2, let current = UInt64(found[0]), let count = Int(found[1]),
        current != generation
      else { return }
      let old = (0..<chunkCount).map { keys.chunk(generation, $0) }
      (generation, chunkCount) = (current, count)
      snapshots.leftovers = (old, nil)
    }

    func beginSnapshot(_ bytes: [UInt8], upTo fact: UInt64) {
      guard writer != nil, !snapshots.isWriting, !bytes.isEmpty else { return }
      snapshots.isWriting = true
      snapshots.sent = 0
      snapshots.stored = 0
      snapshots.sum = CRC32C.sum(bytes)
      snapshots.fact = fact
      snapshots.mark = nil
      snapshots.chunks = stride(from: 0, to: bytes.count, by: Self.chunkBytes).map {
        bytes[$0..<min($0 + Self.chunkBytes, bytes.count)]
      }
    }

    func sendSnapshot(_ connection: RedisConnection, _ now: UInt64) throws {
      guard snapshots.isWriting, writer != nil else { return }
      while snapshots.sent < snapshots.chunks.count,
        snapshots.sent - snapshots.stored < Self.chunksInFlight
      {
        let chunk = Array(snapshots.chunks[snapshots.sent])
        let key = keys.chunk(generation + 1, snapshots.sent)
        try send(.chunk, "baecha_chunk", [keys.lease, key], [chunk], connection, now)
        snapshots.sent += 1
        FaultPoints.pass(.inSnapshot)
      }
      guard snapshots.stored == snapshots.chunks.count, !snapshots.isPublishing,
        let mark = snapshots.mark
      else { return }
      FaultPoints.pass(.beforePublish)
      snapshots.isPublishing = true
      let count = "\(snapshots.chunks.count)"
      try send(
        .publish,
        "baecha_publish",
        [keys.lease, keys.snapshot],
        [
          "\(generation + 1)", "\(mark.position)", count, String(snapshots.sum, radix: 16),
          String(mark.chain, radix: 16),
        ].map { Array($0.utf8) },
        connection,
        now
      )
    }

    func takeSnapshotReply(_ value: RedisValue, _ kind: RedisLeadership.Pending.Kind) {
      let word = value.list.first?.text
      if word == "FENCED" { return loseLeadership() }
      switch kind {
      case .chunk where word == "OK": snapshots.stored += 1
      case .publish where word == "OK":
        FaultPoints.pass(.afterPublish)
        let old = (0..<chunkCount).map { keys.chunk(generation, $0) }
        chunkCount = snapshots.chunks.count
        generation += 1
        let firstToStay = snapshots.ended(at: Self.now(), options)
        snapshots.leftovers = (old, firstToStay)
      case .chunk, .publish:
        // Out of memory, read-only: the next one may go through.
        snapshots.gaveUp(at: Self.now())
      default: break
      }
    }

    /// After a publication: the old chunks go, and what is behind the snapshot and nobody resumes.
    func sendTidyUp(_ connection: RedisConnection, _ now: UInt64) throws {
      guard let (old, firstToStay) = snapshots.leftovers, writer != nil else { return }
      snapshots.leftovers = nil
      if !old.isEmpty { try send(.drop, "baecha_drop", [keys.lease] + old, [], connection, now) }
      if let firstToStay {
        FaultPoints.pass(.beforeTrim)
        try send(
          .trim,
          "baecha_trim",
          [keys.lease, keys.stream, keys.snapshot],
          [Array("\(firstToStay)".utf8)],
          connection,
          now
        )
      }
    }
  }
#endif
