import Matching
import Spatial
import TripData

/// What taxis are worth on each day that is judged, learned from other days.
package struct CityOpportunity: Sendable {
  /// In ascending order of days.
  private let days: [DayWorth]
  /// `nil` = all days but the one asked for.
  private let sources: [LocalDay]?
  private let cells: DemandCells
  private let data: Scenario.Data

  /// How many probes' worth of doubt: a day's hour has four. By so much each row is drawn towards
  /// the same hour of all days.
  private static let shrinkage: Int64 = 4

  /// Solves the hindsight problem of every day that a judged one may learn from.
  ///
  /// - Throws: ``RunError`` when a day would be judged on what was learned from it, or there is
  ///   nothing to learn from.
  package init(
    _ scenario: Scenario,
    trips: [Trip],
    judged: [LocalDay],
    projection: Projection,
    box: Box
  ) throws(RunError) {
    data = scenario.data
    cells = DemandCells(box: box, side: Int32(clamping: scenario.opportunity.cell))
    var byDay: [LocalDay: [Trip]] = [:]
    for trip in trips { byDay[scenario.data.day(of: trip.pickupAt), default: []].append(trip) }
    let known = byDay.keys.sorted()
    let used: [LocalDay]
    switch scenario.travel.learnFrom {
    case .otherDays:
      if let alone = judged.first(where: { day in known.allSatisfy { $0 == day } }) {
        throw RunError(
          "policy.opportunity: learned needs two days or more; the data has one, \(alone). "
            + "Set policy.opportunity: off"
        )
      }
      sources = nil
      used = judged.count == 1 ? known.filter { $0 != judged[0] } : known
    case .days(let days):
      guard !days.isEmpty else {
        throw RunError(
          "policy.opportunity: learned needs days to learn from, and there is none. Name some, or "
            + "set policy.opportunity: off"
        )
      }
      let missing = days.filter { byDay[$0] == nil }
      guard missing.isEmpty else {
        throw RunError(
          "policy.opportunity: learned would learn from days without trips in the data: "
            + Self.list(missing)
        )
      }
      let seen = judged.filter(days.contains)
      guard seen.isEmpty || scenario.allowSeen else {
        throw RunError(
          "policy.opportunity: learned has learned from days that it would be judged on: "
            + "\(Self.list(seen)). Leave them out of travel.learn_from, or say allow_seen: true"
        )
      }
      sources = days
      used = days.sorted()
    }
    do throws(HindsightError) {
      var worths: [DayWorth] = []
      for day in used {
        worths.append(
          try DayWorth(
            day,
            trips: (byDay[day] ?? []).sorted { ($0.pickupAt, $0.id) < ($1.pickupAt, $1.id) },
            cells: cells,
            scenario: scenario,
            projection: projection
          )
        )
      }
      days = worths
    } catch {
      throw RunError("policy.opportunity: learned: \(error.description)")
    }
  }

  private static func list(_ days: [LocalDay]) -> String {
    days.map(\.description).joined(separator: ", ")
  }

  /// What taxis are worth on the day of an instant; `nil` when no other day is known.
  package func table(at now: Int64) -> OpportunityCost? {
    let day = data.day(of: now)
    let used = days.filter { source in
      sources.map { $0.contains(source.day) } ?? (source.day != day)
    }
    guard !used.isEmpty else { return nil }
    return try? OpportunityCost(
      cells: cells,
      values: values(used),
      means: Array(repeating: 0, count: OpportunityCost.rows),
      localOffset: offset,
      daysSeen: used.map(\.day.number)
    ).withMeans(used.flatMap(\.ends))
  }

  private var offset: Millis { Millis(Int64(data.utcOffset) * 1_000) }

  /// The mean of each row's probes, drawn towards that of the hour's two rows together.
  private func values(_ used: [DayWorth]) -> [Int32] {
    let hours = OpportunityCost.rows / 2
    var values = Array(repeating: Int32(0), count: OpportunityCost.rows * cells.count)
    for hour in 0..<hours {
      let rows = [hour, hour + hours]
      let probes = rows.map { row in used.reduce(Int64(0)) { $0 + Int64($1.probes[row]) } }
      let all = probes[0] + probes[1]
      guard all > 0 else { continue }
      for cell in 0..<cells.count {
        let sums = rows.map { row in
          used.reduce(Int64(0)) { $0 + Int64($1.sums[row * cells.count + cell]) }
        }
        let mean = (sums[0] + sums[1]) / all
        for (place, row) in rows.enumerated() {
          values[row * cells.count + cell] = Int32(
            clamping: (sums[place] + Self.shrinkage * mean) / (probes[place] + Self.shrinkage)
          )
        }
      }
    }
    return values
  }

  /// When the next local day begins.
  func nextDay(after now: Int64) -> Int64 {
    Int64(data.day(of: now).number + 1) * LocalDay.milliseconds + data.dayStart - offset.count
  }
}

extension OpportunityCost {
  /// The same with the mean worth of these ends; of the same hour's where a row has none.
  fileprivate func withMeans(
    _ ends: [(place: Point, row: Int)]
  ) throws(Invalid) -> OpportunityCost {
    var sums = Array(repeating: Int64(0), count: Self.rows)
    var counts = sums
    for end in ends {
      sums[end.row] += Int64(value(at: end.place, row: end.row))
      counts[end.row] += 1
    }
    let half = Self.rows / 2
    let means = (0..<Self.rows).map { row in
      let other = (row + half) % Self.rows
      let source = counts[row] > 0 ? row : other
      return Int32(clamping: sums[source] / max(counts[source], 1))
    }
    return try OpportunityCost(
      cells: cells,
      values: values,
      means: means,
      localOffset: localOffset,
      daysSeen: daysSeen
    )
  }
}

extension WorldSettings {
  /// Whether its policy reckons with what taxis are worth.
  var learnsOpportunity: Bool { kind == .batch && policy.opportunity == .learned }
}
