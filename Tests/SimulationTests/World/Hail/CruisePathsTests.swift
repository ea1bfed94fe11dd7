import Simulation
import Spatial
import Testing
import TripData

/// Recorded ways that cruising taxis follow.
@Suite struct CruisePathsTests {
  private let box = Box(around: Point(x: 0, y: 0), radius: 50_000)
  /// Where the made traces have their corner.
  private let projection = Projection(
    origin: GeoPoint(latitude: 378_000_000, longitude: -1_224_000_000)
  )
  private static let day: Int32 = 14_018

  private var data: Scenario.Data {
    var data = Scenario.Data()
    data.utcOffset = -25_200
    return data
  }

  /// A cab with a fix a minute: to the east, 100 m a minute, a rider after `length` fixes.
  private func way(
    _ cab: String,
    north: Double,
    length: Int,
    from start: Int = 0
  ) -> [MadeTraces.Fix] {
    (0..<(length + 4)).map { step in
      MadeTraces.Fix(
        cab: cab,
        at: start + step * 60,
        east: Double(step) * 100,
        north: north,
        occupied: step >= length
      )
    }
  }

  private func paths(_ fixes: [MadeTraces.Fix], days: Set<LocalDay>? = nil) throws -> CruisePaths {
    try #require(
      CruisePaths(
        learnedFrom: try MadeTraces.log(fixes),
        days: days,
        box: box,
        projection: projection,
        data: data
      )
    )
  }

  /// At the same hour, another day.
  private let later = (Int64(MadeTraces.start) + 86_400) * 1_000

  private func join(_ paths: CruisePaths, x: Int32, y: Int32, choices: Int = 1, draw: UInt64 = 0)
    -> CruisePaths.Step?
  {
    var random = SeededRandom(seed: 1, purpose: .cruise, attempt: draw)
    return paths.join(at: Point(x: x, y: y), now: later, choices: choices, using: &random)
  }

  @Test func `a taxi follows a way from fix to fix, as fast as it was driven, to its end`() throws {
    let paths = try paths(way("a", north: 20, length: 6))
    var step = try #require(join(paths, x: 100, y: 100))
    var steps = 1
    while true {
      #expect(step.duration == 60_000)
      guard let next = paths.step(from: step.fix) else { break }
      #expect(abs(next.to.x - step.to.x - 1_000) <= 2 && abs(next.to.y - step.to.y) <= 1)
      step = next
      steps += 1
    }
    // Five steps between six fixes, less those before the one it joined at.
    #expect((3...5).contains(steps))
    #expect(join(paths, x: 0, y: 9_000) == nil)
  }

  @Test func `a day's own ways and those of days that do not count are not followed`() throws {
    let trace = way("a", north: 20, length: 6)
    let paths = try paths(trace)
    var random = SeededRandom(seed: 1, purpose: .cruise)
    let today = Int64(MadeTraces.start) * 1_000
    #expect(paths.join(at: Point(x: 0, y: 0), now: today, choices: 1, using: &random) == nil)
    let own = data.day(of: today)
    #expect(join(try self.paths(trace, days: [own]), x: 0, y: 0) != nil)
    let other = LocalDay(number: own.number + 1)
    #expect(join(try self.paths(trace, days: [other]), x: 0, y: 0) == nil)
  }

  @Test func `a driver with a choice takes the way that led to a rider sooner`() throws {
    // Two ways begin side by side; one finds its rider after three fixes, one after thirty.
    let paths = try paths(way("a", north: 20, length: 3) + way("b", north: 60, length: 30))
    func soon(_ choices: Int) -> Int {
      (0..<200 as Range<UInt64>).count { draw in
        guard let step = join(paths, x: 0, y: 400, choices: choices, draw: draw) else {
          return false
        }
        return step.to.y < 400
      }
    }
    #expect((60...140).contains(soon(1)))
    #expect(soon(8) > 190)
  }

  @Test func `gaps leave breaks out, and end with the shift`() {
    let gaps = EmptyGaps([60_000, 120_000, 180_000, 240_000])
    #expect(gaps.percentile(50) == 120_000 && gaps.percentile(90) == 240_000)
    #expect(gaps.mean == 150_000)
    #expect(gaps.distance(to: gaps) == 0)
    #expect(gaps.distance(to: EmptyGaps([60_000, 300_000])) == 5_000)
    #expect(gaps.distance(to: EmptyGaps([])) == 10_000)
    var town = DrawnCity()
    town.shift(0, 0, 1_000, at: 0, offline: [220...240])
    town.shift(0, 2_000, 3_000, at: 0)
    town.ride(at: 100, from: 0, to: 10, lasting: 50)
    town.ride(at: 300, from: 0, to: 10, lasting: 50)
    town.ride(at: 2_100, from: 0, to: 10, lasting: 50)
    var ledger = Ledger(span: town.city.measured, taxis: 1, rides: 3, utcOffset: 0)
    for (index, ride) in town.rides.enumerated() {
      ledger.rides[index].taxi = 0
      ledger.rides[index].boardedAt = ride.requestedAt
      ledger.rides[index].droppedAt = ride.requestedAt + 50_000
    }
    #expect(EmptyGaps(ledger, town.city).gaps == [130_000])
  }
}
