/// Demand and supply of a few hours as bars: one row a world under each hour.
struct ShortHours {
  private let summary: RunSummary
  private let rowHeight = 34.0
  private let labelWidth = 150.0
  private let width = 1_040.0

  init(_ summary: RunSummary) { self.summary = summary }

  /// Every hour that some world measured, in order.
  private var starts: [Int64] {
    var starts: [Int64] = []
    for figures in summary.worlds {
      for hour in figures.hours where HourChart.covered(hour, in: summary) > 0 {
        if !starts.contains(hour.start) { starts.append(hour.start) }
      }
    }
    return starts.sorted()
  }

  func canvas() -> SVGCanvas {
    let starts = starts
    let groupHeight = 36 + rowHeight * Double(summary.worlds.count) + 14
    var canvas = SVGCanvas(width: width, height: 60 + groupHeight * Double(starts.count))
    let panel = (width - labelWidth - 40) / 2
    let demand = labelWidth
    let supply = labelWidth + panel + 40
    canvas.text("Requests served", demand, 14, "t-title")
    canvas.text("Taxis on shift, mean of the hour", supply, 14, "t-title")
    canvas.text("the frame is all requests", demand, 36, "t-muted")
    SplitChart.legend(&canvas, SplitChart.parts(of: summary.worlds), x: supply, y: 36)

    let all = summary.worlds.flatMap(\.hours).filter {
      HourChart.covered($0, in: summary) > 0
    }
    let mostAsked = all.map { Double($0.requests) }.max() ?? 0
    let mostTaxis = all.map { taxis($0) }.max() ?? 0
    let series = ChartStyle.series(summary.worlds)
    for (group, start) in starts.enumerated() {
      let top = 60 + groupHeight * Double(group)
      canvas.line(0, top - 2, width, top - 2, "grid")
      canvas.text(heading(start), 0, top + 19, "t-strong")
      for (row, figures) in summary.worlds.enumerated() {
        guard let hour = figures.hours.first(where: { $0.start == start }) else { continue }
        let y = top + 34 + rowHeight * Double(row)
        let name = TextWidth.label(summary.worldKeys[row], room: labelWidth - 16)
        canvas.text(name, 0, y + 15.5, "t-muted")
        let room = panel - 128
        let asked = room * Double(hour.requests) / max(1, mostAsked)
        let served = room * Double(hour.served) / max(1, mostAsked)
        canvas.rect(demand, y, asked, 22, "frame")
        canvas.rect(demand, y, served, 22, "soft b-\(series[row])")
        let count = "\(Decimals.grouped(hour.served)) of \(Decimals.grouped(hour.requests))"
        canvas.text(count, demand + max(asked, served) + 8, y + 15.5, "t-number")
        let length = (panel - 64) * taxis(hour) / max(1, mostTaxis)
        if hour.time.total > 0 {
          SplitChart.bar(
            &canvas,
            hour.time,
            of: figures,
            x: supply,
            y: y,
            width: length,
            height: 22
          )
        }
        let mean = Decimals.grouped(Int64(taxis(hour).rounded()))
        canvas.text(mean, supply + length + 8, y + 15.5, "t-number")
      }
    }
    return canvas
  }

  private func taxis(_ hour: Figures.Hour) -> Double {
    Double(hour.time.total) / Double(max(1, HourChart.covered(hour, in: summary)))
  }

  private func heading(_ start: Int64) -> String {
    let offset = summary.utcOffsetSeconds
    let from = CivilTime(
      unixMilliseconds: max(start, summary.start),
      utcOffsetSeconds: offset
    )
    let to = CivilTime(
      unixMilliseconds: min(start + 3_600_000, summary.end),
      utcOffsetSeconds: offset
    )
    return "\(from.dayLabel), \(from.time)–\(to.time)"
  }
}
