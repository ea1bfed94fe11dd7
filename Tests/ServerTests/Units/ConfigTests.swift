import Foundation
import Matching
import Server
import Testing

@Suite struct ConfigTests {
  @Test func `a region file says what it changes; the rest is Seoul's`() throws {
    let region = try Region(
      text: """
        name: busan
        box: {south: 35.0, west: 128.8, north: 35.4, east: 129.3}
        tags: [wheelchair, pet]
        timers: {offer_ttl: 8s, wait: 4m}
        policy: {kind: batch, window: 1.5s}
        travel: {speed_kmh: 30, detour: 1.25}
        guidance: {on: true, period: 2m, cell_m: 500}
        privacy: {destination: off}
        bounds: {taxis: 500}
        """,
      file: "r.yaml"
    )
    #expect(region.name == "busan")
    #expect(region.southWest.latitude == 350_000_000)
    #expect(region.offerTTL == .seconds(8))
    #expect(region.wait == .minutes(4))
    #expect(region.batch.window == Millis(1_500))
    #expect(region.millimetresPerSecond == 8_333)
    #expect(region.guidance?.cellSide == 5_000)
    #expect(region.destination == .off)
    #expect(region.noShowWait == Region().noShowWait)
  }

  @Test func `all that is wrong with a region file is told at once, with its place`() {
    let text = """
      nam: busan
      box: {south: 38, west: 128.8, north: 35.4, east: 129.3}
      timers:
        offer_ttl: 12
        lost_after: 5s
      policy: {kind: best}
      travel: {detour: 0.9}
      """
    let error = #expect(throws: FileError.self) { try Region(text: text, file: "r.yaml") }
    #expect(
      error?.problems.map(\.description) == [
        "r.yaml:1:6: there is no key nam; did you mean name?",
        "r.yaml:2:14: box: south must be below north and west below east",
        "r.yaml:4:14: timers.offer_ttl: '12' is not a span from 1s to 1h, such as 12s, 5m or 250ms",
        "r.yaml:5:15: timers.lost_after: must not be below timers.freshness",
        "r.yaml:6:16: policy.kind: 'best' is not one of nearest, batch",
        "r.yaml:7:18: travel.detour: '0.9' is not a number from 1.0 to 5.0 with at most three "
          + "decimals",
      ]
    )
  }

  @Test func `a file that is no YAML is refused, not guessed at`() {
    for text in ["a: [", "a: 1\na: 2", "box: *x"] {
      #expect(throws: FileError.self) { try Region(text: text, file: "r") }
    }
  }

  @Test func `flags win over the environment, it over the file, the file over defaults`() throws {
    let path = NSTemporaryDirectory() + "config-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("listen: 127.0.0.1:1\nnode: file\nhttp: off\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let settings = try ServerSettings(
      flags: ["listen": "127.0.0.1:3"],
      others: ["connections": "9"],
      environment: ["BAECHA_LISTEN": "127.0.0.1:2", "BAECHA_NODE": "env"],
      file: path
    )
    #expect(settings["listen"] == .init(text: "127.0.0.1:3", origin: .flag("--listen")))
    #expect(settings["connections"] == .init(text: "9", origin: .flag("--set connections")))
    #expect(settings["node"] == .init(text: "env", origin: .environment("BAECHA_NODE")))
    #expect(settings["http"].origin == .file(path))
    #expect(settings["state"].origin == .standard)
    #expect(try settings.address("http") == nil)
    #expect(try settings.address("listen")?.port == 3)
  }

  @Test(arguments: [
    ("listen", "0.0.0.0:7400", "open to others without keys"),
    ("listen", "nowhere", "is not HOST:PORT"),
    ("listen", "127.0.0.1:70000", "is not HOST:PORT"),
    ("durability", "memory", "is not one of relaxed"),
    ("tls_listen", "127.0.0.1:7401", "needs tls_cert"),
    ("keys", "/nonexistent", "cannot be read"),
    ("region", "/nonexistent", "cannot be read"),
    ("connections", "0", "is not a whole number from 1 to"),
    ("node", "a b", "is not a name"),
    ("live_view", "1s", "needs a Redis"),
    ("live_view", "often", "is not a span"),
  ])
  func `a setting that will not do is refused with its name and its origin`(
    name: String,
    value: String,
    words: String
  ) throws {
    let settings = try ServerSettings(flags: [name: value], environment: [:], file: nil)
    let error = #expect(throws: FileError.self) { _ = try settings.regions() }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `each region has the next higher ports and a name of its own`() throws {
    let folder = NSTemporaryDirectory() + "regions-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["one", "two", "three"] {
      try Data("name: \(name)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).yaml"))
    }
    func settings(_ files: String, listen: String) throws -> ServerSettings {
      let paths = files.split(separator: " ").map { "\(folder)/\($0).yaml" }
      return try ServerSettings(
        flags: ["region": paths.joined(separator: ", "), "listen": listen],
        environment: [:],
        file: nil
      )
    }
    let regions = try settings("one two three", listen: "127.0.0.1:7000").regions()
    #expect(regions.map(\.setup.region.name) == ["one", "two", "three"])
    #expect(regions.map(\.place) == ["127.0.0.1:7000", "127.0.0.1:7001", "127.0.0.1:7002"])
    #expect(regions.allSatisfy { $0.setup.directory === regions[0].setup.directory })
    #expect(try settings("one two", listen: "0").regions().map { $0.listen?.port } == [0, 0])
    for (files, listen, words) in [
      ("one two one", "7000", "two of the files are named 'one'"),
      ("one two", "65535", "leaves no port for region 2"),
      ("one two", "127.0.0.1:7479", "127.0.0.1:7480 would be used twice"),
    ] {
      let error = #expect(throws: FileError.self) {
        _ = try settings(files, listen: listen).regions()
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }
}
