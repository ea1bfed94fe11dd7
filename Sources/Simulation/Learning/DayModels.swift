import Matching
import Spatial

/// A model for each local day, each learned from other days: the one of the departure's day drives.
/// Departures before the first day or after the last use that day's.
struct DayModels: TravelModel {
  private let models: [LearnedModel]
  /// Unix milliseconds of the first day's beginning.
  private let start: Int64

  /// - Parameters:
  ///   - models: one a day, consecutive days, at least one.
  ///   - start: when the first day begins.
  init(_ models: [LearnedModel], start: Int64) {
    precondition(!models.isEmpty, "no day has a model")
    self.models = models
    self.start = start
  }

  private func day(of instant: Millis) -> Int {
    let day = floorDivide(instant.count - start, LocalDay.milliseconds)
    return Int(min(max(day, 0), Int64(models.count - 1)))
  }

  func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  ) {
    models[day(of: departure)].fill(&times, from: origins, to: target, departure: departure)
  }

  func reach(within time: Int32, departure: Millis) -> Int32 {
    models[day(of: departure)].reach(within: time, departure: departure)
  }
}
