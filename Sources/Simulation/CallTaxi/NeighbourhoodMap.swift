import Spatial
import TripData

/// The outlines of neighbourhoods by name, to draw places from where a log knows only names.
///
/// A name may be written as the map writes it, or in the older form with `제` before the number and
/// `.` for `·`: 자양제2동 is 자양2동, 종로5.6가동 is 종로5·6가동, and 홍제제1동 is 홍제1동.
struct NeighbourhoodMap {
  /// Outlines that a name may mean, with doubled areas added up.
  private struct Area {
    var outlines: [Outline] = []
    var cumulative: [UInt64] = []

    mutating func add(_ outline: Outline) {
      outlines.append(outline)
      let own = outline.triangles.last?.cumulative ?? 0
      cumulative.append((cumulative.last ?? 0) + own)
    }
  }

  /// Read by key only.
  private var areas: [Neighbourhood: Area] = [:]

  /// Reads the file of `calltaxi.places`: columns `district`, `neighbourhood`, `also`, `outline`. A
  /// row without a neighbourhood stands for every one of its district that has no row. `also` holds
  /// further names, `;` between them; a name in several rows means any of their outlines.
  ///
  /// - Throws: ``CityFileError`` with the place of what is wrong.
  init(_ text: String, file: String) throws(CityFileError) {
    let table = try CityTable(
      text,
      file: file,
      required: ["district", "neighbourhood", "outline"],
      optional: ["also"]
    )
    // Read by key only.
    var own: Set<Neighbourhood> = []
    for row in table.rows.indices {
      let district = try table.text(row, "district")
      let name = table.field(row, "neighbourhood").map { String($0.text) } ?? ""
      let key = Neighbourhood(district: district, neighbourhood: Self.dotted(name))
      guard own.insert(key).inserted, let field = table.field(row, "neighbourhood") else {
        throw CityFileError(
          file: file,
          line: table.rows[row][0].line,
          column: 1,
          value: "\(district) \(name)",
          fix: "the neighbourhood stands twice; keep one row"
        )
      }
      let outline = try CityPlan.outline(table, row)
      areas[key, default: Area()].add(outline)
      guard let others = table.field(row, "also"), !others.text.isEmpty else { continue }
      for other in table.parts(of: others, separator: ";") {
        guard !other.text.isEmpty, other.text != field.text else {
          throw table.error(other, "write names with ';' between them")
        }
        let alias = Neighbourhood(
          district: district,
          neighbourhood: Self.dotted(String(other.text))
        )
        areas[alias, default: Area()].add(outline)
      }
    }
  }

  init(path: String) throws(CityFileError) {
    try self.init(try CityTable.contents(of: path), file: path)
  }

  /// `.` read as `·`.
  static func dotted(_ name: String) -> String {
    String(name.map { $0 == "." ? "·" : $0 })
  }

  /// Without a `제` before a number.
  static func short(_ name: String) -> String {
    var text = ""
    for character in name {
      if character.isNumber, text.last == "제" { text.removeLast() }
      text.append(character)
    }
    return text
  }

  /// A place in the neighbourhood, evenly over its area; `nil` when the map does not know it.
  func draw(_ wanted: Neighbourhood, using random: inout SeededRandom) -> GeoPoint? {
    let name = Self.dotted(wanted.neighbourhood)
    // As written first: 홍제1동 has a 제 of its own. Last, any place of the district.
    let area = [name, Self.short(name), ""].lazy.compactMap { form in
      areas[Neighbourhood(district: wanted.district, neighbourhood: form)]
    }.first
    guard let area, let total = area.cumulative.last else { return nil }
    let target = UInt64(random.below(Int(clamping: total)))
    let outline = area.outlines[area.cumulative.firstIndex { target < $0 } ?? 0]
    return outline.place(using: &random)
  }
}

extension Outline {
  /// A place inside, every part as likely as its area says.
  func place(using random: inout SeededRandom) -> GeoPoint {
    let total = triangles.last?.cumulative ?? 1
    let target = UInt64(random.below(Int(clamping: total)))
    let triangle = triangles[triangles.firstIndex { target < $0.cumulative } ?? 0]
    var u = Int64(random.below(1 << 30))
    var v = Int64(random.below(1 << 30))
    // The far half of the parallelogram folds onto the triangle.
    if u + v > 1 << 30 {
      u = (1 << 30) - u
      v = (1 << 30) - v
    }
    let north = (Int64(triangle.first.latitude) * u + Int64(triangle.second.latitude) * v) >> 30
    let east = (Int64(triangle.first.longitude) * u + Int64(triangle.second.longitude) * v) >> 30
    return GeoPoint(
      latitude: triangle.corner.latitude + Int32(north),
      longitude: triangle.corner.longitude + Int32(east)
    )
  }
}
