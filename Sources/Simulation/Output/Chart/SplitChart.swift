/// Where on-shift time and driven distance went: one stacked bar a world, vacancy beside it.
package struct SplitChart: Sendable {
  package struct Part: Sendable {
    package var name: String
    package var style: String
    package var value: @Sendable (Figures.Split) -> Int64
  }

  /// Occupied first, so that all bars compare along one edge and the rest is the vacancy.
  package static let parts = [
    Part(name: "occupied", style: "occupied") { $0.occupied },
    Part(name: "to the rider", style: "pickup") { $0.pickup },
    Part(name: "guided", style: "guided") { $0.guided },
    Part(name: "idle", style: "idle") { $0.idle },
  ]

  package static let rowHeight = 40.0
  package static let barHeight = 24.0

  /// The parts that any of the worlds has; a legend shows no more.
  package static func parts(of worlds: [Figures]) -> [Part] {
    parts.filter { part in
      worlds.contains { part.value($0.time) > 0 || part.value($0.metres) > 0 }
    }
  }

  package static func element(_ summary: RunSummary) -> Markup {
    let worlds = summary.worlds
    let width = 1_040.0
    let labelWidth = 150.0
    let panel = (width - labelWidth - 40) / 2
    let top = 66.0
    var canvas = SVGCanvas(width: width, height: top + rowHeight * Double(worlds.count) + 4)
    legend(&canvas, parts(of: worlds), x: labelWidth, y: 14)
    for (index, name) in summary.worldKeys.enumerated() {
      let short = TextWidth.label(name, room: labelWidth - 16)
      canvas.text(short, 0, top + rowHeight * Double(index) + barHeight / 2 + 4.5, "t-strong")
    }
    let panels: [(String, KeyPath<Figures, Figures.Split> & Sendable)] = [
      ("Time on shift", \.time), ("Distance driven", \.metres),
    ]
    for (index, (title, part)) in panels.enumerated() {
      let x = labelWidth + (panel + 40) * Double(index)
      canvas.text(title, x, 52, "t-title")
      canvas.text("vacant", x + panel, 52, "t-muted", .end)
      for (row, figures) in worlds.enumerated() {
        bar(
          &canvas,
          figures[keyPath: part],
          of: figures,
          x: x,
          y: top + rowHeight * Double(row),
          width: panel - 64
        )
        vacancy(
          &canvas,
          figures[keyPath: part],
          x: x + panel,
          y: top + rowHeight * Double(row) + barHeight / 2 + 5
        )
      }
    }
    return canvas.element(
      id: "split",
      title: "How on-shift time and driven distance split, by world",
      description: description(summary)
    )
  }

  package static func legend(
    _ canvas: inout SVGCanvas,
    _ parts: [Part],
    x: Double,
    y: Double,
    size: Double = 13
  ) {
    var x = x
    for part in parts {
      canvas.rect(x, y - 10, 12, 12, "f-\(part.style)", radius: 2)
      canvas.text(part.name, x + 18, y, "t-muted")
      x += 18 + TextWidth.pixels(part.name, size: size) + 18
    }
  }

  package static func bar(
    _ canvas: inout SVGCanvas,
    _ split: Figures.Split,
    of figures: Figures,
    x: Double,
    y: Double,
    width: Double,
    height: Double = barHeight
  ) {
    guard split.total > 0 else {
      canvas.text("not measured", x, y + height / 2 + 4.5, "t-muted")
      return
    }
    var start = x
    for part in parts {
      let value = part.value(split)
      let length = width * Double(value) / Double(split.total)
      guard value > 0 else { continue }
      let percent = (Decimals.percent(Ratio(value, split.total)) ?? "") + " %"
      // A hairline of background parts neighbours without taking a share of the bar.
      canvas.rect(
        start,
        y,
        max(0.5, length - 1),
        height,
        "f-\(part.style)",
        tip: "\(figures.world): \(part.name) \(percent)"
      )
      if length > TextWidth.pixels(percent, size: 12) + 10 {
        canvas.text(
          percent,
          start + length / 2,
          y + height / 2 + 4.2,
          "t-on-\(part.style)",
          .middle
        )
      }
      start += length
    }
  }

  package static func vacancy(
    _ canvas: inout SVGCanvas,
    _ split: Figures.Split,
    x: Double,
    y: Double
  ) {
    let percent = Decimals.percent(split.vacancyRatio).map { $0 + " %" } ?? FigureTable.unknown
    canvas.text(percent, x, y, split.total > 0 ? "t-big" : "t-muted", .end)
  }

  package static func description(_ summary: RunSummary) -> String {
    zip(summary.worldKeys, summary.worlds).map { name, figures in
      let time = Decimals.percent(figures.time.vacancyRatio).map { $0 + " %" }
      let distance = Decimals.percent(figures.metres.vacancyRatio).map { $0 + " %" }
      return "\(name): vacancy by time \(time ?? "unknown"), by distance \(distance ?? "unknown")."
    }.joined(separator: " ")
  }
}
