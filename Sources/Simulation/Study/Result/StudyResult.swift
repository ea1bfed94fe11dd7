/// A whole study, worked out: a pure function of its plan and the figures of its cells, so that equal
/// cells give equal bytes, however they came about.
public struct StudyResult: Sendable {
  package let plan: StudyPlan
  package let cells: [StudyCell: CellFigures]
  /// By world, day and share; the recorded world and the bound have the first share only.
  package let points: [[[StudyPoint]]]
  /// By world and day: the place of the share of equal service, `nil` where it is not reached.
  package let answers: [[Int?]]

  /// Works out a study from every cell of its plan.
  package init(plan: StudyPlan, cells: [StudyCell: CellFigures]) {
    self.plan = plan
    self.cells = cells
    var points: [[[StudyPoint]]] = []
    for (world, settings) in plan.worlds.enumerated() {
      let shares = settings.isFixed ? 1 : plan.shares.count
      let empty = StudyPoint(isGiven: settings.isFixed)
      points.append(
        plan.test.indices.map { day in
          (0..<shares).map { share in
            var point = empty
            for seed in plan.seeds.indices {
              let cell = StudyCell(world: world, day: day, share: share, seed: seed)
              if let figures = cells[cell] { point.add(figures) }
            }
            return point
          }
        }
      )
    }
    self.points = points
    let level = plan.level
    answers = points.map { days in
      days.map { shares in EqualService.smallest(shares.map { $0.meets(level) }) }
    }
  }

  // MARK: Points of comparison

  /// The world's point on a day; `nil` where it does not reach the level.
  package func point(_ world: Int, day: Int, _ place: StudyPlace) -> StudyPoint? {
    switch place {
    case .equalService: answers[world][day].map { points[world][day][$0] }
    case .wholeFleet: points[world][day][0]
    }
  }

  package func value(
    _ world: Int,
    day: Int,
    _ figure: StudyFigure,
    _ place: StudyPlace = .equalService
  ) -> Double? {
    switch figure {
    case .share:
      let share = place == .wholeFleet ? 0 : answers[world][day]
      return share.map { Double(plan.shares[$0]) / 100 }
    case .metric(let metric): return point(world, day: day, place)?[metric]
    }
  }

  /// How many days a world reaches the level on.
  package func daysReached(_ world: Int) -> Int { answers[world].count { $0 != nil } }

  /// A figure's mean over the days that have a point, and the interval of that mean; `nil` where one
  /// of them lacks the figure, such as an endless wait.
  package func mean(
    _ world: Int,
    _ figure: StudyFigure,
    _ place: StudyPlace = .equalService
  ) -> Student.Interval? {
    let days = plan.test.indices.filter { point(world, day: $0, place) != nil }
    let values = days.compactMap { value(world, day: $0, figure, place) }
    return values.count == days.count ? Student.interval(values) : nil
  }

  // MARK: The curve

  /// A figure at one share, its mean over days; `nil` where a day has none, such as an endless wait.
  package func mean(_ world: Int, share: Int, _ metric: StudyMetric) -> Double? {
    guard share < points[world][0].count else { return nil }
    let values = plan.test.indices.compactMap { points[world][$0][share][metric] }
    guard values.count == plan.test.count else { return nil }
    return values.reduce(0, +) / Double(values.count)
  }
}

/// Where on their curves worlds are compared.
package enum StudyPlace: String, CaseIterable, Sendable {
  /// Each with the smallest fleet that reaches the service level.
  case equalService = "equal-service"
  /// All with the same fleet: every shift of the day.
  case wholeFleet = "whole-fleet"
}

/// A figure of a point: the share of the shifts itself, or what is measured with it.
package enum StudyFigure: Equatable, Sendable {
  case share
  case metric(StudyMetric)

  package static let all = [StudyFigure.share] + StudyMetric.allCases.map { .metric($0) }

  package var key: String {
    switch self {
    case .share: "fleet_share"
    case .metric(let metric): metric.rawValue
    }
  }

  package var words: String {
    switch self {
    case .share: "fleet share"
    case .metric(let metric): metric.words
    }
  }

  package var unit: String {
    switch self {
    case .share: "percent"
    case .metric(let metric): metric.unit
    }
  }

  /// A value for people.
  package func text(_ value: Double?) -> String {
    switch self {
    case .share:
      value.flatMap { Decimals.fixed($0, places: 1) }.map { $0 + " %" } ?? FigureTable.none
    case .metric(let metric): metric.text(value)
    }
  }
}
