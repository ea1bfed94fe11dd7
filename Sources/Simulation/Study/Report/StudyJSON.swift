/// A study as JSON, keys in a fixed order; docs/STUDY.md explains them.
package enum StudyJSON {
  /// UTF-8, ending in a newline.
  package static func bytes(_ result: StudyResult) -> [UInt8] {
    Array((value(result).text() + "\n").utf8)
  }

  private static func value(_ result: StudyResult) -> JSONValue {
    let plan = result.plan
    return .object([
      ("format", .string(StudyPlan.format)), ("title", .string(plan.title)),
      ("study", .string(plan.name)), ("hash", .string(plan.hash)),
      ("small", .number(plan.isSmall ? "true" : "false")),
      (
        "level",
        .object([
          ("served_min", percent(plan.level.servedMin)),
          ("p95_max_s", number(Double(plan.level.waitMax) / 1_000)),
        ])
      ),
      ("learn", .array(plan.learn.map { .string($0.description) })),
      ("test", .array(plan.test.map { .string($0.description) })),
      ("seeds", .array(plan.seeds.map { .number(String($0)) })),
      ("fleet_shares", .array(plan.shares.map(percent))),
      (
        "settings",
        .array(
          plan.words.map {
            .object([("label", .string($0.label)), ("value", .string($0.value))])
          }
        )
      ),
      ("notes", .array(StudyWording.notes(result).map { .string($0) })),
      ("worlds", .array(plan.worlds.indices.map { world(result, $0) })),
      (
        "pairs",
        .array(StudyPlace.allCases.flatMap { result.pairs($0) }.map { pair(result, $0) })
      ),
    ])
  }

  private static func world(_ result: StudyResult, _ world: Int) -> JSONValue {
    let plan = result.plan
    return .object([
      ("name", .string(plan.worlds[world].name)), ("what", .string(plan.worlds[world].words)),
      ("days_reached", .integer(Int64(result.daysReached(world)))),
      ("equal_service", means(result, world, .equalService)),
      ("gap_closed", gaps(result, world)),
      ("whole_fleet", means(result, world, .wholeFleet)),
      (
        "days",
        .array(
          plan.test.indices.map { day in
            .object(
              [("day", .string(plan.test[day].description))]
                + StudyFigure.all.map { ($0.key, number(result.value(world, day: day, $0))) },
              inline: true
            )
          }
        )
      ),
      (
        "curve",
        .array(
          result.points[world][0].indices.map { share in
            .object(
              [("fleet_share", percent(plan.shares[share]))]
                + StudyMetric.allCases.map {
                  ($0.rawValue, number(result.mean(world, share: share, $0)))
                },
              inline: true
            )
          }
        )
      ),
    ])
  }

  /// By base, in per cent.
  private static func gaps(_ result: StudyResult, _ world: Int) -> JSONValue {
    let plan = result.plan
    return .object(
      plan.against.compactMap { base in
        result.gapClosed(world, from: base).map { (plan.worlds[base].name, interval($0.interval)) }
      }
    )
  }

  private static func means(
    _ result: StudyResult,
    _ world: Int,
    _ place: StudyPlace
  ) -> JSONValue {
    .object(StudyFigure.all.map { ($0.key, interval(result.mean(world, $0, place))) })
  }

  private static func pair(_ result: StudyResult, _ pair: StudyPair) -> JSONValue {
    let worlds = result.plan.worlds
    return .object([
      ("at", .string(pair.place.rawValue)), ("world", .string(worlds[pair.world].name)),
      ("against", .string(worlds[pair.base].name)),
      ("days", .integer(Int64(pair.days))),
      (
        "differences",
        .object(
          pair.differences.map { difference in
            (
              difference.figure.key,
              .object(
                [
                  ("unit", .string(difference.figure.unit)),
                  ("mean", number(difference.interval.mean)),
                  ("half_95", number(difference.interval.half)),
                  ("relative_percent", number(difference.relative?.mean)),
                  ("relative_half_95", number(difference.relative?.half)),
                ],
                inline: true
              )
            )
          }
        )
      ),
    ])
  }

  private static func interval(_ interval: Student.Interval?) -> JSONValue {
    guard let interval else { return .null }
    return .object(
      [
        ("mean", number(interval.mean)), ("half_95", number(interval.half)),
        ("days", .integer(Int64(interval.count))),
      ],
      inline: true
    )
  }

  /// From permyriad, in per cent.
  private static func percent(_ permyriad: Int) -> JSONValue {
    Decimals.fixed(Int64(permyriad), over: 100, places: 2).map { .number($0) } ?? .null
  }

  private static func number(_ value: Double?) -> JSONValue {
    value.flatMap { Decimals.fixed($0, places: 6) }.map { .number($0) } ?? .null
  }
}
