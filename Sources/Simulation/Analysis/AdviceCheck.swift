import Spatial
import TripData

/// Advice held against days that its model has not seen: how long it really took until the next
/// empty taxi came by.
///
/// Riders are drawn where riders boarded on those days, each at a moment of the same clock hour drawn
/// by seed: at the very moment of a boarding the taxi that came would be counted, and another is
/// missing because it has just been taken. Each asks for advice, walks to the best spot and waits
/// there; what is observed is the time from the rider's arrival to the next pass. Waits over an hour
/// are cut there, and so are expectations, in means.
public struct AdviceCheck: Sendable {
  /// One group of answers, by expected wait.
  public struct Band: Sendable, Equatable {
    public var title: String
    public var count = 0
    /// Sums of minutes, cut at an hour each.
    public var expected = 0.0
    public var observed = 0.0
    /// Observed within the 80 % interval, before it and after it.
    public var inside = 0
    public var early = 0
    public var late = 0

    public init(title: String) { self.title = title }
  }

  /// By expected wait: up to 2, 5, 10, 20 minutes, and more.
  public private(set) var bands: [Band]
  /// All answers.
  public private(set) var all = Band(title: "all")
  /// Riders without any spot within the walk.
  public private(set) var unanswered = 0
  /// Sums of minutes until an empty taxi was met, cut at an hour: walking and then waiting as
  /// advised, and staying where the rider was.
  public private(set) var advisedTotal = 0.0
  public private(set) var stayedTotal = 0.0
  /// Answers by the tenth of the predicted distribution that the observed wait fell into: all alike
  /// when the predictions are right.
  public private(set) var tenths = Array(repeating: 0, count: 10)

  private static let limits = [2.0, 5, 10, 20]
  private static let hour = 60.0

  /// - Parameters:
  ///   - model: learned on other days.
  ///   - log: a trace with its fixes kept.
  ///   - riders: how many to draw, at most one a boarding.
  ///   - seed: chooses the moments.
  ///   - options: of the advice.
  /// - Throws: ``AnalysisError`` when the log has days that the model has seen, or no fixes.
  public init(
    _ model: AdviceModel,
    on log: TripLog,
    riders: Int = 20_000,
    seed: UInt64 = 1,
    options: RiderAdvice.Options = RiderAdvice.Options()
  ) throws(AnalysisError) {
    guard let fixes = log.trace?.fixes else {
      throw AnalysisError("a check needs traces, and these files are \(log.layout.rawValue)")
    }
    let offset = Int64(model.utcOffsetSeconds)
    let coverage = Coverage(log)
    // A service day that runs into the next morning is not a day of its own: what decides is whether
    // an hour was learned from, by its day.
    let seen = Set(model.days)
    func day(_ hour: Int64) -> LocalDay { LocalDay(number: Int32(hour / 24)) }
    let fresh = Set(coverage.hours.filter { !seen.contains(day($0)) })
    guard !fresh.isEmpty else {
      throw AnalysisError(
        "the model has learned from all of these days; give others: it knows "
          + model.days.map(\.description).joined(separator: ", ")
      )
    }
    bands = ["≤ 2", "≤ 5", "≤ 10", "≤ 20", "> 20"].map { Band(title: $0 + " min") }

    // Passes by cell, each cell's in order of time.
    var passes: [GridCell: [Int64]] = [:]
    VacantPaths.forEachPass(fixes, grid: model.grid) { pass in
      passes[pass.cell, default: []].append(pass.at)
    }
    for cell in passes.keys { passes[cell]?.sort() }
    func observed(_ cell: GridCell, from time: Int64) -> Double {
      guard let own = passes[cell] else { return .infinity }
      var low = 0
      var high = own.count
      while low < high {
        let middle = (low + high) / 2
        if own[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low < own.count ? Double(own[low] - time) / 60 : .infinity
    }

    // An hour at the end has no hour after it in which to wait.
    let usable = log.trips.filter {
      let hour = WeekHour.hour($0.pickupAt / 1_000, utcOffsetSeconds: Int(offset))
      return fresh.contains(hour) && fresh.contains(hour + 1) && fresh.contains(hour + 2)
    }
    guard !usable.isEmpty else {
      throw AnalysisError("no boarding of these days is left to check with")
    }
    for index in 0..<min(riders, usable.count) {
      // Evenly over the days.
      let trip = usable[index * usable.count / min(riders, usable.count)]
      var random = SeededRandom(seed: seed, purpose: .thinning, subject: trip.id)
      let hour = WeekHour.hour(trip.pickupAt / 1_000, utcOffsetSeconds: Int(offset))
      let now = hour * 3_600 - offset + Int64(random.below(3_600))
      let advice = RiderAdvice(model, at: trip.from, unixSeconds: now, options: options)
      guard let best = advice.spots.first else {
        unanswered += 1
        continue
      }
      let arrival = now + Int64(best.walkMinutes * 60)
      let wait = observed(best.cell, from: arrival)
      note(best, wait)
      advisedTotal += min(best.walkMinutes + wait, Self.hour)
      stayedTotal += min(observed(advice.here.cell, from: now), Self.hour)
    }
  }

  private mutating func note(_ spot: RiderAdvice.Spot, _ wait: Double) {
    func add(to band: inout Band) {
      band.count += 1
      band.expected += min(spot.waitMean, Self.hour)
      band.observed += min(wait, Self.hour)
      if wait < spot.wait10 {
        band.early += 1
      } else if wait > spot.wait90 {
        band.late += 1
      } else {
        band.inside += 1
      }
    }
    add(to: &bands[Self.limits.firstIndex { spot.waitMean <= $0 } ?? Self.limits.count])
    add(to: &all)
    let rank = wait.isFinite ? spot.rate.probability(withinMinutes: wait) : 1
    tenths[min(Int(rank * 10), 9)] += 1
  }
}
