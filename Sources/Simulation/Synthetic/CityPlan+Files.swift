import Spatial

extension CityPlan {
  static let districtsMax = 500

  static func districts(_ text: String, file: String) throws(CityFileError) -> [District] {
    // The middle and the area are there for people; the generator goes by the outline.
    let table = try CityTable(
      text,
      file: file,
      required: ["name", "home", "work", "leisure", "outline"],
      optional: ["local_name", "latitude", "longitude", "area_km2", "hubs"]
    )
    guard table.rows.count <= districtsMax else {
      throw CityFileError(
        file: file,
        line: 0,
        column: 0,
        value: "\(table.rows.count) rows",
        fix: "at most \(districtsMax) districts; merge some"
      )
    }
    var districts: [District] = []
    for row in table.rows.indices {
      let outline = try outline(table, row)
      districts.append(
        District(
          name: try table.text(row, "name"),
          localName: table.field(row, "local_name").map { String($0.text) } ?? "",
          outline: outline,
          home: try table.number(row, "home", in: 0...100_000_000),
          work: try table.number(row, "work", in: 0...100_000_000),
          leisure: try table.number(row, "leisure", in: 0...100_000_000),
          hubs: try hubs(table, row, in: outline)
        )
      )
    }
    let weights: [(String, KeyPath<District, Int>)] = [
      ("home", \.home), ("work", \.work), ("leisure", \.leisure),
    ]
    for (name, weight) in weights where districts.allSatisfy({ $0[keyPath: weight] == 0 }) {
      throw CityFileError(
        file: file,
        line: 0,
        column: 0,
        value: "",
        fix: "'\(name)' is 0 in every district; give one a weight"
      )
    }
    return districts
  }

  static func hours(_ text: String, file: String) throws(CityFileError) -> [Hour] {
    let table = try CityTable(
      text,
      file: file,
      required: [
        "hour", "rides", "speed_kmh", "reach_km", "from_home", "from_work", "from_leisure",
        "to_home", "to_work", "to_leisure",
      ]
    )
    guard table.rows.count == 24 else {
      throw CityFileError(
        file: file,
        line: 0,
        column: 0,
        value: "\(table.rows.count) rows",
        fix: "write 24 rows, hours 0 to 23"
      )
    }
    var hours: [Hour] = []
    for row in table.rows.indices {
      _ = try table.number(row, "hour", in: row...row)
      hours.append(
        Hour(
          rides: try table.number(row, "rides", in: 0...1_000_000),
          speed: try table.number(row, "speed_kmh", in: 1...200, decimals: 3),
          reachMetres: try table.number(row, "reach_km", in: 0...100, decimals: 3),
          from: try mix(table, row, "from"),
          to: try mix(table, row, "to")
        )
      )
      if hours[row].reachMetres < 100, let field = table.field(row, "reach_km") {
        throw table.error(field, "'reach_km' is at least 0.1")
      }
    }
    guard hours.contains(where: { $0.rides > 0 }) else {
      throw CityFileError(
        file: file,
        line: 0,
        column: 0,
        value: "",
        fix: "'rides' is 0 in every hour; give one a weight"
      )
    }
    return hours
  }

  static func groups(_ text: String, file: String) throws(CityFileError) -> [ShiftGroup] {
    let table = try CityTable(
      text,
      file: file,
      required: [
        "group", "percent", "days_on", "days_of", "shifts_per_day", "start", "start_spread_min",
        "length_min", "length_spread_min", "break_min",
      ]
    )
    var groups: [ShiftGroup] = []
    for row in table.rows.indices {
      let daysOf = try table.number(row, "days_of", in: 1...28)
      let perDay = try table.number(row, "shifts_per_day", in: 1...4)
      let length = try table.number(row, "length_min", in: 30...1_440)
      groups.append(
        ShiftGroup(
          name: try table.text(row, "group"),
          permyriad: try table.number(row, "percent", in: 0...100, decimals: 2),
          daysOn: try table.number(row, "days_on", in: 0...daysOf),
          daysOf: daysOf,
          shiftsPerDay: perDay,
          start: try clock(table, row, "start"),
          startSpread: try table.number(row, "start_spread_min", in: 0...720),
          length: length,
          lengthSpread: try table.number(row, "length_spread_min", in: 0...720),
          breakMinutes: try table.number(row, "break_min", in: 0...length / 2)
        )
      )
    }
    let total = groups.reduce(0) { $0 + $1.permyriad }
    guard total == 10_000 else {
      throw CityFileError(
        file: file,
        line: 0,
        column: 0,
        value: "\(total / 100).\(total % 100 / 10)\(total % 10) %",
        fix: "'percent' must add up to 100 over all groups"
      )
    }
    return groups
  }

