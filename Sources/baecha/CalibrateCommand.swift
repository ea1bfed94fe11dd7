import ArgumentParser
import Foundation
import Simulation

/// `baecha calibrate`: holds worlds without dispatch against the record.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Hold worlds without dispatch (policy hail) against what was recorded.",
    discussion: """
      Plays the scenario's hail worlds and prints how far each is from the record in
      the share of riders served, in how long taxis look for the next rider, and in
      vacancy by distance (docs/SIMULATION.md, section 6). Choose on some days, and
      tell the misses on others.

      EXAMPLES
        baecha calibrate simulations/sf-2008/hail.yaml --data DIR
      """
  )

  @Argument(help: "The scenario, a YAML file.")
  var scenario: String

  @Option(help: "The folder with the data files. (default: the scenario's own)")
  var data: String?

  @Option(name: .customLong("set"), help: "Overrides a key: KEY=VALUE. May be repeated.")
  var overrides: [String] = []

  @Option(help: "Worlds played at the same time.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print JSON instead of the table.")
  var json = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs \(jobs): give 1 or more") }
  }

  func run() throws {
    let scenario = try Scenario.load(path: scenario, overrides: overrides)
    let result = try HailCalibration(scenario, dataFolder: data, workers: jobs)
    print(json ? result.json : result.table, terminator: "")
  }
}
