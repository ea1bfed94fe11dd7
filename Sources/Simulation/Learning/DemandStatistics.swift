import Matching
import Spatial
import TripData

/// Pickups counted by local day, hour of the day and square: what forecasts are made of.
package struct DemandStatistics: Sendable {
  package let cells: DemandCells
  private let data: Scenario.Data
  /// In ascending order.
  package private(set) var days: [LocalDay] = []
  /// By day: hour since the day's beginning × cell.
  private var counts: [[UInt16]] = []
  /// By day: sums of coordinates and pickups by cell.
  private var sums: [[Sum]] = []

  private struct Sum {
    var x: Int64 = 0
    var y: Int64 = 0
    var count: Int64 = 0
  }

  private static let hours = 24

  package init(trips: [Trip], projection: Projection, box: Box, side: Int32, data: Scenario.Data) {
    cells = DemandCells(box: box, side: side)
    self.data = data
    var places: [LocalDay: Int] = [:]
    for trip in trips {
      let day = data.day(of: trip.pickupAt)
      let place: Int
      if let known = places[day] {
        place = known
      } else {
        place = days.count
        places[day] = place
        days.append(day)
        counts.append(Array(repeating: 0, count: Self.hours * cells.count))
        sums.append(Array(repeating: Sum(), count: cells.count))
      }
      let point = projection.project(trip.from)
      let cell = cells.index(of: point)
      let hour = Int((trip.pickupAt - start(of: day)) / 3_600_000)
      let index = min(max(hour, 0), Self.hours - 1) * cells.count + cell
      if counts[place][index] < .max { counts[place][index] += 1 }
      sums[place][cell].x += Int64(point.x)
      sums[place][cell].y += Int64(point.y)
      sums[place][cell].count += 1
    }
    let order = days.indices.sorted { days[$0] < days[$1] }
    counts = order.map { counts[$0] }
    sums = order.map { sums[$0] }
    days = order.map { days[$0] }
  }

  /// When a day begins, in Unix milliseconds.
  func start(of day: LocalDay) -> Int64 {
    Int64(day.number) * LocalDay.milliseconds + data.dayStart - Int64(data.utcOffset) * 1_000
  }

  /// The forecast for one day from some others: for each square and hour the weighted mean of their
  /// pickups, where the same weekday counts twelve, the same kind of day (Monday to Friday; Saturday
  /// and Sunday) four, any other one.
  package func forecast(for day: LocalDay, from sources: [LocalDay]) -> DemandForecast {
    precondition(!sources.contains(day), "a forecast for \(day) may not see it")
    let offset = Millis(Int64(data.utcOffset) * 1_000)
    var rates = Array(repeating: UInt32(0), count: LearnedModel.hoursPerWeek * cells.count)
    let used = days.indices.filter { sources.contains(days[$0]) }
    let weights = used.map { weight(of: days[$0], for: day) }
    let total = UInt64(weights.reduce(0, +))
    if total > 0 {
      for hour in 0..<Self.hours {
        let at = Millis(start(of: day) + Int64(hour) * 3_600_000)
        let row = LearnedModel.hourOfWeek(at, localOffset: offset) * cells.count
        for cell in 0..<cells.count {
          var sum: UInt64 = 0
          for (place, source) in used.enumerated() {
            sum += UInt64(counts[source][hour * cells.count + cell]) * UInt64(weights[place])
          }
          rates[row + cell] = UInt32(clamping: sum * 1_000 / total)
        }
      }
    }
    return DemandForecast(
      cells: cells,
      rates: rates,
      anchors: (0..<cells.count).map { anchor($0, of: used) },
      localOffset: offset,
      daysSeen: used.map { days[$0].number }
    )
  }

  private func weight(of source: LocalDay, for day: LocalDay) -> Int {
    if weekday(source) == weekday(day) { return 12 }
    return (weekday(source) >= 5) == (weekday(day) >= 5) ? 4 : 1
  }

  /// 0 = Monday. 1 January 1970 was a Thursday.
  private func weekday(_ day: LocalDay) -> Int64 { floorModulo(Int64(day.number) + 3, 7) }

  /// The mean place of the square's pickups on some days; its middle when there were none.
  private func anchor(_ cell: Int, of places: [Int]) -> Point {
    var sum = Sum()
    for place in places {
      sum.x += sums[place][cell].x
      sum.y += sums[place][cell].y
      sum.count += sums[place][cell].count
    }
    guard sum.count > 0 else { return cells.center(of: cell) }
    return Point(x: Int32(clamping: sum.x / sum.count), y: Int32(clamping: sum.y / sum.count))
  }
}
