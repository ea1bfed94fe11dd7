import Foundation
import Simulation
import Spatial
import Testing
import TripData

@Suite struct AnalysisFilesTests {
  private typealias Fix = MadeTraces.Fix

  /// Six cabs drive east through two cells; a seventh drives elsewhere.
  private static let fixes: [Fix] =
    (0..<6).flatMap { cab in
      [
        Fix(cab: "a\(cab)", at: cab, east: 50, north: 50),
        Fix(cab: "a\(cab)", at: cab + 60, east: 150, north: 50),
      ]
    } + [
      Fix(cab: "b", at: 0, east: 4_050, north: 50), Fix(cab: "b", at: 60, east: 4_150, north: 50),
    ] + MadeTraces.ride

  private func written(_ options: CityAnalysis.Options) throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = try MadeTraces.log(Self.fixes)
    let paths = try AnalysisFiles(CityAnalysis(log, options: options)).write(to: folder.path)
    var texts: [String: String] = [:]
    for path in paths {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      texts[name] = try String(contentsOfFile: path, encoding: .utf8)
    }
    let found = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(found.count == paths.count, "nothing half-written is left: \(found)")
    return texts
  }

  @Test func `cells that enough taxis passed are shown, with weekday, hour and place`() throws {
    var options = CityAnalysis.Options()
    options.origin = GeoPoint(latitude: 378_000_000, longitude: -1_224_000_000)
    let table = try #require(try written(options)["vacant_passes.csv"])
    #expect(
      table == """
        weekday,hour,west,south,east,north,side_m,count,hours
        1,8,-122.400000,37.800000,-122.398862,37.800899,100,6,0.08
        1,8,-122.398862,37.800000,-122.397724,37.800899,100,6,0.08

        """
    )
  }

  @Test func `every file is there, the same each time, and the map is GeoJSON`() throws {
    var options = CityAnalysis.Options()
    options.threshold = 1
    let files = try written(options)
    #expect(
      files.keys.sorted() == [
        "boardings.csv", "boardings.geojson", "dropoffs.csv", "dropoffs.geojson",
        "vacant_passes.csv", "vacant_passes.geojson",
      ]
    )
    #expect(try written(options) == files)
    let text = try #require(files["vacant_passes.geojson"])
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let features = try #require(parsed?["features"] as? [[String: Any]])
    #expect(features.count == 4)
    let geometry = try #require(features[0]["geometry"] as? [String: Any])
    let rings = try #require(geometry["coordinates"] as? [[[Double]]])
    let ring = try #require(rings.first)
    #expect(ring.count == 5 && ring.first == ring.last)
    // Longitude first, and counter-clockwise: twice the area is positive.
    #expect(ring.allSatisfy { $0[0] < -120 && $0[1] > 30 })
    let area = zip(ring, ring.dropFirst()).reduce(0) { $0 + $1.0[0] * $1.1[1] - $1.1[0] * $1.0[1] }
    #expect(area > 0)
  }

  @Test func `a withheld number too small to be known is null`() throws {
    var options = CityAnalysis.Options()
    let log = try MadeTraces.log(Self.fixes)
    let few = try CityAnalysis(log, options: options).json(files: [], written: [])
    #expect(few.contains("\"withheld\": null"))
    options.threshold = 1
    let none = try CityAnalysis(log, options: options).json(files: [], written: [])
    #expect(none.contains("\"withheld\": 0") && !none.contains("null"))
  }

  @Test func `trips without traces give boardings and drop-offs alone`() throws {
    var log = try MadeTraces.log(Self.fixes)
    log.trace = nil
    let analysis = try CityAnalysis(log)
    #expect(analysis.counts.map(\.measure) == [.boardings, .dropoffs])
    log.trips = []
    #expect(throws: AnalysisError.self) { try CityAnalysis(log) }
  }
}
