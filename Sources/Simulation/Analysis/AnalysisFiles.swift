import Foundation
import Spatial

/// Writes an analysis as files that others can use: for each measure a table and a map layer.
/// Columns and members are documented in docs/ANALYSE.md. Equal analyses give equal bytes.
public struct AnalysisFiles {
  private let analysis: CityAnalysis

  public init(_ analysis: CityAnalysis) { self.analysis = analysis }

  /// Writes all files into a folder, which is made if it is not there; each appears whole or not at
  /// all.
  ///
  /// - Returns: the paths written.
  /// - Throws: ``AnalysisError`` when the folder cannot be made, ``OutputError`` when a file cannot
  ///   be written.
  public func write(to folder: String) throws -> [String] {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw AnalysisError("cannot make the folder \(folder): \(error.localizedDescription)")
    }
    var paths: [String] = []
    for (measure, counts) in analysis.counts {
      let stem = "\(folder)/\(measure.rawValue)"
      try write(to: "\(stem).csv") { sink in try writeTable(counts, sink) }
      try write(to: "\(stem).geojson") { sink in try writeLayer(counts, measure, sink) }
      paths += ["\(stem).csv", "\(stem).geojson"]
    }
    return paths
  }

  private func write(
    to path: String,
    _ body: ((String) throws -> Void) throws -> Void
  ) throws {
    let file = try AtomicFile(path: path)
    try body { try file.write(Array($0.utf8)) }
    try file.commit()
  }

  /// One row for each hour of the week and square.
  func writeTable(_ counts: CellCounts, _ sink: (String) throws -> Void) throws {
    try sink("weekday,hour,west,south,east,north,side_m,count,hours\n")
    for row in counts.rows {
      let corners = analysis.grid.corners(of: row.cell, span: 1 << row.level)
      let place = [
        corners.southWest.longitude, corners.southWest.latitude, corners.northEast.longitude,
        corners.northEast.latitude,
      ].map(Self.degrees).joined(separator: ",")
      try sink(
        "\(WeekHour.weekday(row.slot)),\(WeekHour.hourOfDay(row.slot)),\(place),"
          + "\(analysis.grid.sideMetres << row.level),\(row.count),\(hours(of: row.slot))\n"
      )
    }
  }

  /// A GeoJSON feature for each square (RFC 7946: longitude first, the ring counter-clockwise).
  func writeLayer(
    _ counts: CellCounts,
    _ measure: CityAnalysis.Measure,
    _ sink: (String) throws -> Void
  ) throws {
    let rows = counts.rows.sorted {
      ($0.level, $0.cell.row, $0.cell.column, $0.slot)
        < ($1.level, $1.cell.row, $1.cell.column, $1.slot)
    }
    try sink("{\"type\": \"FeatureCollection\", \"features\": [")
    var start = 0
    while start < rows.count {
      let first = rows[start]
      var end = start
      var slots: [String] = []
      var total = 0
      while end < rows.count, rows[end].level == first.level, rows[end].cell == first.cell {
        let row = rows[end]
        slots.append(
          "[\(WeekHour.weekday(row.slot)), \(WeekHour.hourOfDay(row.slot)), \(row.count)]"
        )
        total += row.count
        end += 1
      }
      let corners = analysis.grid.corners(of: first.cell, span: 1 << first.level)
      let (west, south) = (
        Self.degrees(corners.southWest.longitude), Self.degrees(corners.southWest.latitude)
      )
      let (east, north) = (
        Self.degrees(corners.northEast.longitude), Self.degrees(corners.northEast.latitude)
      )
      try sink(
        """
        \(start > 0 ? "," : "")
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[\(west), \(south)], \
        [\(east), \(south)], [\(east), \(north)], [\(west), \(north)], [\(west), \(south)]]]}, \
        "properties": {"measure": "\(measure.rawValue)", \
        "side_m": \(analysis.grid.sideMetres << first.level), "count": \(total), \
        "slots": [\(slots.joined(separator: ", "))]}}
        """
      )
      start = end
    }
    try sink("\n]}\n")
  }

  /// Hours of data behind a count of this hour of the week, two decimals.
  private func hours(of slot: Int) -> String {
    Decimals.fixed(analysis.covered[slot], over: 3_600, places: 2) ?? "0.00"
  }

  /// Six decimals: a tenth of a metre.
  static func degrees(_ angle: Int32) -> String {
    Decimals.fixed(Int64(angle), over: 10_000_000, places: 6) ?? "0.000000"
  }
}

extension CityAnalysis {
  /// The summary as JSON: what was counted and what had to be withheld. A withheld number below the
  /// threshold is `null`: it would be the very count that may not be known.
  public func json(files: [String], written: [String]) -> String {
    let members = counts.map { measure, counts in
      let withheld: JSONValue =
        counts.withheld == 0 || counts.withheld >= threshold
        ? .integer(Int64(counts.withheld)) : .null
      return (
        measure.rawValue,
        JSONValue.object(
          [
            ("published", .integer(Int64(counts.published))), ("withheld", withheld),
            ("rows", .integer(Int64(counts.rows.count))),
            ("rows_by_side_m", .object(sides(of: counts), inline: true)),
          ]
        )
      )
    }
    let hours = covered.reduce(0, +)
    return JSONValue.object([
      ("files", .array(files.map(JSONValue.string))),
      ("written", .array(written.map(JSONValue.string))),
      ("cell_m", .integer(Int64(grid.sideMetres))),
      ("origin_latitude", .number(AnalysisFiles.degrees(grid.origin.latitude))),
      ("origin_longitude", .number(AnalysisFiles.degrees(grid.origin.longitude))),
      ("threshold", .integer(Int64(threshold))),
      ("utc_offset_seconds", .integer(Int64(utcOffsetSeconds))),
      ("hours", .number(Decimals.fixed(hours, over: 3_600, places: 2) ?? "0")),
      ("measures", .object(members)),
    ]).text()
  }

  /// The same for people.
  public var table: String {
    var text = "  measure           published  withheld    rows"
    let levels = 0...CellCounts.levelMax
    for level in levels { text += Self.right("\(grid.sideMetres << level) m", 9) }
    text += "\n"
    for (measure, counts) in counts {
      let hidden = counts.withheld > 0 && counts.withheld < threshold
      text += "  " + measure.rawValue + String(repeating: " ", count: 14 - measure.rawValue.count)
      text += Self.right(Decimals.grouped(counts.published), 13)
      text += Self.right(hidden ? "few" : Decimals.grouped(counts.withheld), 10)
      text += Self.right(Decimals.grouped(counts.rows.count), 8)
      for level in levels {
        let rows = counts.rows.count { $0.level == level }
        text += Self.right(Decimals.grouped(rows), 9)
      }
      text += "\n"
    }
    return text
  }

  private func sides(of counts: CellCounts) -> [(String, JSONValue)] {
    (0...CellCounts.levelMax).map { level in
      ("\(grid.sideMetres << level)", .integer(Int64(counts.rows.count { $0.level == level })))
    }
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 1)) + text
  }
}
