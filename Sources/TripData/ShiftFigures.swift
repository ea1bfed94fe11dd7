/// On-shift time and distance of a whole log by one rule: the recorded world in six numbers.
public struct ShiftFigures: Hashable, Sendable {
  public var rule: ShiftRule
  public var shifts: Int
  public var rides: Int
  /// Milliseconds.
  public var onShift: Int64
  public var occupied: Int64
  /// Whole metres; `nil` where the data does not know them for every shift.
  public var occupiedMetres: Int64?
  public var vacantMetres: Int64?

  /// 1 − occupied time ÷ on-shift time; `nil` when no taxi was on shift.
  public var vacancyByTime: Double? {
    onShift > 0 ? 1 - Double(occupied) / Double(onShift) : nil
  }

  /// 1 − occupied metres ÷ all metres; `nil` where they are unknown or 0.
  public var vacancyByDistance: Double? {
    guard let occupiedMetres, let vacantMetres, occupiedMetres + vacantMetres > 0 else {
      return nil
    }
    return Double(vacantMetres) / Double(occupiedMetres + vacantMetres)
  }
}

extension TripLog {
  /// The totals over all shifts by one rule.
  ///
  /// - Throws: ``ShiftRuleError`` where the data cannot answer.
  public func figures(by rule: ShiftRule) throws(ShiftRuleError) -> ShiftFigures {
    var figures = ShiftFigures(
      rule: rule,
      shifts: 0,
      rides: 0,
      onShift: 0,
      occupied: 0,
      occupiedMetres: 0,
      vacantMetres: 0
    )
    for shift in try recorded(by: rule) {
      figures.shifts += 1
      figures.rides += shift.rides
      figures.onShift += shift.shift.onShift
      figures.occupied += shift.occupied
      figures.occupiedMetres = sum(figures.occupiedMetres, shift.occupiedMetres)
      figures.vacantMetres = sum(figures.vacantMetres, shift.vacantMetres)
    }
    return figures
  }
}

private func sum(_ left: Int64?, _ right: Int64?) -> Int64? {
  guard let left, let right else { return nil }
  return left + right
}
