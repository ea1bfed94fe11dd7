/// One picture of a run for a README: the split of driven distance and of time, and the waits. It
/// brings its own background, and follows the reader's light or dark.
public enum OverviewPicture {
  private static let width = 960.0
  private static let height = 420.0
  /// More worlds than this would not be legible at that size; then the first ones and the one that
  /// the headline is about are drawn.
  public static let worldsMax = 5

  /// An SVG file: UTF-8, ending in a newline.
  public static func bytes(_ summary: RunSummary) -> [UInt8] {
    var shown = summary
    if summary.worlds.count > worldsMax, let subject = Headline.subject(summary) {
      let rest = summary.worlds.indices.filter { $0 != subject }.prefix(worldsMax - 1)
      shown.worlds = (rest + [subject]).sorted().map { summary.worlds[$0] }
    }
    var canvas = SVGCanvas(width: width, height: height)
    canvas.rect(0.5, 0.5, width - 1, height - 1, "f-card frame-soft", radius: 12)
    let title = TextWidth.label(summary.title, room: width - 64, size: 19)
    canvas.text(title, 32, 44, "t-head")
    let span = CivilTime.span(
      from: summary.start,
      to: summary.end,
      utcOffsetSeconds: summary.utcOffsetSeconds
    )
    let requests = Decimals.grouped(summary.worlds.map(\.service.requests).max() ?? 0)
    let taxis = Decimals.grouped(summary.worlds.map(\.taxis).max() ?? 0)
    canvas.text("\(span) · \(requests) requests · \(taxis) taxis", 32, 66, "t-muted")

    let left = 32.0
    let panel = 470.0
    let row = shown.worlds.count > 3 ? 21.0 : 30.0
    let panels: [(String, KeyPath<Figures, Figures.Split> & Sendable)] = [
      ("Distance driven", \.metres), ("Time on shift", \.time),
    ]
    for (index, (name, part)) in panels.enumerated() {
      let top = 102 + Double(index) * 146
      canvas.text(name, left, top, "t-title")
      canvas.text("vacant", left + panel, top, "t-muted", .end)
      for (place, figures) in shown.worlds.enumerated() {
        let y = top + 14 + row * Double(place)
        let label = TextWidth.label(shown.worldKeys[place], room: 124)
        canvas.text(label, left, y + row / 2 + 1.5, "t-muted")
        SplitChart.bar(
          &canvas,
          figures[keyPath: part],
          of: figures,
          x: left + 130,
          y: y,
          width: panel - 130 - 62,
          height: row - 6
        )
        SplitChart.vacancy(
          &canvas,
          figures[keyPath: part],
          x: left + panel,
          y: y + row / 2 + 2
        )
      }
    }
    SplitChart.legend(&canvas, SplitChart.parts(of: shown.worlds), x: left, y: 394)

    let right = 548.0
    canvas.text("Requests on board within a given wait", right, 102, "t-title")
    if WaitChart.known(shown.worlds).isEmpty {
      canvas.text("waits unknown", right, 130, "t-muted")
    } else {
      WaitChart.curves(
        &canvas,
        shown,
        x: right - 6,
        y: 124,
        width: width - right - 18,
        height: 272,
        labelWidth: 126
      )
    }
    let description = SplitChart.description(shown) + " " + WaitChart.description(shown)
    return Array(canvas.document(title: summary.title, description: description).text.utf8)
  }
}
