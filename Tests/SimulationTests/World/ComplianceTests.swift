import Simulation
import Testing

/// Guidance under a dispatcher where some drivers do not follow it.
@Suite struct ComplianceTests {
  /// Twenty taxis at one end of the street, and three riders who gave up at the other: for the next
  /// five minutes three more are expected there.
  private func town(seed: UInt64, compliance permyriad: Int) -> DrawnCity {
    var town = DrawnCity()
    town.scenario.seed = seed
    town.scenario.guidance.compliancePermyriad = permyriad
    town.scenario.guidance.cell = 2_000
    town.scenario.guidance.period = 60_000
    town.scenario.guidance.horizon = 300_000
    for taxi in 0..<20 { town.shift(Int32(taxi), 0, 1_200, at: 50) }
    for _ in 0..<3 { town.ride(at: 1, from: 2_900, to: 2_000, lasting: 90, patience: 1) }
    return town
  }

  private func guided(_ played: Played) -> [Int] {
    played.ledger.taxis.indices.filter { played.ledger.taxis[$0].distance.guided > 0 }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `no expected rider is left to a driver who does not follow`(seed: UInt64) throws {
    let town = town(seed: seed, compliance: 5_000)
    let settings = WorldSettings(kind: .batch, idle: .guided)
    let world = World(city: town.city, settings: settings, scenario: town.scenario)
    let followers = (0..<20).filter { world.follows($0) }
    try #require(followers.count >= 3 && followers.count < 20, "seed \(seed) tells nothing")
    let sent = guided(try town.play(.batch, idle: .guided))
    #expect(sent.count == 3, "seed \(seed)")
    #expect(Set(sent).isSubset(of: followers), "seed \(seed)")
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `where nobody follows, taxis park`(seed: UInt64) throws {
    var town = DrawnCity(seed: seed)
    town.scenario.guidance.compliancePermyriad = 0
    town.scenario.guidance.cell = 2_000
    let parked = try town.play(.batch, idle: .park).figures
    let guided = try town.play(.batch, idle: .guided).figures
    #expect(parked.digest == guided.digest && parked.metres == guided.metres, "seed \(seed)")
  }
}
