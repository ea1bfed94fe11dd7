/// Demand and supply hour by hour: steps over a time axis, or bars where three hours or fewer
/// were measured. An hour that the measured span only partly covers counts at its rate.
package struct HourChart: Sendable {
  private let summary: RunSummary
  private let width = 1_040.0

  package init(_ summary: RunSummary) { self.summary = summary }

  /// The part of a clock hour that was measured, in milliseconds.
  package static func covered(_ hour: Figures.Hour, in summary: RunSummary) -> Int64 {
    max(0, min(hour.start + 3_600_000, summary.end) - max(hour.start, summary.start))
  }

  private func covered(_ hour: Figures.Hour) -> Int64 { Self.covered(hour, in: summary) }

  private func hours(_ figures: Figures) -> [Figures.Hour] {
    figures.hours.filter { covered($0) > 0 }.sorted { $0.start < $1.start }
  }

  /// `nil` when no world has a measured hour.
  package func element() -> Markup? {
    let most = summary.worlds.map { hours($0).count }.max() ?? 0
    guard most > 0 else { return nil }
    let canvas = most <= 3 ? ShortHours(summary).canvas() : steps(hours: most)
    return canvas.element(
      id: "hours",
      title: "Requests, rides served and taxis by hour, by world",
      description: description()
    )
  }

  private func description() -> String {
    zip(summary.worldKeys, summary.worlds).map { name, figures in
      let busiest = hours(figures).max { ($0.requests, $1.start) < ($1.requests, $0.start) }
      guard let busiest else { return "\(name): no measured hour." }
      let clock = CivilTime(
        unixMilliseconds: busiest.start,
        utcOffsetSeconds: summary.utcOffsetSeconds
      )
      let requests = Decimals.grouped(busiest.requests)
      let served = Decimals.grouped(busiest.served)
      return "\(name): busiest hour from \(clock.dayLabel) \(clock.time), \(requests) requests, "
        + "\(served) served."
    }.joined(separator: " ")
  }

  private func steps(hours most: Int) -> SVGCanvas {
    let count = summary.worlds.count
    let columns = most > 48 ? 1 : count % 3 == 0 ? 3 : min(2, count)
    let rows = (summary.worlds.count + columns - 1) / columns
    let rowHeight = 192.0
    let demandHeight = 232.0
    var canvas = SVGCanvas(
      width: width,
      height: demandHeight + 34 + rowHeight * Double(rows)
    )
    demand(&canvas, height: demandHeight - 30)
    let title = "Taxis on shift, mean of the hour"
    canvas.text(title, 0, demandHeight + 14, "t-title")
    SplitChart.legend(
      &canvas,
      SplitChart.parts(of: summary.worlds),
      x: TextWidth.pixels(title, size: 14, isBold: true) + 20,
      y: demandHeight + 14
    )

    var peak = 0.0
    for figures in summary.worlds {
      for hour in hours(figures) { peak = max(peak, taxis(hour.time.total, hour)) }
    }
    let gap = 40.0
    let panel = (width - gap * Double(columns - 1)) / Double(columns)
    for (place, figures) in summary.worlds.enumerated() {
      supply(
        &canvas,
        figures,
        name: summary.worldKeys[place],
        peak: peak,
        x: (panel + gap) * Double(place % columns),
        y: demandHeight + 34 + rowHeight * Double(place / columns),
        width: panel,
        height: rowHeight
      )
    }
    return canvas
  }

  private func taxis(_ time: Int64, _ hour: Figures.Hour) -> Double {
    Double(time) / Double(max(1, covered(hour)))
  }

  private func rate(_ count: Int, _ hour: Figures.Hour) -> Double {
    Double(count) * 3_600_000 / Double(max(1, covered(hour)))
  }

  private func demand(_ canvas: inout SVGCanvas, height: Double) {
    let labelWidth = 150.0
    let axis = TimeAxis(summary, onto: 52, width - labelWidth)
    let worlds = summary.worlds
    var peak = 0.0
    for figures in worlds {
      for hour in hours(figures) { peak = max(peak, rate(hour.requests, hour)) }
    }
    let up = vertical(&canvas, peak, axis, top: 34, bottom: height - 24)
    canvas.text("Requests per hour, and how many of them each world served", 0, 14, "t-title")
    axis.draw(&canvas, y: up.from, top: up.to)

    let series = ChartStyle.series(worlds)
    var labels: [(name: String, y: Double, style: String)] = []
    if let asked = worlds.map(hours).first(where: { !$0.isEmpty }) {
      let bands = asked.map {
        Band(hour: $0, low: 0, high: rate($0.requests, $0))
      }
      area(&canvas, bands, axis, up, "f-idle a", tip: "requests")
      labels.append(("requests", up(bands[bands.count - 1].high), "t-muted"))
    }
    for (index, figures) in worlds.enumerated() {
      let list = hours(figures)
      // A record of served rides only has nothing to show but the requests.
      guard let last = list.last, list.contains(where: { $0.served != $0.requests }) else {
        continue
      }
      var path = PathData()
      for (place, hour) in list.enumerated() {
        let y = up(rate(hour.served, hour))
        let follows = place > 0 && list[place - 1].start + 3_600_000 == hour.start
        if follows { path.vertical(y) } else { path.move(axis(hour.start), y) }
        path.horizontal(axis(hour.start + 3_600_000))
      }
      canvas.path(path, "l l-thin solid s-\(series[index])", tip: summary.worldKeys[index])
      labels.append((summary.worldKeys[index], up(rate(last.served, last)), "b-\(series[index])"))
    }
    let places = Labels.spread(labels.map(\.y), gap: 17, within: up.to + 4, up.from - 2)
    for (label, place) in zip(labels, places) {
      let name = TextWidth.label(label.name, room: labelWidth - 14)
      canvas.text(name, width - labelWidth + 10, place + 4.5, "t-strong \(label.style)")
    }
  }

  private func supply(
    _ canvas: inout SVGCanvas,
    _ figures: Figures,
    name: String,
    peak: Double,
    x: Double,
    y: Double,
    width: Double,
    height: Double
  ) {
    let axis = TimeAxis(summary, onto: x + 52, x + width)
    canvas.text(TextWidth.label(name, room: width), x, y + 18, "t-strong")
    let up = vertical(&canvas, peak, axis, top: y + 32, bottom: y + height - 34)
    axis.draw(&canvas, y: up.from, top: up.to)
    let list = hours(figures)
    var base = [Double](repeating: 0, count: list.count)
    for part in SplitChart.parts {
      var bands: [Band] = []
      for (index, hour) in list.enumerated() {
        let high = base[index] + taxis(part.value(hour.time), hour)
        bands.append(Band(hour: hour, low: base[index], high: high))
        base[index] = high
      }
      guard bands.contains(where: { $0.high > $0.low }) else { continue }
      area(&canvas, bands, axis, up, "f-\(part.style)", tip: part.name)
    }
  }

  private struct Band {
    var hour: Figures.Hour
    var low: Double
    var high: Double
  }

  /// A stepped band; hours that do not follow each other leave a gap.
  private func area(
    _ canvas: inout SVGCanvas,
    _ bands: [Band],
    _ axis: TimeAxis,
    _ up: LinearScale,
    _ style: String,
    tip: String
  ) {
    var path = PathData()
    var first = 0
    while first < bands.count {
      var last = first
      while last + 1 < bands.count,
        bands[last].hour.start + 3_600_000 == bands[last + 1].hour.start
      {
        last += 1
      }
      path.move(axis(bands[first].hour.start), up(bands[first].low))
      for band in bands[first...last] {
        path.vertical(up(band.high))
        path.horizontal(axis(band.hour.start + 3_600_000))
      }
      for band in bands[first...last].reversed() {
        path.vertical(up(band.low))
        path.horizontal(axis(band.hour.start))
      }
      path.close()
      first = last + 1
    }
    canvas.path(path, style, tip: tip)
  }

  private func vertical(
    _ canvas: inout SVGCanvas,
    _ peak: Double,
    _ axis: TimeAxis,
    top: Double,
    bottom: Double
  ) -> LinearScale {
    let ticks = Ticks.upTo(peak, count: 4)
    let up = LinearScale(0, ticks[ticks.count - 1], onto: bottom, top)
    for tick in ticks {
      canvas.line(axis.scale.from, up(tick), axis.scale.to, up(tick), "grid")
      let label = Ticks.label(tick, step: ticks[1])
      canvas.text(label, axis.scale.from - 8, up(tick) + 4, "t-tick", .end)
    }
    return up
  }
}
