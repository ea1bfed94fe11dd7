import Matching
import Spatial
import TripData

/// Direct trips counted by local day, hour of week and distance band: all that fitting needs, so
/// that a model for each day, learned from the other days, costs a sum and not a pass.
package struct TravelStatistics {
  /// Straight-line distances in decimetres at which a model is pinned down; a trip counts for the
  /// knot nearest to it by ratio. The first, 0, gets none.
  package static let knots: [Int32] = [
    0, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 80_000, 120_000, 160_000, 240_000,
    400_000,
  ]
  package static var bands: Int { knots.count - 1 }

  /// Sums over the trips of one hour of the week in one band.
  package struct Cell: Equatable {
    package var trips: Int64 = 0
    /// Milliseconds.
    package var time: Int64 = 0
    /// Decimetres.
    package var distance: Int64 = 0

    package static func += (a: inout Cell, b: Cell) {
      a.trips += b.trips
      a.time += b.time
      a.distance += b.distance
    }
  }

  /// Days in ascending order, and their cells: hour × band.
  package private(set) var days: [LocalDay] = []
  private var cells: [[Cell]] = []

  package init(trips: [Trip], projection: Projection, data: Scenario.Data) {
    var places: [LocalDay: Int] = [:]
    let offset = Millis(Int64(data.utcOffset) * 1_000)
    for trip in trips {
      let distance = projection.project(trip.from).distance(to: projection.project(trip.to))
      guard Self.teaches(trip, distance: distance) else { continue }
      let day = data.day(of: trip.pickupAt)
      let place: Int
      if let known = places[day] {
        place = known
      } else {
        place = days.count
        places[day] = place
        days.append(day)
        cells.append(
          Array(repeating: Cell(), count: LearnedModel.hoursPerWeek * Self.bands)
        )
      }
      let hour = LearnedModel.hourOfWeek(Millis(trip.pickupAt), localOffset: offset)
      cells[place][hour * Self.bands + Self.band(of: distance)] += Cell(
        trips: 1,
        time: trip.dropoffAt - trip.pickupAt,
        distance: Int64(distance)
      )
    }
    let order = days.indices.sorted { days[$0] < days[$1] }
    cells = order.map { cells[$0] }
    days = order.map { days[$0] }
  }

  /// Whether a trip tells how long driving from its start to its end takes: 100 m or more, and
  /// direct.
  static func teaches(_ trip: Trip, distance: Int32) -> Bool {
    distance >= 1_000 && trip.dropoffAt > trip.pickupAt && isDirect(trip, distance: distance)
  }

  /// Whether the rider was driven straight there, as an empty taxi drives to a rider: no longer than
  /// 1.5 × the straight line and 300 m round the block (a street grid's worst way is √2 ×). Detours
  /// for an errand, round trips and tours are far longer. Where the driven distance is unknown, every
  /// trip counts as direct.
  package static func isDirect(_ trip: Trip, distance: Int32) -> Bool {
    guard let metres = trip.metres else { return true }
    return Int64(metres) * 10 <= Int64(distance) * 3 / 2 + 3_000
  }

  /// The sums over some of the days.
  package func total(over wanted: (LocalDay) -> Bool) -> [Cell] {
    var total = Array(repeating: Cell(), count: LearnedModel.hoursPerWeek * Self.bands)
    for (place, day) in days.enumerated() where wanted(day) {
      for index in total.indices { total[index] += cells[place][index] }
    }
    return total
  }

  /// The band whose knot is nearest by ratio: borders lie at geometric means.
  private static func band(of distance: Int32) -> Int {
    var band = 0
    while band < bands - 1 {
      let border = Int64(knots[band + 1]) * Int64(knots[band + 2])
      guard Int64(distance) * Int64(distance) > border else { break }
      band += 1
    }
    return band
  }
}
