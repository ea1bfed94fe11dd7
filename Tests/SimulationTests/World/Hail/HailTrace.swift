import Foundation
import Simulation
import TripData

/// Cabs that wander on a square of two kilometres over some days, with riders now and then, in the
/// layout of San Francisco's files.
struct HailTrace {
  /// 1 June 2008, 00:00 UTC.
  static let start = 1_212_278_400
  var text = "cab,latitude,longitude,occupied,unix_time\n"

  init(seed: UInt64, cabs: Int = 12, days: Int = 3, hours: Int = 4) {
    var random = SeededRandom(seed: seed, purpose: .syntheticSupply)
    for cab in 0..<cabs {
      for day in 0..<days {
        var seconds = Self.start + day * 86_400 + 8 * 3_600 + random.below(600)
        let end = Self.start + day * 86_400 + (8 + hours) * 3_600
        // Ten-millionths of a degree from the corner.
        var (north, east) = (random.below(180_000), random.below(230_000))
        var (occupied, rest) = (0, 4)
        while seconds < end {
          seconds += 40 + random.below(40)
          north = min(max(north + random.below(40_001) - 20_000, 0), 180_000)
          east = min(max(east + random.below(40_001) - 20_000, 0), 230_000)
          rest -= 1
          if rest == 0 {
            occupied = 1 - occupied
            rest = 3 + random.below(8)
          }
          text += "c\(cab),37.\(String(7_600_000 + north)),-122.\(String(4_000_000 + east)),"
          text += "\(occupied),\(seconds)\n"
        }
      }
    }
  }

  static let scenario = """
    title: A made-up trace
    seed: 5
    data: {layout: cabspotting, files: "cabs.csv", utc_offset: +00:00}
    supply: {shifts: presence}
    travel: {model: straight, speed: 25km/h}
    hail: {sight: 200m}
    measure: {warm_up: 10m}
    worlds:
      - recorded
      - hail
      - {name: advised, policy: hail, idle: guided, compliance: 50%}
    """

  /// Writes both files.
  func scenario(
    in files: RunFiles,
    _ text: String = HailTrace.scenario,
    _ overrides: [String] = []
  ) throws -> Scenario {
    try files.write("cabs.csv", self.text)
    return try Scenario.load(path: try files.write("scenario.yaml", text), overrides: overrides)
  }

  func log() throws -> TripLog {
    let files = try RunFiles()
    try files.write("cabs.csv", text)
    var options = TripReader.Options()
    options.keepFixes = true
    return try TripReader.read(files: [files.path("cabs.csv")], options: options)
  }
}
