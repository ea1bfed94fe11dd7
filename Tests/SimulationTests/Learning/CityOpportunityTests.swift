import Matching
import MatchingTestSupport
import Simulation
import Spatial
import Testing
import TripData

@Suite struct CityOpportunityTests {
  private static let projection = Projection(origin: GeoPoint(latitude: 0, longitude: 0))
  private static let box = Box(min: Point(x: -30_000, y: -20_000), max: Point(x: 30_000, y: 20_000))
  private static let hour: Int64 = 3_600_000
  /// Monday, 5 January 1970, 00:00.
  private static let monday: Int64 = 4 * 24 * hour

  private static func scenario(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
    var scenario = Scenario()
    scenario.opportunity.cell = 7_000
    change(&scenario)
    return scenario
  }

  /// Random trips of one day, counted from that Monday, by time.
  private static func trips(day: Int64, count: Int, seed: UInt64) -> [Trip] {
    var draw = Draw(seed: seed &+ UInt64(day))
    func place() -> GeoPoint {
      projection.unproject(
        Point(x: Int32(draw.within(-29_000...29_000)), y: Int32(draw.within(-19_000...19_000)))
      )
    }
    let trips = (0..<count).map { index in
      let at = monday + day * 24 * hour + Int64(draw.below(Int(24 * hour)))
      return Trip(
        id: UInt64(Int(day) * 1_000 + index),
        taxi: 0,
        pickupAt: at,
        dropoffAt: at + Int64(draw.within(120_000...1_500_000)),
        from: place(),
        to: place()
      )
    }
    return trips.sorted { ($0.pickupAt, $0.id) < ($1.pickupAt, $1.id) }
  }

  private static func learned(
    _ trips: [Trip],
    judged: [Int64],
    _ scenario: Scenario
  ) throws(RunError) -> CityOpportunity {
    try CityOpportunity(
      scenario,
      trips: trips,
      judged: judged.map(day),
      projection: projection,
      box: box
    )
  }

  private static func day(_ index: Int64) -> LocalDay { LocalDay(number: Int32(4 + index)) }
  private static func noon(_ index: Int64) -> Int64 { monday + index * 24 * hour + 12 * hour }

  // MARK: The slow twin

