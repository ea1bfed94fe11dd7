import Matching
import TripData

/// A learned model with what belongs to occupied trips alone.
public struct FittedModel: Sendable {
  public var model: LearnedModel
  /// Milliseconds that an occupied trip takes beyond driving (doors, paying, the first lights): part
  /// of a trip's prediction, never charged on empty legs.
  public var tripOverhead: Int64
}

/// Why no model could be learned.
public struct FitError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String
}

/// Fits driving times by hour of week and distance band.
///
/// 1. Over all hours: mean time by band; its straight line at short distances, prolonged to 0, is the
///    trip overhead.
/// 2. Each hour of the week, and each of its bands, scales that curve by actual ÷ expected time,
///    shrunk towards the same hour of other weekdays or weekend days, and that towards 1.
/// 3. The least concave majorant makes each hour's curve increasing with a pace that never rises.
struct TravelFit {
  /// How many trips' worth of expected time the coarser cell counts for.
  private static let shrinkage = 30.0
  /// Nobody drives faster than this: 35 m/s, in milliseconds per decimetre.
  private static let paceMin = 1_000.0 / 350.0

  static func fit(
    _ cells: [TravelStatistics.Cell],
    days: [LocalDay],
    localOffset: Millis
  ) throws(FitError) -> FittedModel {
    let bands = TravelStatistics.bands
    let hours = LearnedModel.hoursPerWeek
    var all = Array(repeating: TravelStatistics.Cell(), count: bands)
    for hour in 0..<hours {
      for band in 0..<bands { all[band] += cells[hour * bands + band] }
    }
    let trips = all.reduce(0) { $0 + $1.trips }
    guard trips >= 100 else {
      throw FitError(
        description: "a travel model needs 100 trips of \(days.count) days to learn from, "
          + "there are \(trips); give more days, or set travel.model: straight"
      )
    }
    let overhead = overhead(all)
    let base = baseTimes(all, overhead: overhead)
    let ratios = ratios(cells, base: base, overhead: overhead, all: all)
    var times: [Int32] = []
    for hour in 0..<hours {
      let curve = (0..<bands).map { base[$0] * ratios[hour * bands + $0] }
      times.append(contentsOf: concave(curve))
    }
    do {
      let model = try LearnedModel(
        knots: TravelStatistics.knots,
        times: times,
        localOffset: localOffset,
        daysSeen: days.map(\.number)
      )
      return FittedModel(model: model, tripOverhead: Int64(overhead.rounded()))
    } catch {
      throw FitError(description: error.reason)
    }
  }

  /// The intercept of a least-squares line through the mean (distance, time) of bands up to 4 km.
  private static func overhead(_ all: [TravelStatistics.Cell]) -> Double {
    var (weight, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for band in 0..<6 where all[band].trips > 0 {
      let n = Double(all[band].trips)
      let distance = Double(all[band].distance) / n
      let time = Double(all[band].time) / n
      weight += n
      x += n * distance
      y += n * time
      xx += n * distance * distance
      xy += n * distance * time
    }
    let spread = weight * xx - x * x
    guard spread > 0 else { return 0 }
    let slope = (weight * xy - x * y) / spread
    return min(max((y - slope * x) / weight, 0), 300_000)
  }

  /// Driving time at each knot but the first, over all hours; bands without trips take the pace of
  /// the one before.
  private static func baseTimes(
    _ all: [TravelStatistics.Cell],
    overhead: Double
  ) -> [Double] {
    var pace = 5.0
    if let first = all.first(where: { $0.trips > 0 }) { pace = self.pace(first, overhead) }
    return all.indices.map { band in
      if all[band].trips >= 10 { pace = self.pace(all[band], overhead) }
      return pace * Double(TravelStatistics.knots[band + 1])
    }
  }

  private static func pace(_ cell: TravelStatistics.Cell, _ overhead: Double) -> Double {
    let time = Double(cell.time) - overhead * Double(cell.trips)
    return max(time / Double(cell.distance), paceMin)
  }

  /// Actual ÷ expected driving time, hour × band.
  private static func ratios(
    _ cells: [TravelStatistics.Cell],
    base: [Double],
    overhead: Double,
    all: [TravelStatistics.Cell]
  ) -> [Double] {
    let bands = TravelStatistics.bands
    let hours = LearnedModel.hoursPerWeek
    func actual(_ cell: TravelStatistics.Cell) -> Double {
      max(Double(cell.time) - overhead * Double(cell.trips), 0)
    }
    func expected(_ cell: TravelStatistics.Cell, _ band: Int) -> Double {
      Double(cell.distance) * base[band] / Double(TravelStatistics.knots[band + 1])
    }
    let total = all.indices.reduce(0.0) { $0 + expected(all[$1], $1) }
    let trips = Double(all.reduce(0) { $0 + $1.trips })
    let prior = shrinkage * total / trips

    // Hour of day on weekdays and on weekend days.
    var classes = Array(repeating: (actual: 0.0, expected: 0.0), count: 48)
    var byHour = Array(repeating: (actual: 0.0, expected: 0.0), count: hours)
    for hour in 0..<hours {
      for band in 0..<bands {
        let cell = cells[hour * bands + band]
        byHour[hour].actual += actual(cell)
        byHour[hour].expected += expected(cell, band)
      }
      let group = (hour / 24 >= 5 ? 24 : 0) + hour % 24
      classes[group].actual += byHour[hour].actual
      classes[group].expected += byHour[hour].expected
    }
    var ratios = Array(repeating: 1.0, count: hours * bands)
    for hour in 0..<hours {
      let group = classes[(hour / 24 >= 5 ? 24 : 0) + hour % 24]
      let coarse = (group.actual + prior) / (group.expected + prior)
      let fine = (byHour[hour].actual + prior * coarse) / (byHour[hour].expected + prior)
      for band in 0..<bands {
        let cell = cells[hour * bands + band]
        ratios[hour * bands + band] =
          (actual(cell) + prior * fine) / (expected(cell, band) + prior)
      }
    }
    return ratios
  }

  /// The least concave majorant of (0, 0) and the points above the knots, with at least the least
  /// pace, in whole milliseconds: one value a knot, the first 0.
  private static func concave(_ curve: [Double]) -> [Int32] {
    let knots = TravelStatistics.knots
    let points = [0.0] + curve
    var hull = [0]
    for index in points.indices.dropFirst() {
      while hull.count >= 2 {
        let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
        let before = (points[b] - points[a]) / Double(knots[b] - knots[a])
        let after = (points[index] - points[b]) / Double(knots[index] - knots[b])
        guard after >= before else { break }
        hull.removeLast()
      }
      hull.append(index)
    }
    var times: [Int32] = [0]
    var exact = 0.0
    for segment in hull.indices.dropFirst() {
      let (a, b) = (hull[segment - 1], hull[segment])
      let slope = max((points[b] - points[a]) / Double(knots[b] - knots[a]), paceMin)
      for index in (a + 1)...b {
        exact += slope * Double(knots[index] - knots[index - 1])
        times.append(Int32(min(exact.rounded(), 2e9)))
      }
    }
    return times
  }
}
