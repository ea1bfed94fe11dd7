/// The figures as a table for a terminal: UTF-8, at most 100 columns wide. Worlds that do not fit
/// side by side go into a further table below.
public enum TableWriter {
  public static let widthMax = 100

  /// The whole page, ending in a newline.
  public static func text(_ summary: RunSummary) -> String {
    let span = CivilTime.span(
      from: summary.start,
      to: summary.end,
      utcOffsetSeconds: summary.utcOffsetSeconds
    )
    var page = wrap(summary.title) + wrap("\(span) · seed \(summary.seed)")
    page += wrap(summary.data) + wrap("Travel model: \(summary.travelModel)")
    if let error = summary.modelError { page += wrap(describe(error)) }
    page += "\n" + blocks(FigureTable(summary))
    if summary.worlds.contains(where: { !$0.tellsEmptyApart && $0.service.served > 0 }) {
      page += "\n" + wrap(Wording.recordedEmpty, bullet: "  ")
    }
    if !summary.notes.isEmpty {
      page += "\nNotes\n"
      for note in summary.notes { page += wrap(note, bullet: "  · ") }
    }
    return page
  }

  private static func describe(_ error: RunSummary.ModelError) -> String {
    "Its error on \(Decimals.grouped(error.trips)) trips: " + Wording.modelError(error)
  }

  private static func blocks(_ table: FigureTable) -> String {
    let labels = table.groups.flatMap { group in group.rows.map(label) }
    let labelWidth = min(44, labels.map(TextWidth.columns).max() ?? 0)
    let names = table.columns.map { TextWidth.cut($0, to: 18) { Double(TextWidth.columns($0)) } }
    var text = ""
    var first = 0
    while first < names.count {
      var widths: [Int] = []
      var used = labelWidth
      for column in first..<names.count {
        let cells = table.groups.flatMap { $0.rows.map { $0.cells[column] } }
        let width = 2 + max(8, (cells + [names[column]]).map(TextWidth.columns).max() ?? 0)
        guard widths.isEmpty || used + width <= widthMax else { break }
        widths.append(width)
        used += width
      }
      if first > 0 { text += "\n" }
      text += block(table, names, first, widths, labelWidth)
      first += widths.count
    }
    return text
  }

  private static func block(
    _ table: FigureTable,
    _ names: [String],
    _ first: Int,
    _ widths: [Int],
    _ labelWidth: Int
  ) -> String {
    let total = widths.reduce(labelWidth, +)
    var text = String(repeating: " ", count: labelWidth)
    for (index, width) in widths.enumerated() { text += right(names[first + index], width) }
    text += "\n" + String(repeating: "─", count: total) + "\n"
    for (number, group) in table.groups.enumerated() {
      if number > 0 { text += "\n" }
      text += group.title + "\n"
      for row in group.rows {
        // A further table can hold no world that this row compares.
        let cells = row.cells[first..<first + widths.count]
        if row.emphasis == .change, cells.allSatisfy(\.isEmpty) { continue }
        var line = left(label(row), labelWidth)
        for (cell, width) in zip(cells, widths) { line += right(cell, width) }
        while line.hasSuffix(" ") { line.removeLast() }
        text += line + "\n"
      }
    }
    return text
  }

  private static func label(_ row: FigureTable.Row) -> String {
    let indent = row.emphasis == .change ? "    " : "  "
    return indent + row.label + (row.unit.isEmpty ? "" : ", \(row.unit)")
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - TextWidth.columns(text)))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - TextWidth.columns(text))) + text
  }

  /// Words in lines of at most ``widthMax`` columns, the bullet before the first and its width
  /// before the others. A longer word stands alone.
  private static func wrap(_ text: String, bullet: String = "") -> String {
    let margin = String(repeating: " ", count: TextWidth.columns(bullet))
    var lines: [String] = []
    var line = bullet
    var isEmpty = true
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      if !isEmpty, TextWidth.columns(line) + 1 + TextWidth.columns(word) > widthMax {
        lines.append(line)
        line = margin
        isEmpty = true
      }
      line += isEmpty ? word : " " + word
      isEmpty = false
    }
    if !isEmpty { lines.append(line) }
    return lines.map { $0 + "\n" }.joined()
  }
}
