#if Server
  import Foundation
  import Journal
  import Matching
  import RedisJournal
  import Server
  import Synchronization

  /// From the settings to where facts are kept.
  struct StateChoice {
    private let settings: ServerSettings

    init(_ settings: ServerSettings) { self.settings = settings }

    /// - Throws: ``FileError`` or ``JournalEnd``, with what to change.
    func keeper() throws -> ServerProgram.Keeper {
      let state = settings["state"].text
      if state == "memory" { return .memory }
      if state == "auto" { return try automatic() }
      guard let address = RedisAddress(state) else {
        throw FileError(
          "state (\(settings["state"].origin))",
          "'\(RedisAddress.withoutSecrets(state))' is not memory, auto, redis://HOST:PORT or unix:///PATH"
        )
      }
      return try redis(address, over: nil)
    }

    /// A Redis of this process's own when there is a `redis-server`, else memory, said loudly.
    private func automatic() throws -> ServerProgram.Keeper {
      guard let folder = settings.path("data_dir") else {
        throw FileError("state", "auto needs --data-dir FOLDER, where its Redis keeps the facts")
      }
      guard let program = PrivateRedis.program() else {
        FileHandle.standardError.write(
          Data(
            ("warning: there is no redis-server, so facts are kept in memory only (dur=memory) and "
              + "end with this process; install it (Debian: apt-get install redis-server), or give "
              + "--state redis://HOST:PORT\n").utf8
          )
        )
        return .memory
      }
      let redis = try PrivateRedis(program, folder: folder)
      return try self.redis(redis.address, over: redis)
    }

    private func redis(
      _ address: RedisAddress,
      over own: PrivateRedis?
    ) throws -> ServerProgram.Keeper {
      let options = try redisOptions(address)
      let journals = Journals()
      return ServerProgram.Keeper(
        makeStore: { region, loop in
          guard let options = options[region.setup.region.name] else {
            // Never memory: that would promise what it cannot keep.
            preconditionFailure("region \(region.setup.region.name) has no options of its own")
          }
          let made = RedisJournal(options) { body in loop.execute(body) }
          journals.add(made, of: region.setup.region.name)
          return made
        },
        handOver: { journals[$0.setup.region.name]?.stop(withinMilliseconds: 2_000) },
        close: { own?.stop() }
      )
    }

    /// - Returns: by region.
    /// - Throws: ``FileError``.
    func redisOptions(_ address: RedisAddress) throws -> [String: RedisOptions] {
      var all: [String: RedisOptions] = [:]
      let folder = settings.path("data_dir")
      if let folder {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      for served in try settings.regions() {
        let region = served.setup.region
        var options = RedisOptions(
          address: address,
          region: region.name,
          owner: "\(settings["node"].text).\(ProcessInfo.processInfo.hostName)@\(served.place)"
        )
        options.regionMark = region.mark
        options.durability = try settings.durability()
        options.viewExpiry = served.setup.liveViewPeriod.map { Millis(max($0.count * 10, 10_000)) }
        options.witness = folder.map { StateChoice.witnessPath($0, region.name) }
        all[region.name] = options
      }
      return all
    }

    /// What would be promised, and what to change for more.
    func findings() -> [Doctor.Finding] {
      let state = settings["state"].text
      let what = "durability"
      if state == "memory" { return [Doctor.memoryOnly] }
      if state == "auto" {
        let isThere = PrivateRedis.program() != nil
        return [
          Doctor.Finding(
            grade: isThere ? .ok : .warn,
            what: what,
            found: isThere
              ? "dur=durable by a redis-server of its own" : "dur=memory: there is no redis-server",
            advice: isThere ? "" : "install redis-server, or give --state redis://HOST:PORT"
          )
        ]
      }
      do {
        guard let address = RedisAddress(state) else {
          throw JournalEnd(
            .unusable,
            "'\(RedisAddress.withoutSecrets(state))' is no place for facts"
          )
        }
        let found = try RedisTools(address).inspect()
        let wanted = try settings.durability()
        let isEnough = found.durability >= wanted
        var report = [
          Doctor.Finding(
            grade: isEnough ? .ok : .fail,
            what: what,
            found: "Redis \(found.version) gives dur=\(found.durability.rawValue)",
            advice: isEnough ? "" : found.shortcomings(for: wanted).joined(separator: "; ")
          )
        ]
        report += found.warnings.map { Doctor.Finding(grade: .warn, what: "redis", found: $0) }
        return report
      } catch {
        return [Doctor.Finding(grade: .fail, what: what, found: "\(error)")]
      }
    }

    static func witnessPath(_ folder: String, _ region: String) -> String {
      "\(folder)/\(region).witness"
    }

    /// By region; each is added on its server's loop and stopped from elsewhere.
    private final class Journals: Sendable {
      private let all = Mutex<[String: RedisJournal]>([:])

      func add(_ journal: RedisJournal, of region: String) {
        all.withLock { $0[region] = journal }
      }

      subscript(region: String) -> RedisJournal? { all.withLock { $0[region] } }
    }
  }
#endif
