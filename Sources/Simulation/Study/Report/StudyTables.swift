/// The tables of a study as CSV: one header line, numbers without units, empty fields for what is
/// unknown, endless or not reached. docs/STUDY.md explains the columns.
package enum StudyTables {
  /// A line a cell, in the order of worlds, days, shares and seeds.
  package static func cells(_ result: StudyResult) -> [UInt8] {
    let plan = result.plan
    let header = ["world", "day", "fleet_share", "seed"] + CellFigures.columns + ["digest"]
    let lines = result.cells.sorted { $0.key < $1.key }.map { cell, figures -> [String] in
      [
        plan.worlds[cell.world].name, plan.test[cell.day].description,
        share(plan.shares[cell.share]),
        plan.worlds[cell.world].isFixed ? "" : String(plan.seeds[cell.seed]),
      ] + figures.numbers.map { $0.map { String($0) } ?? "" }
        + [figures.digest == 0 ? "" : JSONWriter.hexadecimal(figures.digest)]
    }
    return bytes([header] + lines)
  }

  /// A line a world, day and share over the seeds, and one without a day for the mean over days.
  package static func curve(_ result: StudyResult) -> [UInt8] {
    let plan = result.plan
    var lines = [["world", "day", "fleet_share", "meets_level"] + metrics]
    for (world, settings) in plan.worlds.enumerated() {
      for share in result.points[world][0].indices {
        for (day, name) in plan.test.enumerated() {
          let point = result.points[world][day][share]
          lines.append(
            [
              settings.name, name.description, Self.share(plan.shares[share]),
              point.meets(plan.level) ? "yes" : "no",
            ] + StudyMetric.allCases.map { number(point[$0]) }
          )
        }
        lines.append(
          [settings.name, "", Self.share(plan.shares[share]), ""]
            + StudyMetric.allCases.map { number(result.mean(world, share: share, $0)) }
        )
      }
    }
    return bytes(lines)
  }

  /// A line a world and day: the point of equal service.
  package static func days(_ result: StudyResult) -> [UInt8] {
    let plan = result.plan
    var lines = [["world", "day", "reached", "fleet_share"] + metrics]
    for (world, settings) in plan.worlds.enumerated() {
      for (day, name) in plan.test.enumerated() {
        let point = result.point(world, day: day, .equalService)
        lines.append(
          [
            settings.name, name.description, point == nil ? "no" : "yes",
            number(result.value(world, day: day, .share)),
          ] + StudyMetric.allCases.map { metric in number(point.flatMap { $0[metric] }) }
        )
      }
    }
    return bytes(lines)
  }

  /// A line a pair of worlds and figure.
  package static func pairs(_ result: StudyResult) -> [UInt8] {
    let plan = result.plan
    var lines = [
      [
        "at", "world", "against", "days", "figure", "unit", "mean_difference", "half_95",
        "mean_relative_percent", "half_95_relative_percent",
      ]
    ]
    for pair in StudyPlace.allCases.flatMap({ result.pairs($0) }) {
      for difference in pair.differences {
        lines.append([
          pair.place.rawValue, plan.worlds[pair.world].name, plan.worlds[pair.base].name,
          String(pair.days),
          difference.figure.key, difference.figure.unit, number(difference.interval.mean),
          number(difference.interval.half), number(difference.relative?.mean),
          number(difference.relative?.half),
        ])
      }
    }
    for world in plan.worlds.indices where plan.worlds[world].kind == .simulated {
      for base in plan.against {
        guard let gap = result.gapClosed(world, from: base) else { continue }
        lines.append([
          StudyPlace.equalService.rawValue, plan.worlds[world].name, plan.worlds[base].name,
          String(gap.days), "gap_closed", "percent", number(gap.interval.mean),
          number(gap.interval.half), "", "",
        ])
      }
    }
    return bytes(lines)
  }

  /// With their units, as in `vacancy_time_percent`.
  private static let metrics = StudyMetric.allCases.map {
    $0.unit.isEmpty || $0 == .emptyKilometres || $0 == .guidedKilometres
      ? $0.rawValue : $0.rawValue + "_" + $0.unit
  }

  private static func share(_ permyriad: Int) -> String {
    Decimals.fixed(Int64(permyriad), over: 10_000, places: 4) ?? ""
  }

  private static func number(_ value: Double?) -> String {
    value.flatMap { Decimals.fixed($0, places: 6) } ?? ""
  }

  private static func bytes(_ lines: [[String]]) -> [UInt8] {
    // Names of worlds have no comma and no quotation mark, so nothing needs quoting.
    Array(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8)
  }
}
