import Matching
import Simulation
import Spatial
import Testing
import TripData

@Suite struct DemandStatisticsTests {
  private static let hour: Int64 = 3_600_000
  private static let box = Box(min: Point(x: -20_000, y: -20_000), max: Point(x: 20_000, y: 20_000))
  private static let projection = Projection(origin: GeoPoint(latitude: 0, longitude: 0))
  /// Monday, 5 January 1970, 00:00.
  private static let monday: Int64 = 4 * 24 * hour

  /// `count` pickups at noon of a day after that Monday, at the origin.
  private func noon(_ day: Int64, _ count: Int, first id: UInt64) -> [Trip] {
    (0..<count).map { index in
      let at = Self.monday + day * 24 * Self.hour + 12 * Self.hour + Int64(index) * 1_000
      return Trip(
        id: id + UInt64(index),
        taxi: 0,
        pickupAt: at,
        dropoffAt: at + 600_000,
        from: GeoPoint(latitude: 0, longitude: 0),
        to: GeoPoint(latitude: 10_000, longitude: 0)
      )
    }
  }

  private func statistics(_ trips: [Trip]) -> DemandStatistics {
    DemandStatistics(
      trips: trips,
      projection: Self.projection,
      box: Self.box,
      side: 10_000,
      data: Scenario.Data()
    )
  }

  private func expected(_ forecast: DemandForecast, day: Int64) -> Int64 {
    let noon = Millis(Self.monday + day * 24 * Self.hour + 12 * Self.hour)
    let cell = forecast.cells.index(of: Point(x: 0, y: 0))
    return forecast.expected(from: noon, over: Millis(Self.hour))[cell]
  }

  @Test func `the same weekday counts twelve, the same kind of day four, any other one`() {
    // Two Mondays, a Tuesday, a Sunday; the second Monday is forecast.
    let trips =
      noon(0, 30, first: 0) + noon(1, 10, first: 100) + noon(6, 4, first: 200)
      + noon(7, 99, first: 300)
    let statistics = statistics(trips)
    let day = statistics.days[3]
    let forecast = statistics.forecast(for: day, from: Array(statistics.days.prefix(3)))
    #expect(expected(forecast, day: 7) == (30 * 12 + 10 * 4 + 4) * 1_000 / 17)
    #expect(forecast.daysSeen == statistics.days.prefix(3).map(\.number))
  }

  @Test func `a day's forecast does not change with the day`() {
    let others = noon(0, 30, first: 0) + noon(1, 10, first: 100)
    let quiet = statistics(others + noon(2, 1, first: 300))
    let busy = statistics(others + noon(2, 500, first: 300))
    let day = quiet.days[2]
    let a = quiet.forecast(for: day, from: Array(quiet.days.prefix(2)))
    let b = busy.forecast(for: day, from: Array(busy.days.prefix(2)))
    #expect(a.rates == b.rates)
  }
}