  /// One weekday's table in plain words: every square, every quarter of an hour, every ride.
  private static func twin(_ trips: [Trip], _ scenario: Scenario) throws -> [Int32] {
    let rides = trips.map { trip in
      HindsightRide(
        from: projection.project(trip.from),
        to: projection.project(trip.to),
        earliest: trip.pickupAt,
        latest: trip.pickupAt + scenario.demand.patience,
        duration: trip.dropoffAt - trip.pickupAt
      )
    }
    // Trips of less than 100 m teach nothing of speed.
    let far = rides.filter { $0.from.distance(to: $0.to) >= 1_000 }
    let distance = far.reduce(0) { $0 + Int64($1.from.distance(to: $1.to)) }
    let time = far.reduce(0) { $0 + $1.duration }
    let roads = StraightLineModel(
      detourPermille: scenario.travel.detourPermille,
      millimetresPerSecond: Int(distance * Int64(scenario.travel.detourPermille) * 100 / time)
    )
    let duals = try HindsightBound.compute(
      rides: rides,
      travel: HindsightTravel(model: roads, detourPermille: scenario.travel.detourPermille),
      objective: .time,
      prices: [Int32(scenario.opportunity.price)]
    ).points[0].pickupDuals
    let cells = DemandCells(box: box, side: Int32(scenario.opportunity.cell))
    let quarter: Int64 = 900_000
    var values = Array(repeating: Int32(0), count: OpportunityCost.rows * cells.count)
    for cell in 0..<cells.count {
      var sums = Array(repeating: Int64(0), count: 24)
      var counts = sums
      var instant = rides[0].earliest / quarter * quarter + quarter / 2
      while instant < rides[rides.count - 1].earliest {
        var best: Int64 = 0
        for (ride, dual) in zip(rides, duals)
        where ride.earliest < instant + scenario.opportunity.horizon {
          let drive = Int64(
            roads.time(from: cells.center(of: cell), to: ride.from, departure: Millis(instant))
          )
          if instant + drive <= ride.latest { best = max(best, Int64(dual) - drive) }
        }
        let hour = Int(instant / Self.hour % 24)
        sums[hour] += best
        counts[hour] += 1
        instant += quarter
      }
      for hour in 0..<24 where counts[hour] > 0 {
        let mean = sums[hour] / counts[hour]
        values[hour * cells.count + cell] = Int32((sums[hour] + 4 * mean) / (counts[hour] + 4))
        // Nothing is known of weekend days but the hour of all days.
        values[(24 + hour) * cells.count + cell] = Int32(mean)
      }
    }
    return values
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `a day's table is what every square, quarter of an hour and ride give`(seed: UInt64) throws {
    var draw = Draw(seed: seed)
    let scenario = Self.scenario {
      $0.opportunity.price = Int64(draw.pick([60_000, 900_000, 3_600_000]))
      $0.opportunity.horizon = Int64(draw.pick([60_000, 1_800_000, 7_200_000]))
      $0.demand.patience = Int64(draw.pick([1_000, 600_000, 3_600_000]))
    }
    let trips = Self.trips(day: 0, count: draw.pick([5, 60, 250]), seed: seed)
    let other = Self.trips(day: 1, count: 3, seed: seed)
    let learned = try Self.learned(trips + other, judged: [1], scenario)
    let table = try #require(learned.table(at: Self.noon(1)))
    #expect(table.values == (try Self.twin(trips, scenario)), "seed \(seed)")
    #expect(table.daysSeen == [Self.day(0).number])
    // The mean over the ends of an hour.
    let row = OpportunityCost.row(at: Millis(Self.noon(0)), Millis(0))
    let ends = trips.filter { table.row(at: Millis($0.dropoffAt)) == row }.map {
      Int64(table.value(at: Self.projection.project($0.to), row: row))
    }
    if !ends.isEmpty { #expect(Int64(table.means[row]) == ends.reduce(0, +) / Int64(ends.count)) }
  }

  @Test func `a taxi is worth more where riders are than where they go`() throws {
    // Riders ask in the west every minute, and all go east.
    let trips = (0..<1_440).map { index in
      let at = Self.monday + Int64(index) * 60_000
      return Trip(
        id: UInt64(index),
        taxi: 0,
        pickupAt: at,
        dropoffAt: at + 600_000,
        from: Self.projection.unproject(Point(x: -25_000, y: 0)),
        to: Self.projection.unproject(Point(x: 25_000, y: 0))
      )
    }
    let scenario = Self.scenario()
    let other = Self.trips(day: 1, count: 1, seed: 1)
    let table = try #require(
      try Self.learned(trips + other, judged: [1], scenario).table(at: Self.noon(1))
    )
    let row = table.row(at: Millis(Self.noon(1)))
    let west = table.value(at: Point(x: -25_000, y: 0), row: row)
    let east = table.value(at: Point(x: 25_000, y: 0), row: row)
    #expect(west > east + 300_000)
    #expect(table.means[row] == east || abs(table.means[row] - east) < 1_000)
  }

  @Test func `a day's table does not change with the day`() throws {
    let scenario = Self.scenario()
    let others = Self.trips(day: 0, count: 80, seed: 3) + Self.trips(day: 1, count: 80, seed: 3)
    let days: [Int64] = [0, 1, 2]
    let quiet = try Self.learned(
      others + Self.trips(day: 2, count: 5, seed: 4),
      judged: days,
      scenario
    )
    let busy = try Self.learned(
      others + Self.trips(day: 2, count: 200, seed: 5),
      judged: days,
      scenario
    )
    let table = try #require(quiet.table(at: Self.noon(2)))
    #expect(table == busy.table(at: Self.noon(2)))
    #expect(table.daysSeen == [Self.day(0).number, Self.day(1).number])
    #expect(quiet.table(at: Self.noon(0)) != busy.table(at: Self.noon(0)))
  }

  private func refusal(_ judged: [Int64], _ change: (inout Scenario) -> Void) -> String? {
    do throws(RunError) {
      _ = try Self.learned(
        Self.trips(day: 0, count: 9, seed: 1) + Self.trips(day: 1, count: 9, seed: 1),
        judged: judged,
        Self.scenario(change)
      )
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `a day that has been seen is not judged, unless that is allowed`() {
    let seen = refusal([0, 1]) { $0.travel.learnFrom = .days([Self.day(1)]) }
    #expect(seen?.contains("judged on: 1970-01-06") == true, "\(seen ?? "")")
    #expect(seen?.contains("allow_seen: true") == true)
    let allowed = refusal([0, 1]) {
      $0.travel.learnFrom = .days([Self.day(1)])
      $0.allowSeen = true
    }
    #expect(allowed == nil)
    #expect(refusal([1]) { $0.travel.learnFrom = .days([Self.day(0)]) } == nil)
  }

  @Test func `days that are not there, or none, teach nothing`() throws {
    let unknown = refusal([1]) { $0.travel.learnFrom = .days([Self.day(9)]) }
    #expect(unknown?.contains("without trips in the data: 1970-01-14") == true)
    let none = refusal([1]) { $0.travel.learnFrom = .days([]) }
    #expect(none?.contains("policy.opportunity: off") == true)
    #expect {
      _ = try Self.learned(Self.trips(day: 0, count: 9, seed: 1), judged: [0], Self.scenario())
    } throws: { "\($0)".contains("needs two days or more; the data has one, 1970-01-05") }
  }
}
