import ArgumentParser
import Foundation
import Simulation

/// `baecha bound`: what was possible at all.
struct BoundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bound",
    abstract: "The least empty travel that any policy could have: a proven bound from hindsight.",
    discussion: """
      Reads the scenario's rides and finds, with all of them known in advance,
      chains of rides with the least empty travel: over the price of opening a
      taxi, and for as many chains as the record has (docs/HINDSIGHT.md). Beside
      each value stands the dual value that proves it, and the value of the pruned
      problem, which is no bound. --worlds plays the scenario's worlds and puts
      each beside the bound for the rides that it served.

      EXAMPLES
        baecha bound simulations/nyc-2013/scenario.yaml
        baecha bound simulations/nyc-2013/scenario.yaml --worlds --wait patience
        baecha bound simulations/nyc-2013/scenario.yaml --wait 0s --least-fleet
        baecha bound simulations/nyc-2013/scenario.yaml --objective time --price 60
        baecha bound simulations/sf-2008/scenario.yaml --data DIR \\
          --from 2008-05-21T04:00 --to 2008-05-22T04:00 --json bound.json
      """
  )

  @Argument(help: "The scenario, a YAML file.")
  var scenario: String

  @Option(help: "The folder with the data files. (default: the scenario's own)")
  var data: String?

  @Option(name: .customLong("set"), help: "Overrides a key: KEY=VALUE. May be repeated.")
  var overrides: [String] = []

  @Option(help: "How late a pickup may be: 0s or patience.")
  var wait = "patience"

  @Option(help: "What is to be least: distance or time.")
  var objective = "distance"

  @Option(
    help: ArgumentHelp(
      "What opening a taxi costs, in metres or seconds of empty driving. May be repeated.",
      valueName: "price"
    )
  )
  var price: [Int] = []

  @Option(help: "Only rides requested from this local time on: YYYY-MM-DDTHH:MM.")
  var from: String?

  @Option(help: "Only rides requested before this local time.")
  var to: String?

  @Flag(help: "Play the scenario's worlds and compare each with its own bound.")
  var worlds = false

  @Flag(help: "Find the least number of taxis, and prove it. Needs --wait 0s; takes minutes.")
  var leastFleet = false

  @Flag(help: "Take the model's time of each leg: no bound for worlds that break legs off.")
  var wholeLegs = false

  @Option(help: "Write the figures as JSON to FILE; - is standard output, without the table.")
  var json: String?

  @Option(
    help: "Write the arcs of the last price to FILE, as `baecha assign` reads them: for referees."
  )
  var arcs: String?

  @Option(help: "Write the rides as CSV to FILE: for referees.")
  var rides: String?

  @Flag(help: "No progress bar and no table.")
  var quiet = false

  func validate() throws {
    guard ["0s", "patience"].contains(wait) else {
      throw ValidationError("--wait \(wait): give 0s or patience")
    }
    guard let measure = HindsightObjective(rawValue: objective) else {
      throw ValidationError("--objective \(objective): give distance or time")
    }
    let max = Int(HindsightBound.priceMax) / measure.unitsPerPrice
    for value in price where !(1...max).contains(value) {
      throw ValidationError("--price \(value): give 1 to \(max)")
    }
    guard !leastFleet || wait == "0s" else {
      throw ValidationError("--least-fleet with late pickups means nothing: add --wait 0s")
    }
    for (name, text) in [("--from", from), ("--to", to)] {
      guard let text else { continue }
      guard LocalTime(text) != nil else {
        throw ValidationError("\(name) \(text): give a local time, YYYY-MM-DDTHH:MM")
      }
    }
  }

  func run() throws {
    let scenario = try Scenario.load(path: scenario, overrides: overrides)
    let bar = PhaseProgress(isQuiet: quiet)
    let run = try HindsightRun(scenario, dataFolder: data) { bar.show("reading", $0) }
    let report = try report(run, bar)
    bar.finish()
    if json == "-" {
      FileHandle.standardOutput.write(Data(report.json))
      return
    }
    if let json { try AtomicFile.write(report.json, to: json) }
    if !quiet { print(report.text, terminator: "") }
  }
}

extension HindsightObjective {
  /// Units of the objective in one of the command line: decimetres in a metre, or milliseconds in a
  /// second.
  fileprivate var unitsPerPrice: Int { self == .distance ? 10 : 1_000 }

  fileprivate var defaultPrices: [Int] {
    self == .distance ? [250, 500, 1_000, 2_000, 4_000] : [60, 120, 240, 480, 960]
  }
}

extension BoundCommand {
  private var window: City.HindsightWindow { wait == "0s" ? .none : .patience }

  private func report(_ run: HindsightRun, _ bar: PhaseProgress) throws -> HindsightReport {
    let objective = HindsightObjective(rawValue: objective) ?? .distance
    let travel = run.travel(legsAreWhole: wholeLegs)
    let span = span(run)
    let isIn = { (ride: Int) in span.contains(run.city.rides[ride].requestedAt) }
    let all = HindsightChains(run.city.rides.indices.filter(isIn).map { [$0] })
    let chosen = run.rides(of: all, window: window)
    guard !chosen.isEmpty else { throw ValidationError("no ride is requested from --from to --to") }
    if let rides { try AtomicFile.write(HindsightReport.csv(chosen), to: rides) }

    var bound = try HindsightBound(rides: chosen, travel: travel, objective: objective) {
      bar.show($0)
    }
    let prices = price.isEmpty ? objective.defaultPrices : price
    for price in prices { try bound.solve(price: Int32(price * objective.unitsPerPrice)) }
    if let arcs, let last = prices.last {
      try AtomicFile.write(
        bound.arcText(price: Int32(last * objective.unitsPerPrice)),
        to: arcs
      )
    }
    var report = HindsightReport(run: run, travel: travel, window: window, front: bound.result)

    func compare(_ name: String, _ chains: HindsightChains, driven: Int64?) throws {
      let kept = chains.keeping(isIn)
      report.comparisons.append(
        try run.compare(
          kept,
          name: name,
          requests: chosen.count,
          driven: driven,
          travel: travel,
          objective: objective,
          window: window
        ) { bar.show($0) }
      )
    }
    if let recorded = run.recorded { try compare("recorded", recorded, driven: nil) }
    if worlds {
      for world in run.scenario.worlds where world.kind != .recorded {
        let played = run.play(world) { bar.show(world.name, $0) }
        // What was driven is a distance, and known for the whole run only.
        let isKnown = objective == .distance && from == nil && to == nil
        try compare(world.name, played.chains, driven: isKnown ? played.driven : nil)
      }
    }
    if leastFleet { report.leastFleet = try bound.leastFleet() }
    return report
  }

  /// The requests asked for, in Unix milliseconds.
  private func span(_ run: HindsightRun) -> Range<Int64> {
    let offset = run.scenario.data.utcOffset
    let start = from.flatMap { LocalTime($0) }?.unixMilliseconds(utcOffset: offset) ?? .min
    let end = to.flatMap { LocalTime($0) }?.unixMilliseconds(utcOffset: offset) ?? .max
    return start..<max(start, end)
  }
}

extension PhaseProgress {
  /// The arcs that a round adds fall by an order of magnitude each time.
  fileprivate func show(_ progress: HindsightBound.Progress) {
    let left = Double(progress.added) / Double(max(progress.arcs, 1))
    show("price \(progress.price), \(progress.arcs) arcs", 1 - min(left * 4, 1))
  }
}
