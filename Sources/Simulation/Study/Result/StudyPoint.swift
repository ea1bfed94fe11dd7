/// A world on a day with a share of its shifts, over all seeds. Means over seeds are sums divided by
/// their number; ratios are ratios of sums, so that every seed counts by its size.
package struct StudyPoint: Equatable, Sendable {
  package private(set) var runs: Int64 = 0
  /// Sums over the seeds, its percentiles left out.
  private var sum = CellFigures()
  /// Σ of the percentiles; `nil` where one of them is endless or unknown.
  private var p95Sum: Int64? = 0
  package let isGiven: Bool

  package init(isGiven: Bool) {
    self.isGiven = isGiven
    sum.waitSum = 0
  }

  package mutating func add(_ cell: CellFigures) {
    runs += 1
    sum.shifts += cell.shifts
    sum.time += cell.time
    sum.metres += cell.metres
    sum.requests += cell.requests
    sum.served += cell.served
    sum.waitSum = plus(sum.waitSum, cell.waitSum)
    p95Sum = plus(p95Sum, cell.p95)
    sum.emptyAfterFirst += cell.emptyAfterFirst
    sum.ridesAfterFirst += cell.ridesAfterFirst
  }

  private func plus(_ a: Int64?, _ b: Int64?) -> Int64? {
    guard let a, let b else { return nil }
    return a + b
  }

  /// Whether the service is good enough, in whole numbers: no rounding decides. The recorded rides
  /// were all served, by definition, and how long they waited is unknown: that counts as good enough,
  /// and so does the bound for them.
  package func meets(_ level: ServiceLevel) -> Bool {
    guard !isGiven else { return true }
    guard let p95Sum, runs > 0 else { return false }
    return sum.served * 10_000 >= Int64(level.servedMin) * sum.requests
      && p95Sum <= level.waitMax * runs
  }

  /// Rides served, mean over the seeds.
  package var servedMean: Double? { Ratio(sum.served, runs).value }

  package subscript(metric: StudyMetric) -> Double? {
    switch metric {
    case .served: Ratio(sum.served * 100, sum.requests).value
    case .p95: p95Sum.flatMap { Ratio($0, runs * 1_000).value }
    case .meanWait: sum.waitSum.flatMap { Ratio($0, sum.served * 1_000).value }
    case .shifts: Ratio(sum.shifts, runs).value
    case .taxiHours: Ratio(sum.time.total, runs * 3_600_000).value
    case .vacancyTime: Ratio(sum.time.empty * 100, sum.time.total).value
    case .vacancyDistance: Ratio(sum.metres.empty * 100, sum.metres.total).value
    case .emptyKilometres: Ratio(sum.emptyAfterFirst, sum.ridesAfterFirst * 1_000).value
    case .guidedKilometres: Ratio(sum.metres.guided, sum.served * 1_000).value
    }
  }
}

/// A figure that a study follows from share to share and compares between worlds.
package enum StudyMetric: String, CaseIterable, Sendable {
  case served
  case p95
  case meanWait = "mean_wait"
  case shifts
  case taxiHours = "taxi_hours"
  case vacancyTime = "vacancy_time"
  case vacancyDistance = "vacancy_distance"
  case emptyKilometres = "empty_km_per_ride"
  case guidedKilometres = "guided_km_per_ride"

  package var words: String {
    switch self {
    case .served: "served"
    case .p95: "wait, p95"
    case .meanWait: "wait, mean"
    case .shifts: "shifts"
    case .taxiHours: "taxi-hours"
    case .vacancyTime: "vacancy by time"
    case .vacancyDistance: "vacancy by distance"
    case .emptyKilometres: "empty km per ride"
    case .guidedKilometres: "of it guided"
    }
  }

  /// What a value is counted in, as keys of files say it.
  package var unit: String {
    switch self {
    case .served, .vacancyTime, .vacancyDistance: "percent"
    case .p95, .meanWait: "s"
    case .shifts: ""
    case .taxiHours: "h"
    case .emptyKilometres, .guidedKilometres: "km"
    }
  }

  /// A value for people.
  package func text(_ value: Double?) -> String {
    guard let value else { return FigureTable.none }
    switch self {
    case .served, .vacancyTime, .vacancyDistance:
      return (Decimals.fixed(value, places: 1) ?? FigureTable.none) + " %"
    case .p95, .meanWait: return Decimals.clock(Int64((value * 1_000).rounded()))
    case .shifts, .taxiHours: return Decimals.grouped(Int64(value.rounded()))
    case .emptyKilometres, .guidedKilometres:
      return (Decimals.fixed(value, places: 2) ?? FigureTable.none) + " km"
    }
  }
}
