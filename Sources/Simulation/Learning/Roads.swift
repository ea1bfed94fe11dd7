import Matching
import Spatial
import TripData

/// The travel model of a run, with what a report says about it.
package struct Roads: Sendable {
  package var model: any TravelModel
  /// One sentence.
  package var description: String
  /// What occupied trips take beyond driving, by day; empty = nothing.
  package var tripOverheads: [LocalDay: Int64] = [:]

  package init(
    model: any TravelModel,
    description: String,
    tripOverheads: [LocalDay: Int64] = [:]
  ) {
    self.model = model
    self.description = description
    self.tripOverheads = tripOverheads
  }

  /// Learns from all of `trips`, judged or not, what each of the judged days may know.
  ///
  /// - Throws: ``RunError`` when a model would be judged on a day that it has learned from, or there
  ///   is nothing to learn from.
  package static func prepare(
    _ scenario: Scenario,
    trips: [Trip],
    judged days: [LocalDay],
    projection: Projection
  ) throws(RunError) -> Roads {
    switch scenario.travel.model {
    case .straight:
      let speed = scenario.travel.speedMetresPerHour
      let detour = scenario.travel.detourPermille
      return Roads(
        model: DoorTimeModel.around(straight(scenario), scenario),
        description:
          "straight line × \(Decimals.fixed(Int64(detour), over: 1_000, places: 2) ?? "?") at "
          + "\(Decimals.fixed(speed, over: 1_000, places: 1) ?? "?") km/h"
      )
    case .learned:
      return try learn(scenario, trips: trips, judged: days, projection: projection)
    }
  }

  /// Straight line × detour ÷ speed.
  static func straight(_ scenario: Scenario) -> StraightLineModel {
    StraightLineModel(
      detourPermille: scenario.travel.detourPermille,
      millimetresPerSecond: Int(scenario.travel.speedMetresPerHour * 1_000 / 3_600)
    )
  }

  private static func learn(
    _ scenario: Scenario,
    trips: [Trip],
    judged: [LocalDay],
    projection: Projection
  ) throws(RunError) -> Roads {
    let statistics = TravelStatistics(trips: trips, projection: projection, data: scenario.data)
    let offset = Millis(Int64(scenario.data.utcOffset) * 1_000)
    guard !statistics.days.isEmpty, !judged.isEmpty else {
      throw RunError("travel.model: learned needs trips to learn from; the data has none")
    }
    func fitted(_ sources: [LocalDay]) throws(RunError) -> FittedModel {
      let wanted = Set(sources)
      do {
        return try TravelFit.fit(
          statistics.total(over: wanted.contains),
          days: sources,
          localOffset: offset
        )
      } catch {
        throw RunError(error.description)
      }
    }
    var models: [LearnedModel] = []
    var overheads: [LocalDay: Int64] = [:]
    switch scenario.travel.learnFrom {
    case .otherDays:
      for day in judged {
        let sources = statistics.days.filter { $0 != day }
        guard !sources.isEmpty else {
          throw RunError(
            "travel.learn_from: other-days needs two days or more; the data has one, \(day). "
              + "Set travel.model: straight"
          )
        }
        let fit = try fitted(sources)
        models.append(fit.model)
        overheads[day] = fit.tripOverhead
      }
    case .days(let days):
      let missing = days.filter { !statistics.days.contains($0) }
      guard missing.isEmpty else {
        throw RunError("travel.learn_from names days without trips in the data: \(list(missing))")
      }
      let seen = judged.filter { days.contains($0) }
      guard seen.isEmpty || scenario.allowSeen else {
        throw RunError(
          "the travel model has learned from days that it would be judged on: \(list(seen)). "
            + "Leave them out of travel.learn_from, or say allow_seen: true"
        )
      }
      let fit = try fitted(days.sorted())
      models = [fit.model]
      for day in judged { overheads[day] = fit.tripOverhead }
    }
    let source: String =
      switch scenario.travel.learnFrom {
      case .otherDays:
        "each day's from the other days of the data (\(statistics.days.count) in all)"
      case .days(let days): "from \(list(days.sorted()))"
      }
    return Roads(
      model: DayModels(
        models,
        days: models.count == 1 ? [judged[0]] : judged,
        data: scenario.data
      ),
      description: "learned by hour of week and distance, \(source)",
      tripOverheads: overheads
    )
  }

  private static func list(_ days: [LocalDay]) -> String {
    days.map(\.description).joined(separator: ", ")
  }

  /// How far the model is off on occupied trips; learned models have not seen them.
  package func error(
    on trips: [Trip],
    projection: Projection,
    data: Scenario.Data
  ) -> RunSummary.ModelError? {
    // Its ride times are the model's own.
    guard data.layout != .seoulCalltaxi else { return nil }
    var errors: [Double] = []
    errors.reserveCapacity(trips.count)
    var all = Totals()
    var direct = Totals()
    for trip in trips where trip.dropoffAt > trip.pickupAt {
      let from = projection.project(trip.from)
      let to = projection.project(trip.to)
      let time = model.time(from: from, to: to, departure: Millis(trip.pickupAt))
      let overhead = tripOverheads.isEmpty ? 0 : tripOverheads[data.day(of: trip.pickupAt)] ?? 0
      let predicted = Int64(time) + overhead
      let actual = trip.dropoffAt - trip.pickupAt
      all.add(predicted, actual)
      if TravelStatistics.isDirect(trip, distance: from.distance(to: to)) {
        direct.add(predicted, actual)
      }
      errors.append(Double(predicted - actual) / Double(actual))
    }
    guard !errors.isEmpty else { return nil }
    let mean = errors.reduce(0, +) / Double(errors.count)
    errors.sort()
    let middle = errors[(errors.count - 1) / 2]
    let sizes = errors.map(abs).sorted()
    return RunSummary.ModelError(
      median: sizes[(sizes.count - 1) / 2],
      p90: sizes[(sizes.count - 1) * 9 / 10],
      bias: direct.bias ?? all.bias ?? 0,
      biasAll: all.bias ?? 0,
      medianSigned: middle,
      meanSigned: mean,
      trips: errors.count,
      directTrips: direct.trips
    )
  }

  private struct Totals {
    var trips = 0
    var predicted: Int64 = 0
    var actual: Int64 = 0

    mutating func add(_ predicted: Int64, _ actual: Int64) {
      trips += 1
      self.predicted += predicted
      self.actual += actual
    }

    /// Σ predicted ÷ Σ actual − 1.
    var bias: Double? { actual > 0 ? Double(predicted - actual) / Double(actual) : nil }
  }
}

/// Why a run cannot be made: one or two sentences that name the thing, the value and the fix.
public struct RunError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  package init(_ description: String) { self.description = description }
}
