#if Server
  import CHiredis
  import Glibc

  /// What a Redis answered.
  enum RedisValue: Equatable {
    case null
    case number(Int64)
    case bytes([UInt8])
    case error(String)
    case list([RedisValue])

    init(_ reply: UnsafeMutablePointer<redisReply>) {
      let reply = reply.pointee
      switch reply.type {
      case REDIS_REPLY_INTEGER: self = .number(reply.integer)
      case REDIS_REPLY_NIL: self = .null
      case REDIS_REPLY_ARRAY:
        self = .list(
          (0..<Int(reply.elements)).map { index in
            reply.element[index].map { RedisValue($0) } ?? .null
          }
        )
      default:
        let bytes = UnsafeBufferPointer(start: reply.str, count: Int(reply.len))
        let content = bytes.map { UInt8(bitPattern: $0) }
        self =
          reply.type == REDIS_REPLY_ERROR
          ? .error(String(decoding: content, as: UTF8.self)) : .bytes(content)
      }
    }

    var text: String? {
      switch self {
      case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
      case .number(let number): String(number)
      default: nil
      }
    }

    var list: [RedisValue] { if case .list(let values) = self { values } else { [] } }

    /// The values of a list of names and values.
    subscript(name: String) -> RedisValue? {
      let values = list
      for index in stride(from: 0, to: values.count - 1, by: 2) where values[index].text == name {
        return values[index + 1]
      }
      return nil
    }
  }

  /// Why a Redis could not be talked to.
  enum RedisFault: Error, CustomStringConvertible {
    /// The connection is gone, or never was: it may come back.
    case away(String)
    /// It answered with an error.
    case refused(String)

    var description: String {
      switch self {
      case .away(let reason), .refused(let reason): reason
      }
    }
  }

  /// One connection through hiredis, used from one thread: commands may be sent ahead of their
  /// replies, which come in order. Arguments are bytes, never parts of a command string.
  final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>

    /// Connects and proves who it is.
    ///
    /// - Parameters:
    ///   - address: where, and as whom.
    ///   - timeoutMillis: for connecting, and for each reply that ``call(_:)`` waits for.
    /// - Throws: when there is nobody, or it does not let this user in.
    init(_ address: RedisAddress, timeoutMillis: Int) throws(RedisFault) {
      let timeout = Self.timeval(timeoutMillis)
      let made: UnsafeMutablePointer<redisContext>? =
        switch address.place {
        case .tcp(let host, let port): redisConnectWithTimeout(host, port, timeout)
        case .unix(let path): redisConnectUnixWithTimeout(path, timeout)
        }
      guard let made else { throw .away("no memory for a connection") }
      context = made
      guard made.pointee.err == 0 else { throw fault() }
      redisSetTimeout(made, timeout)
      if !address.password.isEmpty {
        let credentials =
          address.user.isEmpty ? [address.password] : [address.user, address.password]
        _ = try call(["AUTH"] + credentials)
      }
      if address.database != 0 { _ = try call(["SELECT", String(address.database)]) }
    }

    deinit { redisFree(context) }

    private static func timeval(_ milliseconds: Int) -> Glibc.timeval {
      Glibc.timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
    }

    private func fault() -> RedisFault {
      withUnsafeBytes(of: context.pointee.errstr) { bytes in
        let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return .away(text.isEmpty ? "the connection was cut" : text)
      }
    }

    // MARK: One at a time

    /// Sends a command and waits for its reply. No other reply may be due.
    @discardableResult
    func call(_ arguments: [String]) throws(RedisFault) -> RedisValue {
      try call(arguments.map { Array($0.utf8) })
    }

    @discardableResult
    func call(_ arguments: [[UInt8]]) throws(RedisFault) -> RedisValue {
      try add(arguments)
      return try reply()
    }

    /// Waits for the next reply.
    func reply() throws(RedisFault) -> RedisValue {
      var raw: UnsafeMutableRawPointer?
      guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw fault() }
      let value = take(raw)
      if case .error(let message) = value {
        // It is there, and will be able to answer soon.
        let isPassing = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS"]
          .contains { message.hasPrefix($0) }
        throw isPassing ? .away(message) : .refused(message)
      }
      return value
    }

    private func take(_ raw: UnsafeMutableRawPointer) -> RedisValue {
      defer { freeReplyObject(raw) }
      return RedisValue(raw.assumingMemoryBound(to: redisReply.self))
    }

    // MARK: Ahead of replies

    /// Puts a command behind those that were added; ``flush()`` sends them.
    func add(_ arguments: [[UInt8]]) throws(RedisFault) {
      var flat: [UInt8] = []
      flat.reserveCapacity(arguments.reduce(0) { $0 + $1.count + 1 })
      var lengths: [Int] = []
      for argument in arguments {
        lengths.append(argument.count)
        flat.append(contentsOf: argument)
      }
      let result = flat.withUnsafeBufferPointer { bytes -> Int32 in
        bytes.withMemoryRebound(to: CChar.self) { characters -> Int32 in
          var at = 0
          var starts: [UnsafePointer<CChar>?] = []
          for length in lengths {
            starts.append(characters.baseAddress.map { $0 + at })
            at += length
          }
          return redisAppendCommandArgv(context, Int32(lengths.count), &starts, &lengths)
        }
      }
      guard result == REDIS_OK else { throw fault() }
    }

    /// Sends what was added.
    func flush() throws(RedisFault) {
      var isDone: Int32 = 0
      while isDone == 0 {
        guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw fault() }
      }
    }

    var descriptor: Int32 { context.pointee.fd }

    /// Reads what the socket has, which must be something, and hands out the whole replies in it.
    func receive(_ take: (RedisValue) throws -> Void) throws {
      guard redisBufferRead(context) == REDIS_OK else { throw fault() }
      while true {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &raw) == REDIS_OK else { throw fault() }
        guard let raw else { return }
        try take(self.take(raw))
      }
    }
  }
#endif
