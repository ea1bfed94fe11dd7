/// The sections of the HTML report that say where the figures come from.
struct ReportSections {
  private let summary: RunSummary

  init(_ summary: RunSummary) { self.summary = summary }

  var data: Markup {
    var rows: [(String, String)] = [
      ("Trips", summary.data), ("Travel model", summary.travelModel),
    ]
    let error = summary.modelError.map {
      "\(Wording.modelError($0)), on \(Decimals.grouped($0.trips)) occupied trips of the judged day"
    }
    rows.append(("Its error", error ?? "not measured"))
    rows += summary.settings.map { ($0.label, $0.value) }
    return """
      <section>
      <h2>Data and assumptions</h2>
      <p class="say">What the worlds were given.</p>
      <dl class="words">
      \(words(rows))</dl>
      \(notes)\(cleaning)
      </section>
      """
  }

  private var notes: Markup {
    guard !summary.notes.isEmpty else { return "" }
    let items = summary.notes.map { note -> Markup in "<li>\(note)</li>\n" }
    return "<h3>Notes</h3>\n<ul class=\"notes\">\n\(Markup.joined(items))</ul>\n"
  }

  private var cleaning: Markup {
    guard !summary.cleaning.isEmpty else { return "" }
    let read = summary.cleaning.filter { $0.role == .read }.reduce(0) { $0 + $1.count }
    let rows = summary.cleaning.map { line -> Markup in
      let share = Decimals.percent(Ratio(Int64(line.count), Int64(read)), places: 2)
      let percent: Markup = read > 0 && line.role != .read ? "\(share ?? "") %" : ""
      let style: Markup = line.role == .dropped ? "" : " class=\"key\""
      return """
        <tr\(style)><th scope="row">\(line.label)</th><td>\(Decimals.grouped(line.count))</td>\
        <td class="word">\(percent)</td></tr>

        """
    }
    return """
      <h3>Cleaning</h3>
      <div class="scroll"><table class="clean">
      <thead><tr><th scope="col">Records</th><th scope="col">Count</th><th scope="col">Share</th>\
      </tr></thead>
      <tbody>
      \(Markup.joined(rows))</tbody></table></div>
      """
  }

  var definitions: Markup {
    """
    <section>
    <h2>What the words mean</h2>
    <p class="say">The same words as in docs/SIMULATION.md.</p>
    <dl class="words">
    \(words(Wording.definitions.map { ($0.term, $0.meaning) }))</dl>
    </section>
    """
  }

  var footer: Markup {
    let digests = zip(summary.worldKeys, summary.worlds).compactMap { name, figures -> Markup? in
      figures.digest.map { "\(name) <code>\(JSONWriter.hexadecimal($0))</code>" }
    }
    var list = Markup()
    for (index, digest) in digests.enumerated() { list += index == 0 ? digest : ", \(digest)" }
    let states: Markup = digests.isEmpty ? "" : "<p>State digests at the end: \(list)</p>\n"
    let again: Markup =
      summary.command.isEmpty
      ? "" : "<h2>Run it again</h2>\n<pre>\(summary.command)</pre>\n"
    return """
      <section>
      \(again)</section>
      <footer>
      \(states)<p>Scenario \(summary.name), seed \(String(summary.seed)). The same scenario, data \
      and seed give this file again, byte for byte.</p>
      </footer>
      """
  }

  private func words(_ rows: [(String, String)]) -> Markup {
    Markup.joined(
      rows.map { row -> Markup in "<dt>\(row.0)</dt><dd>\(row.1)</dd>\n" }
    )
  }
}
