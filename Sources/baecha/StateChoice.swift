#if Server
  import Foundation
  import Journal
  import RedisJournal
  import Server

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
          "'\(state)' is not memory, auto, redis://HOST:PORT or unix:///PATH"
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
      let journal = Holder()
      return ServerProgram.Keeper(
        makeStore: { loop in
          let made = RedisJournal(options) { body in loop.execute(body) }
          journal.value = made
          // Once the dispatcher listens to it.
          loop.execute { made.start() }
          return made
        },
        handOver: {
          journal.value?.stop(withinMilliseconds: 2_000)
          own?.stop()
        }
      )
    }

    /// - Throws: ``FileError``.
    func redisOptions(_ address: RedisAddress) throws -> RedisOptions {
      let region = try settings.setup().region
      let listen = try settings.address("listen") ?? settings.address("tls_listen")
      let place = settings.path("advertise") ?? listen.map { "\($0.host):\($0.port)" } ?? "-"
      var options = RedisOptions(
        address: address,
        region: region.name,
        owner: "\(settings["node"].text)@\(place)"
      )
      options.regionMark = region.mark
      options.durability = try settings.durability()
      if let folder = settings.path("data_dir") {
        try FileManager.default.createDirectory(
          atPath: folder,
          withIntermediateDirectories: true
        )
        options.witness = StateChoice.witnessPath(folder, region.name)
      }
      return options
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
          throw JournalEnd(.unusable, "'\(state)' is no place for facts")
        }
        let found = try RedisTools(address).inspect()
        let wanted = try settings.durability()
        let isEnough = found.durability >= wanted
        var report = [
          Doctor.Finding(
            grade: isEnough ? .ok : .fail,
            what: what,
            found: "Redis \(found.version) gives dur=\(found.durability.rawValue)",
            advice: isEnough ? "" : found.shortcomings.joined(separator: "; ")
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

    /// Set on the server's loop before the server is handed out, and only read afterwards.
    private final class Holder: @unchecked Sendable {
      var value: RedisJournal?
    }
  }
#endif
