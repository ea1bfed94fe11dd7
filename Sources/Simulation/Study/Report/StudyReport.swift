/// The report of a study as one HTML file: no other file, no network, no script.
package struct StudyReport: Sendable {
  private let result: StudyResult
  private var plan: StudyPlan { result.plan }

  /// UTF-8, ending in a newline.
  package static func bytes(_ result: StudyResult) -> [UInt8] {
    Array(StudyReport(result: result).page.text.utf8)
  }

  private var page: Markup {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta http-equiv="Content-Security-Policy" \
    content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"/>
    <title>\(plan.title) · Baecha</title>
    <style>
    \(Markup.trusted(ReportStyle.sheet))
    </style>
    </head>
    <body>
    <div class="wrap">
    <header>
    <p class="over">Baecha · study at equal service</p>
    <h1>\(plan.title)</h1>
    <p class="meta">\(StudyWording.days(plan)) · \(StudyWording.extent(plan))</p>
    </header>
    <main>
    <section class="result" aria-label="Result">
    <p class="lead">\(StudyHeadline.lead(result))</p>
    \(table(StudyTable.worlds(result)))
    </section>
    \(pairs)
    \(curves)
    \(notes)
    \(data)
    </main>
    <footer>
    <p>Study \(plan.name), hash \(plan.hash). The same study, data and program give this file again, \
    byte for byte.</p>
    </footer>
    </div>
    </body>
    </html>

    """
  }

  private func table(_ table: StudyTable) -> Markup {
    let heads = table.head.map { name -> Markup in "<th scope=\"col\">\(name)</th>" }
    let rows = table.rows.map { row -> Markup in
      let cells = row.dropFirst().map { cell -> Markup in "<td>\(cell)</td>" }
      return "<tr><th scope=\"row\">\(row[0])</th>\(Markup.joined(cells))</tr>\n"
    }
    return """
      <div class="scroll"><table>
      <thead><tr>\(Markup.joined(heads))</tr></thead>
      <tbody>
      \(Markup.joined(rows))</tbody></table></div>
      """
  }

  private var pairs: Markup {
    let tables = StudyTable.pairs(result).map { pairs -> Markup in
      "<h3>\(pairs.title)</h3>\n\(table(pairs))\n"
    }
    let interval =
      plan.test.count > 1
      ? "Mean difference, with its 95 % Student interval over days." : "One day, so no interval."
    return section("Compared day by day", interval, Markup.joined(tables))
  }

  private var curves: Markup {
    let level = plan.level
    let charts: [(title: String, chart: Markup)] = [
      (
        "Served",
        StudyCurves.element(result, .served, limit: Double(level.servedMin) / 100)
      ),
      (
        "Wait, 95th percentile, minutes",
        StudyCurves.element(result, .p95, limit: Double(level.waitMax) / 1_000)
      ),
      ("Vacancy by time", StudyCurves.element(result, .vacancyTime, isMarked: true)),
      ("Vacancy by distance", StudyCurves.element(result, .vacancyDistance)),
      ("Empty kilometres per ride", StudyCurves.element(result, .emptyKilometres)),
    ]
    let figures = charts.map { chart -> Markup in
      "<figure><h3>\(chart.title)</h3>\n<div class=\"scroll\">\(chart.chart)</div></figure>\n"
    }
    return section(
      "What a smaller fleet does",
      "Means over days. The dashed line is the service level; dots on vacancy by time are equal "
        + "service. A line of waits ends where more than one rider in twenty is not served.",
      Markup.joined(figures)
    )
  }

  private var notes: Markup {
    let items = StudyWording.notes(result).map { note -> Markup in "<li>\(note)</li>\n" }
    return section(
      "Before quoting a figure",
      "What it means and does not mean.",
      "<ul class=\"notes\">\n\(Markup.joined(items))</ul>"
    )
  }

  private var data: Markup {
    let worlds = plan.worlds.map { RunSummary.Setting($0.name, $0.words) }
    let rows = (worlds + plan.words).map { row -> Markup in
      "<dt>\(row.label)</dt><dd>\(row.value)</dd>\n"
    }
    let lines = plan.cleaning.map { line -> Markup in
      "<tr><th scope=\"row\">\(line.label)</th><td>\(Decimals.grouped(line.count))</td></tr>\n"
    }
    let cleaning: Markup =
      lines.isEmpty
      ? ""
      : """
      <h3>Cleaning</h3>
      <div class="scroll"><table class="clean">
      <thead><tr><th scope="col">Records</th><th scope="col">Count</th></tr></thead>
      <tbody>
      \(Markup.joined(lines))</tbody></table></div>
      """
    return section(
      "Worlds, data and assumptions",
      "What the worlds were given.",
      "<dl class=\"words\">\n\(Markup.joined(rows))</dl>\n\(cleaning)"
    )
  }

  private func section(_ title: String, _ say: String, _ content: Markup) -> Markup {
    """
    <section>
    <h2>\(title)</h2>
    <p class="say">\(say)</p>
    \(content)
    </section>
    """
  }
}

/// What a study says in a sentence.
package enum StudyHeadline {
  /// About the last world that reaches the level on some day, against the first base that it can be
  /// paired with.
  package static func lead(_ result: StudyResult) -> String {
    let worlds = result.plan.worlds
    let subject = worlds.indices.last { !worlds[$0].isRecorded && result.daysReached($0) > 0 }
    guard let subject else {
      return "No world reaches the service level with the whole fleet."
    }
    let share = result.atEqualService(subject, .share)?.mean
    let vacancy = result.atEqualService(subject, .metric(.vacancyTime))?.mean
    var lead =
      "At equal service \(worlds[subject].name) needs \(StudyFigure.share.text(share)) of the "
      + "shifts; vacancy by time is \(StudyMetric.vacancyTime.text(vacancy))"
    let pairs = result.plan.against.filter { $0 != subject }
      .map { result.pair(subject, with: $0) }.filter { $0.days > 0 }
    if let pair = pairs.first,
      let difference = pair.differences.first(where: { $0.figure == .metric(.vacancyTime) })
    {
      lead += ", against \(worlds[pair.base].name) \(difference.text)"
    }
    return lead + "."
  }
}
