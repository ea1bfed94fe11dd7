import ArgumentParser
import Foundation
import Matching
import Simulation

#if Server
  import BaechaClient
#endif

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Play a scenario's worlds over recorded or generated trips and compare them.",
    discussion: """
      Reads the scenario (docs/SCENARIO.md lists every key), plays each of its worlds through the
      matching engine, checks the identities of docs/SIMULATION.md, and prints the worlds side by
      side. The same scenario and seed give the same bytes.

      EXAMPLES
        baecha simulate simulations/nyc-2013/scenario.yaml
        baecha simulate simulations/nyc-2013/scenario.yaml --set seed=7 --set policy.window=5s
        baecha simulate simulations/sf-2008/scenario.yaml --data DIR --json - --html report.html
        baecha simulate simulations/nyc-2013/scenario.yaml --explain 4711

      THROUGH A SERVER
        baecha simulate SCENARIO --world batch --server-region region.yaml
        baecha serve --region region.yaml --set clock=virtual --http off
        baecha simulate SCENARIO --world batch --through 127.0.0.1:7400

      YESTERDAY'S REQUESTS, ANOTHER POLICY
        baecha simulate SCENARIO --journal redis://127.0.0.1:6379 --set policy.window=5s
      """
  )

  @Argument(help: "The scenario, a YAML file.")
  var scenario: String

  @Option(help: "The folder with the data files. (default: the scenario's own)")
  var data: String?

  @Option(name: .customLong("set"), help: "Overrides a key: KEY=VALUE. May be repeated.")
  var overrides: [String] = []

  @Option(help: "Write the figures as JSON to FILE; - is standard output, without the table.")
  var json: String?

  @Option(help: "Write a self-contained HTML report to FILE.")
  var html: String?

  @Option(help: "Write the overview picture (SVG) to FILE.")
  var picture: String?

  @Option(help: "Write a CSV row for each request and world to FILE.")
  var ridesCsv: String?

  @Option(help: "Write a CSV row for each taxi and world to FILE.")
  var taxisCsv: String?

  @Option(
    help: "Explain the rounds of the ride with this id: candidates, costs, why the winner won."
  )
  var explain: UInt64?

  @Option(
    help: "Write what computing took, by phase, as JSON to FILE: kept apart from the figures."
  )
  var timing: String?

  @Option(
    help: "Play one world through the server at HOST:PORT, whose clock must be virtual."
  )
  var through: String?

  @Option(help: "Which world goes through the server.")
  var world: String?

  @Option(help: "Write the region file of a server that dispatches as the world does, and end.")
  var serverRegion: String?

  @Option(
    help: """
      Play the finished rides of a server's journal, in place of the scenario's data: \
      redis://HOST:PORT or unix:///PATH.
      """
  )
  var journal: String?

  @Option(help: "The region whose journal it is.")
  var regionName = "seoul"

  @Option(help: "Worlds played at the same time.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "No progress bar and no table.")
  var quiet = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs \(jobs): give 1 or more") }
    guard world == nil || through != nil || serverRegion != nil else {
      throw ValidationError("--world: only with --through or --server-region")
    }
    guard journal == nil || data == nil else {
      throw ValidationError("--journal takes the place of --data: give one of them")
    }
    guard through == nil || explain == nil else {
      throw ValidationError("--explain: a server's EXPLAIN tells of its rounds")
    }
  }

  func run() throws {
    let kept = try KeptDemand(journal, region: regionName)
    defer { kept?.remove() }
    let started = ContinuousClock.now
    let scenario = try Scenario.load(
      path: scenario,
      overrides: (kept?.overrides ?? []) + overrides
    )
    let folder = kept?.folder ?? data
    if let serverRegion {
      let text = try SimulationRun.serverRegion(scenario, dataFolder: folder, world: world)
      return try AtomicFile.write(Array(text.utf8), to: serverRegion)
    }
    var options = SimulationRun.Options()
    options.through = try served()
    options.dataFolder = folder
    options.explainedRide = explain
    options.workers = jobs
    let bar = PhaseProgress(isQuiet: quiet)
    let run = try SimulationRun(scenario, options: options) { bar.show($0.phase, $0.share) }
    bar.finish()
    var summary = run.summary
    summary.command = command
    try write(run, summary)
    if let timing {
      try writeTiming(to: timing, since: started, run: run, names: summary.worldKeys)
    }
    if let explain {
      for (world, explanations) in zip(summary.worldKeys, run.explanations) {
        let text = ExplanationText.lines(of: explanations, ride: explain, world: world, run: run)
        // Where the figures go to standard output, nothing else does.
        if json == "-" {
          FileHandle.standardError.write(Data((text + "\n").utf8))
        } else {
          print(text)
        }
      }
    }
  }
}

