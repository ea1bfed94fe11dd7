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
    \(table(StudyTable.worlds(result, .equalService)))
    </section>
    \(pairs)
    \(whole)
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
    section(
      "Compared day by day, at equal service",
      interval,
      Markup.joined(
        (StudyTable.pairs(result, .equalService) + [StudyTable.gaps(result)].compactMap { $0 })
          .map(titled)
      )
    )
  }

  private var whole: Markup {
    section(
      StudyPlace.wholeFleet.title,
      "The same shifts in every world: what moves is who is served, waits and kilometres.",
      Markup.joined(
        [table(StudyTable.worlds(result, .wholeFleet))]
          + StudyTable.pairs(result, .wholeFleet).map(titled)
      )
    )
  }

  private func titled(_ content: StudyTable) -> Markup {
    "<h3>\(content.title)</h3>\n\(table(content))\n"
  }

  private var interval: String {
    plan.test.count > 1
      ? "Mean difference, with its 95 % Student interval over days." : "One day, so no interval."
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
