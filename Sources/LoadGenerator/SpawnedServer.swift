import Foundation

/// A server of one's own for one measurement: `baecha serve` on a free port, with room for the plan.
public final class SpawnedServer {
  private let process: Process
  private let folder: URL
  public let server: LoadGenerator.Server

  /// Starts it and waits until it listens.
  ///
  /// - Parameters:
  ///   - executable: the path of `baecha`.
  ///   - taxis: that the region has room for.
  ///   - rides: likewise.
  ///   - options: more options of `serve`; they come last and so win.
  /// - Throws: ``LoadFailure`` with what the server wrote when it did not begin to listen.
  public init(
    executable: String,
    taxis: Int,
    rides: Int,
    options: [String] = []
  ) throws(LoadFailure) {
    let name = "baecha-bench-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    let region = folder.appendingPathComponent("region.yaml")
    let log = folder.appendingPathComponent("log.txt")
    // Room for the plan and no more: the tables are allotted at once.
    let bounds =
      "bounds: {taxis: \(min(max(taxis, 1_000), 1_000_000)), "
      + "rides: \(min(max(rides, 10_000), 4_000_000))}\n"
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bounds.utf8).write(to: region)
      try Data().write(to: log)
      let errors = try FileHandle(forWritingTo: log)
      // Quotas protect a city's server from one of its companies; here one company is all.
      let settings = [
        "connections": 1_000_000, "connections_per_address": 1_000_000,
        "connections_per_tenant": 1_000_000, "requests_per_second": 1_000_000,
        "requests_burst": 1_000_000, "positions_per_second": 255, "taxis_per_session": 1_000_000,
      ]
      process.arguments =
        ["serve", "--listen", "127.0.0.1:0", "--http", "off", "--region", region.path]
        + settings.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        + ["--set", "log_level=notice", "--log", "text"] + options
      process.standardError = errors
      process.standardInput = FileHandle.nullDevice
      try process.run()
      try errors.close()
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw LoadFailure("'\(executable) serve' could not be started: \(error)")
    }
    var port: Int?
    var text = ""
    for _ in 0..<6_000 where port == nil && process.isRunning {
      usleep(10_000)
      text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      port = Self.port(in: text)
    }
    guard let port else {
      Self.end(process, folder)
      throw LoadFailure("the server did not begin to listen within 60 s; it wrote:\n\(text)")
    }
    server = LoadGenerator.Server(
      host: "127.0.0.1",
      port: port,
      pid: process.processIdentifier
    )
  }

  /// From its log: `… notice listening address=127.0.0.1:40321 port=plain`.
  package static func port(in log: String) -> Int? {
    let key = "listening address="
    // A line that is still being written has no end yet.
    for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      guard let at = line.firstRange(of: key) else { continue }
      let address = line[at.upperBound...].prefix { $0 != " " }
      if let colon = address.lastIndex(of: ":") {
        return Int(address[address.index(after: colon)...])
      }
    }
    return nil
  }

  public var pid: Int32 { process.processIdentifier }

  /// Ends it, by its own process id, and waits until it has gone.
  public func stop() { Self.end(process, folder) }

  private static func end(_ process: Process, _ folder: URL) {
    if process.isRunning {
      process.terminate()
      for _ in 0..<500 where process.isRunning { usleep(10_000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }
}
