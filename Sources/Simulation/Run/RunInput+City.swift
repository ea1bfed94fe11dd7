import Spatial

extension RunInput {
  /// What all worlds of a run share, with everything learned that they need.
  ///
  /// - Throws: ``RunError`` when the travel model cannot be had as the scenario wants it.
  func prepareCity(_ scenario: Scenario) throws(RunError) -> (city: City, roads: Roads) {
    let projection = City.projection(for: trips)
    let roads = try Roads.prepare(
      scenario,
      trips: lessons,
      judged: days(scenario.data),
      projection: projection
    )
    var city = City.build(
      scenario,
      trips: trips,
      shifts: shifts,
      taxiNames: taxiNames,
      projection: projection,
      roads: roads
    )
    if let fixes = log?.trace?.fixes {
      city.flow = CruiseFlow(
        learnedFrom: scenario.travel.listedDays.map { fixes.keeping($0, scenario.data) } ?? fixes,
        box: city.box,
        projection: projection,
        data: scenario.data
      )
    }
    if let hail = scenario.worlds.first(where: { $0.kind == .hail }) {
      city.paths = try cruisePaths(scenario, for: hail, box: city.box, projection: projection)
    }
    if let advice = try riderSpots(scenario, projection: projection) {
      city.spots = try advice.spots(
        for: city,
        walk: scenario.hail.walk,
        allowSeen: scenario.allowSeen
      )
    }
    if scenario.worlds.contains(where: { $0.idle == .guided && $0.kind != .recorded }) {
      city.demand = CityDemand(scenario, trips: lessons, projection: projection, box: city.box)
    }
    if scenario.worlds.contains(where: \.learnsOpportunity) {
      city.opportunity = try CityOpportunity(
        scenario,
        trips: lessons,
        judged: days(scenario.data),
        projection: projection,
        box: city.box
      )
    }
    return (city, roads)
  }

  /// The ways of vacant taxis on the days that the scenario learns from.
  ///
  /// - Throws: ``RunError`` where nothing was seen of vacant taxis.
  func cruisePaths(
    _ scenario: Scenario,
    for world: WorldSettings,
    box: Box,
    projection: Projection
  ) throws(RunError) -> CruisePaths {
    guard let log, log.trace != nil,
      let paths = CruisePaths(
        learnedFrom: log,
        days: scenario.travel.listedDays,
        box: box,
        projection: projection,
        data: scenario.data
      )
    else {
      throw RunError(
        "world '\(world.name)' needs traces (cabspotting): without dispatch a taxi goes where vacant "
          + "taxis went on other days, and this data does not tell. Leave the world out"
      )
    }
    return paths
  }

  /// What advised riders are told from; `nil` where no rider is advised.
  ///
  /// - Throws: ``RunError`` where the scenario does not say from which days.
  func riderSpots(
    _ scenario: Scenario,
    projection: Projection
  ) throws(RunError) -> RiderSpots? {
    let advised = scenario.worlds.filter { $0.kind == .hail }.map { $0.hail ?? scenario.hail }
      .filter { $0.advisedRidersPermyriad > 0 }
    guard !advised.isEmpty, let log else { return nil }
    guard let days = scenario.travel.listedDays else {
      throw RunError(
        "hail.advised_riders: advice is one model of some days; list them in travel.learn_from"
      )
    }
    return try RiderSpots(
      learnedFrom: log,
      days: days,
      sights: Array(Set(advised.map(\.sight))),
      data: scenario.data,
      projection: projection
    )
  }
}

extension Scenario.Travel {
  /// The days that are learned from; `nil` = all but the one that is judged.
  fileprivate var listedDays: Set<LocalDay>? {
    guard case .days(let days) = learnFrom else { return nil }
    return Set(days)
  }
}
