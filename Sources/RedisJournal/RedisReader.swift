#if Server
  import Journal
  import Matching

  /// Reads a region's journal in order, and holds it against its checksums.
  struct RedisReader {
    let keys: RegionKeys
    /// The last entry that was read.
    private(set) var position = FactPosition.start
    /// The checksum of the chain there; `nil` = not known, so the next one is taken on trust.
    private(set) var chain: UInt32? = 0

    static let pageCount = 64

    /// A snapshot as it stands in Redis.
    struct Snapshot {
      var bytes: [UInt8]
      var position: FactPosition
      var generation: UInt64
      var chunkCount: Int
    }

    init(region: String) { keys = RegionKeys(region: region) }

    /// Reads the latest snapshot and goes on after it; from the beginning when there is none.
    mutating func begin(_ connection: RedisConnection) throws -> Snapshot? {
      position = .start
      chain = 0
      let snap = try connection.call([Array("HGETALL".utf8), keys.snapshot])
      guard !snap.list.isEmpty else { return nil }
      guard snap["format"]?.text == "1" else {
        throw JournalEnd(
          .unusable,
          "the snapshot in Redis is of format \(snap["format"]?.text ?? "unknown"), and this version "
            + "reads 1: a later version wrote it; upgrade this one"
        )
      }
      guard let text = snap["upto"]?.text, let upTo = FactPosition(text),
        let generation = snap["gen"]?.text.flatMap({ UInt64($0) }),
        let count = snap["chunks"]?.text.flatMap({ Int($0) }), count > 0, count < 1 << 20,
        let sum = snap["sum"]?.text.flatMap({ UInt32($0, radix: 16) }),
        let crc = snap["crc"]?.text.flatMap({ UInt32($0, radix: 16) })
      else { throw JournalEnd(.unusable, "the snapshot's record in Redis makes no sense") }
      for index in 0..<count {
        try connection.add([Array("GET".utf8), keys.chunk(generation, index)])
      }
      try connection.flush()
      var bytes: [UInt8] = []
      var isWhole = true
      for _ in 0..<count {
        if case .bytes(let chunk) = try connection.reply() {
          bytes.append(contentsOf: chunk)
        } else {
          isWhole = false
        }
      }
      guard isWhole, CRC32C.sum(bytes) == sum else { throw NotWhole(generation: generation) }
      position = upTo
      chain = crc
      return Snapshot(
        bytes: bytes,
        position: upTo,
        generation: generation,
        chunkCount: count
      )
    }

    /// Goes to the oldest entry that is there, whose checksum is taken on trust if it is not the first
    /// of all.
    ///
    /// - Returns: whether there is one.
    mutating func beginAtOldest(_ connection: RedisConnection) throws -> Bool {
      position = .start
      chain = 0
      let reply = try connection.call(
        [Array("XRANGE".utf8), keys.stream] + ["-", "+", "COUNT", "1"].map { Array($0.utf8) }
      )
      guard let first = reply.list.first?.list, first.count == 2,
        let id = first[0].text.flatMap({ FactPosition($0) })
      else { return false }
      guard id > FactPosition(epoch: 1, sequence: 0) else { return true }
      chain = nil
      var before = id.sequence
      if case .bytes(let bytes)? = first[1]["b"], let batch = try? JournalBatch(bytes: bytes) {
        before = batch.first - 1
      }
      position = FactPosition(epoch: 0, sequence: before)
      return true
    }

    /// The next entries, at most ``pageCount``; none = the end for now.
    mutating func page(_ connection: RedisConnection) throws -> [JournalEntry] {
      let reply = try connection.call([
        Array("XRANGE".utf8), keys.stream, Array("(\(position)".utf8), Array("+".utf8),
        Array("COUNT".utf8), Array("\(Self.pageCount)".utf8),
      ])
      return try take(reply.list)
    }

    /// The same, waiting for the first of them for at most so long.
    mutating func wait(_ connection: RedisConnection, milliseconds: Int) throws -> [JournalEntry] {
      let reply = try connection.call([
        Array("XREAD".utf8), Array("COUNT".utf8), Array("\(Self.pageCount)".utf8),
        Array("BLOCK".utf8), Array("\(milliseconds)".utf8), Array("STREAMS".utf8), keys.stream,
        Array("\(position)".utf8),
      ])
      guard let stream = reply.list.first, stream.list.count == 2 else { return [] }
      return try take(stream.list[1].list)
    }

    /// Thrown when a snapshot's chunks are not those of its record.
    struct NotWhole: Error {
      var generation: UInt64
    }

    /// Thrown when entries before the next one are gone: a snapshot knows what they said.
    struct Trimmed: Error {}

    /// Thrown when a later leadership began before the last entry that was read here.
    struct Lost: Error {
      var end: FactPosition
      var seen: FactPosition
    }

    private mutating func take(_ values: [RedisValue]) throws -> [JournalEntry] {
      var entries: [JournalEntry] = []
      entries.reserveCapacity(values.count)
      for value in values {
        let parts = value.list
        guard parts.count == 2, let id = parts[0].text.flatMap({ FactPosition($0) }) else {
          throw JournalEnd(.unusable, "the journal holds an entry that is none of Baecha's")
        }
        let entry = try read(id, parts[1])
        entries.append(entry)
        position = id
        switch entry.content {
        case .batch(_, let sum): chain = sum
        case .epoch(_, let sum): if let sum { chain = sum }
        }
      }
      return entries
    }

    private func read(_ id: FactPosition, _ fields: RedisValue) throws -> JournalEntry {
      let written = fields["c"]?.text.flatMap { UInt32($0, radix: 16) }
      switch fields["k"]?.text {
      case "E":
        if id.sequence < position.sequence { throw Lost(end: id, seen: position) }
        guard id.sequence == position.sequence else { throw Trimmed() }
        if let written, let chain, written != chain { throw damaged(id) }
        return JournalEntry(
          position: id,
          content: .epoch(owner: fields["o"]?.text ?? "", chain: written)
        )
      case "B":
        guard case .bytes(let bytes)? = fields["b"], let written else { throw damaged(id) }
        let batch: JournalBatch
        do {
          batch = try JournalBatch(bytes: bytes)
        } catch {
          throw JournalEnd(
            .unusable,
            "journal entry \(id) cannot be read: \(error.reason); if a later version wrote it, upgrade "
              + "this one"
          )
        }
        guard batch.first == position.sequence + 1 else { throw Trimmed() }
        guard batch.last == id.sequence else { throw damaged(id) }
        if let chain, CRC32C.sum(bytes, after: chain) != written { throw damaged(id) }
        return JournalEntry(position: id, content: .batch(batch, chain: written))
      default:
        throw JournalEnd(
          .unusable,
          "journal entry \(id) is of kind '\(fields["k"]?.text ?? "none")', unknown to this version: a "
            + "later version wrote it; upgrade this one"
        )
      }
    }

    private func damaged(_ id: FactPosition) -> JournalEnd {
      JournalEnd(
        .unusable,
        "journal entry \(id) does not fit the checksum of those before it: Redis was restored from "
          + "elsewhere or written to by something else; `baecha journal verify` says more"
      )
    }
  }
#endif
