import Spatial
import TripData

/// What idle taxis know of other days in a study: of those of `learn` and no other, so that it does
/// not matter what is done with it.
struct StudyKnowledge: Sendable {
  /// Where vacant taxis went; `nil` where no world cruises.
  private(set) var flow: CruiseFlow?
  /// Where riders were; `nil` where no world is guided, or there is no day to learn from: guidance
  /// then goes by recent requests.
  private(set) var demand: CityDemand?
  /// What taxis are worth; `nil` where no world's policy asks.
  private(set) var opportunity: CityOpportunity?
  /// The ways of vacant taxis, and where riders are advised to wait; `nil` where no world is without
  /// dispatch, or no rider is advised.
  private(set) var paths: CruisePaths?
  private(set) var riderSpots: RiderSpots?

  /// - Throws: ``RunError`` where taxis cruise and nothing tells where to.
  init(
    _ study: Study,
    _ input: RunInput,
    _ projection: Projection,
    _ roads: Roads
  ) throws(RunError) {
    let played = Set(study.worlds.filter { $0.kind != .recorded }.map(\.idle))
    let learnsOpportunity = study.worlds.contains(where: \.learnsOpportunity)
    guard learnsOpportunity || played.contains(.cruise) || played.contains(.guided) else { return }
    let data = study.scenario.data
    let learn = Set(study.learn)
    // One map for all days.
    let box = City.build(
      study.scenario,
      trips: input.trips,
      shifts: input.shifts,
      taxiNames: input.taxiNames,
      projection: projection,
      roads: roads
    ).box
    let hail = study.worlds.first { $0.kind == .hail }
    if hail != nil || played.contains(.cruise) {
      guard !learn.isEmpty, let table = input.log?.trace?.fixes else {
        throw RunError(
          "\(hail.map { "world '\($0.name)'" } ?? "idle: cruise") learns from traces where vacant taxis "
            + "go; give the study days to learn from, or leave the world out"
        )
      }
      let seen = table.keeping(learn, data)
      flow = CruiseFlow(learnedFrom: seen, box: box, projection: projection, data: data)
    }
    if let hail {
      // The study's scenario learns from the days of `learn` alone.
      paths = try input.cruisePaths(study.scenario, for: hail, box: box, projection: projection)
      riderSpots = try input.riderSpots(study.scenario, projection: projection)
    }
    if played.contains(.guided), !learn.isEmpty {
      demand = CityDemand(
        study.scenario,
        trips: input.lessons.filter { learn.contains(data.day(of: $0.pickupAt)) },
        projection: projection,
        box: box
      )
    }
    if learnsOpportunity {
      opportunity = try CityOpportunity(
        study.scenario,
        trips: input.lessons.filter { learn.contains(data.day(of: $0.pickupAt)) },
        judged: study.test,
        projection: projection,
        box: box
      )
    }
  }
}
