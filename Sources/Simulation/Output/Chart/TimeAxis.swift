/// A horizontal axis of clock time, with ticks at whole local hours or midnights.
package struct TimeAxis: Sendable {
  package struct Tick: Equatable, Sendable {
    package var time: Int64
    package var label: String
  }

  package let scale: LinearScale
  package let start: Int64
  package let end: Int64
  private let utcOffsetSeconds: Int

  package init(_ summary: RunSummary, onto from: Double, _ to: Double) {
    start = summary.start
    end = max(summary.start, summary.end)
    utcOffsetSeconds = summary.utcOffsetSeconds
    scale = LinearScale(0, Double(end - start), onto: from, to)
  }

  package func callAsFunction(_ time: Int64) -> Double {
    scale(Double(min(max(time, start), end) - start))
  }

  /// Ticks at least `room` pixels apart.
  package func ticks(room: Double) -> [Tick] {
    let hour: Int64 = 3_600_000
    let most = max(1, Int64((scale.to - scale.from) / room))
    let steps: [Int64] = [1, 2, 3, 6, 12, 24, 48, 168, 336, 1_344, 8_736]
    let step = (steps.first { (end - start) / ($0 * hour) <= most } ?? 87_360) * hour
    let offset = Int64(utcOffsetSeconds) * 1_000
    let past = (start + offset) % step
    var time = start + (past == 0 ? 0 : past > 0 ? step - past : -past)
    var ticks: [Tick] = []
    while time <= end {
      let civil = CivilTime(unixMilliseconds: time, utcOffsetSeconds: utcOffsetSeconds)
      ticks.append(Tick(time: time, label: civil.hour == 0 ? civil.dayLabel : civil.time))
      time += step
    }
    return ticks
  }

  /// Draws ticks and labels below `y`, and grid lines up to `top`.
  package func draw(_ canvas: inout SVGCanvas, y: Double, top: Double) {
    canvas.line(scale.from, y, scale.to, y, "axis")
    for tick in ticks(room: 88) {
      let x = self(tick.time)
      canvas.line(x, top, x, y, "grid")
      canvas.line(x, y, x, y + 4, "axis")
      let half = TextWidth.pixels(tick.label, size: 12) / 2
      // A label at an end stays inside the drawing.
      if x - half < scale.from - 30 {
        canvas.text(tick.label, scale.from - 30, y + 18, "t-tick")
      } else if x + half > scale.to {
        canvas.text(tick.label, scale.to, y + 18, "t-tick", .end)
      } else {
        canvas.text(tick.label, x, y + 18, "t-tick", .middle)
      }
    }
  }
}
