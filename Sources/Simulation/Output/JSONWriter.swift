import TripData

/// The figures as JSON: keys in a fixed order, two-space indents, numbers by whole-number
/// arithmetic, so that the same run gives the same bytes. Every key is explained in docs/REPORT.md;
/// a change that breaks a reader raises ``format``.
public enum JSONWriter {
  public static let format = "baecha-simulation/1"

  /// UTF-8, ending in a newline.
  public static func bytes(_ summary: RunSummary) -> [UInt8] {
    Array((value(summary).text() + "\n").utf8)
  }

  private static func value(_ summary: RunSummary) -> JSONValue {
    let keys = summary.worldKeys
    let offset = summary.utcOffsetSeconds
    return .object([
      ("format", .string(format)),
      ("scenario", .object([("title", .string(summary.title)), ("name", .string(summary.name))])),
      ("seed", .number(String(summary.seed))),
      ("data", data(summary)),
      (
        "span",
        .object([
          ("start_ms", .integer(summary.start)),
          ("end_ms", .integer(summary.end)),
          ("start", .string(CivilTime.iso(summary.start, utcOffsetSeconds: offset))),
          ("end", .string(CivilTime.iso(summary.end, utcOffsetSeconds: offset))),
          ("utc_offset_s", .integer(Int64(offset))),
        ])
      ),
      (
        "origin",
        .object([
          ("latitude", degrees(summary.origin.latitude)),
          ("longitude", degrees(summary.origin.longitude)),
        ])
      ),
      (
        "travel_model",
        .object([
          ("description", .string(summary.travelModel)),
          ("error", summary.modelError.map(error) ?? .null),
        ])
      ),
      (
        "settings",
        .array(
          summary.settings.map {
            .object([("label", .string($0.label)), ("value", .string($0.value))])
          }
        )
      ),
      ("notes", .array(summary.notes.map { .string($0) })),
      (
        "cleaning",
        .array(
          summary.cleaning.map {
            .object([
              ("label", .string($0.label)), ("role", .string($0.role.rawValue)),
              ("count", .integer(Int64($0.count))),
            ])
          }
        )
      ),
      ("world_order", .array(keys.map { .string($0) })),
      ("worlds", .object(zip(keys, summary.worlds).map { ($0, world($1)) })),
    ])
  }

  private static func data(_ summary: RunSummary) -> JSONValue {
    let totals = summary.totals
    func byRule(_ value: (RunSummary.ShiftTotals) -> JSONValue) -> JSONValue {
      .object(
        ShiftRule.allCases.map { rule in
          (rule.rawValue, totals?.shifts.first { $0.rule == rule }.map(value) ?? .null)
        }
      )
    }
    func hours(_ milliseconds: Int64) -> JSONValue { ratio(Ratio(milliseconds, 3_600_000)) }
    return .object([
      ("description", .string(summary.data)),
      ("trips", totals.map { .integer(Int64($0.trips)) } ?? .null),
      ("taxis", totals.map { .integer(Int64($0.taxis)) } ?? .null),
      ("shifts", byRule { .integer(Int64($0.shifts)) }),
      ("on_shift_hours", byRule { hours($0.onShift) }),
      ("occupied_hours", byRule { hours($0.occupied) }),
      (
        "vacancy",
        byRule { rule in
          let metres = (rule.occupiedMetres ?? 0) + (rule.vacantMetres ?? 0)
          return .object([
            ("time", ratio(Ratio(rule.onShift - rule.occupied, rule.onShift))),
            (
              "distance",
              rule.occupiedMetres == nil
                ? .null : rule.vacantMetres.map { ratio(Ratio($0, metres)) } ?? .null
            ),
          ])
        }
      ),
    ])
  }

