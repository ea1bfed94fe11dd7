/// The curves of a study: what a smaller fleet does to service and to vacancy, a line a world.
package enum StudyCurves {
  private static let width = 1_040.0
  private static let height = 340.0
  private static let labelRoom = 170.0

  /// The class suffix of each world's line, as in ``ChartStyle/series(_:)``.
  package static func series(_ plan: StudyPlan) -> [String] {
    var next = 0
    return plan.worlds.map { world in
      guard !world.isFixed else { return "recorded" }
      defer { next += 1 }
      return String(next % 5)
    }
  }

  /// One chart: the fleet's share against `metric`, means over days. `limit` is the value of the
  /// service level, drawn across; `isMarked` says whether the points of equal service are drawn.
  package static func element(
    _ result: StudyResult,
    _ metric: StudyMetric,
    limit: Double? = nil,
    isMarked: Bool = false
  ) -> Markup {
    var canvas = SVGCanvas(width: width, height: height)
    let plan = result.plan
    let lines = plan.worlds.indices.map { world in
      result.points[world][0].indices.map { result.mean(world, share: $0, metric) }
    }
    let (low, high, step) = range(
      lines.joined().compactMap { $0 } + (limit.map { [$0] } ?? []),
      metric
    )
    let right = width - labelRoom
    let smallest = Double(plan.shares.last ?? 0) / 100
    let across = LinearScale(min(smallest, 95), 100, onto: 64, right)
    let up = LinearScale(low, high, onto: height - 46, 14)
    axes(&canvas, across, up, step: step, metric, plan)
    if let limit {
      canvas.line(across.from, up(limit), right, up(limit), "mark-soft")
    }
    draw(&canvas, result, lines, across, up, isMarked: isMarked)
    let named = plan.worlds.indices.compactMap { world in
      lines[world].last { $0 != nil }.flatMap { $0 }.map { (world: world, value: $0) }
    }
    // The whole fleet is at the right, where the lines begin.
    let starts = named.map { up(lines[$0.world].first.flatMap { $0 } ?? $0.value) }
    let places = Labels.spread(starts, gap: 17, within: 18, up.from - 4)
    let series = series(plan)
    for (item, place) in zip(named, places) {
      let name = TextWidth.label(plan.worlds[item.world].name, room: labelRoom - 20)
      canvas.text(name, right + 14, place + 4.5, "t-strong b-\(series[item.world])")
    }
    return canvas.element(
      id: "curve-\(metric.rawValue)",
      title: "\(metric.words) by share of the fleet, by world",
      description: description(result, lines, metric)
    )
  }

  private static func draw(
    _ canvas: inout SVGCanvas,
    _ result: StudyResult,
    _ lines: [[Double?]],
    _ across: LinearScale,
    _ up: LinearScale,
    isMarked: Bool
  ) {
    let plan = result.plan
    let series = series(plan)
    for (world, line) in lines.enumerated() {
      var path = PathData()
      var isOpen = false
      for (share, value) in line.enumerated() {
        // A wait that is endless on some day has no place: the line ends before it.
        guard let value else {
          isOpen = false
          continue
        }
        let (x, y) = (across(Double(plan.shares[share]) / 100), up(value))
        if isOpen { path.line(x, y) } else { path.move(x, y) }
        isOpen = true
      }
      let name = plan.worlds[world].name
      if plan.worlds[world].isFixed, let value = line.first ?? nil {
        canvas.circle(across(100), up(value), 5, "b-recorded", tip: name)
      } else {
        canvas.path(path, "l s-\(series[world])", tip: name)
      }
      guard isMarked, !plan.worlds[world].isFixed,
        result.daysReached(world) == plan.test.count,
        let share = result.mean(world, .share)?.mean,
        let value = result.mean(world, .metric(.vacancyTime))?.mean
      else { continue }
      let tip =
        "\(name): \(StudyFigure.share.text(share)) of the fleet, "
        + StudyMetric.vacancyTime.text(value)
      canvas.circle(across(share), up(value), 6, "b-\(series[world])", tip: tip)
    }
  }

  private static func axes(
    _ canvas: inout SVGCanvas,
    _ across: LinearScale,
    _ up: LinearScale,
    step: Double,
    _ metric: StudyMetric,
    _ plan: StudyPlan
  ) {
    var tick = up.lower
    while tick <= up.upper + step / 1_000 {
      canvas.line(across.from, up(tick), across.to, up(tick), tick == up.lower ? "axis" : "grid")
      let unit = metric.unit == "percent" ? " %" : ""
      let label: String =
        metric.unit == "s"
        ? Decimals.clock(Int64((tick * 1_000).rounded())) : Ticks.label(tick, step: step) + unit
      canvas.text(label, across.from - 8, up(tick) + 4, "t-tick", .end)
      tick += step
    }
    var share = (across.lower / 10).rounded(.up) * 10
    while share <= 100 {
      canvas.line(across(share), up.from, across(share), up.from + 4, "axis")
      canvas.text("\(Int(share)) %", across(share), up.from + 18, "t-tick", .middle)
      share += 10
    }
    canvas.text("share of the day’s shifts", across.to, up.from + 36, "t-tick", .end)
  }

  /// The values' range, widened to whole steps; waits and kilometres begin at 0.
  private static func range(_ values: [Double], _ metric: StudyMetric) -> (Double, Double, Double) {
    let greatest = values.max() ?? 1
    guard metric.unit == "percent" else {
      let step = metric.unit == "s" ? 60 * Ticks.step(greatest / 60 / 5) : Ticks.step(greatest / 5)
      return (0, (greatest / step).rounded(.up) * step, step)
    }
    let least = values.min() ?? 0
    let step = max(Ticks.step((greatest - least) / 5), 1)
    let high = min((greatest / step).rounded(.up) * step, 100)
    let low = min((least / step).rounded(.down) * step, high - step)
    return (low, high, step)
  }

  private static func description(
    _ result: StudyResult,
    _ lines: [[Double?]],
    _ metric: StudyMetric
  ) -> String {
    let shares = result.plan.shares
    return result.plan.worlds.enumerated().map { world, settings in
      let points = lines[world].enumerated().map { share, value in
        let text = value.map { metric.text($0) } ?? "none"
        return "\(StudyFigure.share.text(Double(shares[share]) / 100)): \(text)"
      }
      return "\(settings.name): \(points.joined(separator: ", "))."
    }.joined(separator: " ")
  }
}
