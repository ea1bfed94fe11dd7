import Foundation
import Matching
import Simulation
import Spatial
import Testing
import TripData

/// Trips made up from known speeds: what went in must come out.
@Suite struct TravelFitTests {
  static let projection = Projection(origin: GeoPoint(latitude: 0, longitude: 0))
  /// 2020-05-04, a Monday.
  static let monday: Int64 = 18_386

  /// Seconds of driving: 8 m/s by day, 12 m/s by night, and half as long again beyond 3 km.
  static func driving(_ decimetres: Int32, hour: Int) -> Double {
    let metres = Double(decimetres) / 10
    let speed = (7..<20).contains(hour) ? 8.0 : 12.0
    return (min(metres, 3_000) + max(metres - 3_000, 0) / 1.5) / speed
  }

  /// `noise` is the spread of the logarithm of driving time, its mean kept.
  static func trips(
    days: Range<Int64>,
    perHour: Int,
    overhead: Double = 75,
    noise: Double = 0,
    seed: UInt64 = 1,
    distances: [Int32] = [
      3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000, 120_000,
    ]
  ) -> [Trip] {
    var random = SeededRandom(seed: seed, purpose: .syntheticDemand)
    var trips: [Trip] = []
    for day in days {
      for hour in 0..<24 {
        for index in 0..<perHour {
          let distance = distances[index % distances.count]
          var seconds = driving(distance, hour: hour)
          if noise > 0 {
            // Box and Muller.
            let size = (-2 * log(1 - random.unit())).squareRoot()
            seconds *= exp(noise * size * cos(2 * .pi * random.unit()) - noise * noise / 2)
          }
          let pickup = (monday + day) * 86_400_000 + Int64(hour) * 3_600_000 + Int64(index) * 1_000
          trips.append(
            Trip(
              id: UInt64(trips.count + 1),
              taxi: 0,
              pickupAt: pickup,
              dropoffAt: pickup + Int64((seconds + overhead) * 1_000),
              from: GeoPoint(latitude: 0, longitude: 0),
              to: projection.unproject(Point(x: distance, y: 0))
            )
          )
        }
      }
    }
    return trips
  }

  private static func scenario(_ overrides: [String] = []) throws -> Scenario {
    try Scenario.parse(
      """
      data: {layout: generic, files: "x.csv"}
      travel: {model: learned}
      """,
      overrides: overrides
    )
  }

  private static func fit(_ trips: [Trip]) throws -> FittedModel {
    let statistics = TravelStatistics(
      trips: trips,
      projection: projection,
      data: Scenario.Data()
    )
    return try TravelFit.fit(
      statistics.total { _ in true },
      days: statistics.days,
      localOffset: Millis(0)
    )
  }

  private static func days(_ range: Range<Int64>) -> [LocalDay] {
    range.map { LocalDay(number: Int32(monday + $0)) }
  }

