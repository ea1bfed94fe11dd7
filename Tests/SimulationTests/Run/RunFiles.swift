import Foundation
import Simulation
import Spatial
import TripData

/// A folder of a test's own, which goes with it.
final class RunFiles {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "baecha-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(name))
  }

  /// In order; hidden ones too.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}

/// A made-up day of trips in the generic layout: a few taxis that carry riders one after the other
/// over a square of 4 km, from 2020-05-04 (a Monday) on, in UTC.
struct MadeUpTrips {
  struct Row {
    var id: Int
    var taxi: Int
    var pickup: Int64
    var dropoff: Int64
    /// Ten-millionths of a degree from the corner.
    var from: (Int, Int)
    var to: (Int, Int)
  }

  static let start: Int64 = 1_588_550_400
  var rows: [Row] = []

  init(seed: UInt64, taxis: Int = 8, days: Int = 1, hours: Int64 = 3) {
    var random = SeededRandom(seed: seed, purpose: .syntheticDemand)
    for day in 0..<days {
      for taxi in 0..<taxis {
        var now = Self.start + Int64(day) * 86_400 + 28_800 + Int64(random.below(900))
        let end = Self.start + Int64(day) * 86_400 + 28_800 + hours * 3_600
        while now < end {
          let duration = Int64(180 + random.below(900))
          rows.append(
            Row(
              id: 0,
              taxi: taxi,
              pickup: now,
              dropoff: now + duration,
              from: (random.below(360_000), random.below(360_000)),
              to: (random.below(360_000), random.below(360_000))
            )
          )
          now += duration + Int64(60 + random.below(600))
        }
      }
    }
    rows.sort { ($0.pickup, $0.taxi) < ($1.pickup, $1.taxi) }
    for index in rows.indices { rows[index].id = index + 1 }
  }

  var csv: String {
    var text = "request_id,taxi_id,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,"
    text += "dropoff_lon\n"
    func degrees(_ corner: Int, _ part: Int) -> String {
      let digits = String(10_000_000 + part).dropFirst()
      return "\(corner).\(digits)"
    }
    for row in rows {
      text += "\(row.id),t\(row.taxi),\(row.pickup),\(row.dropoff),"
      text += "\(degrees(37, row.from.0)),\(degrees(127, row.from.1)),"
      text += "\(degrees(37, row.to.0)),\(degrees(127, row.to.1))\n"
    }
    return text
  }

  static let scenario = """
    title: "Made up"
    seed: 11
    data: {layout: generic, files: "trips.csv"}
    supply: {shifts: gaps}
    drivers: {decline: 10%, no_answer: 5%, answer_delay: 1s..5s}
    measure: {warm_up: 10m}
    worlds: [recorded, nearest, batch]
    """

  /// Writes both files and runs them.
  static func run(
    _ csv: String,
    overrides: [String] = [],
    workers: Int = 1,
    explained: UInt64? = nil
  ) throws -> SimulationRun {
    let files = try RunFiles()
    try files.write("trips.csv", csv)
    let scenario = try Scenario.load(
      path: try files.write("scenario.yaml", Self.scenario),
      overrides: overrides
    )
    var options = SimulationRun.Options()
    options.workers = workers
    options.explainedRide = explained
    return try SimulationRun(scenario, options: options)
  }
}

extension SimulationRun {
  func rideRows() -> [RideRow] {
    var rows: [RideRow] = []
    forEachRide { rows.append($0) }
    return rows
  }

  /// Everything that a run writes, as bytes. The name is that of a folder, which differs.
  func bytes() throws -> [UInt8] {
    var summary = summary
    summary.name = "made-up"
    var bytes = JSONWriter.bytes(summary) + HTMLReport.bytes(summary)
    bytes += OverviewPicture.bytes(summary) + Array(TableWriter.text(summary).utf8)
    var rides = CSVWriter<RideRow>(utcOffsetSeconds: 0) { bytes += $0 }
    try forEachRide { try rides.write($0) }
    try rides.finish()
    var taxis = CSVWriter<TaxiRow>(utcOffsetSeconds: 0) { bytes += $0 }
    try forEachTaxi { try taxis.write($0) }
    try taxis.finish()
    return bytes
  }
}