  private static func world(_ figures: Figures) -> JSONValue {
    .object([
      ("shift_rule", .string(figures.shiftRule.rawValue)),
      ("taxis", .integer(Int64(figures.taxis))),
      ("shifts", .integer(Int64(figures.shifts))),
      (
        "vacancy",
        .object([
          ("time", ratio(figures.time.vacancyRatio)),
          ("distance", ratio(figures.metres.vacancyRatio)),
        ])
      ),
      (
        "split",
        .object([
          ("time", .object(split(figures.time, "_s", seconds))),
          ("distance", .object(split(figures.metres, "_m") { .integer($0) })),
        ])
      ),
      ("service", service(figures)),
      ("wait", wait(figures)),
      ("pickup_m_per_ride", ratio(figures.pickupMetresPerRide)),
      ("empty_km_per_ride", ratio(figures.emptyKilometresPerRide)),
      ("empty_m_after_first", .integer(figures.emptyMetresAfterFirst)),
      ("rides_after_first", .integer(Int64(figures.ridesAfterFirst))),
      (
        "hours",
        .array(
          figures.hours.map { hour in
            .object(
              [
                ("start_ms", .integer(hour.start)),
                ("requests", .integer(Int64(hour.requests))),
                ("served", .integer(Int64(hour.served))),
              ] + split(hour.time, "_s", seconds),
              inline: true
            )
          }
        )
      ),
      ("digest", figures.digest.map { .string(hexadecimal($0)) } ?? .null),
    ])
  }

  private static func service(_ figures: Figures) -> JSONValue {
    let service = figures.service
    return .object([
      ("requests", .integer(Int64(service.requests))),
      ("served", .integer(Int64(service.served))),
      ("share_served", ratio(figures.shareServed)),
      ("gave_up", .integer(Int64(service.gaveUp))),
      ("expired", .integer(Int64(service.expired))),
      ("open", .integer(Int64(service.open))),
      ("offers", .integer(Int64(service.offers))),
      ("declined", .integer(Int64(service.declined))),
      ("unanswered", .integer(Int64(service.unanswered))),
      ("reassigned", .integer(Int64(service.reassigned))),
    ])
  }

  private static func wait(_ figures: Figures) -> JSONValue {
    let wait = figures.wait
    let percentiles = [("p50", wait?.p50), ("p95", wait?.p95), ("p99", wait?.p99)]
    let status =
      wait == nil ? "unknown" : figures.service.requests > 0 ? "known" : "no-requests"
    let endless = status == "known" ? percentiles.filter { $0.1 == nil } : []
    return .object(
      [
        ("status", .string(status)),
        ("mean_s", wait?.meanMilliseconds.map(seconds) ?? .null),
      ]
        + percentiles.map { ("\($0.0)_s", $0.1.map(seconds) ?? .null) }
        + [
          ("endless", .array(endless.map { .string($0.0) })),
          ("histogram_bin_s", .integer(Figures.Wait.binWidth / 1_000)),
          (
            "histogram",
            wait.map { .array($0.histogram.map { .integer(Int64($0)) }) } ?? .null
          ),
        ]
    )
  }

  private static func split(
    _ split: Figures.Split,
    _ unit: String,
    _ number: (Int64) -> JSONValue
  ) -> [(String, JSONValue)] {
    [
      ("idle\(unit)", number(split.idle)), ("guided\(unit)", number(split.guided)),
      ("pickup\(unit)", number(split.pickup)), ("occupied\(unit)", number(split.occupied)),
      ("total\(unit)", number(split.total)),
    ]
  }

  private static func error(_ error: RunSummary.ModelError) -> JSONValue {
    func share(_ value: Double) -> JSONValue {
      Decimals.fixed(value, places: 6).map { .number($0) } ?? .null
    }
    return .object([
      ("median", share(error.median)), ("p90", share(error.p90)), ("bias", share(error.bias)),
      ("bias_all", share(error.biasAll)), ("median_signed", share(error.medianSigned)),
      ("mean_signed", share(error.meanSigned)), ("trips", .integer(Int64(error.trips))),
      ("direct_trips", .integer(Int64(error.directTrips))),
    ])
  }

  private static func ratio(_ ratio: Ratio) -> JSONValue {
    Decimals.fixed(ratio, places: 6).map { .number($0) } ?? .null
  }

  private static func seconds(_ milliseconds: Int64) -> JSONValue {
    Decimals.fixed(milliseconds, over: 1_000, places: 3).map { .number($0) } ?? .null
  }

  private static func degrees(_ tenMillionths: Int32) -> JSONValue {
    Decimals.fixed(Int64(tenMillionths), over: 10_000_000, places: 7).map { .number($0) } ?? .null
  }

  static func hexadecimal(_ digest: UInt64) -> String {
    let text = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
