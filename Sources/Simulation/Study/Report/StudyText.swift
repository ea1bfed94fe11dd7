/// A study for a terminal: UTF-8, at most 100 columns where names are of usual length.
public enum StudyText {
  /// The whole page, ending in a newline.
  public static func text(_ result: StudyResult) -> String {
    let plan = result.plan
    var page = plan.title + "\n" + StudyWording.days(plan) + ".\n"
    page += StudyWording.extent(plan) + ".\n\n"
    page += "At equal service: " + StudyWording.level(plan.level) + "\n"
    page += table(StudyTable.worlds(result))
    for pairs in StudyTable.pairs(result) {
      page += "\n" + pairs.title + "\n" + table(pairs)
    }
    page += "\nNotes\n"
    for note in StudyWording.notes(result) { page += wrap(note) }
    return page
  }

  private static func table(_ table: StudyTable) -> String {
    let all = [table.head] + table.rows
    let widths = table.head.indices.map { column in
      all.map { TextWidth.columns($0[column]) }.max() ?? 0
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * widths.count - 2) + "\n"
    var text = ""
    for (number, row) in all.enumerated() {
      var line = ""
      for (column, cell) in row.enumerated() {
        let gap = String(repeating: " ", count: widths[column] - TextWidth.columns(cell))
        line += column == 0 ? cell + gap : "  " + gap + cell
      }
      while line.hasSuffix(" ") { line.removeLast() }
      text += line + "\n" + (number == 0 ? rule : "")
    }
    return text
  }

  private static func wrap(_ text: String) -> String {
    var lines: [String] = []
    var line = "  ·"
    for word in text.split(separator: " ") {
      if TextWidth.columns(line) + 1 + TextWidth.columns(String(word)) > TableWriter.widthMax {
        lines.append(line)
        line = "   "
      }
      line += " " + word
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}

/// Cells that the terminal and the HTML report both print.
package struct StudyTable: Sendable {
  package var title: String
  package var head: [String]
  package var rows: [[String]]

  package static func worlds(_ result: StudyResult) -> StudyTable {
    let plan = result.plan
    let hasGuided = plan.worlds.indices.contains {
      (result.mean($0, share: 0, .guidedKilometres) ?? 0) > 0
    }
    var figures: [StudyFigure] = [
      .share, .metric(.taxiHours), .metric(.vacancyTime), .metric(.vacancyDistance),
      .metric(.emptyKilometres),
    ]
    if hasGuided { figures.append(.metric(.guidedKilometres)) }
    figures += [.metric(.served), .metric(.meanWait), .metric(.p95)]
    let rows = plan.worlds.enumerated().map { world, settings -> [String] in
      let reached = result.daysReached(world)
      let days = "\(reached)/\(plan.test.count)"
      guard reached > 0 else {
        return [settings.name, days, "not reached"]
          + Array(repeating: "", count: figures.count - 1)
      }
      return [settings.name, days]
        + figures.map { $0.text(result.atEqualService(world, $0)?.mean) }
    }
    let heads = figures.map { figure in
      switch figure {
      case .share: "fleet"
      case .metric(.vacancyTime): "vacant, time"
      case .metric(.vacancyDistance): "vacant, km"
      case .metric(.emptyKilometres): "empty/ride"
      case .metric(.guidedKilometres): "guided/ride"
      case .metric(.meanWait): "wait"
      case .metric(.p95): "p95"
      case .metric(let metric): metric.words
      }
    }
    return StudyTable(title: "At equal service", head: ["world", "days"] + heads, rows: rows)
  }

  /// A table for each base.
  package static func pairs(_ result: StudyResult) -> [StudyTable] {
    let worlds = result.plan.worlds
    let shown: [StudyFigure] = [
      .metric(.taxiHours), .metric(.vacancyTime), .metric(.vacancyDistance),
      .metric(.emptyKilometres), .metric(.meanWait),
    ]
    return result.plan.against.map { base in
      let pairs = result.pairs.filter { $0.base == base }
      let rows = pairs.map { pair -> [String] in
        let cells = shown.flatMap { figure -> [String] in
          let found = pair.differences.first { $0.figure == figure }
          let own = found?.text ?? FigureTable.none
          return figure == .metric(.taxiHours) ? [own, found?.relativeText ?? ""] : [own]
        }
        return [worlds[pair.world].name, String(pair.days)] + cells
      }
      return StudyTable(
        title: "Against \(worlds[base].name), paired by day",
        head: [
          "world", "days", "taxi-hours", "", "vacant, time", "vacant, km", "empty/ride", "wait",
        ],
        rows: rows
      )
    }
  }
}
