import Simulation
import Spatial
import Testing
import TripData

/// Worlds without dispatch in whole runs.
@Suite struct HailRunTests {
  private static let days = "travel.learn_from=[2008-06-01, 2008-06-02]"
  private static let advised =
    "worlds=[hail, {name: walkers, policy: hail, advised_riders: 100%}]"

  @Test func `the same seed gives the same bytes, whatever the number of workers`() throws {
    let files = try RunFiles()
    let trace = HailTrace(seed: 1)
    func bytes(_ workers: Int, _ overrides: [String] = []) throws -> [UInt8] {
      var options = SimulationRun.Options()
      options.workers = workers
      let scenario = try trace.scenario(in: files, HailTrace.scenario, overrides)
      return try SimulationRun(scenario, options: options).bytes()
    }
    let first = try bytes(1)
    #expect(try bytes(2) == first)
    #expect(try bytes(1, ["seed=6"]) != first)
  }

  @Test
  func `the next days change nothing of what is decided on one that learns from earlier ones`()
    throws
  {
    let files = try RunFiles()
    let only = [Self.days, "data.from=2008-06-03T00:00", "data.to=2008-06-04T00:00"]
    func rows(_ trace: HailTrace) throws -> [RideRow] {
      let scenario = try trace.scenario(in: files, HailTrace.scenario, only)
      return try SimulationRun(scenario).rideRows()
    }
    var longer = HailTrace(seed: 2, cabs: 12, days: 3)
    let before = try rows(longer)
    #expect(before.count > 100)
    // Another cab on a later day: no cab of the third day is touched.
    let later = HailTrace(seed: 9, cabs: 1, days: 5).text.split(separator: "\n").dropFirst()
      .filter { (Int($0.split(separator: ",")[4]) ?? 0) > HailTrace.start + 3 * 86_400 }
    longer.text += later.map { "later" + $0.dropFirst(2) + "\n" }.joined()
    let after = try rows(longer)
    #expect(
      before.map { [$0.requestedAt, $0.assignedAt, $0.boardedAt] }
        == after.map { [$0.requestedAt, $0.assignedAt, $0.boardedAt] }
    )
  }

  @Test func `data without traces is refused, with what to do`() throws {
    let error = #expect(throws: RunError.self) {
      try MadeUpTrips.run(MadeUpTrips(seed: 1).csv, overrides: ["worlds=[nearest, hail]"])
    }
    let text = try #require(error).description
    #expect(text.contains("world 'hail' needs traces"))
    #expect(text.contains("Leave the world out"))
  }

  @Test func `advice for riders carries its days and is not judged on them`() throws {
    let files = try RunFiles()
    let trace = HailTrace(seed: 3)
    func run(_ overrides: [String]) throws -> SimulationRun {
      try SimulationRun(
        try trace.scenario(in: files, HailTrace.scenario, [Self.advised] + overrides)
      )
    }
    let unlisted = #expect(throws: RunError.self) { try run([]) }
    #expect(try #require(unlisted).description.contains("travel.learn_from"))
    let seen = #expect(throws: RunError.self) { try run([Self.days]) }
    #expect(try #require(seen).description.contains("2008-06-01"))
    let judged = try run([Self.days, "data.from=2008-06-03T00:00"])
    #expect(judged.summary.worlds.count == 2)
    #expect(judged.summary.worlds[0].digest != judged.summary.worlds[1].digest)
  }

  @Test func `a study plays it on days after those it learned from`() throws {
    let files = try RunFiles()
    try files.write("cabs.csv", HailTrace(seed: 4).text)
    try files.write("scenario.yaml", HailTrace.scenario)
    let study = """
      scenario: scenario.yaml
      learn: 2008-06-01..2008-06-02
      test: 2008-06-03
      seeds: 1..5
      shares: 100%
      worlds:
        - recorded
        - hail
        - {name: none, policy: hail, idle: guided, compliance: 0%}
        - {name: all, policy: hail, idle: guided, sight: 300m, advised_riders: 50%}
      """
    func play(_ text: String, _ folder: String) throws -> StudyResult? {
      let study = try Study.load(path: try files.write("study.yaml", text))
      return try StudyRun.run(study, options: .init(folder: files.path(folder))).result
    }
    let result = try #require(try play(study, "out"))
    for seed in 0..<5 {
      func figures(_ world: Int) -> CellFigures? {
        result.cells.first { $0.key.world == world && $0.key.seed == seed }?.value
      }
      #expect(figures(1) != nil && figures(1) == figures(2))
      #expect(figures(3) != figures(1))
    }
    let untaught = study.replacing("learn: 2008-06-01..2008-06-02\n", with: "")
    let error = #expect(throws: RunError.self) { try play(untaught, "other") }
    #expect(try #require(error).description.contains("world 'hail' learns from traces"))
  }

  @Test func `a calibration tells the misses of each world, and none of the record's own`() throws {
    let files = try RunFiles()
    let scenario = try HailTrace(seed: 5).scenario(
      in: files,
      HailTrace.scenario,
      ["worlds=[{name: near, policy: hail, sight: 50m}, {name: far, policy: hail, sight: 400m}]"]
    )
    let result = try HailCalibration(scenario, dataFolder: nil)
    #expect(result.worlds.map(\.world) == ["near", "far"])
    #expect(result.recorded.served == result.recorded.requests && result.recorded.miss == 0)
    #expect(result.worlds[0].servedMiss > result.worlds[1].servedMiss)
    #expect(result.best == result.worlds.min { $0.miss < $1.miss })
    #expect(try HailCalibration(scenario, dataFolder: nil, workers: 1).json == result.json)
    #expect(result.table.contains("Least together: \(try #require(result.best).world)"))
    let other = try HailTrace(seed: 5).scenario(in: files, HailTrace.scenario, ["worlds=[nearest]"])
    #expect(throws: RunError.self) { try HailCalibration(other, dataFolder: nil) }
  }
}
