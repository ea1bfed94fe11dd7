import Foundation
import Simulation
import Spatial
import Testing
import TripData

/// Holds the bundled city to the published facts, and prints what simulations/synthetic-seoul's
/// README quotes: `swift test -c release --filter SyntheticSeoulTests`.
@Suite struct SyntheticSeoulTests {
  /// A twentieth of the city follows the same facts, counts scaled; so does another seed.
  @Test(arguments: [(1, UInt64(1)), (20, UInt64(1)), (20, UInt64(2))])
  func `the generated city follows the published facts`(part: Int, seed: UInt64) throws {
    let parameters = SyntheticCity.Parameters(
      plan: try CityPlan.read(districts: SmallCity.seoul),
      taxis: 72_000 / part,
      ridesPerDay: 1_160_000 / part
    )
    let city = try SyntheticCity.generate(parameters: parameters, seed: seed)
    let day = SyntheticDay(city, parameters)
    if part == 1 { print(day.table) }

    #expect(city.trips.count == 1_160_000 / part)
    #expect((5.3...5.5).contains(day.meanRideKilometres))
    // Boardings peak 23:00 to 01:00; the morning's smaller peak is 08:00 to 09:00.
    let busiest = day.hours.indices.sorted { day.hours[$0].rides > day.hours[$1].rides }
    #expect(Set(busiest[..<2]) == [23, 0])
    #expect(day.hours[6..<12].map(\.rides).max() == day.hours[8].rides)
    #expect((0.125...0.14).contains(day.share(of: [23, 0])))
    // 21:00 to 01:00: 22.7 % of called rides in 2011; 07:00 to 10:00: 21.1 %.
    #expect((0.22...0.26).contains(day.share(of: [21, 22, 23, 0])))
    #expect((0.14...0.21).contains(day.share(of: [7, 8, 9])))
    // 22,000 to 26,000 occupied in the busiest hours, fewer in every other.
    for hour in [23, 0] {
      #expect((22_000.0...26_000).contains(day.hours[hour].occupied * Double(part)))
    }
    #expect(day.hours.allSatisfy { $0.occupied * Double(part) < 26_000 })
    // Enough taxis at every hour, with room to drive to their riders.
    #expect(day.hours.allSatisfy { $0.occupied < 0.8 * $0.onShift })
    // About 40 % of working time without a rider in 2014.
    #expect((0.40...0.50).contains(day.vacancyByTime))
    // A good half of the firms' cars and two thirds of the others work on a day; some of the night's
    // shifts reach over both ends.
    let working = Double(Set(city.shifts.map(\.taxi)).count) / Double(parameters.taxis)
    #expect((0.60...0.85).contains(working))
  }

  @Test func `rides go in to work in the morning and home late at night`() throws {
    let parameters = SyntheticCity.Parameters(
      plan: try CityPlan.read(districts: SmallCity.seoul),
      taxis: 0,
      ridesPerDay: 100_000
    )
    let trips = try SyntheticCity.generate(parameters: parameters, seed: 1).trips
    // The three districts with most jobs for their residents: Jung, Jongno, Gangnam.
    let core = parameters.plan.districts.filter {
      ["Jung-gu", "Jongno-gu", "Gangnam-gu"].contains($0.name)
    }
    func net(_ hours: ClosedRange<Int64>) -> Int {
      trips.filter { hours.contains(($0.pickupAt + 32_400_000) / 3_600_000 % 24) }
        .reduce(0) { sum, trip in
          sum + (core.contains { $0.outline.contains(trip.to) } ? 1 : 0)
            - (core.contains { $0.outline.contains(trip.from) } ? 1 : 0)
        }
    }
    #expect(net(7...9) > 1_000)
    #expect(net(22...23) < -1_000)
  }

  @Test func `every place of the city lies in a district`() throws {
    let parameters = SyntheticCity.Parameters(
      plan: try CityPlan.read(districts: SmallCity.seoul),
      taxis: 3_600,
      ridesPerDay: 58_000
    )
    let city = try SyntheticCity.generate(parameters: parameters, seed: 1)
    #expect(
      city.trips.allSatisfy { parameters.plan.holds($0.from) && parameters.plan.holds($0.to) }
    )
    #expect(city.shifts.allSatisfy { parameters.plan.holds($0.place) })
  }

  @Test func `outlines keep the area and the middle that the file states for each district`() throws
  {
    let lines = try String(contentsOfFile: SmallCity.seoul, encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
    let plan = try CityPlan.read(districts: SmallCity.seoul)
    #expect(plan.districts.count == 25 && lines.count == 25)
    for (line, district) in zip(lines, plan.districts) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let (latitude, longitude) = try (#require(Double(fields[2])), #require(Double(fields[3])))
      let area = try #require(Double(fields[4]))
      // The shoelace formula, in kilometres about the stated middle.
      let points = district.outline.vertices.map {
        (
          x: (Double($0.longitude) / 1e7 - longitude) * 88.1,
          y: (Double($0.latitude) / 1e7 - latitude) * 111.0
        )
      }
      var doubled = 0.0
      var (x, y) = (0.0, 0.0)
      for (a, b) in zip(points, points.dropFirst() + points.prefix(1)) {
        let cross = a.x * b.y - b.x * a.y
        doubled += cross
        x += (a.x + b.x) * cross
        y += (a.y + b.y) * cross
      }
      #expect(abs(abs(doubled / 2) / area - 1) < 0.06, "\(district.name)")
      let off = (x / (3 * doubled), y / (3 * doubled))
      #expect((off.0 * off.0 + off.1 * off.1).squareRoot() < 0.25, "\(district.name)")
    }
  }
}
