import Foundation
import TripData

/// Traces written as files and read as any other.
enum MadeTraces {
  /// A fix of one cab: seconds after `start`, metres east and north of 37.8, −122.4, flag.
  struct Fix {
    var cab: String
    var at: Int
    var east: Double
    var north: Double
    var occupied = false
  }

  /// Monday 19 May 2008, 08:00 in San Francisco.
  static let start = 1_211_209_200

  static func log(_ fixes: [Fix]) throws -> TripLog {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "made.csv")
    var text = "cab,latitude,longitude,occupied,unix_time\n"
    for fix in fixes {
      let latitude = 37.8 + fix.north / 111_195.08
      let longitude = -122.4 + fix.east / (111_195.08 * 0.790_155)
      text += "\(fix.cab),\(String(format: "%.7f,%.7f", latitude, longitude)),"
      text += "\(fix.occupied ? 1 : 0),\(start + fix.at)\n"
    }
    try text.write(to: file, atomically: true, encoding: .utf8)
    var options = TripReader.Options()
    options.keepFixes = true
    return try TripReader.read(files: [file.path], options: options)
  }

  /// A ride far from everything else, as a log without rides is refused.
  static let ride: [Fix] = [
    Fix(cab: "zz", at: 0, east: 9_050, north: 9_050, occupied: true),
    Fix(cab: "zz", at: 300, east: 10_050, north: 9_050, occupied: true),
  ]
}