  @Test func `speeds by hour and distance come out, and the overhead with them`() throws {
    let fit = try Self.fit(Self.trips(days: 0..<28, perHour: 110))
    #expect(abs(fit.tripOverhead - 75_000) < 3_000)
    for hour in 0..<168 {
      for distance: Int32 in [2_000, 10_000, 25_000, 60_000, 100_000] {
        let predicted = fit.model.time(
          from: Point(x: 0, y: 0),
          to: Point(x: distance, y: 0),
          departure: Millis(Self.monday * 86_400_000 + Int64(hour) * 3_600_000)
        )
        let expected = Self.driving(distance, hour: hour % 24) * 1_000
        // Shrinking towards other hours leaves a little of their speed.
        #expect(
          abs(Double(predicted) - expected) < expected * 0.1 + 2_000,
          "hour \(hour), \(distance) dm: \(predicted), not \(expected)"
        )
      }
    }
  }

  @Test(arguments: [0.2, 0.5, 0.8])
  func `noise biases no sum`(noise: Double) throws {
    let roads = try Roads.prepare(
      try Self.scenario(),
      trips: Self.trips(days: 0..<14, perHour: 44, noise: noise),
      judged: Self.days(0..<14),
      projection: Self.projection
    )
    let unseen = Self.trips(days: 0..<14, perHour: 110, noise: noise, seed: 2)
    let error = try #require(
      roads.error(on: unseen, projection: Self.projection, data: Scenario.Data())
    )
    #expect(abs(error.bias) < 0.02)
    #expect(error.bias == error.biasAll && error.trips == error.directTrips)
    // Where sums agree, the typical trip of a skewed distribution takes less than predicted.
    #expect(error.medianSigned > 0)
  }

  @Test func `detours teach nothing`() throws {
    let plain = Self.trips(days: 0..<14, perHour: 44)
    var mixed = plain
    for index in mixed.indices {
      let metres = Self.projection.project(mixed[index].to).x / 10
      mixed[index].metres = metres * 6 / 5
      guard index % 10 == 0 else { continue }
      mixed[index].metres = metres * 5
      mixed[index].dropoffAt += 3_600_000
    }
    let direct = try Self.fit(plain.enumerated().filter { $0.offset % 10 != 0 }.map(\.element))
    #expect(try Self.fit(mixed).model == direct.model)
    let roads = Roads(model: direct.model, description: "")
    let error = try #require(
      roads.error(on: mixed, projection: Self.projection, data: Scenario.Data())
    )
    #expect(error.directTrips == mixed.count - (mixed.count + 9) / 10)
    #expect(error.biasAll < error.bias)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `every table rises, with a pace that never does`(seed: UInt64) throws {
    // As wild as it gets: times that fall with distance, hours without trips.
    var trips = Self.trips(days: 0..<9, perHour: 7, noise: 1.2, seed: seed)
    var random = SeededRandom(seed: seed, purpose: .thinning)
    for index in trips.indices where trips[index].dropoffAt - trips[index].pickupAt > 600_000 {
      if random.below(3) == 0 { trips[index].dropoffAt = trips[index].pickupAt + 61_000 }
    }
    trips.removeAll { Int($0.pickupAt / 3_600_000) % 5 == 0 }
    let model = try Self.fit(trips).model
    let count = model.knots.count
    for hour in 0..<168 {
      var before = Double.infinity
      for knot in 1..<count {
        let rise = Double(model.times[hour * count + knot] - model.times[hour * count + knot - 1])
        let run = Double(model.knots[knot] - model.knots[knot - 1])
        #expect(rise > 0, "seed \(seed), hour \(hour), knot \(knot)")
        #expect(rise / run <= before + 2 / run + 1e-6, "seed \(seed), hour \(hour), knot \(knot)")
        before = rise / run + 2 / run
      }
    }
  }

  @Test func `a day's own trips change nothing in its model`() throws {
    let trips = Self.trips(days: 0..<5, perHour: 22)
    var other = trips
    let own = Self.days(2..<3)[0]
    for index in other.indices where Scenario.Data().day(of: other[index].pickupAt) == own {
      other[index].dropoffAt += 900_000
    }
    func model(_ trips: [Trip], _ day: Int64) throws -> LearnedModel {
      let roads = try Roads.prepare(
        try Self.scenario(),
        trips: trips,
        judged: Self.days(0..<5),
        projection: Self.projection
      )
      let models = try #require(roads.model as? DayModels)
      return models.model(at: Millis((Self.monday + day) * 86_400_000 + 40_000_000))
    }
    #expect(try model(trips, 2) == model(other, 2))
    #expect(try model(trips, 2).daysSeen.contains(own.number) == false)
    #expect(try model(trips, 3) != model(other, 3))
    #expect(try model(trips, 3).daysSeen.contains(own.number))
  }

  private func refusal(_ trips: Range<Int64>, judged: Range<Int64>, _ set: [String]) throws
    -> String?
  {
    let scenario = try Self.scenario(set)
    do throws(RunError) {
      _ = try Roads.prepare(
        scenario,
        trips: Self.trips(days: trips, perHour: 22),
        judged: Self.days(judged),
        projection: Self.projection
      )
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `a day that has been seen is not judged, unless that is allowed`() throws {
    let learn = "travel.learn_from=[2020-05-05]"
    let text = try refusal(0..<3, judged: 0..<3, [learn])
    #expect(text?.contains("judged on: 2020-05-05") == true, "\(text ?? "")")
    #expect(text?.contains("allow_seen: true") == true)
    #expect(try refusal(0..<3, judged: 0..<3, [learn, "allow_seen=true"]) == nil)
    // Learned on an earlier day that is read but not played.
    #expect(try refusal(0..<3, judged: 2..<3, [learn]) == nil)
  }

  @Test func `one day, or too few trips, teach nothing`() throws {
    let one = try refusal(0..<1, judged: 0..<1, [])
    #expect(one?.contains("needs two days or more; the data has one, 2020-05-04") == true)
    let unknown = try refusal(0..<2, judged: 0..<2, ["travel.learn_from=[2020-06-01]"])
    #expect(unknown?.contains("2020-06-01") == true)
    #expect {
      _ = try Self.fit(Array(Self.trips(days: 0..<1, perHour: 22).prefix(99)))
    } throws: { "\($0)".contains("needs 100 trips") }
  }

  @Test func `the model's error is what one finds by hand`() throws {
    // 10 m/s and nothing more; 100 m, 200 m, 300 m and 400 m in 20 s each: 10, 20, 30, 40 predicted.
    let roads = Roads(
      model: StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 10_000),
      description: ""
    )
    var trips = (1...4).map { index in
      Trip(
        id: UInt64(index),
        taxi: 0,
        pickupAt: 0,
        dropoffAt: 20_000,
        from: GeoPoint(latitude: 0, longitude: 0),
        to: Self.projection.unproject(Point(x: Int32(index) * 1_000, y: 0))
      )
    }
    // Driven 10 km for 400 m.
    trips[3].metres = 10_000
    let error = try #require(
      roads.error(on: trips, projection: Self.projection, data: Scenario.Data())
    )
    // Errors: −50 %, 0 %, +50 %, +100 %.
    #expect(error.median == 0.5 && error.p90 == 0.5)
    #expect(error.medianSigned == 0)
    #expect(error.meanSigned == 0.25)
    #expect(error.biasAll == 0.25)
    #expect(error.bias == 0)
    #expect(error.trips == 4 && error.directTrips == 3)
    #expect(roads.error(on: [], projection: Self.projection, data: Scenario.Data()) == nil)
  }
}
