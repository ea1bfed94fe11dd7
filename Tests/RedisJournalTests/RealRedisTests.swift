import BaechaClient
import Foundation
import Journal
import LineProtocol
import Matching
import Server
import Spatial
import Testing

/// Servers over a real Redis: what a model of one cannot show. The whole matrix of faults is
/// `scripts/faults`.
@Suite(
  .serialized,
  .enabled(if: RealRedis.isThere, "there is no redis-server: install it to run these tests")
) struct RealRedisTests {
  private static let cityHall = GeoPoint(latitude: 375_665_000, longitude: 1_269_780_000)

  private func request(_ ride: Identifier) -> ClientCommand {
    .request(RideRequest(ride: ride, from: Self.cityHall))
  }

  @Test func `a request and its position outlive the server`() async throws {
    let redis = try RealRedis()
    let ride = Identifier("r", 1)
    let first = try await KeptServer.start(on: redis)
    let client = first.client()
    let answer = try await client.call(request(ride))
    #expect(answer.ok["at"] == "1-1")
    await client.close()
    try await first.stop()
    let second = try await KeptServer.start(on: redis)
    let later = second.client()
    let again = try await later.call(request(ride))
    #expect(again.ok["dup"] == "1" && again.ok["at"] == "1-1")
    // A new leadership goes on with the next number.
    #expect(try await later.call(request(Identifier("r", 2))).ok["at"] == "2-2")
    await later.close()
    try await second.stop()
  }

  @Test func `a Redis of one's own ends in order when its server does, and by no signal to all`()
    throws
  {
    let redis = try RealRedis()
    let told = try redis.ask("INFO", "server").compactMap {
      $0.hasPrefix("process_id:") ? Int32($0.dropFirst(11).prefix { $0.isNumber }) : nil
    }
    let pid = try #require(told.first)
    for number in [SIGINT, SIGTERM] { kill(pid, number) }
    #expect(try redis.ask("SET", "a", "1") == ["OK"])
    redis.redis.stop()
    #expect(kill(pid, 0) != 0)
    let log = try String(contentsOfFile: "\(redis.folder)/redis.log", encoding: .utf8)
    #expect(log.contains("bye bye"), "\(log)")
  }

  /// The chunks of the current snapshot are all that a server can begin with.
  @Test func `a standby that leads does not write over the current snapshot`() async throws {
    let redis = try RealRedis()
    var first = try await KeptServer.start(on: redis, snapshotFacts: 8)
    for generation in 1...4 {
      let second = try await KeptServer.start(
        on: redis,
        node: "b\(generation)",
        standsBy: true,
        snapshotFacts: 8
      )
      let client = first.client()
      for number in 0..<20 {
        _ = try await client.call(request(Identifier("r", UInt64(generation * 100 + number))))
      }
      let snapshot = "{seoul}:snap"
      let made = try await redis.wait("HGET", snapshot, "gen") {
        Int($0.first ?? "") ?? 0 >= generation
      }
      #expect(made.first.flatMap { Int($0) } ?? 0 >= generation)
      await client.close()
      try await first.stop()
      try await second.leads()
      first = second
    }
    try await first.stop()
    // Only the current one is there.
    let current = try redis.ask("HMGET", "{seoul}:snap", "gen", "chunks")
    let chunks = try redis.ask("KEYS", "{seoul}:s:*")
    #expect(chunks == ["{seoul}:s:\(current[0]):0"] && current[1] == "1")
  }

  @Test func `a Redis that comes back with less is not promised with`() async throws {
    let redis = try RealRedis()
    let kept = try await KeptServer.start(on: redis)
    let client = kept.client()
    _ = try await client.call(request(Identifier("r", 1)))
    #expect(try redis.ask("CONFIG", "SET", "appendfsync", "everysec") == ["OK"])
    _ = try redis.ask("CLIENT", "KILL", "TYPE", "normal")
    try await Task.sleep(for: .milliseconds(300))
    let before = try redis.ask("XLEN", "{seoul}:j")
    let error = await #expect(throws: LineError.self) {
      try await client.call(request(Identifier("r", 2)))
    }
    #expect(error?.name == .journal)
    #expect(try redis.ask("XLEN", "{seoul}:j") == before)
    #expect(try redis.ask("CONFIG", "SET", "appendfsync", "always") == ["OK"])
    // It looks every five seconds.
    var state: String?
    for _ in 0..<100 where state == nil {
      state = try? await client.call(request(Identifier("r", 2))).ok.state
    }
    #expect(state == "queued")
    await client.close()
    try await kept.stop()
  }

  @Test func `two regions of one process have their own facts, leases and ports`() async throws {
    let redis = try RealRedis()
    let directory = RegionDirectory()
    let seoul = try await KeptServer.start(on: redis, directory: directory)
    let probe = try await KeptServer.start(on: redis, region: "probe")
    let port = probe.address.port
    try await probe.stop()
    let busan = try await KeptServer.start(
      on: redis,
      region: "busan",
      directory: directory,
      port: port
    )
    // At the wrong door: the client is told where to go, and goes.
    let client = seoul.client(region: "busan")
    let answer = try await client.call(request(Identifier("r", 1)))
    #expect(answer.ok["at"] == "1-1")
    let own = seoul.client()
    #expect(try await own.call(request(Identifier("r", 1))).ok["dup"] == nil)
    #expect(try redis.ask("HGET", "{busan}:lease", "owner") == ["a1@127.0.0.1:\(port)"])
    #expect(try redis.ask("XLEN", "{busan}:j") == ["2"])
    #expect(try redis.ask("HGET", "{seoul}:lease", "owner").first?.hasPrefix("a1@") == true)
    // One is moved away; the other is not touched.
    await client.close()
    try await busan.stop()
    let until = try await redis.wait("HGET", "{busan}:lease", "until") { $0 == ["0"] }
    #expect(until == ["0"])
    #expect(try await own.call(request(Identifier("r", 2))).ok.state == "queued")
    await own.close()
    let stranger = seoul.client(region: "nowhere")
    let error = await #expect(throws: LineError.self) {
      try await stranger.call(request(Identifier("r", 3)))
    }
    #expect(error?.name == .unknown && error?.key == "region")
    await stranger.close()
    try await seoul.stop()
  }

  @Test func `other software sees free taxis and counts, and nothing of a dead server`()
    async throws
  {
    let redis = try RealRedis()
    let kept = try await KeptServer.start(on: redis, liveView: Millis(100))
    let client = kept.client()
    for number in UInt64(1)...3 {
      let place = GeoPoint(latitude: 375_665_000 + Int32(number) * 10_000, longitude: 1_269_780_000)
      let entry = TaxiEntry(taxi: Identifier("t", number), place: place)
      _ = try await client.call(.on(entry))
    }
    let free = "{seoul}:live:free"
    #expect(try await redis.wait("ZCARD", free) { $0 == ["3"] } == ["3"])
    let near = try await redis.wait(
      "GEOSEARCH",
      free,
      "FROMLONLAT",
      "126.978",
      "37.5685",
      "BYRADIUS",
      "120",
      "m",
      "ASC"
    ) { $0.count == 3 }
    #expect(near == ["t2", "t3", "t1"] || near == ["t2", "t1", "t3"])
    // One is taken: it is not free any more.
    _ = try await client.call(.busy(Identifier("t", 2), .hail))
    let rest = try await redis.wait("ZRANGE", free, "0", "-1") { $0.count == 2 }
    #expect(Set(rest) == ["t1", "t3"])
    let counts = try await redis.wait("HMGET", "{seoul}:live:counts", "taxis_free", "taxis_busy") {
      $0 == ["2", "1"]
    }
    #expect(counts == ["2", "1"])
    await client.close()
    try await kept.stop()
    #expect(try await redis.wait("EXISTS", free) { $0 == ["0"] } == ["0"])
  }
}
