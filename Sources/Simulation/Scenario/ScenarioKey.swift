import Yams

/// The one declaration of a key: the reader, the error texts and the reference table of
/// docs/SCENARIO.md all come from it. Its default is the initial value of the field it writes.
package struct ScenarioKey: Sendable {
  /// With its groups: `demand.patience`.
  package var path: String
  /// Type and range, as in "duration such as 90s or 10m, 1s to 24h".
  package var allowed: String
  /// The default as one would write it.
  package var standard: String
  /// One line.
  package var meaning: String
  let apply: @Sendable (Node, inout Scenario) throws(ScenarioFault) -> Void

  init<Value>(
    _ path: String,
    _ field: WritableKeyPath<Scenario, Value> & Sendable,
    _ kind: ScenarioKind<Value>,
    _ meaning: String
  ) {
    self.path = path
    self.allowed = kind.description
    self.standard = kind.show(Scenario()[keyPath: field])
    self.meaning = meaning
    self.apply = { (node: Node, scenario: inout Scenario) throws(ScenarioFault) in
      scenario[keyPath: field] = try kind.read(node)
    }
  }

  /// A key that may be left without a value.
  init<Value>(
    _ path: String,
    _ field: WritableKeyPath<Scenario, Value?> & Sendable,
    optional kind: ScenarioKind<Value>,
    _ meaning: String
  ) {
    self.init(path, field, kind.optional, meaning)
  }

  /// The last part of the path.
  package var name: String { path.split(separator: ".").last.map(String.init) ?? path }
  /// The path without its last part; empty at the top.
  package var group: String {
    path.split(separator: ".").dropLast().joined(separator: ".")
  }
}

extension ScenarioKey {
  /// Every key but `worlds`, in the order of the reference.
  package static let all: [ScenarioKey] =
    top + data + synthetic + callTaxi + supply + demand + policy + travel + drivers + guidance
    + opportunity + hail + measure

  package static let top = [
    ScenarioKey("title", \.title, .text, "Headline of the report."),
    ScenarioKey(
      "seed",
      \.seed,
      .seed,
      "Drives driver answers and delays, who follows advice, patience and lead draws, cruising, noise "
        + "on the roads, the phase of position reports and synthetic data. Policies draw nothing."
    ),
    ScenarioKey(
      "allow_seen",
      \.allowSeen,
      .flag,
      "Whether a learned model may be judged on a day that it has learned from."
    ),
  ]

  package static let data = [
    ScenarioKey("data.layout", \.data.layout, .choice, "How the files are laid out."),
    ScenarioKey(
      "data.files",
      \.data.files,
      .texts,
      "Files, with `*` and `?`, relative to `--data DIR` or else to the scenario's folder."
    ),
    ScenarioKey(
      "data.utc_offset",
      \.data.utcOffset,
      .utcOffset,
      "Local time of the data, ahead of UTC."
    ),
    ScenarioKey(
      "data.day_start",
      \.data.dayStart,
      .clock,
      "When a local day begins; models learn, and are judged, by whole days."
    ),
    ScenarioKey(
      "data.from",
      \.data.from,
      optional: .localTime,
      "Requests before this are left out."
    ),
    ScenarioKey(
      "data.to",
      \.data.to,
      optional: .localTime,
      "Requests from this on are left out."
    ),
    ScenarioKey(
      "data.region.south",
      \.data.region.south,
      optional: .degrees(90),
      "Places outside of the region are dropped and counted; give all four sides or none."
    ),
    ScenarioKey(
      "data.region.west",
      \.data.region.west,
      optional: .degrees(180),
      "Its western side."
    ),
    ScenarioKey(
      "data.region.north",
      \.data.region.north,
      optional: .degrees(90),
      "Its northern side."
    ),
    ScenarioKey(
      "data.region.east",
      \.data.region.east,
      optional: .degrees(180),
      "Its eastern side."
    ),
  ]

  package static let synthetic = [
    ScenarioKey("synthetic.taxis", \.synthetic.taxis, .whole(1...1_000_000), "Taxis of the city."),
    ScenarioKey(
      "synthetic.rides_per_day",
      \.synthetic.ridesPerDay,
      .whole(1...10_000_000),
      "Requests a day."
    ),
    ScenarioKey(
      "synthetic.days",
      \.synthetic.days,
      .whole(1...31),
      "Days to make, each from data.day_start on."
    ),
    ScenarioKey("synthetic.first_day", \.synthetic.firstDay, .day, "The first of them."),
    ScenarioKey(
      "synthetic.districts",
      \.synthetic.districts,
      .text,
      "CSV file of the city's districts, relative to the scenario's folder; `hours.csv` and "
        + "`shifts.csv` stand beside it."
    ),
    ScenarioKey(
      "synthetic.ride_min",
      \.synthetic.rideMin,
      .distance(0...50_000),
      "Shorter rides, in a straight line, are walked."
    ),
  ]

  package static let callTaxi = [
    ScenarioKey(
      "calltaxi.places",
      \.callTaxi.places,
      .text,
      "CSV file of the neighbourhoods' outlines, relative to the scenario's folder; places are "
        + "drawn from it."
    ),
    ScenarioKey(
      "calltaxi.boarding",
      \.callTaxi.boarding,
      .duration(0...3_600_000),
      "At the door, from arrival to boarding: every approach takes so much longer."
    ),
    ScenarioKey(
      "calltaxi.alighting",
      \.callTaxi.alighting,
      .duration(0...3_600_000),
      "What a ride takes beyond driving, as drop-offs are not recorded."
    ),
  ]

  package static let supply = [
    ScenarioKey(
      "supply.shifts",
      \.supply.shifts,
      .choice,
      "How on-shift time is read off the data: `gaps` between rides, or `presence` in a trace."
    ),
    ScenarioKey(
      "supply.absence",
      \.supply.absence,
      .duration(60_000...86_400_000),
      "An absence longer than this ends a shift."
    ),
  ]

  package static let demand = [
    ScenarioKey(
      "demand.patience",
      \.demand.patience,
      .duration(1_000...86_400_000),
      "From request to boarding; a rider still waiting then cancels."
    ),
    ScenarioKey(
      "demand.patience_spread",
      \.demand.patienceSpreadPermyriad,
      optional: .share(),
      "Each rider's patience is drawn evenly within this share of it, up or down."
    ),
    ScenarioKey(
      "demand.lead",
      \.demand.lead,
      optional: .duration(0...7_200_000),
      "Requests come earlier than the recorded pickup by an even draw from 0 to this."
    ),
    ScenarioKey(
      "demand.destination",
      \.demand.destination,
      .choice,
      "From when a policy may see where a ride ends."
    ),
  ]
}
