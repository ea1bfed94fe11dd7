import Matching
import Spatial
import TripData

/// The travel model of a run, with what a report says about it.
struct Roads: Sendable {
  var model: any TravelModel
  /// One sentence.
  var description: String
  /// What occupied trips take beyond driving, by day; empty = nothing.
  var tripOverheads: [LocalDay: Int64] = [:]

  /// - Throws: ``RunError`` when a model would be judged on a day that it has learned from, or there
  ///   is nothing to learn from.
  static func prepare(
    _ scenario: Scenario,
    trips: [Trip],
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
      return try learn(scenario, trips: trips, projection: projection)
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
    projection: Projection
  ) throws(RunError) -> Roads {
    let statistics = TravelStatistics(trips: trips, projection: projection, data: scenario.data)
    let offset = Millis(Int64(scenario.data.utcOffset) * 1_000)
    guard let first = statistics.days.first, let last = statistics.days.last else {
      throw RunError("travel.model: learned needs trips to learn from; the data has none")
    }
    let judged = (first.number...last.number).map { LocalDay(number: $0) }
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
      guard statistics.days.count > 1 else {
        throw RunError(
          "travel.learn_from: other-days needs two days or more; the data has one, \(first). "
            + "Set travel.model: straight"
        )
      }
      for day in judged {
        let fit = try fitted(statistics.days.filter { $0 != day })
        models.append(fit.model)
        overheads[day] = fit.tripOverhead
      }
    case .days(let days):
      let missing = days.filter { !statistics.days.contains($0) }
      guard missing.isEmpty else {
        throw RunError("travel.learn_from names days without trips in the data: \(list(missing))")
      }
      let seen = judged.filter { days.contains($0) && statistics.days.contains($0) }
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
    let start = Int64(first.number) * LocalDay.milliseconds + scenario.data.dayStart - offset.count
    let source: String =
      switch scenario.travel.learnFrom {
      case .otherDays: "each day's from the other \(statistics.days.count - 1) days"
      case .days(let days): "from \(list(days.sorted()))"
      }
    return Roads(
      model: DayModels(models, start: start),
      description: "learned by hour of week and distance, \(source)",
      tripOverheads: overheads
    )
  }

  private static func list(_ days: [LocalDay]) -> String {
    days.map(\.description).joined(separator: ", ")
  }

  /// How far the model is off on trips that it has not seen.
  func error(
    on trips: [Trip],
    projection: Projection,
    data: Scenario.Data
  ) -> RunSummary.ModelError? {
    // Its ride times are the model's own.
    guard data.layout != .seoulCalltaxi else { return nil }
    var errors: [Double] = []
    errors.reserveCapacity(trips.count)
    var bias = 0.0
    for trip in trips where trip.dropoffAt > trip.pickupAt {
      let actual = Double(trip.dropoffAt - trip.pickupAt)
      let time = model.time(
        from: projection.project(trip.from),
        to: projection.project(trip.to),
        departure: Millis(trip.pickupAt)
      )
      let overhead = tripOverheads.isEmpty ? 0 : tripOverheads[data.day(of: trip.pickupAt)] ?? 0
      let relative = (Double(Int64(time) + overhead) - actual) / actual
      bias += relative
      errors.append(abs(relative))
    }
    guard !errors.isEmpty else { return nil }
    errors.sort()
    return RunSummary.ModelError(
      median: errors[(errors.count - 1) / 2],
      p90: errors[(errors.count - 1) * 9 / 10],
      bias: bias / Double(errors.count),
      trips: errors.count
    )
  }
}

/// Why a run cannot be made: one or two sentences that name the thing, the value and the fix.
public struct RunError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
