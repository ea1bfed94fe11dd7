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

/// Fits driving times by hour of week and distance band. All fits are of mean times by least squares
/// and weighted so that predicted times add up to the actual ones: what a leg takes is not to be
/// flattered by the median of a skewed distribution.
///
/// 1. Over all hours, one ``ConcaveCurve`` through the mean times of the bands. Up to 1.5 km it is a
///    straight line, and where that line starts at distance 0 is the trip overhead.
/// 2. Each hour of the week, and each of its bands, scales that curve by actual ÷ expected time,
///    shrunk towards the same hour of other weekdays or weekend days, and that towards 1.
/// 3. A concave curve through each hour's scaled times, which then keeps their weighted sum.
///
/// The engine's search needs curves that rise with a pace that never does (``LearnedModel``). Cities
/// are not quite so: on San Francisco's motorways 14 km take hardly longer than 9 km. The fit goes
/// between, so such distances are off by a tenth either way.
package struct TravelFit {
  /// How many trips' worth of expected time the coarser cell counts for.
  private static let shrinkage = 30.0
  /// A longer overhead, in milliseconds, is no door: times that hardly depend on distance.
  private static let overheadMax = 300_000.0

  package static func fit(
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
    let (base, overhead) = baseCurve(all)
    let places = all.indices.map { band in
      all[band].trips > 0
        ? Double(all[band].distance) / Double(all[band].trips)
        : Double(TravelStatistics.knots[band + 1])
    }
    let expected = places.map(base.time)
    let scales = scales(cells, base: base, overhead: overhead)
    var times: [Int32] = []
    for hour in 0..<hours {
      let points = (0..<bands).map { band in
        let scale = scales[hour * bands + band]
        return ConcaveCurve.Point(
          distance: places[band],
          time: scale.ratio * expected[band],
          weight: scale.weight / (expected[band] * expected[band])
        )
      }
      var curve = ConcaveCurve.fit(points, hasIntercept: false)
      var (wanted, fitted) = (0.0, 0.0)
      for band in 0..<bands {
        let scale = scales[hour * bands + band]
        wanted += scale.weight * scale.ratio
        fitted += scale.weight / expected[band] * curve.time(places[band])
      }
      curve.scale(by: wanted / fitted)
      times.append(contentsOf: curve.table)
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

  /// Driving time over all hours, and the overhead.
  private static func baseCurve(
    _ all: [TravelStatistics.Cell]
  ) -> (curve: ConcaveCurve, overhead: Double) {
    var points = all.filter { $0.trips > 0 }.map { cell in
      let trips = Double(cell.trips)
      let time = Double(cell.time) / trips
      return ConcaveCurve.Point(
        distance: Double(cell.distance) / trips,
        time: time,
        weight: trips / time
      )
    }
    var curve = ConcaveCurve.fit(points, hasIntercept: true)
    // Weights by fitted instead of actual times, so that a band's luck does not weigh it.
    for index in points.indices {
      let fitted = curve.intercept + curve.time(points[index].distance)
      points[index].weight *= points[index].time / fitted
    }
    curve = ConcaveCurve.fit(points, hasIntercept: true)
    guard curve.intercept > overheadMax else { return (curve, curve.intercept) }
    for index in points.indices { points[index].time -= overheadMax }
    return (ConcaveCurve.fit(points, hasIntercept: false), overheadMax)
  }

  /// A cell's actual ÷ expected driving time, and the expected time that it rests on.
  private struct Scale {
    var ratio: Double
    var weight: Double
  }

  /// Hour × band.
  private static func scales(
    _ cells: [TravelStatistics.Cell],
    base: ConcaveCurve,
    overhead: Double
  ) -> [Scale] {
    let bands = TravelStatistics.bands
    let hours = LearnedModel.hoursPerWeek
    var sums: [(actual: Double, expected: Double)] = []
    for cell in cells {
      let trips = Double(cell.trips)
      guard trips > 0 else {
        sums.append((0, 0))
        continue
      }
      sums.append(
        (
          max(Double(cell.time) - overhead * trips, 0),
          trips * base.time(Double(cell.distance) / trips)
        )
      )
    }
    let trips = cells.reduce(0) { $0 + $1.trips }
    let prior = shrinkage * sums.reduce(0) { $0 + $1.expected } / Double(trips)

    // Hour of day on weekdays and on weekend days.
    var classes = Array(repeating: (actual: 0.0, expected: 0.0), count: 48)
    var byHour = Array(repeating: (actual: 0.0, expected: 0.0), count: hours)
    func group(_ hour: Int) -> Int { (hour / 24 >= 5 ? 24 : 0) + hour % 24 }
    for hour in 0..<hours {
      for band in 0..<bands {
        byHour[hour].actual += sums[hour * bands + band].actual
        byHour[hour].expected += sums[hour * bands + band].expected
      }
      classes[group(hour)].actual += byHour[hour].actual
      classes[group(hour)].expected += byHour[hour].expected
    }
    var scales: [Scale] = []
    scales.reserveCapacity(hours * bands)
    for hour in 0..<hours {
      let alike = classes[group(hour)]
      let coarse = (alike.actual + prior) / (alike.expected + prior)
      let fine = (byHour[hour].actual + prior * coarse) / (byHour[hour].expected + prior)
      for band in 0..<bands {
        let sum = sums[hour * bands + band]
        scales.append(
          Scale(
            ratio: (sum.actual + prior * fine) / (sum.expected + prior),
            weight: sum.expected + prior
          )
        )
      }
    }
    return scales
  }
}
