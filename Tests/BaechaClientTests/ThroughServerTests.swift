import BaechaClient
import Foundation
import Journal
import Matching
import Server
import Simulation
import Testing

/// A scenario over the wire: the same riders and drivers, the engine in a server.
@Suite(.serialized) struct ThroughServerTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  private static let file = repository + "/simulations/nyc-2013/scenario.yaml"

  /// New York's first quarter of an hour of 2013, with drivers who decline and stay silent.
  private static func scenario(_ overrides: [String] = []) throws -> Scenario {
    try Scenario.load(
      path: file,
      overrides: [
        "data.to=2013-01-01T00:16:00", "measure.warm_up=2m", "drivers.decline=10%",
        "drivers.no_answer=5%", "drivers.answer_delay=1s..9s", "worlds=[nearest, batch]",
      ] + overrides
    )
  }

  /// A server with a virtual clock for one world of a scenario.
  private static func server(_ scenario: Scenario, _ world: String) async throws -> LiveServer {
    let text = try SimulationRun.serverRegion(scenario, dataFolder: nil, world: world)
    var setup = Dispatcher.Setup(region: try Region(text: text, file: "region.yaml"))
    setup.isClockVirtual = true
    setup.limits.requestsBurst = 100_000
    return try await LiveServer.start(setup)
  }

  private struct Result: Sendable {
    var rides: [RideRow] = []
    var taxis: [TaxiRow] = []
    /// The summary as JSON.
    var figures: [UInt8]
  }

  private static func play(
    _ scenario: Scenario,
    through address: ServerAddress? = nil,
    world: String
  )
    throws -> Result
  {
    var scenario = scenario
    var options = SimulationRun.Options()
    if let address {
      options.through = SimulationRun.Through(world: world) { map throws(RemoteFault) in
        try WireEngine(address, map: map)
      }
    } else {
      scenario.worlds = [try #require(scenario.world(named: world))]
    }
    let run = try SimulationRun(scenario, options: options)
    var summary = run.summary
    // A server's digest is its own: it numbers taxis and rides in the order in which they come.
    for index in summary.worlds.indices { summary.worlds[index].digest = nil }
    var result = Result(figures: JSONWriter.bytes(summary))
    run.forEachRide { result.rides.append($0) }
    run.forEachTaxi { result.taxis.append($0) }
    return result
  }

  @Test(arguments: ["nearest", "batch"])
  func `a scenario through a server comes to what it comes to in process`(world: String)
    async throws
  {
    let scenario = try Self.scenario()
    let live = try await Self.server(scenario, world)
    let address = live.address
    let wired = try await Task.detached {
      try Self.play(scenario, through: address, world: world)
    }.value
    let own = try Self.play(scenario, world: world)
    #expect(own.rides.count > 1_000)
    #expect(own.rides.contains { $0.outcome == .served })
    // Exchanges leave nobody to give up in this hour under `batch`.
    #expect(world == "batch" || own.rides.contains { $0.outcome == .gaveUp })
    #expect(wired.rides == own.rides)
    #expect(wired.taxis == own.taxis)
    #expect(wired.figures == own.figures)
    let status = try await live.server.onLoop { $0.status() }
    #expect(status.metrics.facts > 10_000)
    #expect(status.metrics.positionsWrong == 0)
    #expect(status.metrics.positionsJumped == 0)
    try await live.stop()
  }

  @Test func `a server that was played with, or has a clock of its own, is refused`() async throws {
    let scenario = try Self.scenario(["data.to=2013-01-01T00:01:00", "measure.warm_up=0s"])
    let live = try await Self.server(scenario, "nearest")
    let address = live.address
    let play = { @Sendable (address: ServerAddress) in
      try Self.play(scenario, through: address, world: "nearest")
    }
    _ = try await Task.detached { try play(address) }.value
    await #expect(throws: RemoteFault.self) { try await Task.detached { try play(address) }.value }
    try await live.stop()
    let other = try await LiveServer.start()
    let second = other.address
    await #expect(throws: RemoteFault.self) { try await Task.detached { try play(second) }.value }
    try await other.stop()
  }

  @Test func `what no server can do is refused with the key's name`() throws {
    let refused = [
      ("worlds=[{name: nearest, policy: nearest, idle: guided}]", "idle"),
      ("demand.patience=90m", "demand.patience"),
    ]
    for (override, key) in refused {
      let scenario = try Self.scenario(["data.to=2013-01-01T00:01:00", override])
      let error = #expect(throws: RunError.self) {
        try SimulationRun.serverRegion(scenario, dataFolder: nil, world: "nearest")
      }
      #expect(error?.description.contains(key) == true)
    }
    #expect(throws: RunError.self) { try Self.scenario().servedWorld(named: nil) }
    #expect(throws: RunError.self) { try Self.scenario().servedWorld(named: "recorded") }
  }
}
