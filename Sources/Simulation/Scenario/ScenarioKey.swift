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
    + measure

  package static let top = [
    ScenarioKey("title", \.title, .text, "Headline of the report."),
    ScenarioKey(
      "seed",
      \.seed,
      .seed,
      "Drives driver answers and delays, patience and lead draws, cruising, the phase of position "
        + "reports and synthetic data. Policies draw nothing."
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

  package static let policy = [
    ScenarioKey(
      "policy.window",
      \.policy.window,
      .duration(0...60_000),
      "Between two rounds of `batch`; 0s decides at every request."
    ),
    ScenarioKey(
      "policy.candidates",
      \.policy.candidates,
      .whole(1...64),
      "Nearest taxis considered for a ride."
    ),
    ScenarioKey(
      "policy.unmatched_price",
      \.policy.unmatchedPrice,
      .duration(1_000...86_400_000),
      "What leaving a ride without a taxi costs at first, in travel time."
    ),
    ScenarioKey(
      "policy.unmatched_rise",
      \.policy.unmatchedRisePermyriad,
      .share(0...1_000_000),
      "By what share of the time waited that price rises."
    ),
    ScenarioKey(
      "policy.reassign",
      \.policy.reassign,
      .flag,
      "Whether a better taxi may take over a ride before the pickup."
    ),
    ScenarioKey(
      "policy.switching_cost",
      \.policy.switchingCost,
      .duration(0...3_600_000),
      "What a takeover must save at least, in travel time."
    ),
    ScenarioKey(
      "policy.frozen",
      \.policy.frozen,
      .duration(0...3_600_000),
      "A taxi this near to its pickup keeps its ride."
    ),
    ScenarioKey(
      "policy.retry",
      \.policy.retry,
      .duration(100...60_000),
      "When `nearest` tries again for a ride that found no taxi."
    ),
    ScenarioKey(
      "policy.pickup_max",
      \.policy.pickupMax,
      .duration(1_000...7_200_000),
      "No taxi is offered a pickup further away than this, in travel time."
    ),
    ScenarioKey(
      "policy.steps_max",
      \.policy.stepsMax,
      .whole(1_000...1_000_000_000_000),
      "Work budget of one exact assignment, in counted steps."
    ),
  ]

  package static let travel = [
    ScenarioKey(
      "travel.model",
      \.travel.model,
      .choice,
      "`straight`: straight line × detour ÷ speed; `learned`: speeds by hour of week and distance."
    ),
    ScenarioKey(
      "travel.speed",
      \.travel.speedMetresPerHour,
      .speed(1_000...150_000),
      "Driving speed of `straight`, and of `learned` where it has seen nothing."
    ),
    ScenarioKey(
      "travel.detour",
      \.travel.detourPermille,
      .factor(1_000...3_000),
      "Driven distance over straight-line distance."
    ),
    ScenarioKey(
      "travel.learn_from",
      \.travel.learnFrom,
      .learnFrom,
      "The days that `learned` is fitted to; never the day that it is judged on."
    ),
    ScenarioKey(
      "travel.noise",
      \.travel.noisePermyriad,
      .share(),
      "Empty legs take the model's time × a log-normal factor with this spread; the policy plans without it."
    ),
    ScenarioKey(
      "travel.bias",
      \.travel.biasPermyriad,
      .share(0...30_000),
      "By how much longer than the model says empty legs take on the mean; the policy plans without it."
    ),
  ]

  package static let drivers = [
    ScenarioKey(
      "drivers.decline",
      \.drivers.declinePermyriad,
      .share(),
      "Share of offers declined."
    ),
    ScenarioKey(
      "drivers.no_answer",
      \.drivers.noAnswerPermyriad,
      .share(),
      "Share of offers not answered."
    ),
    ScenarioKey(
      "drivers.answer_delay",
      \.drivers.answerDelay,
      .durations(0...600_000),
      "From an offer to its answer, drawn evenly from the range."
    ),
    ScenarioKey("drivers.idle", \.drivers.idle, .choice, "What a taxi without a ride does."),
    ScenarioKey(
      "drivers.cruise_speed",
      \.drivers.cruiseSpeedMetresPerHour,
      .speed(1_000...150_000),
      "Speed of a taxi that cruises."
    ),
    ScenarioKey(
      "drivers.report_every",
      \.drivers.reportEvery,
      .duration(1_000...600_000),
      "Between two positions of a taxi."
    ),
    ScenarioKey(
      "drivers.freshness",
      \.drivers.freshness,
      .duration(1_000...3_600_000),
      "A position older than this is not matched; at least 2.5 × report_every."
    ),
    ScenarioKey(
      "drivers.offer_ttl",
      \.drivers.offerTTL,
      .duration(1_000...600_000),
      "How long an offer stands."
    ),
  ]

  package static let guidance = [
    ScenarioKey(
      "guidance.period",
      \.guidance.period,
      .duration(1_000...3_600_000),
      "Between two rounds of guidance."
    ),
    ScenarioKey(
      "guidance.horizon",
      \.guidance.horizon,
      .duration(60_000...7_200_000),
      "How far ahead riders are reckoned with."
    ),
    ScenarioKey(
      "guidance.drive_max",
      \.guidance.driveMax,
      .duration(1_000...7_200_000),
      "The longest drive that an expected rider is worth, in travel time."
    ),
    ScenarioKey(
      "guidance.cover",
      \.guidance.coverPermille,
      .factor(100...10_000),
      "Taxis wanted for each expected rider."
    ),
    ScenarioKey(
      "guidance.cell",
      \.guidance.cell,
      .distance(1_000...100_000),
      "Side of the squares in which demand is forecast."
    ),
    ScenarioKey(
      "guidance.compliance",
      \.guidance.compliancePermyriad,
      .share(),
      "Share of drivers who go where they are guided."
    ),
  ]

  package static let measure = [
    ScenarioKey(
      "measure.warm_up",
      \.measure.warmUp,
      .duration(0...86_400_000),
      "Left out of the figures, from the first request on."
    )
  ]
}
