import Simulation
import Spatial
import Testing
import TripData

@Suite struct CruiseTests {
  private let box = Box(min: Point(x: -20_000, y: -10_000), max: Point(x: 20_000, y: 10_000))
  private let projection = Projection(
    origin: GeoPoint(latitude: 377_700_000, longitude: -1_224_200_000)
  )

  @Test func `cruising stays in the box and lands in the next square`() {
    let flow = CruiseFlow(box: box)
    var place = Point(x: 19_999, y: 9_999)
    for draw in 0..<5_000 {
      var random = SeededRandom(seed: 1, purpose: .cruise, attempt: UInt64(draw))
      let next = box.clamp(flow.next(from: place, at: 0, using: &random))
      #expect(box.contains(next))
      #expect(abs(next.x - place.x) <= 10_000 && abs(next.y - place.y) <= 10_000)
      place = next
    }
  }

  @Test func `a box as large as the globe costs nothing`() {
    let globe = Box(
      min: Point(x: -200_000_000, y: -100_000_000),
      max: Point(x: 200_000_000, y: 100_000_000)
    )
    var random = SeededRandom(seed: 1, purpose: .cruise)
    let flow = CruiseFlow(box: globe)
    #expect(flow.next(from: Point(x: 0, y: 0), at: 0, using: &random) != Point(x: 0, y: 0))
  }

  @Test func `where no square is beside, the taxi stays`() throws {
    let flow = CruiseFlow(box: Box(around: Point(x: 0, y: 0), radius: 1_000))
    var random = SeededRandom(seed: 1, purpose: .cruise)
    #expect(flow.next(from: Point(x: 5, y: 5), at: 0, using: &random) == Point(x: 5, y: 5))
    var town = DrawnCity()
    town.ends = 0...100
    town.shift(0, 0, 60, at: 50)
    town.ride(at: 30, from: 0, to: 100, lasting: 5)
    #expect(try town.play(idle: .cruise).figures.service.served == 1)
  }

  @Test func `distance cruised is counted, at the cruising speed`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 3_600, at: 1_500)
    town.ride(at: 3_599, from: 0, to: 100, lasting: 5, patience: 1)
    town.scenario.drivers.cruiseSpeedMetresPerHour = 18_000
    let played = try town.play(idle: .cruise)
    // An hour, to the rounding of its legs.
    #expect(abs(played.metres(0)[0] - 18_000) < 20)
    #expect(played.time(0)[0] == 3_600)
    #expect(try town.play(idle: .park).metres(0)[0] == 0)
  }

  /// The fixes of a taxi that drives over the eastern border of one square on some days, over the
  /// northern one on others.
  private func table(days: [(day: Int64, north: Bool)]) throws -> FixTable {
    var text = "cab,latitude,longitude,occupied,unix_time\n"
    for (day, north) in days {
      for step in 0..<400 {
        // To and fro, but the way back takes too long to be a step.
        let isBack = step % 2 == 0
        let there = north ? Point(x: 2_500, y: 7_500) : Point(x: 7_500, y: 2_500)
        let place = projection.unproject(isBack ? Point(x: 2_500, y: 2_500) : there)
        let seconds = day * 86_400 + 3_600 + Int64(step / 2) * 300 + (isBack ? 0 : 60)
        let latitude = Double(place.latitude) / 1e7
        let longitude = Double(place.longitude) / 1e7
        text += "cab,\(latitude),\(longitude),0,\(seconds)\n"
      }
    }
    let files = try RunFiles()
    try files.write("cab.csv", text)
    var options = TripReader.Options()
    options.keepFixes = true
    let log = try TripReader.read(
      files: [files.path("cab.csv")],
      layout: .cabspottingDay,
      options: options
    )
    return try #require(log.trace?.fixes)
  }

  private func ways(_ flow: CruiseFlow, on day: Int64) -> (east: Int, north: Int) {
    var (east, north) = (0, 0)
    for draw in 0..<1_000 {
      var random = SeededRandom(seed: 2, purpose: .cruise, attempt: UInt64(draw))
      let next = flow.next(
        from: Point(x: 2_500, y: 2_500),
        at: (day * 86_400 + 40_000) * 1_000,
        using: &random
      )
      if next.x >= 5_000, (0..<5_000).contains(next.y) { east += 1 }
      if next.y >= 5_000, (0..<5_000).contains(next.x) { north += 1 }
    }
    return (east, north)
  }

  @Test func `a day is cruised by what other days taught`() throws {
    let flow = CruiseFlow(
      learnedFrom: try table(days: [(100, false), (101, true)]),
      box: box,
      projection: projection,
      data: Scenario.Data()
    )
    let first = ways(flow, on: 100)
    #expect(first.north > 900 && first.east < 30, "\(first)")
    let second = ways(flow, on: 101)
    #expect(second.east > 900 && second.north < 30)
    let another = ways(flow, on: 102)
    #expect(another.east > 400 && another.north > 400)
  }

  @Test func `a day's own trace changes nothing on that day`() throws {
    func flow(_ days: [(day: Int64, north: Bool)]) throws -> CruiseFlow {
      CruiseFlow(
        learnedFrom: try table(days: days),
        box: box,
        projection: projection,
        data: Scenario.Data()
      )
    }
    let with = ways(try flow([(100, false), (101, true)]), on: 101)
    let without = ways(try flow([(100, false)]), on: 101)
    #expect(with == without)
  }
}
