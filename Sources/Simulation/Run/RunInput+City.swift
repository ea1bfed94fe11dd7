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
        learnedFrom: fixes,
        box: city.box,
        projection: projection,
        data: scenario.data
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
}
