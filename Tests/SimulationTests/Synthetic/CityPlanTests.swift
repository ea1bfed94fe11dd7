import Simulation
import Spatial
import Testing

@Suite struct CityPlanTests {
  @Test func `a city is read as written`() throws {
    let plan = try SmallCity.plan()
    #expect(plan.districts.map(\.name) == ["West", "East"])
    #expect(plan.districts[1].hubs.first?.centre == GeoPoint(latitude: 200_000, longitude: 700_000))
    #expect(plan.districts[0].outline.vertices.count == 4)
    #expect(plan.hours[9].rides == 300 && plan.hours[0].speed == 24_500)
    #expect(plan.hours[0].reachMetres == 1_500)
    #expect(plan.groups[1].start == 22 * 60 + 30 && plan.groups[0].permyriad == 4_000)
  }

  /// What replaces what in which file, and the message that must follow.
  @Test(arguments: [
    (
      "districts", "West,300", "West,many",
      "districts.csv:2:6: 'many': 'home' is a whole number from 0 to 100000000"
    ),
    (
      "districts", "0.00 0.00;0.00 0.04", "0.00 0.00;0.00 95.123456789",
      "districts.csv:2:33: '95.123456789': 'longitude' is a number of at most 7 decimals "
        + "from -180 to 180"
    ),
    (
      "districts", "0.00 0.00;0.00 0.04;0.04 0.04;0.04 0.00",
      "0.00 0.00;0.04 0.04;0.00 0.04;0.04 0.00",
      "districts.csv:2:18: '0.00 0.00;0.04 0.04;0.00 0.04;0.04 0.00': write 3 to 200 vertices around "
        + "an area of at most two degrees, in order, whose border does not touch or cross itself"
    ),
    (
      "districts", "0.02 0.07 400 50", "0.02 0.03 400 50",
      "districts.csv:3:17: '0.02 0.03 400 50': the hub's centre is outside the district; "
        + "move it inside"
    ),
    (
      "districts", "leisure,hubs", "liesure,hubs",
      "districts.csv:1:16: 'liesure': no such column; known: name, home, work, leisure, outline, "
        + "local_name, latitude, longitude, area_km2, hubs"
    ),
    (
      "districts", ",hubs,outline", ",hubs,hubs",
      "districts.csv:1:29: 'hubs': the column stands twice; keep one"
    ),
    (
      "districts", "West,300,100,10,,", "West,300,100,",
      "districts.csv:2:1: '4 fields': write 6 fields, as in the header"
    ),
    (
      "hours", "\n9,", "\n10,", "hours.csv:11:1: '10': 'hour' is a whole number from 9 to 9"
    ),
    (
      "hours", "0,100,24.5,1.5,50,", "0,100,24.5,1.5,51,",
      "hours.csv:2:16: '51': 'from_home', 'from_work' and 'from_leisure' must add up to 100"
    ),
    (
      "hours", "\n23,100", "\n#23,100", "hours.csv: '23 rows': write 24 rows, hours 0 to 23"
    ),
    (
      "shifts", "04:00", "4.00", "shifts.csv:2:15: '4.00': write a time of day such as 04:30"
    ),
    (
      "shifts", "firm,40", "firm,41",
      "shifts.csv: '101.00 %': 'percent' must add up to 100 over all groups"
    ),
    (
      "shifts", ",break_min", "", "shifts.csv:2:1: '10 fields': write 9 fields, as in the header"
    ),
  ])
  func `a fault is named by file, line, column, value and fix`(
    file: String,
    old: String,
    new: String,
    message: String
  ) {
    func text(_ name: String, _ original: String) -> String {
      guard name == file, let range = original.range(of: old) else { return original }
      return original.replacingCharacters(in: range, with: new)
    }
    let error = #expect(throws: CityFileError.self) {
      try SmallCity.plan(
        districts: text("districts", SmallCity.districts),
        hours: text("hours", SmallCity.hours),
        shifts: text("shifts", SmallCity.shifts)
      )
    }
    #expect(error?.description == message)
  }

  @Test func `an empty file and a missing one are told apart`() {
    let empty = #expect(throws: CityFileError.self) { try SmallCity.plan(districts: "# none\n") }
    #expect(empty?.description == "districts.csv: the header lacks the column 'name'; add it")
    let missing = #expect(throws: CityFileError.self) {
      try CityPlan.read(districts: "/no/such/districts.csv")
    }
    #expect(
      missing?.description
        == "/no/such/districts.csv: cannot be read; check that the file is there and readable"
    )
  }

  @Test func `a file of any bytes is refused, never trapped on`() {
    var random = SeededRandom(seed: 12, purpose: .thinning)
    let alphabet = Array("0123456789.,;-: \n#abcname한")
    for _ in 0..<2_000 {
      var text = SmallCity.districts
      for _ in 0..<(1 + random.below(6)) {
        let at = text.index(text.startIndex, offsetBy: random.below(text.count))
        text.replaceSubrange(at...at, with: [alphabet[random.below(alphabet.count)]])
      }
      // Some changes leave a good file; only that nothing traps is claimed.
      _ = try? SmallCity.plan(districts: text)
    }
  }

  @Test(arguments: 0..<200) func `places drawn from any outline are inside and even`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed), purpose: .thinning)
    let vertices = (0..<(3 + random.below(9))).map { _ in
      GeoPoint(latitude: Int32(random.below(900_000)), longitude: Int32(random.below(900_000)))
    }
    guard let outline = Outline(vertices) else { return }
    let plan = CityPlan.District(name: "X", outline: outline, home: 1, work: 1, leisure: 1)
    guard var city = try? SmallCity.parameters(taxis: 0, rides: 4_000, days: 1) else { return }
    city.plan.districts = [plan]
    guard let trips = try? SyntheticCity.generate(parameters: city, seed: UInt64(seed)).trips else {
      Issue.record("seed \(seed): nothing generated")
      return
    }
    #expect(trips.allSatisfy { city.plan.holds($0.from) }, "seed \(seed)")
    // The twin: how much of the outline lies south of its middle, by points of the bounding box.
    var inside = 0
    var south = 0
    for _ in 0..<40_000 {
      let place = GeoPoint(
        latitude: Int32(random.below(900_000)),
        longitude: Int32(random.below(900_000))
      )
      guard outline.contains(place) else { continue }
      inside += 1
      if place.latitude < 450_000 { south += 1 }
    }
    guard inside > 2_000 else { return }
    let drawn = trips.count { $0.from.latitude < 450_000 }
    let difference = Double(drawn) / 4_000 - Double(south) / Double(inside)
    #expect(abs(difference) < 0.06, "seed \(seed)")
  }
}
