/// The table that the terminal and the HTML report both print: rows in groups, one column a world.
package struct FigureTable: Sendable {
  package enum Emphasis: Sendable {
    /// What a reader came for.
    case key
    case plain
    /// A change against another world, set below the row that it belongs to.
    case change
  }

  package struct Row: Sendable {
    package var label: String
    package var unit: String
    package var cells: [String]
    package var emphasis: Emphasis
  }

  package struct Group: Sendable {
    package var title: String
    package var rows: [Row]
  }

  package static let unknown = "unknown"
  package static let endless = "endless"
  package static let none = "–"

  package var columns: [String]
  package var groups: [Group]

  package init(_ summary: RunSummary) {
    columns = summary.worldKeys
    groups = [
      Self.service(summary), Self.waiting(summary),
      Self.vacancy(summary, "Vacancy by time", of: "on-shift time", \.time),
      Self.vacancy(summary, "Vacancy by distance", of: "all km", \.metres),
      Self.kilometres(summary), Self.fleet(summary),
    ]
  }

  private static func service(_ summary: RunSummary) -> Group {
    let worlds = summary.worlds
    var rows = [
      count("requests", worlds, { $0.service.requests }),
      Row(
        label: "served",
        unit: "% of settled",
        cells: worlds.map { Decimals.percent($0.shareServed) ?? none },
        emphasis: .key
      ),
      count("served", worlds, { $0.service.served }),
    ]
    // Rows of zeros say nothing; those that could surprise stay.
    let rare: [(String, @Sendable (Figures) -> Int)] = [
      ("gave up waiting", { $0.service.gaveUp }),
      ("expired unassigned", { $0.service.expired }),
      ("open at the end", { $0.service.open }),
      ("offers", { $0.service.offers }),
      ("offers declined", { $0.service.declined }),
      ("offers unanswered", { $0.service.unanswered }),
      ("reassigned to a better taxi", { $0.service.reassigned }),
    ]
    for (label, value) in rare where worlds.contains(where: { value($0) != 0 }) {
      rows.append(
        Row(
          label: label,
          unit: "",
          // Recorded data hold no offers and no lost riders: nothing to count, not a count of 0.
          cells: worlds.map {
            $0.wait == nil && value($0) == 0 ? none : Decimals.grouped(value($0))
          },
          emphasis: .plain
        )
      )
    }
    return Group(title: "Service", rows: rows)
  }

  private static func waiting(_ summary: RunSummary) -> Group {
    var rows = [
      Row(
        label: "mean of the served",
        unit: "min:s",
        cells: summary.worlds.map { figures in
          guard let wait = figures.wait else { return unknown }
          return wait.meanMilliseconds.map(Decimals.clock) ?? none
        },
        emphasis: .key
      )
    ]
    rows += changes(summary, "mean wait") { $0.wait?.meanMilliseconds.map(Double.init) }
    let percentiles: [(String, @Sendable (Figures.Wait) -> Int64?)] = [
      ("p50", { $0.p50 }), ("p95", { $0.p95 }), ("p99", { $0.p99 }),
    ]
    for (label, value) in percentiles {
      rows.append(
        Row(
          label: label,
          unit: "min:s",
          cells: summary.worlds.map { percentile($0, value) },
          emphasis: label == "p95" ? .key : .plain
        )
      )
    }
    return Group(title: "Waiting, request to boarding", rows: rows)
  }

  package static func percentile(
    _ figures: Figures,
    _ value: (Figures.Wait) -> Int64?
  ) -> String {
    guard let wait = figures.wait else { return unknown }
    if let known = value(wait) { return Decimals.clock(known) }
    return figures.service.requests > 0 ? endless : none
  }

  private static func vacancy(
    _ summary: RunSummary,
    _ title: String,
    of whole: String,
    _ part: KeyPath<Figures, Figures.Split> & Sendable
  ) -> Group {
    let worlds = summary.worlds
    func share(_ value: (Figures.Split) -> Int64, _ figures: Figures) -> String {
      let split = figures[keyPath: part]
      return Decimals.percent(Ratio(value(split), split.total)) ?? unknown
    }
    var rows = [
      Row(
        label: "vacant",
        unit: "% of \(whole)",
        cells: worlds.map { share({ $0.empty }, $0) },
        emphasis: .key
      ),
      Row(
        label: "idle",
        unit: "%",
        cells: worlds.map { share({ $0.idle }, $0) },
        emphasis: .plain
      ),
    ]
    let drives: [(String, (Figures.Split) -> Int64)] = [
      ("guided", { $0.guided }), ("on the way to a rider", { $0.pickup }),
    ]
    for (label, value) in drives where worlds.contains(where: { value($0[keyPath: part]) != 0 }) {
      rows.append(
        Row(
          label: label,
          unit: "%",
          cells: worlds.map { $0.tellsEmptyApart ? share(value, $0) : none },
          emphasis: .plain
        )
      )
    }
    return Group(title: title, rows: rows)
  }

  private static func kilometres(_ summary: RunSummary) -> Group {
    let worlds = summary.worlds
    func row(
      _ label: String,
      _ unit: String,
      _ emphasis: Emphasis = .plain,
      _ cell: (Figures) -> String
    ) -> Row {
      Row(label: label, unit: unit, cells: worlds.map(cell), emphasis: emphasis)
    }
    var rows = [
      row("empty per ride", "km", .key) {
        Decimals.fixed($0.emptyKilometresPerRide, places: 2) ?? none
      }
    ]
    rows += changes(summary, "empty km") { $0.emptyKilometresPerRide.value }
    rows += [
      row("to the rider, per served ride", "km") {
        guard $0.tellsEmptyApart else { return none }
        let metres = $0.pickupMetresPerRide
        return Decimals.fixed(metres.numerator, over: metres.denominator * 1_000, places: 2) ?? none
      },
      row("with the rider, per served ride", "km") {
        guard $0.metres.total > 0 else { return unknown }
        return Decimals.fixed($0.occupiedKilometresPerRide, places: 2) ?? none
      },
      row("driven in all", "km") {
        $0.metres.total > 0 ? Decimals.grouped(($0.metres.total + 500) / 1_000) : unknown
      },
    ]
    return Group(title: "Kilometres", rows: rows)
  }

  private static func fleet(_ summary: RunSummary) -> Group {
    let worlds = summary.worlds
    return Group(
      title: "Fleet",
      rows: [
        count("taxis", worlds, { $0.taxis }),
        count("shifts", worlds, { $0.shifts }),
        Row(
          label: "on-shift time",
          unit: "h",
          cells: worlds.map { Decimals.grouped(($0.time.total + 1_800_000) / 3_600_000) },
          emphasis: .plain
        ),
        Row(
          label: "on-shift rule",
          unit: "",
          cells: worlds.map(\.shiftRule.rawValue),
          emphasis: .plain
        ),
        Row(
          label: "rides per taxi-hour",
          unit: "",
          cells: worlds.map { Decimals.fixed($0.ridesPerHour, places: 2) ?? none },
          emphasis: .plain
        ),
      ]
    )
  }

  private static func count(
    _ label: String,
    _ worlds: [Figures],
    _ value: (Figures) -> Int
  ) -> Row {
    Row(
      label: label,
      unit: "",
      cells: worlds.map { Decimals.grouped(value($0)) },
      emphasis: .plain
    )
  }

  /// A row for each of `recorded` and `nearest` that some world can be compared with.
  private static func changes(
    _ summary: RunSummary,
    _ what: String,
    _ value: (Figures) -> Double?
  ) -> [Row] {
    ["recorded", "nearest"].compactMap { base in
      let cells = summary.worlds.indices.map { index -> String in
        guard let other = summary.reference(base, for: index) else { return "" }
        let change = Decimals.change(
          from: value(summary.worlds[other]),
          to: value(summary.worlds[index])
        )
        return change ?? ""
      }
      guard cells.contains(where: { !$0.isEmpty }) else { return nil }
      return Row(label: "\(what) against \(base)", unit: "", cells: cells, emphasis: .change)
    }
  }
}
