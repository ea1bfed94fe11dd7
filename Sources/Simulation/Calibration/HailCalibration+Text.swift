/// A calibration for people and as JSON.
extension HailCalibration {
  public var table: String {
    func clock(_ time: Int64) -> String {
      let civil = CivilTime(unixMilliseconds: time, utcOffsetSeconds: utcOffsetSeconds)
      return civil.date + ", " + civil.time
    }
    var text =
      "\(Decimals.grouped(recorded.requests)) requests, \(clock(span.lowerBound)) – "
      + "\(clock(span.upperBound - 1))\n\n"
    text += Self.line([
      "world", "sight", "follow", "served", "p10", "median", "p90", "mean", "vacant km",
      "misses: served", "gaps", "vacant", "together",
    ])
    text += Self.line(recorded.cells)
    for row in worlds { text += Self.line(row.cells) }
    text +=
      "\nGaps are from a drop-off to the taxi's next boarding, in minutes; the miss of gaps is the\n"
      + "greatest difference between the two distributions. Misses are in points.\n"
    if let best { text += "Least together: \(best.world)\n" }
    return text
  }

  public var json: String {
    JSONValue.object([
      ("start_ms", .integer(span.lowerBound)), ("end_ms", .integer(span.upperBound)),
      ("recorded", recorded.json), ("worlds", .array(worlds.map(\.json))),
      ("best", best.map { .string($0.world) } ?? .null),
    ]).text()
  }

  private static let widths = [16, 6, 7, 7, 6, 7, 6, 6, 10, 15, 6, 7, 9]

  private static func line(_ cells: [String]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let gap = String(repeating: " ", count: max(widths[column] - TextWidth.columns(cell), 0))
      line += column == 0 ? cell + gap : gap + cell
    }
    return line + "\n"
  }
}

extension HailCalibration.Row {
  fileprivate var cells: [String] {
    let isRecord = sight == nil
    func points(_ value: Int) -> String { isRecord ? "–" : Self.fixed(Int64(value), 100) }
    return [
      world, sight.map { "\($0 / 10)" } ?? "–", follow.map { "\($0 / 60_000)m" } ?? "–",
      Self.fixed(Int64(served) * 100, Int64(requests)), minutes(gap10), minutes(gap50),
      minutes(gap90), minutes(gapMean), Self.fixed(emptyMetres * 100, metres), points(servedMiss),
      points(gapMiss), points(vacancyMiss), points(miss),
    ]
  }

  fileprivate var json: JSONValue {
    func optional(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return .object([
      ("world", .string(world)), ("sight_dm", optional(sight)), ("follow_ms", optional(follow)),
      ("requests", .integer(Int64(requests))), ("served", .integer(Int64(served))),
      ("empty_m", .integer(emptyMetres)), ("driven_m", .integer(metres)),
      ("gap_mean_ms", optional(gapMean)), ("gap_p10_ms", optional(gap10)),
      ("gap_p50_ms", optional(gap50)), ("gap_p90_ms", optional(gap90)),
      ("served_miss_permyriad", .integer(Int64(servedMiss))),
      ("gap_miss_permyriad", .integer(Int64(gapMiss))),
      ("vacancy_miss_permyriad", .integer(Int64(vacancyMiss))),
    ])
  }

  private func minutes(_ value: Int64?) -> String { value.map { Self.fixed($0, 60_000) } ?? "–" }

  private static func fixed(_ value: Int64, _ over: Int64) -> String {
    Decimals.fixed(value, over: over, places: 1) ?? "–"
  }
}
