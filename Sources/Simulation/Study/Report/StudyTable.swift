/// Cells that the terminal and the HTML report both print.
package struct StudyTable: Sendable {
  package var title: String
  package var head: [String]
  package var rows: [[String]]

  /// A row a world: means over the days on which it has a point.
  package static func worlds(_ result: StudyResult, _ place: StudyPlace) -> StudyTable {
    let plan = result.plan
    let figures = figures(result, place)
    // The bound needs no share of the fleet to be what it is.
    let shown = plan.worlds.indices.filter {
      place == .wholeFleet || plan.worlds[$0].kind != .hindsight
    }
    let rows = shown.map { world -> [String] in
      let days = plan.test.indices.count { result.point(world, day: $0, place) != nil }
      let cells =
        days > 0
        ? figures.map { text($0, result.mean(world, $0, place)?.mean, result, world) }
        : ["not reached"] + Array(repeating: "", count: figures.count - 1)
      return [plan.worlds[world].name, "\(days)/\(plan.test.count)"] + cells
    }
    return StudyTable(
      title: place.title,
      head: ["world", "days"] + figures.map(\.head),
      rows: rows
    )
  }

  /// How much of the way to the bound each world goes, from each base; `nil` without a bound.
  package static func gaps(_ result: StudyResult) -> StudyTable? {
    let plan = result.plan
    let rows = plan.worlds.indices.compactMap { world -> [String]? in
      let cells = plan.against.map { base in
        result.gapClosed(world, from: base).map { StudyPair.Difference.percent($0.interval) }
      }
      guard plan.worlds[world].kind == .simulated, cells.contains(where: { $0 != nil }) else {
        return nil
      }
      return [plan.worlds[world].name] + cells.map { $0 ?? FigureTable.none }
    }
    guard !rows.isEmpty else { return nil }
    return StudyTable(
      title: "Gap closed to the least taxi-hours per ride, at equal service",
      head: ["world"] + plan.against.map { "from \(plan.worlds[$0].name)" },
      rows: rows
    )
  }

  /// A table for each base: mean differences with their intervals.
  package static func pairs(_ result: StudyResult, _ place: StudyPlace) -> [StudyTable] {
    let worlds = result.plan.worlds
    let shown = differences(place)
    return result.plan.against.compactMap { base in
      let rows = result.pairs(place).filter { $0.base == base && $0.days > 0 }
        .map { pair -> [String] in
          let cells = shown.map { figure -> String in
            let found = pair.differences.first { $0.figure == figure }
            // Days differ in size: taxi-hours compare in per cent.
            let text = figure == .metric(.taxiHours) ? found?.relativeText : found?.text
            return text ?? FigureTable.none
          }
          return [worlds[pair.world].name, String(pair.days)] + cells
        }
      guard !rows.isEmpty else { return nil }
      return StudyTable(
        title: "Against \(worlds[base].name), paired by day",
        head: ["world", "days"] + shown.map(\.head),
        rows: rows
      )
    }
  }

  private static func figures(_ result: StudyResult, _ place: StudyPlace) -> [StudyFigure] {
    let hasGuided = result.plan.worlds.indices.contains {
      (result.mean($0, .metric(.guidedKilometres), .wholeFleet)?.mean ?? 0) > 0
    }
    let vacancy: [StudyFigure] = [
      .metric(.taxiHours), .metric(.vacancyTime), .metric(.vacancyDistance),
      .metric(.emptyKilometres),
    ]
    return (place == .equalService ? [.share] : []) + vacancy
      + (hasGuided ? [.metric(.guidedKilometres)] : [])
      + [.metric(.served), .metric(.meanWait), .metric(.p95)]
  }

  /// With the same fleet taxi-hours hardly differ, and service does.
  private static func differences(_ place: StudyPlace) -> [StudyFigure] {
    let vacancy: [StudyFigure] = [
      .metric(.vacancyTime), .metric(.vacancyDistance), .metric(.emptyKilometres),
      .metric(.meanWait),
    ]
    return [.metric(place == .equalService ? .taxiHours : .served)] + vacancy
  }

  /// A wait that is missing because it is endless says so.
  private static func text(
    _ figure: StudyFigure,
    _ value: Double?,
    _ result: StudyResult,
    _ world: Int
  ) -> String {
    guard value != nil || figure != .metric(.p95) || result.plan.worlds[world].isFixed else {
      return FigureTable.endless
    }
    let text = figure.text(value)
    // The head of the column says so.
    return text.hasSuffix(" km") ? String(text.dropLast(3)) : text
  }
}

extension StudyPlace {
  package var title: String {
    switch self {
    case .equalService: "At equal service"
    case .wholeFleet: "With the whole fleet"
    }
  }
}

extension StudyFigure {
  /// A short name for the head of a column.
  fileprivate var head: String {
    switch self {
    case .share: "fleet"
    case .metric(.vacancyTime): "vac. time"
    case .metric(.vacancyDistance): "vac. km"
    case .metric(.emptyKilometres): "empty km"
    case .metric(.guidedKilometres): "guided"
    case .metric(.taxiHours): "taxi-h"
    case .metric(.meanWait): "wait"
    case .metric(.p95): "p95"
    case .metric(let metric): metric.words
    }
  }
}
