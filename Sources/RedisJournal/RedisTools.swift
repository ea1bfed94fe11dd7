#if Server
  import Journal
  import Matching

  /// What a person does with a region's journal in Redis, apart from serving it.
  public struct RedisTools {
    public let address: RedisAddress
    private let connection: RedisConnection

    /// - Throws: ``JournalEnd`` when there is no Redis, or it does not let this user in.
    public init(_ address: RedisAddress) throws {
      self.address = address
      let made: Result<RedisConnection, RedisFault> = Result { () throws(RedisFault) in
        try RedisConnection(address, timeoutMillis: 5_000)
      }
      switch made {
      case .success(let connection): self.connection = connection
      case .failure(.refused(let reason)):
        throw RedisRefusal.end(reason, address, region: "REGION")
      case .failure(.away(let reason)):
        throw JournalEnd(
          .unusable,
          "Redis at \(address): \(reason); start it, or give the address of one that runs"
        )
      }
    }

    /// What this Redis is and promises.
    public func inspect() throws -> RedisInspection {
      try told { try RedisInspection.look(connection) }
    }

    /// Loads the function library; needs a user who may.
    public func installFunctions() throws { try told { try connection.loadLibrary() } }

    /// The commands that a server's user needs, and no more, as a line of Redis's ACL.
    ///
    /// - Parameters:
    ///   - user: whose name the line has.
    ///   - region: whose keys it is about.
    ///   - database: of the server's `--state` address.
    /// - Returns: the line.
    public static func accessRules(user: String, region: String, database: Int = 0) -> String {
      // What the functions do counts as this user's too.
      "ACL SETUSER \(user) on >PASSWORD resetkeys ~{\(region)}:* resetchannels -@all +fcall "
        + "+fcall_ro +info +config|get +hgetall +hmget +hget +hset +get +set +unlink +xrange "
        + "+xread +xadd +xtrim +xinfo|stream +exists +time +wait +geoadd +zrem +pexpire"
        + (database == 0 ? "" : " +select")
    }

    /// The same for other software: it reads the live view, and nothing else.
    public static func viewerRules(user: String, region: String) -> String {
      "ACL SETUSER \(user) on >PASSWORD resetkeys %R~{\(region)}:live:* resetchannels -@all "
        + "+geosearch +geopos +geodist +zcard +zscan +zrange +hget +hmget +hgetall +ping"
    }

    /// Reads the journal from its oldest entry on.
    ///
    /// - Parameters:
    ///   - region: whose.
    ///   - isFollowed: whether to wait for more at the end, for ever.
    ///   - take: each entry; `false` = enough.
    /// - Throws: ``JournalEnd`` when an entry is damaged or missing.
    public func read(
      region: String,
      isFollowed: Bool = false,
      _ take: (JournalEntry) throws -> Bool
    ) throws {
      var reader = RedisReader(region: region)
      try told(of: region) {
        guard try reader.beginAtOldest(connection) || isFollowed else { return }
        while true {
          let entries =
            isFollowed
            ? try reader.wait(connection, milliseconds: 500) : try reader.page(connection)
          if entries.isEmpty, !isFollowed { return }
          for entry in entries { guard try take(entry) else { return } }
        }
      }
    }

    /// The latest snapshot and everything after it, as ``JournalStore/onNews`` tells it.
    public func recover(region: String, _ take: (JournalNews) throws -> Void) throws {
      var reader = RedisReader(region: region)
      try told(of: region) {
        let snapshot = try reader.begin(connection)
        try take(.restart(snapshot: snapshot?.bytes))
        while true {
          let entries = try reader.page(connection)
          guard !entries.isEmpty else { return }
          try take(.entries(entries))
        }
      }
    }

    /// Gives up what Redis has lost: notes its own end as what was acknowledged.
    ///
    /// - Parameters:
    ///   - region: whose journal.
    ///   - upTo: where its journal ends, as a person has read it: anything else is refused.
    ///   - witness: the file that knows of more.
    /// - Throws: ``JournalEnd`` when its journal does not end there.
    public func acceptLoss(region: String, upTo: FactPosition, witness: String) throws {
      let keys = RegionKeys(region: region)
      try told(of: region) {
        let lease = try connection.call([Array("HGETALL".utf8), keys.lease])
        let end = lease["pos"]?.text.flatMap { FactPosition($0) } ?? .start
        guard end == upTo else {
          throw JournalEnd(
            .unusable,
            "the journal ends at \(end), not at \(upTo): nothing was changed"
          )
        }
        // The number of a leadership that was lost is not given again.
        let lost = (try? Witness(path: witness))?.position.epoch ?? 0
        if lost > lease["epoch"]?.text.flatMap({ UInt64($0) }) ?? 0 {
          try connection.call(
            [Array("HSET".utf8), keys.lease] + ["epoch", "\(lost)"].map { Array($0.utf8) }
          )
        }
        let chain = lease["crc"]?.text.flatMap { UInt32($0, radix: 16) } ?? 0
        do {
          try Witness(position: end, chain: chain).write(to: witness)
        } catch {
          throw JournalEnd(.unusable, "\(witness) cannot be written: \(error)")
        }
      }
    }

    private func told<Result>(
      of region: String = "REGION",
      _ body: () throws -> Result
    ) throws -> Result {
      do {
        return try body()
      } catch let end as JournalEnd {
        throw end
      } catch is RedisReader.Trimmed {
        throw JournalEnd(
          .unusable,
          "the journal has a gap: entries in its middle are missing, or were trimmed while it was read; "
            + "try again"
        )
      } catch RedisFault.refused(let reason) {
        throw RedisRefusal.end(reason, address, region: region)
      } catch {
        throw JournalEnd(.unusable, "Redis at \(address): \(error)")
      }
    }
  }
#endif
