/// The report as one HTML file: no other file, no network, no script. It is well-formed XML too,
/// reads in a browser without style sheets, and prints.
public struct HTMLReport: Sendable {
  private let summary: RunSummary

  /// UTF-8, ending in a newline.
  public static func bytes(_ summary: RunSummary) -> [UInt8] {
    Array(HTMLReport(summary).page.text.utf8)
  }

  private init(_ summary: RunSummary) { self.summary = summary }

  private var page: Markup {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta http-equiv="Content-Security-Policy" \
    content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"/>
    <title>\(summary.title) · Baecha</title>
    <style>
    \(Markup.trusted(ReportStyle.sheet))
    </style>
    </head>
    <body>
    <div class="wrap">
    \(header)
    <main>
    \(result)
    \(split)
    \(waits)
    \(hours)
    \(map)
    \(figures)
    \(ReportSections(summary).data)
    \(ReportSections(summary).definitions)
    </main>
    \(ReportSections(summary).footer)
    </div>
    </body>
    </html>

    """
  }

  private var header: Markup {
    let span = CivilTime.span(
      from: summary.start,
      to: summary.end,
      utcOffsetSeconds: summary.utcOffsetSeconds
    )
    let requests = summary.worlds.map(\.service.requests).max() ?? 0
    let taxis = summary.worlds.map(\.taxis).max() ?? 0
    return """
      <header>
      <p class="over">Baecha · simulation report</p>
      <h1>\(summary.title)</h1>
      <p class="meta">\(span) · \(Decimals.grouped(requests)) requests · \
      \(Decimals.grouped(taxis)) taxis · seed \(String(summary.seed))</p>
      </header>
      """
  }

  private var result: Markup {
    let headline = Headline(summary)
    let details = headline.details.map { detail -> Markup in "<p>\(Self.glued(detail))</p>\n" }
    let tiles = headline.tiles.map { tile -> Markup in
      let others = tile.others.map { other -> Markup in
        let change: Markup =
          other.change.isEmpty ? "" : " <span class=\"change\">\(other.change)</span>"
        return "<dd class=\"other\">\(other.name) \(other.value)\(change)</dd>\n"
      }
      return """
        <div><dt>\(tile.label)</dt>
        <dd class="value">\(tile.value)</dd>
        \(Markup.joined(others))</div>

        """
    }
    let name = Headline.subject(summary).map { summary.worldKeys[$0] } ?? ""
    let list: Markup =
      tiles.isEmpty
      ? "" : "<dl class=\"tiles\" aria-label=\"\(name)\">\n\(Markup.joined(tiles))</dl>"
    return """
      <section class="result" aria-label="Result">
      <p class="lead">\(Self.glued(headline.lead))</p>
      \(Markup.joined(details))\(list)
      </section>
      """
  }

  /// Numbers that a line break does not part from their per cent sign.
  private static func glued(_ text: String) -> String {
    text.replacing(" %", with: "\u{A0}%")
  }

  private var figures: Markup {
    let table = FigureTable(summary)
    let heads = table.columns.map { name -> Markup in
      "<th scope=\"col\">\(Self.breakable(name))</th>"
    }
    let size: Markup = table.columns.count < 3 ? "figures few" : "figures"
    let groups = table.groups.map { group -> Markup in
      """
      <tbody>
      <tr class="group"><th scope="rowgroup" colspan="\(table.columns.count + 1)">\(group.title)\
      </th></tr>
      \(Markup.joined(group.rows.map(row)))</tbody>

      """
    }
    return """
      <section>
      <h2>All figures</h2>
      <p class="say">As the terminal prints them.</p>
      <div class="scroll"><table class="\(size)">
      <thead><tr><th scope="col"><span class="unit">World</span></th>\(Markup.joined(heads))</tr>\
      </thead>
      \(Markup.joined(groups))</table></div>
      </section>
      """
  }

  /// A name that may break after each `+`, as in `nearest+guided`.
  private static func breakable(_ name: String) -> Markup {
    var parts = Markup()
    for (index, part) in name.split(separator: "+", omittingEmptySubsequences: false).enumerated() {
      parts += index == 0 ? "\(String(part))" : "+<wbr/>\(String(part))"
    }
    return parts
  }

  private func row(_ row: FigureTable.Row) -> Markup {
    let style: Markup =
      switch row.emphasis {
      case .key: " class=\"key\""
      case .plain: ""
      case .change: " class=\"change\""
      }
    let unit: Markup = row.unit.isEmpty ? "" : "<span class=\"unit\">, \(row.unit)</span>"
    let cells = row.cells.map { cell -> Markup in
      // Words such as "unknown" are set apart from numbers.
      let isWord = cell.unicodeScalars.first.map { ("a"..."z").contains($0) } ?? false
      return isWord ? "<td class=\"word\">\(cell)</td>" : "<td>\(cell)</td>"
    }
    return """
      <tr\(style)><th scope="row">\(row.label)\(unit)</th>\(Markup.joined(cells))</tr>

      """
  }

  private var split: Markup {
    guard !summary.worlds.isEmpty else { return "" }
    let caption: Markup =
      summary.worlds.contains { !$0.tellsEmptyApart && $0.service.served > 0 }
      ? "<figcaption>\(Wording.recordedEmpty)</figcaption>" : ""
    return section(
      "Where the time and the kilometres went",
      "Everything that is not occupied is vacant.",
      figure(SplitChart.element(summary), caption)
    )
  }

  private var waits: Markup {
    guard !WaitChart.known(summary.worlds).isEmpty else {
      return section(
        "Waiting",
        "No world has a known wait: nobody boarded in it, or its data do not say when riders asked.",
        ""
      )
    }
    let isOpen = WaitChart.binsShown(summary.worlds) == Figures.Wait.binCount
    let last: Markup = isOpen ? " The last bar holds all longer waits." : ""
    let caption: Markup = """
      <figcaption>Share of the served rides in each half minute of waiting. p50 and p95 are \
      taken over all requests, the unserved counting as endless waits.\(last)</figcaption>
      """
    let curves = figure(WaitChart.curvesElement(summary), "")
    return section(
      "Waiting",
      "Share of all requests on board within a given wait. A curve ends below 100 % by the riders "
        + "who were never picked up.",
      "\(curves)\n\(figure(WaitChart.histogramsElement(summary), caption))"
    )
  }

  private var hours: Markup {
    guard let chart = HourChart(summary).element() else { return "" }
    return section(
      "Demand and supply by hour",
      "Local time. An hour that was measured in part counts at its rate.",
      figure(chart, "")
    )
  }

  private var map: Markup {
    guard let chart = MapChart(summary) else { return "" }
    let latitude = Self.degrees(summary.origin.latitude, "N", "S")
    let longitude = Self.degrees(summary.origin.longitude, "E", "W")
    let outside = Decimals.percent(chart.outside, places: 2) ?? "0"
    let caption: Markup = """
      <figcaption>The grid’s origin is \(latitude), \(longitude). Outside the frame: \(outside) % \
      of pickups and unserved requests.</figcaption>
      """
    return section(
      "Where riders boarded, and how long they had waited",
      "Squares of 250 m with at least one pickup, coloured by the mean wait there. Circles are "
        + "requests that nobody served, by square kilometre.",
      figure(chart.element(), caption)
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

  private func figure(_ chart: Markup, _ caption: Markup) -> Markup {
    "<figure><div class=\"scroll\">\(chart)</div>\(caption)</figure>"
  }

  private static func degrees(_ value: Int32, _ plus: String, _ minus: String) -> String {
    let text = Decimals.fixed(Int64(value.magnitude), over: 10_000_000, places: 4) ?? "0"
    return "\(text)° \(value < 0 ? minus : plus)"
  }
}
