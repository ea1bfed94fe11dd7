#if Server
  import Foundation
  import Glibc
  import Journal

  /// A Redis that belongs to this process: on a socket of its own in a folder, with every write
  /// flushed before it is answered. Started with it, or found running if its last server was killed,
  /// and ended with it; what it kept stays.
  public final class PrivateRedis: @unchecked Sendable {
    public let address: RedisAddress
    private let process = Process()

    /// Where `redis-server` is; `nil` = nowhere on the PATH.
    public static func program() -> String? {
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      return folders.map { "\($0)/redis-server" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Starts it and waits until it has read what it kept.
    ///
    /// - Throws: ``JournalEnd`` when it does not start, or one that runs on the folder does not answer.
    public init(_ program: String, folder: String) throws {
      let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw JournalEnd(.unusable, "\(folder) cannot be made: \(error)")
      }
      let socket = "\(folder)/redis.sock"
      guard socket.utf8.count < 100 else {
        throw JournalEnd(.unusable, "\(socket): too long for a socket; give a shorter --data-dir")
      }
      address = RedisAddress(.unix(path: socket))
      // One whose server was killed goes on; it has all that is needed.
      let end = Date() + 30
      while isThere() {
        if isAnswered() { return }
        guard Date() < end else {
          throw JournalEnd(
            .unusable,
            "the Redis at \(socket) takes connections and answers nothing: end it"
          )
        }
        usleep(50_000)
      }
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [
        "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", folder,
        "--appendonly", "yes", "--appendfsync", "always", "--save", "3600 1", "--maxmemory-policy",
        "noeviction", "--logfile", "\(folder)/redis.log", "--daemonize", "no",
      ]
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      do {
        try runDeaf()
      } catch {
        throw JournalEnd(.unusable, "\(program) does not start: \(error)")
      }
      for _ in 0..<600 {
        guard process.isRunning else { break }
        if isAnswered() { return }
        usleep(50_000)
      }
      let isUp = process.isRunning
      stop()
      throw JournalEnd(
        .unusable,
        isUp
          ? "\(program) did not answer within 30 s; see \(folder)/redis.log"
          : "\(program) ended with \(process.terminationStatus) before it answered; see "
            + "\(folder)/redis.log, if it came so far"
      )
    }

    deinit { stop() }

    /// Ctrl-C and a polite kill may reach a whole group of processes: they must not end it before its
    /// server has written what is decided. So it inherits that both are blocked.
    private func runDeaf() throws {
      var ends = sigset_t()
      sigemptyset(&ends)
      for number in [SIGINT, SIGTERM] { sigaddset(&ends, number) }
      var before = sigset_t()
      pthread_sigmask(SIG_BLOCK, &ends, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try process.run()
    }

    private func isThere() -> Bool { (try? RedisConnection(address, timeoutMillis: 500)) != nil }

    /// One that is about to end still takes connections.
    private func isAnswered() -> Bool {
      let connection = try? RedisConnection(address, timeoutMillis: 500)
      return (try? connection?.call(["PING"])) != nil
    }

    /// Lets it write what it has and ends it, unless another server uses it too: that one ends it then.
    public func stop() {
      let isOwn = process.isRunning
      if let connection = try? RedisConnection(address, timeoutMillis: 500) {
        guard isAlone(connection) else { return }
        _ = try? connection.call(["SHUTDOWN"])
      }
      guard isOwn else { return }
      for _ in 0..<1_000 where process.isRunning { usleep(10_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }

    private func isAlone(_ connection: RedisConnection) -> Bool {
      // It may not have noticed yet that others have left.
      for _ in 0..<20 {
        guard let info = try? connection.call(["INFO", "clients"]).text else { return true }
        if info.contains("connected_clients:1\r") { return true }
        usleep(50_000)
      }
      return false
    }
  }
#endif
