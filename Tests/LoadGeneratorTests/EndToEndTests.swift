import Foundation
import LoadGenerator
import Matching
import Testing

/// Short runs against a real `baecha serve`, a process of its own.
@Suite(.serialized) struct EndToEndTests {
  /// `baecha` beside the program that runs the tests.
  private static func spawn() throws -> SpawnedServer {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let baecha = tests.deletingLastPathComponent().appendingPathComponent("baecha").path
    try #require(
      FileManager.default.isExecutableFile(atPath: baecha),
      "\(baecha) is not there; build it with the same configuration as the tests"
    )
    return try SpawnedServer(executable: baecha, taxis: 2_000, rides: 10_000)
  }

  @Test func `a small town's load is held, and the sheet says so`() async throws {
    let spawned = try Self.spawn()
    defer { spawned.stop() }
    var plan = LoadPlan(.small)
    plan.taxis = 200
    plan.requestsPerSecond = 20
    plan.duration = .seconds(2)
    plan.reportEvery = .seconds(1)
    let report = try await LoadGenerator.run(plan, against: spawned.server)
    #expect(report.misses(most: 0) == [])
    #expect(report.requests > 20 && report.requests == report.ridesOffered)
    #expect(report.requestToOffer.count > 10 && report.requestToOffer.p50 > 0)
    #expect(report.acceptToAnswer.count > 0)
    #expect(report.fence.count > 0)
    #expect(report.events["req.assigned", default: 0] > 0)
    #expect(report.positionsTaken > 20)
    let sheet = CapacitySheet.text(report)
    #expect(sheet.contains("200 taxis every 1 s over 2 gateways; 20 requests/s over 2 bookers"))
    #expect(sheet.contains("refused        none"))
    // It has cleaned up: the same names, once more.
    plan.run = "2"
    plan.duration = .seconds(1)
    plan.warmUp = .seconds(0)
    let again = try await LoadGenerator.run(plan, against: spawned.server)
    #expect(again.misses(most: 0) == [])
  }

  @Test func `a flood is counted, and idle connections are`() async throws {
    let spawned = try Self.spawn()
    defer { spawned.stop() }
    var plan = LoadPlan(.small)
    plan.duration = .seconds(1)
    let flood = try await LoadGenerator.flood(plan, against: spawned.server)
    #expect(flood.lines > 10_000 && flood.wrong == 0 && flood.late == 0)
    #expect(CapacitySheet.text(flood).contains("1,000 taxis on one connection"))
    let idle = try await LoadGenerator.idle(50, against: spawned.server, settle: 1)
    #expect(idle.closed == 0)
    #expect(CapacitySheet.text(idle).contains("50 idle connections"))
  }

  @Test func `who listens nowhere is told how to start a server`() async throws {
    let nobody = LoadGenerator.Server(host: "127.0.0.1", port: 1)
    await #expect(throws: LoadFailure.self) {
      try await LoadGenerator.run(LoadPlan(.small), against: nobody)
    }
    await #expect(throws: LoadFailure("idle 0: give 1 to 60000 connections")) {
      try await LoadGenerator.idle(0, against: nobody)
    }
  }
}
