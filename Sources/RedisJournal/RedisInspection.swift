#if Server
  import Journal

  /// What a Redis is and promises, by its own settings.
  public struct RedisInspection: Sendable {
    public var version: String
    public var durability: Durability
    /// What keeps it from promising more, as the settings to change.
    public var shortcomings: [String]
    /// What is missing for ``Durability/replicated`` alone.
    public var replicaShortcomings: [String] = []
    /// What is allowed but unwise.
    public var warnings: [String]
    public var usedMemory: Int64
    public var maxMemory: Int64

    /// - Throws: ``RedisFault``, or ``JournalEnd`` when the server is too old or may not be asked.
    static func look(_ connection: RedisConnection) throws -> RedisInspection {
      let info = fields(try connection.call(["INFO"]).text ?? "")
      let version = info["redis_version"] ?? "unknown"
      guard let major = Int(version.split(separator: ".").first ?? ""), major >= 7 else {
        throw JournalEnd(
          .unusable,
          "Redis \(version) is too old: functions need 7.0 or later; upgrade it"
        )
      }
      if info["loading"] == "1" || info["async_loading"] == "1" {
        throw RedisFault.away("Redis is still loading its data")
      }
      var settings: [String: String] = [:]
      for name in [
        "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy",
        "min-replicas-to-write", "save",
      ] {
        settings[name] = try setting(name, connection)
      }
      var found = RedisInspection(
        version: version,
        durability: .relaxed,
        shortcomings: [],
        warnings: [],
        usedMemory: Int64(info["used_memory"] ?? "") ?? 0,
        maxMemory: Int64(info["maxmemory"] ?? "") ?? 0
      )
      found.judge(settings, role: info["role"] ?? "master")
      return found
    }

    /// What keeps it from promising so much.
    public func shortcomings(for wanted: Durability) -> [String] {
      shortcomings + (wanted == .replicated ? replicaShortcomings : [])
    }

    private static func setting(_ name: String, _ connection: RedisConnection) throws -> String? {
      let reply: Result<RedisValue, RedisFault> = Result { () throws(RedisFault) in
        try connection.call(["CONFIG", "GET", name])
      }
      switch reply {
      case .success(let value): return value[name]?.text
      case .failure(.refused(let reason)):
        throw JournalEnd(
          .unusable,
          "CONFIG GET \(name) is refused (\(reason)), so what Redis promises is not known; "
            + "`baecha redis acl` prints what the server's user must be allowed"
        )
      case .failure(let fault): throw fault
      }
    }

    private mutating func judge(_ settings: [String: String], role: String) {
      if role != "master" {
        shortcomings.append("it is a replica, which takes no facts: name the master instead")
      }
      if settings["appendonly"] != "yes" {
        durability = .memory
        shortcomings.append("appendonly is \(settings["appendonly"] ?? "unknown"): set it to yes")
      }
      if settings["appendfsync"] != "always" {
        shortcomings.append(
          "appendfsync is \(settings["appendfsync"] ?? "unknown"): set it to always"
        )
      }
      if settings["appendfsync"] == "no" { durability = .memory }
      if settings["no-appendfsync-on-rewrite"] == "yes" {
        shortcomings.append("no-appendfsync-on-rewrite is yes: set it to no")
      }
      if shortcomings.isEmpty { durability = .durable }
      let replicas = Int(settings["min-replicas-to-write"] ?? "") ?? 0
      if replicas < 1 {
        replicaShortcomings.append("min-replicas-to-write is 0: set it to 1")
      } else if durability == .durable {
        durability = .replicated
      }
      let policy = settings["maxmemory-policy"] ?? "unknown"
      if policy != "noeviction" {
        // Any other one may throw the journal away.
        durability = .memory
        shortcomings.append("maxmemory-policy is \(policy): set it to noeviction")
      }
      if role != "master" { durability = .memory }
      if settings["save"] == "" {
        warnings.append("save is empty: no snapshots of Redis's own to restore from")
      }
    }

    private static func fields(_ info: String) -> [String: String] {
      var fields: [String: String] = [:]
      for line in info.split(whereSeparator: \.isNewline) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
      }
      return fields
    }
  }

  extension RedisConnection {
    /// Makes sure that the function library is there, in this program's version. One of a later
    /// version stays: a leader may be using it.
    ///
    /// - Throws: ``JournalEnd`` when it is not, and this user may not load it.
    func ensureLibrary(_ address: RedisAddress) throws {
      let asked: Result<RedisValue, RedisFault> = Result { () throws(RedisFault) in
        try call(["FCALL_RO", "baecha_version", "0"])
      }
      var found = "no function library '\(FunctionLibrary.name)'"
      switch asked {
      case .success(.number(let version)):
        if version == FunctionLibrary.version { return }
        found = "the function library '\(FunctionLibrary.name)' in version \(version)"
        guard version < FunctionLibrary.version else {
          throw JournalEnd(
            .unusable,
            "Redis at \(address) has \(found), and this program needs version \(FunctionLibrary.version): "
              + "upgrade this program"
          )
        }
      case .failure(.away(let reason)): throw RedisFault.away(reason)
      case .failure(.refused(let reason)) where RedisRefusal.isOfRights(reason):
        throw RedisFault.refused(reason)
      default: break
      }
      let loaded: Result<Void, RedisFault> = Result { () throws(RedisFault) in try loadLibrary() }
      switch loaded {
      case .success: return
      case .failure(.refused(let reason)) where RedisRefusal.isOfRights(reason):
        throw JournalEnd(
          .unusable,
          "Redis at \(address) has \(found), version \(FunctionLibrary.version) is needed, and this "
            + "user may not load it (\(reason)); an administrator's "
            + "`baecha redis install-functions --state URL` does"
        )
      case .failure(let fault): throw fault
      }
    }

    func loadLibrary() throws(RedisFault) {
      try call(["FUNCTION", "LOAD", "REPLACE", FunctionLibrary.source])
    }
  }
#endif
