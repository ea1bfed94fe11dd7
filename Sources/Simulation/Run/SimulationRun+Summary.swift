import Spatial
import TripData

extension SimulationRun {
  static func summary(
    _ scenario: Scenario,
    _ input: RunInput,
    _ city: City,
    _ roads: Roads,
    _ worlds: [Figures]
  ) -> RunSummary {
    var summary = RunSummary(
      title: scenario.title,
      name: name(of: scenario),
      seed: scenario.seed,
      data: input.description,
      travelModel: roads.description,
      start: city.measured.lowerBound,
      end: city.measured.upperBound,
      utcOffsetSeconds: Int(scenario.data.utcOffset),
      origin: city.projection.origin,
      worlds: worlds
    )
    let judged = input.trips.filter { city.measured.contains($0.pickupAt) }
    summary.modelError = roads.error(on: judged, projection: city.projection, data: scenario.data)
    summary.totals = input.totals
    summary.cleaning = input.cleaning
    summary.settings = settings(scenario)
    summary.notes = notes(scenario, input, worlds)
    return summary
  }

  private static func requestTimes(_ scenario: Scenario, _ input: RunInput) -> String {
    let known = input.trips.count { $0.requestedAt != nil }
    let start =
      switch known {
      case 0: "Requests appear at the recorded pickup time and place"
      case input.trips.count: "Requests appear at the recorded request time and pickup place"
      default: "Requests appear at the recorded request time, or else pickup time, and place"
      }
    guard let lead = scenario.demand.lead, lead > 0 else { return start + "." }
    return start + ", earlier by an even draw of up to \(Decimals.clock(lead))."
  }

  private static func name(of scenario: Scenario) -> String {
    let folder = scenario.folder.split(separator: "/").last.map(String.init)
    return folder ?? "scenario"
  }

  static func settings(_ scenario: Scenario) -> [RunSummary.Setting] {
    let drivers = scenario.drivers
    return [
      .init("shifts by rule", scenario.supply.shifts.rawValue),
      .init("patience until boarding", Decimals.clock(scenario.demand.patience)),
      .init("idle taxis", drivers.idle.rawValue),
      .init("drivers decline", percent(drivers.declinePermyriad)),
      .init("drivers do not answer", percent(drivers.noAnswerPermyriad)),
      .init("positions every", Decimals.clock(drivers.reportEvery)),
      .init("warm-up left out", Decimals.clock(scenario.measure.warmUp)),
      .init("destination seen", scenario.demand.destination.rawValue),
    ]
  }

  private static func percent(_ permyriad: Int) -> String {
    (Decimals.fixed(Int64(permyriad), over: 100, places: 1) ?? "?") + " %"
  }

  /// What a reader must know before quoting a figure.
  private static func notes(
    _ scenario: Scenario,
    _ input: RunInput,
    _ worlds: [Figures]
  ) -> [String] {
    var notes: [String] = []
    if worlds.count > 1 {
      notes.append(
        "All worlds work the same shifts. Where they serve the same rides, vacancy by time is the "
          + "same by arithmetic; what can move is distance, waiting and who is served."
      )
    }
    if scenario.supply.shifts == .gaps, !input.knowsWaits {
      notes.append(
        "Shifts by gaps begin and end with a ride, so a shift's first ride starts at no distance; "
          + "such rides are left out of empty kilometres per ride."
      )
    }
    if worlds.contains(where: { $0.wait == nil }) {
      notes.append(
        requestTimes(scenario, input)
          + " How long those riders had waited is unknown, so no simulated wait is a gain over the "
          + "recorded one."
      )
    }
    if scenario.worlds.contains(where: { $0.kind == .batch && $0.policy.reassign }) {
      notes.append(
        "Where a policy reassigns, a driver on the way to a rider is sent to another without being "
          + "asked: drivers' refusals are those of offers."
      )
    }
    for world in scenario.worlds where world.kind == .hail {
      notes.append(
        "World '\(world.name)' has no dispatch (\(world.words(in: scenario))): its taxis cruise along "
          + "recorded ways of other days, and who meets whom is chance."
      )
    }
    if input.log != nil, input.log?.trace == nil {
      notes.append(
        "Empty distance of the recorded world is the straight line between drop-off and next "
          + "pickup × detour: less than was driven, so gains over it are understated."
      )
    }
    notes += input.notes
    if scenario.data.layout == .synthetic {
      notes.append("The city is generated: its figures show scale, not what any real fleet gains.")
    }
    return notes
  }
}
