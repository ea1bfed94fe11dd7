/// A study for a terminal: UTF-8, at most 100 columns where names are of usual length.
public enum StudyText {
  /// The whole page, ending in a newline.
  public static func text(_ result: StudyResult) -> String {
    let plan = result.plan
    var page = plan.title + "\n" + StudyWording.days(plan) + ".\n"
    page += StudyWording.extent(plan) + ".\n\n"
    page += "At equal service: " + StudyWording.level(plan.level) + "\n"
    for place in StudyPlace.allCases {
      if place == .wholeFleet { page += "\n" + place.title + "\n" }
      page += table(StudyTable.worlds(result, place))
      for pairs in StudyTable.pairs(result, place) {
        page += "\n" + pairs.title + "\n" + table(pairs)
      }
      if place == .equalService, let gaps = StudyTable.gaps(result) {
        page += "\n" + gaps.title + "\n" + table(gaps)
      }
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
