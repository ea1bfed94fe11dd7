/// Advice and its check, for people and as JSON.
extension RiderAdvice {
  public var table: String {
    guard !spots.isEmpty else {
      return "no empty taxi was ever seen within this walk at this hour\n"
    }
    var text = "     place                    walk        empty taxis   wait: mean    80 % within\n"
    for (index, spot) in spots.enumerated() { text += Self.line("\(index + 1).", spot) }
    if spots[0].cell != here.cell { text += Self.line("here", here) }
    return text
  }

  public var json: String {
    JSONValue.object([
      ("spots", .array(spots.map(Self.json))), ("here", Self.json(here)),
    ]).text()
  }

  private static func line(_ title: String, _ spot: Spot) -> String {
    let place = "\(degrees(spot.place.latitude)), \(degrees(spot.place.longitude))"
    let walk = "\(spot.walkMetres) m, \(minutes(spot.walkMinutes))"
    let rate = (Decimals.fixed(spot.passesPerHour, places: 1) ?? "?") + " an hour"
    let span = "\(minutes(spot.wait10)) to \(minutes(spot.wait90))"
    return "  " + left(title, 5) + left(place, 23) + left(walk, 16) + left(rate, 15)
      + left(minutes(spot.waitMean), 12) + span + " min\n"
  }

  private static func json(_ spot: Spot) -> JSONValue {
    .object([
      ("latitude", .number(degrees(spot.place.latitude))),
      ("longitude", .number(degrees(spot.place.longitude))),
      ("walk_m", .integer(Int64(spot.walkMetres))),
      ("walk_minutes", number(spot.walkMinutes)),
      ("passes_per_hour", number(spot.passesPerHour)),
      ("wait_minutes_mean", number(spot.waitMean)), ("wait_minutes_p10", number(spot.wait10)),
      ("wait_minutes_p50", number(spot.wait50)), ("wait_minutes_p90", number(spot.wait90)),
    ])
  }

  private static func degrees(_ angle: Int32) -> String {
    Decimals.fixed(Int64(angle), over: 10_000_000, places: 5) ?? "?"
  }

  private static func minutes(_ value: Double) -> String {
    value < 600 ? Decimals.fixed(value, places: 1) ?? "?" : "over 600"
  }
}

extension AdviceCheck {
  public var table: String {
    var text =
      "  expected wait     riders   mean expected   mean observed   in 80 %    before    after\n"
    for band in bands + [all] {
      text += "  " + left(band.title, 14) + right(Decimals.grouped(band.count), 10)
      text +=
        right(mean(band.expected, band.count), 16) + right(mean(band.observed, band.count), 16)
      text += right(share(band.inside, band.count), 10) + right(share(band.early, band.count), 10)
      text += right(share(band.late, band.count), 9) + "\n"
    }
    text += "tenths of the predicted distribution: "
    text += tenths.map { share($0, all.count) }.joined(separator: " ") + "\n"
    text +=
      "until an empty taxi is met, walk counted: \(mean(advisedTotal, all.count)) as advised, "
    text += "\(mean(stayedTotal, all.count)) staying\n"
    text += "riders without advice: \(unanswered)\n"
    return text
  }

  public var json: String {
    JSONValue.object([
      ("bands", .array((bands + [all]).map { json($0) })),
      ("tenths", .array(tenths.map { .integer(Int64($0)) })),
      ("advised_minutes_mean", number(advisedTotal / Double(max(all.count, 1)))),
      ("stayed_minutes_mean", number(stayedTotal / Double(max(all.count, 1)))),
      ("unanswered", .integer(Int64(unanswered))),
    ]).text()
  }

  private func json(_ band: Band) -> JSONValue {
    .object(
      [
        ("expected_wait", .string(band.title)), ("riders", .integer(Int64(band.count))),
        ("mean_expected", number(band.expected / Double(max(band.count, 1)))),
        ("mean_observed", number(band.observed / Double(max(band.count, 1)))),
        ("inside_80", .integer(Int64(band.inside))), ("before", .integer(Int64(band.early))),
        ("after", .integer(Int64(band.late))),
      ],
      inline: true
    )
  }

  private func mean(_ sum: Double, _ count: Int) -> String {
    count > 0 ? (Decimals.fixed(sum / Double(count), places: 2) ?? "?") + " min" : "-"
  }

  private func share(_ part: Int, _ count: Int) -> String {
    (Decimals.fixed(Int64(part) * 100, over: Int64(count), places: 1) ?? "-") + " %"
  }
}

private func number(_ value: Double) -> JSONValue {
  Decimals.fixed(value, places: 3).map(JSONValue.number) ?? .null
}

private func left(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(width - TextWidth.columns(text), 1))
}

private func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - TextWidth.columns(text), 1)) + text
}