  private static func mix(
    _ table: CityTable,
    _ row: Int,
    _ way: String
  ) throws(CityFileError) -> Mix {
    let mix = Mix(
      home: try table.number(row, "\(way)_home", in: 0...100),
      work: try table.number(row, "\(way)_work", in: 0...100),
      leisure: try table.number(row, "\(way)_leisure", in: 0...100)
    )
    if mix.home + mix.work + mix.leisure != 100, let field = table.field(row, "\(way)_home") {
      throw table.error(
        field,
        "'\(way)_home', '\(way)_work' and '\(way)_leisure' must add up to 100"
      )
    }
    return mix
  }

  private static func clock(
    _ table: CityTable,
    _ row: Int,
    _ column: String
  ) throws(CityFileError) -> Int {
    let text = try table.text(row, column)
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isASCII) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
      (0..<60).contains(minute)
    else {
      throw CityFileError(
        file: table.file,
        line: table.rows[row].first?.line ?? 0,
        column: table.field(row, column)?.column ?? 1,
        value: text,
        fix: "write a time of day such as 04:30"
      )
    }
    return hour * 60 + minute
  }

  static func outline(_ table: CityTable, _ row: Int) throws(CityFileError) -> Outline {
    guard let field = table.field(row, "outline") else {
      throw CityFileError(
        file: table.file,
        line: 1,
        column: 1,
        value: "",
        fix: "add the column 'outline'"
      )
    }
    var vertices: [GeoPoint] = []
    for part in table.parts(of: field, separator: ";") {
      let numbers = table.parts(of: part, separator: " ")
      guard numbers.count == 2 else {
        throw table.error(part, "write a vertex as 'latitude longitude', ';' between vertices")
      }
      vertices.append(try place(table, numbers))
    }
    guard let outline = Outline(vertices) else {
      throw table.error(
        field,
        "write 3 to \(Outline.verticesMax) vertices around an area of at most two degrees, "
          + "in order, whose border does not touch or cross itself"
      )
    }
    return outline
  }

  private static func hubs(
    _ table: CityTable,
    _ row: Int,
    in outline: Outline
  ) throws(CityFileError) -> [Hub] {
    guard let field = table.field(row, "hubs"), !field.text.isEmpty else { return [] }
    var hubs: [Hub] = []
    for part in table.parts(of: field, separator: ";") {
      let numbers = table.parts(of: part, separator: " ")
      guard numbers.count == 4 else {
        throw table.error(part, "write a hub as 'latitude longitude radius_m percent'")
      }
      let hub = Hub(
        centre: try place(table, numbers),
        radiusMetres: try table.number(numbers[2], "radius_m", in: 10...20_000, decimals: 0),
        percent: try table.number(numbers[3], "percent", in: 1...100, decimals: 0)
      )
      guard outline.contains(hub.centre) else {
        throw table.error(part, "the hub's centre is outside the district; move it inside")
      }
      hubs.append(hub)
    }
    guard hubs.reduce(0, { $0 + $1.percent }) <= 100 else {
      throw table.error(field, "the hubs' percents must not exceed 100 together")
    }
    return hubs
  }

  private static func place(
    _ table: CityTable,
    _ numbers: [CityTable.Field]
  ) throws(CityFileError) -> GeoPoint {
    // 80 degrees keep a degree of longitude wide enough to measure by.
    let latitude = try table.number(numbers[0], "latitude", in: -80...80, decimals: 7)
    let longitude = try table.number(numbers[1], "longitude", in: -180...180, decimals: 7)
    return GeoPoint(latitude: Int32(latitude), longitude: Int32(longitude))
  }
}
