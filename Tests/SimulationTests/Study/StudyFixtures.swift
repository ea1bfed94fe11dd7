import Foundation
import MatchingTestSupport
import Simulation

/// A folder that goes away with the value that holds it.
final class StudyPlace {
  let path = NSTemporaryDirectory() + "study-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }
}

/// A made-up town: three days of a few taxis, enough to be thinned and to differ by seed.
enum StudyTown {
  static let scenario = """
    title: A small town
    data: {layout: generic, files: trips.csv, utc_offset: +00:00}
    supply: {shifts: gaps}
    travel: {model: straight, speed: 30km/h}
    measure: {warm_up: 10m}
    """

  static let study = """
    title: A study of a small town
    scenario: scenario.yaml
    learn: 2024-05-01
    test: 2024-05-02..2024-05-03
    seeds: 1..5
    shares: [100%, 70%, 40%]
    served_min: 60%
    p95_max: 10m
    worlds: [recorded, nearest, batch]
    small:
      seeds: 7
      shares: 100%
    """

  /// Writes scenario, study and trips into a folder.
  static func build(in place: StudyPlace, study: String = study, seed: UInt64 = 1) throws {
    var draw = Draw(seed: seed)
    var rows = ["taxi_id,pickup_at,dropoff_at,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon"]
    for day in 0..<3 {
      // 1 May 2024, 08:00 UTC.
      let morning = 1_714_550_400 + day * 86_400
      for taxi in 0..<12 {
        var time = morning + draw.below(1_800)
        for _ in 0..<8 {
          let length = draw.within(200...900)
          var places = (0..<4).map { index in
            index % 2 == 0 ? 37_500 + draw.below(40) : 127_000 + draw.below(50)
          }
          // The first ride crosses the whole map, so that later days do not change the map.
          if rows.count == 1 { places = [37_500, 127_000, 37_540, 127_050] }
          let words = places.map { "\($0 / 1_000).\(String($0 % 1_000 + 1_000).dropFirst())" }
          rows.append(
            (["t\(taxi)", "\(time)", "\(time + length)"] + words).joined(separator: ",")
          )
          time += length + draw.within(60...900)
        }
      }
    }
    try place.write(rows.joined(separator: "\n") + "\n", to: "trips.csv")
    try place.write(scenario, to: "scenario.yaml")
    try place.write(study, to: "study.yaml")
  }
}
