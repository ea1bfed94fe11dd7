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
    /// - Throws: ``JournalEnd`` when it does not start, or another one runs on the folder.
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
      if (try? RedisConnection(address, timeoutMillis: 500)) != nil { return }
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
        try process.run()
      } catch {
        throw JournalEnd(.unusable, "\(program) does not start: \(error)")
      }
      for _ in 0..<600 {
        guard process.isRunning else { break }
        if let connection = try? RedisConnection(address, timeoutMillis: 500),
          (try? connection.call(["PING"])) != nil
        {
          return
        }
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

    /// Lets it write what it has and ends it, unless somebody else uses it too.
    public func stop() {
      guard process.isRunning else {
        guard let connection = try? RedisConnection(address, timeoutMillis: 500),
          let info = try? connection.call(["INFO", "clients"]).text,
          info.contains("connected_clients:1\r")
        else { return }
        _ = try? connection.call(["SHUTDOWN"])
        return
      }
      kill(process.processIdentifier, SIGTERM)
      for _ in 0..<200 where process.isRunning { usleep(10_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }
#endif
