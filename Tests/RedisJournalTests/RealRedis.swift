import BaechaClient
import Foundation
import Journal
import LineProtocol
import Matching
import RedisJournal
import Server
import Testing

/// A `redis-server` of a test's own, on a socket in a temporary folder.
final class RealRedis {
  let folder: String
  let redis: PrivateRedis

  static var isThere: Bool { PrivateRedis.program() != nil }

  init() throws {
    // A socket's path must be short.
    folder = "/tmp/baecha-\(UInt32.random(in: 0 ... .max))"
    let program = try #require(PrivateRedis.program())
    redis = try PrivateRedis(program, folder: folder)
  }

  deinit {
    redis.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What `redis-cli` prints, by lines.
  func ask(_ words: String...) throws -> [String] { try ask(words) }

  /// Asks again until the answer is as wanted, for at most ten seconds.
  func wait(_ words: String..., until isRight: ([String]) -> Bool) async throws -> [String] {
    var answer: [String] = []
    for _ in 0..<200 {
      answer = try ask(words)
      if isRight(answer) { return answer }
      try await Task.sleep(for: .milliseconds(50))
    }
    return answer
  }

  private func ask(_ words: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["redis-cli", "-s", "\(folder)/redis.sock"] + words
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }
}

/// A server that keeps its facts there.
struct KeptServer {
  let server: RunningServer
  let address: ServerAddress

  /// Seoul under any name, once it leads; servers that share a directory count as one process; port 0
  /// = any free one.
  static func start(
    on redis: RealRedis,
    region name: String = "seoul",
    directory: RegionDirectory = RegionDirectory(),
    port: Int = 0,
    node: String = "a1",
    standsBy: Bool = false,
    liveView: Millis? = nil,
    snapshotFacts: UInt64? = nil
  ) async throws -> KeptServer {
    var region = Region()
    region.name = name
    region.taxisMax = 2_000
    region.ridesMax = 8_000
    var setup = Dispatcher.Setup(region: region)
    setup.directory = directory
    setup.place = "127.0.0.1:\(port)"
    setup.liveViewPeriod = liveView
    var options = RedisOptions(
      address: redis.redis.address,
      region: name,
      owner: "\(node)@127.0.0.1:\(port)"
    )
    options.regionMark = region.mark
    if let snapshotFacts { options.snapshotFacts = snapshotFacts }
    options.viewExpiry = liveView.map { Millis($0.count * 20) }
    let wanted = options
    let journal = Made()
    let server = try await RunningServer.start(
      setup,
      makeStore: { loop in
        let made = RedisJournal(wanted) { body in loop.execute(body) }
        journal.value = made
        return made
      },
      listen: RunningServer.Listen(host: "127.0.0.1", port: port),
      handOver: { journal.value?.stop(withinMilliseconds: 2_000) }
    )
    let bound = try #require(server.address?.port)
    let kept = KeptServer(
      server: server,
      address: ServerAddress(host: "127.0.0.1", port: bound)
    )
    if !standsBy { try await kept.leads() }
    return kept
  }

  func leads() async throws {
    for _ in 0..<6_000 where try await server.onLoop({ $0.status().role }) != "leader" {
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Set on the server's loop before the server is handed out, and only read afterwards.
  private final class Made: @unchecked Sendable {
    // See above.
    var value: RedisJournal?
  }

  func client(region: String? = nil) -> BaechaClient {
    var options = ClientOptions([address])
    options.pauseMin = Millis(5)
    options.pauseMax = Millis(50)
    options.giveUp = .seconds(20)
    options.region = region.flatMap { Identifier($0) }
    return BaechaClient(options)
  }

  func stop() async throws { try await server.stop(grace: .milliseconds(20), drainTo: nil) }
}
