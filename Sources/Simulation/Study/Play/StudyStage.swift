import Spatial
import TripData

/// All that the cells of a study share: read, learned and cut into days once, then only read.
struct StudyStage: Sendable {
  private let study: Study
  private let input: RunInput
  private let projection: Projection
  private let roads: Roads
  private let days: [DayStage]
  private let knowledge: StudyKnowledge
  /// By day: where advised riders walk to.
  private var spots: [RiderSpots.Table] = []

  /// - Throws: ``RunError`` where a day of the study has no rides, or what reading throws.
  init(_ study: Study, dataFolder: String?, progress: (Double) -> Void) throws {
    self.study = study
    let scenario = study.scenario
    input = try RunInput.load(scenario, dataFolder: dataFolder, progress: progress)
    let input = input
    let known = Set(input.trips.map { scenario.data.day(of: $0.pickupAt) })
    for (key, list) in [("learn", study.learn), ("test", study.test)] {
      let missing = list.filter { !known.contains($0) }
      guard missing.isEmpty else {
        let names = missing.map(\.description).joined(separator: ", ")
        throw RunError("\(key) names days without rides in the data: \(names)")
      }
    }
    projection = City.projection(for: input.trips)
    roads = try Roads.prepare(
      scenario,
      trips: input.lessons,
      judged: study.test,
      projection: projection
    )
    let demand = scenario.demand
    let spread = demand.patience * Int64(demand.patienceSpreadPermyriad ?? 0) / 10_000
    days = study.test.map {
      DayStage(
        day: $0,
        data: scenario.data,
        trips: input.trips,
        shifts: input.shifts,
        patience: demand.patience + spread
      )
    }
    knowledge = try StudyKnowledge(study, input, projection, roads)
    spots = try days.indices.map { try adviseRiders(day: $0) }
  }

  private func adviseRiders(day: Int) throws(RunError) -> RiderSpots.Table {
    guard let advice = knowledge.riderSpots else { return [:] }
    let scenario = study.scenario
    return try advice.spots(
      for: city(of: days[day], scenario),
      walk: scenario.hail.walk,
      allowSeen: scenario.allowSeen
    )
  }

  private func city(of stage: DayStage, _ scenario: Scenario) -> City {
    City.build(
      scenario,
      trips: stage.trips,
      shifts: stage.shifts,
      taxiNames: input.taxiNames,
      projection: projection,
      roads: roads
    )
  }

  /// Plays one cell, its identities checked.
  ///
  /// - Throws: ``IdentityViolation``, or ``RunError`` for a recorded world without recorded taxis.
  func play(_ cell: StudyCell) throws -> CellFigures {
    let stage = days[cell.day]
    var scenario = study.scenario
    scenario.seed = study.seeds[cell.seed]
    let offset = Int64(scenario.data.utcOffset) * 1_000
    scenario.data.from = LocalTime(milliseconds: stage.span.lowerBound + offset)
    scenario.data.to = LocalTime(milliseconds: stage.span.upperBound + offset)
    var city = city(of: stage, scenario)
    if let flow = knowledge.flow { city.flow = flow }
    city.demand = knowledge.demand
    city.opportunity = knowledge.opportunity
    city.paths = knowledge.paths
    city.spots = spots[cell.day]
    guard cell.world < study.worlds.count else { return try bound(city, scenario) }
    let part = SimulationRun.Part(
      settings: study.worlds[cell.world],
      rule: scenario.supply.shifts
    )
    guard part.settings.kind != .recorded else {
      var day = input
      day.trips = stage.trips
      day.shifts = stage.shifts
      return CellFigures(try SimulationRun.playRecorded(scenario, day, city, part).figures)
    }
    // Thinned after the city was built, so that every share has the same map.
    let kept = Thinning.chosen(
      city.shifts.map { Thinning.Key(taxi: $0.taxi, start: $0.start) },
      permyriad: study.shares[cell.share],
      seed: scenario.seed
    )
    city.shifts = kept.map { city.shifts[$0] }
    return CellFigures(
      try SimulationRun.playSimulated(scenario, city, part, nil, progress: { _ in }).figures
    )
  }

  /// The least taxi-hours that any world needs for the rides of the measured span: those rides, and
  /// the least driving between them that is proven, in as many chains as there are shifts.
  ///
  /// - Throws: ``HindsightError``.
  private func bound(_ city: City, _ scenario: Scenario) throws -> CellFigures {
    let run = HindsightRun(scenario, city: city)
    let measured = city.rides.indices.filter { city.measured.contains(city.rides[$0].requestedAt) }
    var bound = try HindsightBound(
      rides: city.hindsightRides(measured, window: .patience),
      travel: run.travel(),
      objective: .time
    )
    try bound.tighten(chains: city.shifts.count)
    var figures = CellFigures()
    figures.shifts = Int64(city.shifts.count)
    figures.requests = Int64(measured.count)
    figures.served = Int64(measured.count)
    figures.time.occupied = bound.result.rideTime
    figures.time.pickup = bound.result.emptyMin(chains: city.shifts.count)
    return figures
  }

  /// Adds to the plan what only the data tells.
  func describe(_ plan: inout StudyPlan) {
    let judged = days.flatMap(\.trips)
    let error = roads.error(on: judged, projection: projection, data: study.scenario.data)
    plan.words = [
      .init("trips", input.description),
      .init("travel model", roads.description),
      .init(
        "its error",
        error.map {
          "\(Wording.modelError($0)), on \(Decimals.grouped($0.trips)) occupied trips of the test days"
        } ?? "not measured"
      ),
    ]
    let mean = (judged.count + days.count / 2) / max(days.count, 1)
    let shifts = days.reduce(0) { $0 + $1.shifts.count }
    plan.words += [
      .init("rides a test day", Decimals.grouped(mean)),
      .init("shifts a test day", Decimals.grouped((shifts + days.count / 2) / max(days.count, 1))),
    ]
    plan.words += SimulationRun.settings(study.scenario).filter { $0.label != "idle taxis" }
    plan.cleaning = input.cleaning
  }
}
