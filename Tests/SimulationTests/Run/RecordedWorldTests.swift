import Foundation
import Simulation
import Spatial
import Testing
import TripData

/// The thirteen days, where `BAECHA_DATA` names them.
private let sanFrancisco: [String] = {
  guard let data = ProcessInfo.processInfo.environment["BAECHA_DATA"] else { return [] }
  let folder = data + "/sf_cabspotting"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasPrefix("cab_2008-05-") }.sorted().map { folder + "/" + $0 }
}()

/// The recorded world against the reader's own sums, over all that was read.
@Suite struct RecordedWorldTests {
  /// The ledger of a whole log by one rule, beside what the reader says.
  private func compare(_ log: TripLog, rule: ShiftRule) throws {
    let projection = City.projection(for: log.trips)
    let scenario = Scenario()
    let shifts = try log.recorded(by: rule)
    let roads = try Roads.prepare(
      scenario,
      trips: log.trips,
      judged: [],
      projection: projection
    )
    var city = City.build(
      scenario,
      trips: log.trips,
      shifts: shifts.map(\.shift),
      taxiNames: log.taxis,
      projection: projection,
      roads: roads
    )
    let first = shifts.map(\.shift.start).min() ?? 0
    let last = log.trips.map(\.dropoffAt).max() ?? 0
    let end = max(shifts.map(\.shift.end).max() ?? 0, last)
    city.measured = min(first, city.rides[0].requestedAt)..<(end + 1)
    let ledger = RecordedWorld.ledger(
      city: city,
      trips: log.trips,
      shifts: shifts,
      utcOffset: 0
    )
    let figures = Figures(
      world: "recorded",
      shiftRule: rule,
      ledger: ledger,
      city: city,
      spells: shifts.map { ($0.shift.taxi, $0.shift.start, $0.shift.end) },
      waitsAreKnown: false
    )
    try Identities.check(figures, ledger: ledger, city: city)
    let sums = try log.figures(by: rule)
    #expect(figures.time.total == sums.onShift)
    #expect(figures.time.occupied == sums.occupied)
    #expect(figures.shifts == sums.shifts)
    #expect(figures.service.served == log.trips.count)
    if let metres = sums.vacantMetres {
      // Half a metre a shift on one side, a decimetre a piece on the other.
      #expect(abs(figures.metres.empty - metres) <= Int64(sums.shifts + 1))
    }
    if let metres = sums.occupiedMetres {
      #expect(abs(figures.metres.occupied - metres) <= Int64(sums.shifts + sums.rides))
    }
    // A trace's occupied metres are those of whole rides, not of shifts cut elsewhere.
    #expect(figures.wait == nil)
  }

  @Test func `the bundled hour of New York adds up as its reader says`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "simulations/nyc-2013").path
    let log = try TripReader.read(
      files: [folder + "/rides_2013-01-01_0000-0100.csv.gz"],
      layout: .nycEvents
    )
    try compare(log, rule: .gaps)
  }

  /// Cabs that wander, stop, fall silent, and carry riders.
  private func trace(seed: UInt64) throws -> TripLog {
    var random = SeededRandom(seed: seed, purpose: .syntheticSupply)
    var text = "cab,latitude,longitude,occupied,unix_time\n"
    for cab in 0..<6 {
      var (seconds, latitude, longitude) = (1_211_000_000, 377_700_000, -1_224_200_000)
      var occupied = 0
      for _ in 0..<500 {
        seconds += random.below(100) == 0 ? 600 + random.below(7_000) : 20 + random.below(80)
        let stands = random.below(6) == 0
        latitude += stands ? 0 : random.below(8_001) - 4_000
        longitude += stands ? 0 : random.below(8_001) - 4_000
        if random.below(10) == 0 { occupied = 1 - occupied }
        func degrees(_ part: Int) -> String {
          (part < 0 ? "-" : "") + "\(abs(part) / 10_000_000)."
            + String(String(10_000_000 + abs(part) % 10_000_000).dropFirst())
        }
        text += "c\(cab),\(degrees(latitude)),\(degrees(longitude)),\(occupied),\(seconds)\n"
      }
    }
    let files = try RunFiles()
    try files.write("cabs.csv", text)
    return try TripReader.read(files: [files.path("cabs.csv")], layout: .cabspottingDay)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `made-up traces add up by both rules`(seed: UInt64) throws {
    let log = try trace(seed: seed)
    #expect(log.trips.count > 20, "seed \(seed)")
    for rule in ShiftRule.allCases { try compare(log, rule: rule) }
  }

  @Test(.enabled(if: sanFrancisco.count == 13, "BAECHA_DATA does not name the data"))
  func `thirteen days of San Francisco add up, and to what is known of them`() throws {
    var options = TripReader.Options()
    options.region = Region(south: 37.0, west: -123.1, north: 38.4, east: -121.4)
    let log = try TripReader.read(files: sanFrancisco, options: options)
    for rule in ShiftRule.allCases { try compare(log, rule: rule) }
    #expect((238_000...239_000).contains(log.trips.count))
    let vacancy = try #require(try log.figures(by: .gaps).vacancyByTime)
    #expect((0.480...0.490).contains(vacancy))
  }
}
