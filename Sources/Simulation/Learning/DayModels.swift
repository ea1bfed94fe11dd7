import Matching
import Spatial

/// A model for each local day that is judged, each learned from other days: the one of the
/// departure's day drives. A departure on another day uses the last judged day before it, or else
/// the first.
package struct DayModels: TravelModel {
  private let models: [LearnedModel]
  private let days: [LocalDay]
  private let data: Scenario.Data

  /// - Parameters:
  ///   - models: one a day, at least one.
  ///   - days: ascending, as many as models.
  ///   - data: tells which day an instant belongs to.
  package init(_ models: [LearnedModel], days: [LocalDay], data: Scenario.Data) {
    precondition(!models.isEmpty && models.count == days.count, "each day has one model")
    self.models = models
    self.days = days
    self.data = data
  }

  /// The model that a departure uses.
  package func model(at departure: Millis) -> LearnedModel { models[index(departure)] }

  private func index(_ departure: Millis) -> Int {
    guard models.count > 1 else { return 0 }
    let day = data.day(of: departure.count)
    var (low, high) = (0, days.count)
    while low < high {
      let middle = (low + high) / 2
      if days[middle] <= day { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }

  package func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  ) {
    models[index(departure)].fill(&times, from: origins, to: target, departure: departure)
  }

  package func reach(within time: Int32, departure: Millis) -> Int32 {
    models[index(departure)].reach(within: time, departure: departure)
  }
}