extension SimulateCommand {
  private func served() throws -> SimulationRun.Through? {
    guard let through else { return nil }
    #if Server
      guard let address = ServerAddress(through) else {
        throw ValidationError("--through \(through): give HOST:PORT")
      }
      return SimulationRun.Through(world: world) { map throws(RemoteFault) in
        try WireEngine(address, map: map)
      }
    #else
      throw ValidationError("--through: this build has no server and no client")
    #endif
  }

  /// The command that makes this run again.
  private var command: String {
    var words = ["baecha", "simulate", scenario]
    if let data { words += ["--data", data] }
    if let journal { words += ["--journal", journal, "--region-name", regionName] }
    if let world { words += ["--world", world] }
    if let through { words += ["--through", through] }
    for override in overrides { words += ["--set", override] }
    return words.joined(separator: " ")
  }

  private func write(_ run: SimulationRun, _ summary: RunSummary) throws {
    if json == "-" {
      FileHandle.standardOutput.write(Data(JSONWriter.bytes(summary)))
    } else {
      if let json { try AtomicFile.write(JSONWriter.bytes(summary), to: json) }
      if !quiet { print(TableWriter.text(summary), terminator: "") }
    }
    if let html { try AtomicFile.write(HTMLReport.bytes(summary), to: html) }
    if let picture { try AtomicFile.write(OverviewPicture.bytes(summary), to: picture) }
    if let ridesCsv {
      try writeRows(to: ridesCsv, summary) { writer in try run.forEachRide { try writer.write($0) }
      }
    }
    if let taxisCsv {
      try writeRows(to: taxisCsv, summary) { writer in try run.forEachTaxi { try writer.write($0) }
      }
    }
  }

  private func writeRows<Row: CSVRow>(
    to path: String,
    _ summary: RunSummary,
    _ rows: (inout CSVWriter<Row>) throws -> Void
  ) throws {
    let file = try AtomicFile(path: path)
    var writer = CSVWriter<Row>(utcOffsetSeconds: summary.utcOffsetSeconds) { try file.write($0) }
    try rows(&writer)
    try writer.finish()
    try file.commit()
  }

  /// What it took, and how much of what: times differ from run to run, counts do not.
  private func writeTiming(
    to path: String,
    since start: ContinuousClock.Instant,
    run: SimulationRun,
    names: [String]
  ) throws {
    let elapsed = (ContinuousClock.now - start).components
    let milliseconds = elapsed.seconds * 1_000 + elapsed.attoseconds / 1_000_000_000_000_000
    var worlds: [String] = []
    for (name, statistics) in zip(names, run.statistics) {
      guard let statistics else { continue }
      worlds.append(
        """
            "\(name)": {"positions": \(statistics.positions), "rounds": \(statistics.rounds), \
        "round_rides": \(statistics.roundRides), "round_candidates": \(statistics.roundCandidates)}
        """
      )
    }
    let text = """
      {
        "wall_ms": \(milliseconds),
        "worlds": {
      \(worlds.joined(separator: ",\n"))
        }
      }

      """
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
