import Foundation
import MatchingTestSupport
import Simulation
import Testing

/// The promise itself: no policy, played in the simulated city, has less empty travel than the bound
/// printed for the rides that it served.
@Suite struct HindsightPolicyTests {
  /// A small city in a folder of its own, gone with the value.
  private final class Town {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "baecha-hindsight-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in [
        ("districts.csv", SmallCity.districts), ("hours.csv", SmallCity.hours),
        ("shifts.csv", SmallCity.shifts),
      ] {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func run(_ seed: UInt64, _ overrides: [String]) throws -> HindsightRun {
      let file = folder.appending(path: "scenario.yaml")
      let text = """
        title: "Small city"
        seed: \(seed)
        data: {layout: synthetic, utc_offset: +09:00, day_start: 04:00}
        synthetic: {taxis: 12, rides_per_day: 260, districts: districts.csv}
        supply: {shifts: presence}
        demand: {patience: 8m}
        travel: {model: straight, speed: 24km/h, detour: 1.3}
        worlds: [nearest, batch]
        """
      try Data(text.utf8).write(to: file)
      return try HindsightRun(Scenario.load(path: file.path, overrides: overrides))
    }
  }

  private static let variants: [[String]] = [
    [],
    ["drivers.idle=cruise", "drivers.cruise_speed=35km/h"],
    ["synthetic.taxis=5", "demand.patience_spread=50%", "demand.lead=4m"],
    ["synthetic.days=2", "travel.model=learned"],
    [
      "synthetic.days=2", "travel.model=learned", "drivers.idle=cruise",
      "policy.switching_cost=0s",
    ],
    ["synthetic.days=2", "drivers.idle=guided"],
    [
      "synthetic.days=2", "travel.model=learned", "drivers.idle=guided",
      "policy.opportunity=learned", "policy.opportunity_weight=2",
    ],
  ]

  @Test(arguments: variants.indices, Seeds.regressions + Seeds.fresh(2))
  func `no policy undercuts the bound for the rides it served`(variant: Int, seed: UInt64) throws {
    let run = try Town().run(seed, Self.variants[variant])
    let travel = run.travel()
    for world in run.scenario.worlds {
      let played = run.play(world)
      try #require(played.chains.rides.count > 50)
      for objective in HindsightObjective.allCases {
        let item = try run.compare(
          played.chains,
          name: world.name,
          requests: played.requests,
          driven: played.driven,
          travel: travel,
          objective: objective,
          window: .patience
        )
        let name: Comment = "\(world.name), \(objective), seed \(seed), \(Self.variants[variant])"
        #expect(item.rides == played.chains.rides.count, name)
        // Each leg that was driven is an arc of the problem …
        #expect(item.value.impossible == 0, name)
        // … so the chains are one of its solutions.
        #expect(item.emptyMin <= item.value.empty, name)
        #expect(item.emptyMin > 0, name)
        #expect(item.point?.isOptimal == true, name)
        #expect(item.pruned >= item.emptyMin, name)
        if objective == .distance {
          // Of each piece of a leg rounding takes less than detour + 1 dm; here a gap has few.
          #expect(item.emptyMin <= played.driven + 3 * 20 * Int64(item.rides), name)
          #expect(item.value.empty <= played.driven + 3 * 20 * Int64(item.rides), name)
        }
      }
    }
  }

  @Test func `a bound for late pickups is no bound above the one for none`() throws {
    let run = try Town().run(3, [])
    let chains = run.play(run.scenario.worlds[0]).chains
    func least(_ window: City.HindsightWindow) throws -> Int64 {
      try run.compare(
        chains,
        name: "nearest",
        requests: 0,
        travel: run.travel(),
        objective: .distance,
        window: window
      ).emptyMin
    }
    #expect(try least(.patience) <= least(.none))
  }

  @Test func `a page and its JSON carry the certificate beside the pruned value`() throws {
    let run = try Town().run(1, [])
    let played = run.play(run.scenario.worlds[1])
    let front = try HindsightBound.compute(
      rides: run.rides(window: .patience),
      travel: run.travel(),
      objective: .time,
      prices: [60_000, 240_000]
    )
    var report = HindsightReport(
      run: run,
      travel: run.travel(),
      window: .patience,
      front: front
    )
    report.comparisons = [
      try run.compare(
        played.chains,
        name: "batch",
        requests: played.requests,
        travel: run.travel(),
        objective: .time,
        window: .patience
      )
    ]
    #expect(report.text.contains("certified, h"))
    #expect(report.text.contains("  batch"))
    let value = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any]
    )
    #expect(value["format"] as? String == "baecha-bound/1")
    let points = try #require(value["front"] as? [[String: Any]])
    let certificates = points.compactMap { $0["certificate"] as? Int }
    #expect(certificates == front.points.map { Int($0.certificate) })
    #expect(points.allSatisfy { ($0["pruned"] as? Int ?? 0) >= ($0["value"] as? Int ?? .max) })
  }
}
