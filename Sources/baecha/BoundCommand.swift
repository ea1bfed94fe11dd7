import ArgumentParser
import Simulation

struct BoundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bound")
  @Argument var scenario: String
  @Option var data: String?
  @Option var price: [Int32] = []
  @Option var chains: Int?
  @Option(name: .customLong("set")) var overrides: [String] = []
  @Flag var patience = false
  @Flag var time = false
  @Flag var whole = false
  @Flag var fleet = false
  func run() throws {
    let scenario = try Scenario.load(path: scenario, overrides: overrides)
    let c = ContinuousClock.now
    let run = try HindsightRun(scenario, dataFolder: data)
    print("load", ContinuousClock.now - c, run.recorded?.count ?? -1)
    let rides = run.rides(window: patience ? .patience : .none)
    var last = ContinuousClock.now
    let travel = run.travel(legsAreWhole: whole)
    print(travel.legs, travel.changesEvery as Any)
    var bound = try HindsightBound(rides: rides, travel: travel, objective: time ? .time : .distance) {
      let now = ContinuousClock.now
      print($0, now - last)
      last = now
    }
    let c2 = ContinuousClock.now
    for p in price {
      let c = ContinuousClock.now
      let point = try bound.solve(price: p)
      print(p, point.fleet, point.empty, point.certificate, point.pruned, point.value, ContinuousClock.now - c)
    }
    if let chains {
      let c = ContinuousClock.now
      try bound.tighten(chains: chains)
      for p in bound.result.points { print(p.price, p.fleet, p.empty, p.emptyMin(chains: chains)) }
      print(bound.result.emptyMin(chains: chains), ContinuousClock.now - c)
    }
    if fleet { let f = try bound.leastFleet(); print(f.point.fleet, f.fleetMin, f.point.empty) }
    print(ContinuousClock.now - c2)
  }
}
