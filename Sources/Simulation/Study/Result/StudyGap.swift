/// How much of what was possible a world achieves (docs/SIMULATION.md, section 6).
extension StudyResult {
  /// (base − world) ÷ (base − hindsight) × 100 in taxi-hours per served ride at equal service: mean and
  /// interval over the days on which both reach the level. Per ride, because a world at the level
  /// serves a little less than the base and the bound, and must not gain by that.
  ///
  /// - Returns: `nil` without a bound, of the base itself, or when no day can be compared.
  package func gapClosed(
    _ world: Int,
    from base: Int
  ) -> (interval: Student.Interval, days: Int)? {
    guard let bound = plan.worlds.firstIndex(where: { $0.kind == .hindsight }), world != base,
      plan.worlds[world].kind == .simulated
    else { return nil }
    let shares = plan.test.indices.compactMap { day -> Double? in
      guard let least = point(bound, day: day, .wholeFleet)?.hoursPerRide,
        let old = point(base, day: day, .equalService)?.hoursPerRide,
        let new = point(world, day: day, .equalService)?.hoursPerRide, old > least
      else { return nil }
      return (old - new) / (old - least) * 100
    }
    return Student.interval(shares).map { ($0, shares.count) }
  }
}

extension StudyPoint {
  fileprivate var hoursPerRide: Double? {
    guard let hours = self[.taxiHours], let served = servedMean, served > 0 else { return nil }
    return hours / served
  }
}
