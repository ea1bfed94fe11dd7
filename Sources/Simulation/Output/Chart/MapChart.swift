import Spatial

/// Where riders boarded, coloured by how long they had waited; one map a world, in one frame, with
/// one scale. North is up.
package struct MapChart: Sendable {
  /// Cells drawn, in columns and rows, both ends included.
  package struct Frame: Equatable, Sendable {
    package var columns: ClosedRange<Int32>
    package var rows: ClosedRange<Int32>

    package init(columns: ClosedRange<Int32>, rows: ClosedRange<Int32>) {
      self.columns = columns
      self.rows = rows
    }
  }

  private let summary: RunSummary
  private let frame: Frame
  private let width = 1_040.0

  /// Upper ends of the classes of mean wait, in minutes; the last class is open.
  package static let classes: [Int64] = [1, 2, 3, 5, 8]
  /// Cells along a side of the squares that unserved requests are counted in: one kilometre.
  package static let block: Int32 = 1_000 / Figures.mapCellMetres

  /// `nil` when no world has a cell.
  package init?(_ summary: RunSummary) {
    guard let frame = Self.frame(of: summary.worlds.flatMap(\.map)) else { return nil }
    self.summary = summary
    self.frame = frame
  }

  /// The smallest frame that leaves out no more than 0.25 % of all pickups and unserved requests
  /// on each side: a far outlier would shrink the city to a dot.
  package static func frame(of cells: [Figures.MapCell]) -> Frame? {
    func range(_ coordinate: (Figures.MapCell) -> Int32) -> ClosedRange<Int32>? {
      let sorted = cells.map { (at: coordinate($0), weight: $0.pickups + $0.unserved) }
        .filter { $0.weight > 0 }.sorted { ($0.at, $0.weight) < ($1.at, $1.weight) }
      let spare = sorted.reduce(0) { $0 + $1.weight } / 400
      guard var lower = sorted.first?.at, var upper = sorted.last?.at else { return nil }
      var seen = 0
      for cell in sorted {
        lower = cell.at
        seen += cell.weight
        if seen > spare { break }
      }
      seen = 0
      for cell in sorted.reversed() {
        upper = cell.at
        seen += cell.weight
        if seen > spare { break }
      }
      return lower...max(lower, upper)
    }
    guard let columns = range({ $0.column }), let rows = range({ $0.row }) else { return nil }
    return Frame(columns: columns, rows: rows)
  }

  private func isInside(_ cell: Figures.MapCell) -> Bool {
    frame.columns.contains(cell.column) && frame.rows.contains(cell.row)
  }

  /// Pickups and unserved requests of all worlds that lie outside the frame, and all of them.
  package var outside: Ratio {
    var out = 0
    var all = 0
    for cell in summary.worlds.flatMap(\.map) {
      all += cell.pickups + cell.unserved
      if !isInside(cell) { out += cell.pickups + cell.unserved }
    }
    return Ratio(Int64(out), Int64(all))
  }

  package func element() -> Markup {
    let worlds = summary.worlds
    let perRow = min(3, max(1, worlds.count))
    let gap = 24.0
    let panel = (width - gap * Double(perRow - 1)) / Double(perRow)
    let across = Double(Int64(frame.columns.upperBound) - Int64(frame.columns.lowerBound) + 1)
    let down = Double(Int64(frame.rows.upperBound) - Int64(frame.rows.lowerBound) + 1)
    let cell = min(panel / across, (perRow == 1 ? 560 : 480) / down, 24)
    let mapHeight = cell * down
    let top = 44.0
    let rowHeight = 34 + mapHeight + 18
    let rows = Double((worlds.count + perRow - 1) / perRow)
    var canvas = SVGCanvas(width: width, height: top + rowHeight * rows + 34)
    let most = worlds.flatMap { blocks($0).map(\.count) }.max() ?? 0
    legend(&canvas, most: most)
    for (place, figures) in worlds.enumerated() {
      let x = (panel + gap) * Double(place % perRow)
      let y = top + rowHeight * Double(place / perRow)
      let name = TextWidth.label(summary.worldKeys[place], room: panel * 0.6, size: 14)
      canvas.text(name, x, y + 20, "t-title")
      if figures.wait == nil {
        let note = figures.map.isEmpty ? "no places" : "waits unknown"
        canvas.text(note, x + max(cell * across, 230), y + 20, "t-muted", .end)
      }
      canvas.rect(x, y + 34, cell * across, mapHeight, "f-map", radius: 2)
      cells(&canvas, figures, x: x, y: y + 34, cell: cell)
      misses(&canvas, figures, x: x, y: y + 34, cell: cell, most: most)
    }
    scaleBar(&canvas, y: top + rowHeight * rows + 10, cell: cell, across: across)
    return canvas.element(
      id: "map",
      title: "Pickups by place and mean wait, by world",
      description: description()
    )
  }

  private func cells(
    _ canvas: inout SVGCanvas,
    _ figures: Figures,
    x: Double,
    y: Double,
    cell: Double
  ) {
    let drawn = figures.map.filter { $0.pickups > 0 && isInside($0) }
      .map { (row: $0.row, column: $0.column, style: style(of: $0, in: figures)) }
      .sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    for style in 0...Self.classes.count + 1 {
      var path = PathData()
      var index = 0
      while index < drawn.count {
        guard drawn[index].style == style else {
          index += 1
          continue
        }
        // Neighbours of one class become one box: a third of the bytes.
        var last = index
        while last + 1 < drawn.count, drawn[last + 1].style == style,
          drawn[last + 1].row == drawn[last].row,
          drawn[last + 1].column == drawn[last].column + 1
        {
          last += 1
        }
        path.box(
          Double(drawn[index].column - frame.columns.lowerBound),
          Double(frame.rows.upperBound - drawn[index].row),
          Double(last - index + 1),
          1
        )
        index = last + 1
      }
      let name = style > Self.classes.count ? "m-unknown" : "m\(style)"
      canvas.path(path, "cells \(name)", transform: "translate(\(x) \(y)) scale(\(precise(cell)))")
    }
  }

  /// The class of a cell's mean wait, or the one past the last where waits are unknown.
  private func style(of cell: Figures.MapCell, in figures: Figures) -> Int {
    guard figures.wait != nil else { return Self.classes.count + 1 }
    let mean = cell.waitSum / Int64(max(1, cell.pickups))
    return Self.classes.firstIndex { mean < $0 * 60_000 } ?? Self.classes.count
  }

  private func precise(_ scale: Double) -> Markup {
    Markup.trusted(Decimals.fixed(scale, places: 5) ?? "1")
  }

  private func blocks(_ figures: Figures) -> [(column: Int32, row: Int32, count: Int)] {
    func block(_ at: Int32) -> Int32 {
      at >= 0 ? at / Self.block : -((-(at + 1)) / Self.block) - 1
    }
    let sorted = figures.map.filter { $0.unserved > 0 && isInside($0) }
      .map { (column: block($0.column), row: block($0.row), count: $0.unserved) }
      .sorted { ($0.row, $0.column, $0.count) < ($1.row, $1.column, $1.count) }
    var merged: [(column: Int32, row: Int32, count: Int)] = []
    for item in sorted {
      if let last = merged.last, last.row == item.row, last.column == item.column {
        merged[merged.count - 1].count += item.count
      } else {
        merged.append(item)
      }
    }
    return merged
  }

  private func radius(_ count: Int, most: Int) -> Double {
    max(1.2, 9 * (Double(count) / Double(max(1, most))).squareRoot())
  }

  private func misses(
    _ canvas: inout SVGCanvas,
    _ figures: Figures,
    x: Double,
    y: Double,
    cell: Double,
    most: Int
  ) {
    for item in blocks(figures) {
      let column = centre(item.column, in: frame.columns) - Double(frame.columns.lowerBound)
      let row = Double(frame.rows.upperBound) + 1 - centre(item.row, in: frame.rows)
      canvas.circle(
        x + column * cell,
        y + row * cell,
        radius(item.count, most: most),
        "miss",
        tip: "\(Decimals.grouped(item.count)) unserved"
      )
    }
  }

  /// The middle of the part of a square kilometre that the frame shows, in cells.
  private func centre(_ block: Int32, in range: ClosedRange<Int32>) -> Double {
    let lower = max(block * Self.block, range.lowerBound)
    let upper = min((block + 1) * Self.block, range.upperBound + 1)
    return (Double(lower) + Double(upper)) / 2
  }

  private func legend(_ canvas: inout SVGCanvas, most: Int) {
    canvas.text("Mean wait, min", 0, 14, "t-muted")
    var x = 112.0
    var lower: Int64 = 0
    for index in 0...Self.classes.count {
      let isLast = index == Self.classes.count
      let label =
        isLast ? "\(lower) or more" : "\(lower)–\(Self.classes[index])"
      canvas.rect(x, 3, 14, 14, "m\(index)", radius: 2)
      canvas.text(label, x + 20, 14, "t-tick")
      x += 20 + TextWidth.pixels(label, size: 12) + 16
      if !isLast { lower = Self.classes[index] }
    }
    if summary.worlds.contains(where: { $0.wait == nil && !$0.map.isEmpty }) {
      canvas.rect(x, 3, 14, 14, "m-unknown", radius: 2)
      canvas.text("unknown", x + 20, 14, "t-tick")
      x += 20 + TextWidth.pixels("unknown", size: 12) + 16
    }
    guard most > 0 else { return }
    canvas.circle(x + 20, 10, 9, "miss")
    let label = "\(Decimals.grouped(most)) unserved in a square kilometre"
    canvas.text(label, x + 36, 14, "t-tick")
  }

  private func scaleBar(_ canvas: inout SVGCanvas, y: Double, cell: Double, across: Double) {
    let pixelsPerKilometre = cell * 1_000 / Double(Figures.mapCellMetres)
    let room = cell * across * 0.4
    let lengths = [50.0, 20, 10, 5, 2, 1, 0.5]
    let kilometres = lengths.first { $0 * pixelsPerKilometre <= room } ?? 0.25
    let length = kilometres * pixelsPerKilometre
    canvas.line(0, y, length, y, "mark")
    canvas.line(0, y - 4, 0, y + 4, "mark")
    canvas.line(length, y - 4, length, y + 4, "mark")
    let metres = Decimals.grouped(Int64(kilometres * 1_000))
    let label = kilometres < 1 ? "\(metres) m" : "\(Int(kilometres)) km"
    canvas.text("\(label) · north is up", length + 10, y + 4, "t-tick")
  }

  private func description() -> String {
    zip(summary.worldKeys, summary.worlds).map { name, figures in
      let pickups = Decimals.grouped(figures.map.reduce(0) { $0 + $1.pickups })
      let unserved = Decimals.grouped(figures.map.reduce(0) { $0 + $1.unserved })
      return "\(name): \(pickups) pickups and \(unserved) unserved requests."
    }.joined(separator: " ")
  }
}
