/// A world compared with another, day by day.
package struct StudyPair: Sendable {
  package var place: StudyPlace
  package var world: Int
  package var base: Int
  /// Days on which both have a point, as both reach the level: only these can be compared.
  package var days: Int
  package var differences: [Difference]

  package struct Difference: Sendable {
    package var figure: StudyFigure
    /// Mean over days of world − base, and its 95 % Student interval.
    package var interval: Student.Interval
    /// The same in per cent of the base's figure of that day; `nil` where a base is 0, or for
    /// figures that are per cent themselves.
    package var relative: Student.Interval?
  }
}

extension StudyResult {
  /// Each world of `against` with every other, without those that were its base already.
  package func pairs(_ place: StudyPlace) -> [StudyPair] {
    var pairs: [StudyPair] = []
    for (turn, base) in plan.against.enumerated() {
      for world in plan.worlds.indices
      where world != base && plan.worlds[world].kind != .hindsight
        && !plan.against[..<turn].contains(world)
      {
        pairs.append(pair(world, with: base, place))
      }
    }
    return pairs
  }

  package func pair(_ world: Int, with base: Int, _ place: StudyPlace) -> StudyPair {
    let days = plan.test.indices.filter {
      point(world, day: $0, place) != nil && point(base, day: $0, place) != nil
    }
    let differences = StudyFigure.all.compactMap { figure -> StudyPair.Difference? in
      let sides = days.compactMap { day -> (new: Double, old: Double)? in
        guard let new = value(world, day: day, figure, place),
          let old = value(base, day: day, figure, place)
        else { return nil }
        return (new, old)
      }
      guard sides.count == days.count,
        let interval = Student.interval(sides.map { $0.new - $0.old })
      else { return nil }
      let isShare = figure.unit == "percent"
      let relative =
        isShare || sides.contains { $0.old <= 0 }
        ? nil : Student.interval(sides.map { ($0.new / $0.old - 1) * 100 })
      return StudyPair.Difference(figure: figure, interval: interval, relative: relative)
    }
    return StudyPair(
      place: place,
      world: world,
      base: base,
      days: days.count,
      differences: differences
    )
  }
}

extension StudyPair.Difference {
  /// Mean and interval for people: `−12.3 ± 1.4 pp`, percentage points.
  package var text: String {
    let (unit, places) = Self.unit(of: figure)
    return Self.text(interval, places: places, unit: unit)
  }

  /// The relative one: `−21.0 ± 2.2 %`.
  package var relativeText: String {
    relative.map { Self.text($0, places: 1, unit: " %") } ?? ""
  }

  private static func unit(of figure: StudyFigure) -> (unit: String, places: Int) {
    switch figure {
    case .share: (" pp", 1)
    case .metric(let metric):
      switch metric {
      case .served, .vacancyTime, .vacancyDistance: (" pp", 1)
      case .p95, .meanWait: (" s", 0)
      case .shifts: ("", 0)
      case .taxiHours: (" h", 0)
      case .emptyKilometres, .guidedKilometres: (" km", 2)
      }
    }
  }

  /// A share in per cent and its interval.
  package static func percent(_ interval: Student.Interval) -> String {
    let mean = Decimals.fixed(interval.mean, places: 1) ?? "?"
    let half = interval.half.flatMap { Decimals.fixed($0, places: 1) }
    return mean + (half.map { " ± " + $0 } ?? "") + " %"
  }

  private static func text(
    _ interval: Student.Interval,
    places: Int,
    unit: String
  ) -> String {
    let size = Decimals.fixed(interval.mean.magnitude, places: places) ?? "?"
    let isZero = !size.contains { $0 != "0" && $0 != "." }
    let sign = isZero ? "" : interval.mean < 0 ? "\u{2212}" : "+"
    let half = interval.half.flatMap { Decimals.fixed($0, places: places) }
    return sign + size + (half.map { " ± " + $0 } ?? "") + unit
  }
}
