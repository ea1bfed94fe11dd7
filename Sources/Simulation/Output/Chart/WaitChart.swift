/// How long riders waited: a curve for all worlds, and a histogram for each.
package enum WaitChart {
  /// Worlds whose waits are known, by index.
  package static func known(_ worlds: [Figures]) -> [Int] {
    worlds.indices.filter { (worlds[$0].wait?.boarded ?? 0) > 0 }
  }

  /// How many bins to draw: 99.5 % of every world's boardings, at least five minutes, and a whole
  /// number of two minutes.
  package static func binsShown(_ worlds: [Figures]) -> Int {
    var needed = 10
    for wait in worlds.compactMap(\.wait) {
      let all = wait.boarded
      var seen = 0
      for (bin, count) in wait.histogram.enumerated() where seen * 1_000 < all * 995 {
        seen += count
        needed = max(needed, bin + 1)
      }
    }
    return min((needed + 3) / 4 * 4, Figures.Wait.binCount)
  }

  private static let minutesPerBin = Double(Figures.Wait.binWidth) / 60_000

  /// Bins whose right edge is known; the last of all is open.
  private static func closedBins(_ shown: Int) -> Int { min(shown, Figures.Wait.binCount - 1) }

  /// The share of all settled requests that was on board within a given wait: curves that end
  /// below 100 % by those who never were. Draws into the box given.
  package static func curves(
    _ canvas: inout SVGCanvas,
    _ summary: RunSummary,
    x: Double,
    y: Double,
    width: Double,
    height: Double,
    labelWidth: Double
  ) {
    let worlds = summary.worlds
    let indices = known(worlds)
    let bins = closedBins(binsShown(worlds))
    let right = x + width - labelWidth
    let across = LinearScale(0, Double(bins) * minutesPerBin, onto: x + 44, right)
    let up = LinearScale(0, 1, onto: y + height - 40, y)
    for tick in [0.0, 0.25, 0.5, 0.75, 1] {
      canvas.line(across.from, up(tick), right, up(tick), tick == 0 ? "axis" : "grid")
      canvas.text("\(Int(tick * 100)) %", x + 36, up(tick) + 4, "t-tick", .end)
    }
    minutes(&canvas, across, y: up.from, unit: "minutes from request to boarding")
    let series = ChartStyle.series(worlds)
    let names = summary.worldKeys
    var ends: [Double] = []
    for index in indices {
      let figures = worlds[index]
      guard let wait = figures.wait else { continue }
      let all = Double(max(1, wait.boarded + figures.unserved))
      var path = PathData()
      path.move(across(0), up(0))
      var seen = 0
      for bin in 0..<min(bins, wait.histogram.count) {
        seen += wait.histogram[bin]
        path.line(across(Double(bin + 1) * minutesPerBin), up(Double(seen) / all))
      }
      ends.append(up(Double(seen) / all))
      canvas.path(path, "l s-\(series[index])", tip: names[index])
    }
    let places = Labels.spread(ends, gap: 17, within: y + 4, up.from - 4)
    for (index, place) in zip(indices, places) {
      let name = TextWidth.label(names[index], room: labelWidth - 14)
      canvas.text(name, right + 10, place + 4.5, "t-strong b-\(series[index])")
    }
  }

  package static func curvesElement(_ summary: RunSummary) -> Markup {
    var canvas = SVGCanvas(width: 1_040, height: 320)
    curves(&canvas, summary, x: 0, y: 12, width: 1_040, height: 308, labelWidth: 150)
    return canvas.element(
      id: "waits",
      title: "Share of requests on board within a given wait, by world",
      description: description(summary)
    )
  }

  package static func histogramsElement(_ summary: RunSummary) -> Markup {
    let worlds = summary.worlds
    let indices = known(worlds)
    let columns = min(3, max(1, indices.count))
    let gap = 36.0
    let panel = (1_040 - gap * Double(columns - 1)) / Double(columns)
    let rows = (indices.count + columns - 1) / columns
    let rowHeight = 232.0
    var canvas = SVGCanvas(width: 1_040, height: rowHeight * Double(rows) - 16)
    let bins = binsShown(worlds)
    var peak = 0.0
    for wait in worlds.compactMap(\.wait) {
      for count in wait.histogram { peak = max(peak, Double(count) / Double(max(1, wait.boarded))) }
    }
    let series = ChartStyle.series(worlds)
    for (place, index) in indices.enumerated() {
      let x = (panel + gap) * Double(place % columns)
      let y = rowHeight * Double(place / columns)
      histogram(
        &canvas,
        worlds[index],
        name: summary.worldKeys[index],
        series: series[index],
        bins: bins,
        peak: peak,
        x: x,
        y: y,
        width: panel
      )
    }
    return canvas.element(
      id: "histograms",
      title: "Served rides by wait, in half minutes, by world",
      description: description(summary)
    )
  }

  private static func histogram(
    _ canvas: inout SVGCanvas,
    _ figures: Figures,
    name: String,
    series: String,
    bins: Int,
    peak: Double,
    x: Double,
    y: Double,
    width: Double
  ) {
    guard let wait = figures.wait else { return }
    let ticks = Ticks.upTo(peak * 100, count: 3)
    let across = LinearScale(0, Double(bins) * minutesPerBin, onto: x + 40, x + width - 8)
    let up = LinearScale(0, ticks[ticks.count - 1], onto: y + 176, y + 62)
    let short = TextWidth.label(name, room: width * 0.5, size: 14)
    canvas.text(short, x, y + 16, "t-title b-\(series)")
    let mean = wait.meanMilliseconds.map(Decimals.clock) ?? FigureTable.none
    canvas.text("mean \(mean)", x + width, y + 16, "t-muted t-number", .end)
    for tick in ticks {
      canvas.line(across.from, up(tick), across.to, up(tick), tick == 0 ? "axis" : "grid")
      let step = ticks.count > 1 ? ticks[1] : 1
      canvas.text("\(Ticks.label(tick, step: step)) %", x + 34, up(tick) + 4, "t-tick", .end)
    }
    for bin in 0..<min(bins, wait.histogram.count) where wait.histogram[bin] > 0 {
      let share = Double(wait.histogram[bin]) / Double(wait.boarded)
      let left = across(Double(bin) * minutesPerBin)
      let right = across(Double(bin + 1) * minutesPerBin)
      canvas.rect(
        left,
        up(share * 100),
        max(0.5, right - left - 1),
        up.from - up(share * 100),
        "soft b-\(series)",
        tip: "\(Decimals.grouped(wait.histogram[bin])) rides"
      )
    }
    minutes(&canvas, across, y: up.from, unit: "min")
    // The two flags stand on different lines, so that close percentiles stay readable.
    percentile(&canvas, wait.p50, "p50", across, up, flag: y + 40, "mark")
    percentile(&canvas, wait.p95, "p95", across, up, flag: y + 56, "mark-soft")
  }

  private static func percentile(
    _ canvas: inout SVGCanvas,
    _ value: Int64?,
    _ name: String,
    _ across: LinearScale,
    _ up: LinearScale,
    flag: Double,
    _ style: String
  ) {
    guard let value else {
      canvas.text("\(name) \(FigureTable.endless)", across.to, flag, "t-tick", .end)
      return
    }
    let minutes = Double(value) / 60_000
    let label = "\(name) \(Decimals.clock(value))"
    guard minutes <= across.upper else {
      canvas.text("\(label) →", across.to, flag, "t-tick", .end)
      return
    }
    let x = across(minutes)
    canvas.line(x, flag - 10, x, up.from, style)
    let fits = x + 5 + TextWidth.pixels(label, size: 12) < across.to
    canvas.text(label, fits ? x + 5 : x - 5, flag, "t-tick", fits ? .start : .end)
  }

  /// Tick labels below an axis of minutes, the unit after the last.
  private static func minutes(
    _ canvas: inout SVGCanvas,
    _ across: LinearScale,
    y: Double,
    unit: String
  ) {
    let room = (across.to - across.from) / 34
    let step = Ticks.step(max(1, across.upper / room))
    var tick = 0.0
    while tick <= across.upper + 1e-9 {
      canvas.line(across(tick), y, across(tick), y + 4, "axis")
      canvas.text(Ticks.label(tick, step: step), across(tick), y + 18, "t-tick", .middle)
      tick += step
    }
    canvas.text(unit, across.to, y + 34, "t-tick", .end)
  }

  package static func description(_ summary: RunSummary) -> String {
    zip(summary.worldKeys, summary.worlds).map { name, figures in
      guard let wait = figures.wait else { return "\(name): waits unknown." }
      let mean = wait.meanMilliseconds.map(Decimals.clock) ?? FigureTable.none
      let p95 = FigureTable.percentile(figures) { $0.p95 }
      return "\(name): mean wait \(mean), 95th percentile \(p95) minutes and seconds."
    }.joined(separator: " ")
  }
}
