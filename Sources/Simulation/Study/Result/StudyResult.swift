/// A whole study, worked out: a pure function of its plan and the figures of its cells, so that equal
/// cells give equal bytes, however they came about.
public struct StudyResult: Sendable {
  package let plan: StudyPlan
  package let cells: [StudyCell: CellFigures]
  /// By world, day and share; a recorded world has the first share only.
  package let points: [[[StudyPoint]]]
  /// By world and day: the place of the share of equal service, `nil` where it is not reached.
  package let answers: [[Int?]]

  /// - Parameter cells: every one of the plan's.
  package init(plan: StudyPlan, cells: [StudyCell: CellFigures]) {
    self.plan = plan
    self.cells = cells
    var points: [[[StudyPoint]]] = []
    for (world, settings) in plan.worlds.enumerated() {
      let shares = settings.isRecorded ? 1 : plan.shares.count
      let empty = StudyPoint(isRecorded: settings.isRecorded)
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

  // MARK: At equal service

  /// The world's point of equal service on a day.
  package func answer(_ world: Int, day: Int) -> StudyPoint? {
    answers[world][day].map { points[world][day][$0] }
  }

  /// The share of equal service in per cent.
  package func share(_ world: Int, day: Int) -> Double? {
    answers[world][day].map { Double(plan.shares[$0]) / 100 }
  }

  /// How many days a world reaches the level on.
  package func daysReached(_ world: Int) -> Int { answers[world].count { $0 != nil } }

  /// A figure of equal service, its mean over the days that reach it and the interval of that mean.
  package func atEqualService(_ world: Int, _ figure: StudyFigure) -> Student.Interval? {
    Student.interval(plan.test.indices.compactMap { value(world, day: $0, figure) })
  }

  package func value(_ world: Int, day: Int, _ figure: StudyFigure) -> Double? {
    switch figure {
    case .share: share(world, day: day)
    case .metric(let metric): answer(world, day: day)?[metric]
    }
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

/// A figure of equal service: the share itself, or what is measured there.
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
