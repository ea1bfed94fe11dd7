#if Server
  import Dispatch
  import Glibc
  import Journal
  import Matching

  /// The thread that talks to Redis. It follows the journal until nobody leads, leads until another
  /// one does, and survives that Redis goes away. All of it is written as one thing after another.
  final class RedisWorker {
    let options: RedisOptions
    let mail: RedisMail
    private let tell: (RedisNews) -> Void
    let keys: RegionKeys

    // Following
    var reader: RedisReader
    private let startedAt = RedisWorker.now()
    private var hasState = false
    private var leader: String?
    private var witnessed: Witness?
    /// The last leadership that this process knows of.
    private var knownEpoch: UInt64 = 0
    /// Of the current snapshot in Redis, and how many chunks it has.
    var generation: UInt64 = 0
    var chunkCount = 0

    // Leading
    var writer: JournalWriter?
    /// The last kept position and the chain there, for the witness.
    var kept: Witness?
    /// Up to where the host has been told of what is kept.
    var opened = FactPosition.start
    var witnessFile: WitnessFile?
    var hasWitnessFailed = false
    /// Where batches end that are on their way.
    var unconfirmed: [Witness] = []
    var lastConfirmed: UInt64 = 0
    /// When Redis last refused something.
    var failedAt: UInt64 = 0
    /// When a sign of life was last sent, confirmed or not.
    var renewedAt: UInt64 = 0
    var pending: [RedisLeadership.Pending] = []
    var snapshots = SnapshotSchedule()
    var views = ViewOutput()

    private var wasFit = false
    /// How often in a row a snapshot was found that is not whole.
    private var tornSnapshots = 0
    /// Whether this process has led or followed: until then a refusal does not mend itself.
    private var hasServed = false
    /// Before the next attempt, in milliseconds; longer each time until one comes to something.
    private var pause: UInt64 = 20
    private var durability: Durability
    private(set) var fault: String? = "Redis has not been reached yet"

    init(_ options: RedisOptions, _ mail: RedisMail, tell: @escaping (RedisNews) -> Void) {
      self.options = options
      self.mail = mail
      self.tell = tell
      keys = RegionKeys(region: options.region)
      reader = RedisReader(region: options.region)
      durability = options.durability
    }

    /// Thrown where the process ends in the middle of reading.
    private struct Stopped: Error {}

    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }

    /// Until it is told to stop, or must not go on.
    func run() {
      while mail.stopBy == nil {
        do {
          let connection = try connect()
          if writer == nil { try follow(connection) }
          if writer != nil { try lead(connection) }
          if mail.stopBy != nil { return }
        } catch let end as JournalEnd {
          setState(fault: end.message)
          return say(.ended(end))
        } catch RedisFault.refused(let reason) where !hasServed {
          let end = RedisRefusal.end(reason, options.address, region: options.region)
          return say(.ended(end))
        } catch let lost as RedisReader.Lost {
          let end = lostTail(end: lost.end, needed: lost.seen)
          setState(fault: end.message)
          return say(.ended(end))
        } catch let torn as RedisReader.NotWhole {
          // Between reading its record and its chunks another one may have taken its place.
          tornSnapshots += 1
          guard tornSnapshots < 10 else {
            let end = JournalEnd(
              .unusable,
              "the snapshot of generation \(torn.generation) in Redis at \(options.address) is not whole: "
                + "something else removed or changed its chunks; restore them from a backup"
            )
            setState(fault: end.message)
            return say(.ended(end))
          }
          waitBeforeRetry()
        } catch is Stopped {
          return
        } catch is RedisReader.Trimmed {
          // The journal goes on behind what a snapshot holds.
          hasState = false
          waitBeforeRetry()
        } catch {
          writer?.disconnected()
          pending = []
          unconfirmed = []
          snapshots.gaveUp(at: Self.now())
          if views.isBusy { say(.viewFailed("the connection ended while it was written")) }
          views = ViewOutput()
          setState(fault: "Redis at \(options.address) is away: \(error)")
          if !wasFit, Self.now() - startedAt > UInt64(options.firstContactMax.count) {
            let end = JournalEnd(
              .unusable,
              "Redis at \(options.address) is away: \(error); start it, or see --state in "
                + "`baecha serve --help`"
            )
            return say(.ended(end))
          }
          if let stopBy = mail.stopBy, DispatchTime.now().uptimeNanoseconds > stopBy { return }
          waitBeforeRetry()
        }
      }
    }

    private func waitBeforeRetry() {
      rest(milliseconds: pause)
      pause = min(pause * 2, 500)
    }

    private func rest(milliseconds: UInt64) {
      let end = Self.now() + milliseconds
      while mail.stopBy == nil, Self.now() < end { usleep(10_000) }
    }

    func say(_ news: JournalNews) { tell(.journal(news)) }

    func keep(_ fact: UInt64) { tell(.kept(fact)) }

    func clearFault() { if fault != nil { setState(fault: nil) } }

    func setState(durability: Durability? = nil, fault: String?) {
      let isNew = fault != self.fault || durability.map { $0 != self.durability } ?? false
      if let durability { self.durability = durability }
      self.fault = fault
      guard isNew else { return }
      tell(.state(self.durability, fault: fault))
    }

    // MARK: Connecting

    private func connect() throws -> RedisConnection {
      let connection = try RedisConnection(options.address, timeoutMillis: 2_000)
      let isFit = try inspect(connection)
      // Later on it waits until somebody has mended it; a process that starts says so and ends.
      if !isFit, !wasFit, let fault { throw JournalEnd(.unusable, fault) }
      try connection.ensureLibrary(options.address)
      wasFit = true
      return connection
    }

    /// Whether Redis promises what is asked for; leaves the reason as the fault if not.
    @discardableResult
    func inspect(_ connection: RedisConnection) throws -> Bool {
      let found = try RedisInspection.look(connection)
      var fault: String?
      if found.durability < options.durability {
        fault =
          "dur=\(options.durability.rawValue) was asked for, and Redis at \(options.address) gives "
          + "\(found.durability.rawValue): "
          + found.shortcomings(for: options.durability).joined(separator: "; ")
      } else if found.maxMemory > 0, found.usedMemory > found.maxMemory / 10 * 9 {
        fault =
          "Redis at \(options.address) uses \(found.usedMemory >> 20) of "
          + "\(found.maxMemory >> 20) MiB: set maxmemory higher, or make room"
      }
      let reached = min(found.durability, options.durability)
      // Nothing better is promised than was asked for: a replica that leaves must not end promises.
      setState(durability: reached, fault: fault)
      return fault == nil
    }

    // MARK: Following

    private func follow(_ connection: RedisConnection) throws {
      if !hasState {
        let snapshot = try reader.begin(connection)
        tornSnapshots = 0
        generation = snapshot?.generation ?? 0
        chunkCount = snapshot?.chunkCount ?? 0
        try checkWitness(connection)
        knownEpoch = max(knownEpoch, reader.position.epoch, witnessed?.position.epoch ?? 0)
        say(.restart(snapshot: snapshot?.bytes))
        hasState = true
      }
      while mail.stopBy == nil {
        var entries = try reader.page(connection)
        while !entries.isEmpty {
          FaultPoints.pass(.inRecovery)
          try hand(entries)
          entries = try reader.page(connection)
        }
        guard fault == nil || leader != nil else {
          // It may be read from, but not be promised with.
          rest(milliseconds: 500)
          try inspect(connection)
          continue
        }
        if fault == nil, try acquire(connection) { return }
        let more = try reader.wait(connection, milliseconds: 40)
        hasServed = true
        pause = 20
        if !more.isEmpty { try hand(more) }
      }
    }

    /// Hands entries to the host, and waits first while it has two pages to take: what is under way
    /// is bounded, and reading goes on beside it.
    private func hand(_ entries: [JournalEntry]) throws {
      while !mail.hasRoomForEntries(milliseconds: 100) {
        if mail.stopBy != nil { throw Stopped() }
      }
      if let witnessed, let entry = entries.first(where: { $0.position == witnessed.position }),
        case .batch(_, let chain) = entry.content, chain != witnessed.chain
      {
        throw JournalEnd(
          .lostTail,
          "the journal in Redis holds other facts at \(witnessed.position) than were acknowledged: "
            + "it was restored from elsewhere"
        )
      }
      if let last = entries.last { knownEpoch = max(knownEpoch, last.position.epoch) }
      say(.entries(entries))
    }

    private func checkWitness(_ connection: RedisConnection) throws {
      guard let path = options.witness, let seen = try Witness(path: path) else { return }
      witnessed = seen
      let lease = try connection.call([Array("HGETALL".utf8), keys.lease])
      let end = lease["pos"]?.text.flatMap { FactPosition($0) } ?? .start
      guard end.sequence >= seen.position.sequence else {
        throw lostTail(end: end, needed: seen.position)
      }
      try checkPlace(of: seen.position, connection)
    }

    /// Others may have led on from before what was lost, and be past it by now: then nothing ends at
    /// the witness's position, though the journal goes back further.
    private func checkPlace(of seen: FactPosition, _ connection: RedisConnection) throws {
      func first(from: String, to: String) throws -> FactPosition? {
        let words = ["XRANGE", from, to, "COUNT", "1"].map { Array($0.utf8) }
        let found = try connection.call([words[0], keys.stream] + words[1...]).list.first
        return found?.list.first?.text.flatMap { FactPosition($0) }
      }
      guard try first(from: "\(seen)", to: "\(seen)") == nil,
        let oldest = try first(from: "-", to: "+"), oldest < seen
      else { return }
      throw JournalEnd(
        .lostTail,
        "the journal in Redis has nothing that ends at \(seen), which was acknowledged: Redis had "
          + "lost it, and others went on without it"
      )
    }

    func lostTail(end: FactPosition, needed: FactPosition) -> JournalEnd {
      JournalEnd(
        .lostTail,
        "Redis has lost what was acknowledged: its journal ends at \(end), and facts up to "
          + "\(needed) were acknowledged; missing are \(end.sequence + 1) to \(needed.sequence). "
          + "Restore it, or give the missing facts up: baecha accept-loss --state "
          + "\(options.address) --region-name \(options.region) --upto \(end) --data-dir FOLDER"
      )
    }

    // MARK: Taking over

    /// - Returns: whether this process leads now.
    private func acquire(_ connection: RedisConnection) throws -> Bool {
      FaultPoints.pass(.beforeAcquire)
      let sent = Self.now()
      let reply = try connection.call([
        Array("FCALL".utf8), Array("baecha_acquire".utf8), Array("2".utf8), keys.lease, keys.stream,
        Array(options.owner.utf8), Array("\(options.lease.count)".utf8),
        Array(options.regionMark.utf8),
        Array((durability == .relaxed ? "clock" : "each").utf8), Array("\(knownEpoch)".utf8),
      ]).list
      switch reply.first?.text {
      case "HELD":
        let owner = reply.count > 1 ? reply[1].text ?? "" : ""
        if owner != leader {
          leader = owner
          say(.follows(leader: RedisOptions.clientAddress(of: owner)))
        }
        return false
      case "OK":
        FaultPoints.pass(.afterAcquire)
        guard reply.count > 3, let epoch = reply[1].text.flatMap({ UInt64($0) }),
          let head = reply[3].text.flatMap({ FactPosition($0) })
        else { throw RedisFault.away("acquire answered nonsense") }
        knownEpoch = epoch
        // A standby has read what Redis has no more: nobody may lead as if it had never been.
        if let stop = reply[2].text.flatMap({ FactPosition($0) }),
          stop.sequence < reader.position.sequence
        {
          // This leadership has begun behind it.
          throw RedisReader.Lost(end: head, seen: reader.position)
        }
        // What others wrote until then is read before anything is decided.
        while reader.position < head {
          let entries = try reader.page(connection)
          guard !entries.isEmpty else { throw RedisReader.Trimmed() }
          try hand(entries)
        }
        let chain = reader.chain ?? 0
        writer = JournalWriter(epoch: epoch, head: head, chain: chain)
        kept = Witness(position: head, chain: chain)
        opened = head
        witnessed = nil
        witnessFile = nil
        leader = nil
        unconfirmed = []
        lastConfirmed = sent
        snapshots = SnapshotSchedule(at: Self.now(), after: head)
        views = ViewOutput()
        mail.clear()
        hasServed = true
        pause = 20
        say(.leads(epoch: epoch))
        return true
      case "REGION":
        throw JournalEnd(
          .unusable,
          "the keys {\(options.region)}:* hold another region of this name: its mark is "
            + "\(reply.count > 1 ? reply[1].text ?? "" : ""), this one's is \(options.regionMark); "
            + "use another Redis database, or rename the region"
        )
      case "BROKEN":
        let places = reply.dropFirst().compactMap(\.text).joined(separator: " and ")
        throw JournalEnd(
          .lostTail,
          "lease and journal in Redis disagree about where it ends (\(places)): something else wrote "
            + "into it, or it was restored in part. Restore it whole, or begin anew with other keys: "
            + "another database, or another name for the region"
        )
      default: throw RedisFault.away("acquire answered \(reply)")
      }
    }

    /// This leadership is over: everything is read again.
    func loseLeadership() {
      writer = nil
      pending = []
      hasState = false
      mail.clear()
      say(.fenced)
    }
  }
#endif
