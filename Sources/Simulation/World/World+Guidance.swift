import Matching
import Spatial
import TripData

/// Idle taxis that go where the engine expects riders.
extension World {
  /// Gives the engine the forecast of the day that begins or is under way, learned from other days;
  /// where there is none, recent requests stand in for it.
  mutating func beginDay() {
    if let opportunity = city.opportunity, settings.learnsOpportunity {
      engine.policy = settings.makePolicy(opportunity.table(at: now))
    }
    if settings.idle == .guided { beginGuidance() }
    let guided = settings.idle == .guided ? city.demand?.nextDay(after: now) : nil
    let weighed = settings.learnsOpportunity ? city.opportunity?.nextDay(after: now) : nil
    guard let next = guided ?? weighed, next <= city.measured.upperBound else { return }
    push(.dayStart, 0, at: next, stamp: 0)
  }

  private mutating func beginGuidance() {
    let forecast = city.demand?.forecast(at: now)
    engine.guide(
      GuidanceSettings(
        period: Millis(guidance.period),
        horizon: Millis(guidance.horizon),
        driveMax: Millis(guidance.driveMax),
        coverPermille: Int64(guidance.coverPermille),
        countsChances: guidance.countsChances,
        correctsSquares: guidance.correctsSquares,
        cellSide: Int32(clamping: guidance.cell),
        tags: Self.part
      ),
      forecast: forecast
    )
  }

  /// Sends the taxis that were just advised: those of drivers who follow.
  mutating func followAdvice() {
    engine.takeAdvice(into: &advice)
    guard !advice.isEmpty else { return }
    for advised in advice {
      let taxi = Int(advised.taxi.value) - 1
      guard isIdle(taxi) else { continue }
      let modelled = city.travel.time(
        from: taxis[taxi].point(at: now),
        to: advised.to,
        departure: Millis(now)
      )
      // A leg of its own kind: rides are numbered from the other end.
      let duration = noise.time(modelled, leg: .max - UInt64(now), taxi: UInt64(taxi))
      drive(taxi, to: advised.to, duration: duration, as: .guided, then: .cruiseEnd)
    }
    advice.removeAll(keepingCapacity: true)
  }

  /// A driver follows always or never: more drivers who do are all those of a smaller share, and
  /// others.
  package func follows(_ taxi: Int) -> Bool {
    var random = SeededRandom(seed: seed, purpose: .compliance, subject: id(taxi).value)
    return random.happens(permyriad: guidance.compliancePermyriad)
  }

  /// The tag of taxis that take part in advice.
  static var part: UInt32 { 1 }

  /// A driver who never follows is known by that after a while, so no rider is left to one: only those
  /// who follow are advised, and the others count where they are.
  func takesPart(_ taxi: Int) -> Bool {
    settings.idle == .guided && follows(taxi)
  }

  /// A guided taxi is there and waits.
  mutating func reachGoal(_ taxi: Int) {
    bookLeg(taxi)
    taxis[taxi].stand(at: taxis[taxi].to, now: now)
    switchTo(.idle, taxi)
  }
}

/// What a city knows of demand on other days.
struct CityDemand: Sendable {
  let statistics: DemandStatistics
  /// `nil` = all days but the one asked for.
  let sources: [LocalDay]?
  let data: Scenario.Data

  init(_ scenario: Scenario, trips: [Trip], projection: Projection, box: Box) {
    data = scenario.data
    statistics = DemandStatistics(
      trips: trips,
      projection: projection,
      box: box,
      side: Int32(clamping: scenario.guidance.cell),
      data: scenario.data
    )
    switch scenario.travel.learnFrom {
    case .otherDays: sources = nil
    case .days(let days): sources = days
    }
  }

  /// The forecast for the day of an instant; `nil` when no other day is known.
  func forecast(at now: Int64) -> DemandForecast? {
    let day = data.day(of: now)
    let known = (sources ?? statistics.days).filter { $0 != day }
    guard !known.isEmpty else { return nil }
    return statistics.forecast(for: day, from: known)
  }

  /// When the next local day begins.
  func nextDay(after now: Int64) -> Int64 {
    statistics.start(of: LocalDay(number: data.day(of: now).number + 1))
  }
}
