import Matching
import Simulation
import Spatial
import Testing

/// Street hailing without dispatch: who meets whom, and what advice changes.
@Suite struct HailWorldTests {
  /// One vacant stretch of a taxi.
  private struct Leg {
    var taxi: Int
    var from: Point
    var to: Point
    var time: Range<Int64>
  }

  /// Taxis on one long shift each, so that a leg ends by its arrival or by a meeting alone.
  private func town(seed: UInt64) -> DrawnCity {
    var town = DrawnCity(seed: seed, taxis: 0)
    var random = SeededRandom(seed: seed, purpose: .thinning, subject: 1)
    for taxi in 0..<(2 + random.below(8)) {
      town.shift(Int32(taxi), 0, 9_000, at: Int32(random.below(3_000)))
    }
    town.scenario.hail.sight = Int64(100 + random.below(2_500))
    return town
  }

  @Test(arguments: 1...15 as ClosedRange<UInt64>)
  func `no meeting is missed and none is made up`(seed: UInt64) throws {
    let town = town(seed: seed)
    for idle in [Scenario.Idle.cruise, .guided] {
      var legs: [Leg] = []
      var meetings: [Int: (taxi: Int, at: Int64)] = [:]
      let played = try town.play(
        .hail,
        idle: idle,
        observe: { fact in
          guard case .offerMade(let offer) = fact.event else { return }
          meetings[Int(offer.ride.value) - 1] = (Int(offer.taxi.value) - 1, fact.at.count)
        },
        observeLeg: { legs.append(Leg(taxi: $0, from: $1, to: $2, time: $3)) }
      )
      // A leg is broken off when the taxi meets a rider or is sent elsewhere.
      var vacantUntil = legs.map(\.time.upperBound)
      for taxi in 0..<town.taxis {
        let own = legs.indices.filter { legs[$0].taxi == taxi }
        for (leg, next) in zip(own, own.dropFirst()) {
          vacantUntil[leg] = min(vacantUntil[leg], legs[next].time.lowerBound)
        }
        for meeting in meetings.values where meeting.taxi == taxi {
          guard let leg = own.last(where: { legs[$0].time.lowerBound <= meeting.at }) else {
            continue
          }
          vacantUntil[leg] = min(vacantUntil[leg], meeting.at)
        }
      }
      for (ride, account) in played.ledger.rides.enumerated() {
        let rider = town.rides[ride]
        let gone = rider.requestedAt + Int64(rider.patience)
        let until = meetings[ride]?.at ?? gone
        #expect(until == account.assignedAt || account.assignedAt == .min, "seed \(seed)")
        var isMet = false
        for (index, leg) in legs.enumerated() where leg.time.lowerBound <= until {
          let since = max(rider.requestedAt - leg.time.lowerBound, 0)
          let duration = leg.time.upperBound - leg.time.lowerBound
          guard since <= duration,
            let first = Sighting.first(
              of: rider.from,
              from: leg.from,
              to: leg.to,
              duration: duration,
              since: since,
              sight: town.scenario.hail.sight
            )
          else { continue }
          let at = leg.time.lowerBound + first
          if leg.taxi == meetings[ride]?.taxi, at == until { isMet = true }
          #expect(
            at >= min(vacantUntil[index], until),
            "seed \(seed): taxi \(leg.taxi) passed ride \(rider.id) at \(at)"
          )
        }
        if meetings[ride] != nil {
          #expect(isMet, "seed \(seed): ride \(rider.id) was met by nobody")
        }
      }
      #expect(played.figures.service.served > 10, "seed \(seed)")
    }
  }

  @Test func `the nearest taxi in sight is met, a rider out of sight by none`() throws {
    var town = DrawnCity()
    town.scenario.hail.sight = 10_000
    town.ends = 0...2_000
    town.shift(0, 0, 60, at: 100)
    town.shift(1, 0, 60, at: 300)
    town.ride(at: 0, from: 350, to: 900, lasting: 50, patience: 30)
    let near = try town.play(.hail, idle: .cruise)
    #expect(near.ledger.rides[0].taxi == 1)
    #expect(near.ledger.rides[0].assignedAt == DrawnCity.start)
    // 50 m to drive up at 15 km/h.
    #expect(near.times(0)[2] == 12)
    #expect(near.figures.service.offers == 0)
    town.scenario.hail.sight = 100
    town.rides[0].from = DrawnCity.point(1_900)
    let far = try town.play(.hail, idle: .cruise)
    #expect(far.figures.service.expired == 1)
  }

  @Test func `of two riders in sight the one who asked first is met`() throws {
    var town = DrawnCity()
    town.scenario.hail.sight = 10_000
    town.ends = 0...2_000
    town.ride(at: 0, from: 900, to: 100, lasting: 50)
    town.ride(at: 1, from: 500, to: 100, lasting: 50)
    town.shift(0, 2, 900, at: 500)
    let played = try town.play(.hail, idle: .cruise)
    #expect(played.times(0)[1] == 2)
    #expect(played.figures.service.served == 2)
  }

  @Test func `a rider who walks is met at the spot, and the walk counts as waiting`() throws {
    var town = DrawnCity()
    town.scenario.hail.sight = 500
    town.scenario.hail.advisedRidersPermyriad = 10_000
    town.ends = 0...1_000
    town.shift(0, 0, 4_000, at: 200)
    town.ride(at: 10, from: 900, to: 100, lasting: 50, patience: 3_000)
    var city = town.city
    city.spots = [500: [101: RiderSpot(place: DrawnCity.point(250), walk: 240_000)]]
    var places: [Point] = []
    let played = try town.play(
      .hail,
      idle: .cruise,
      in: city,
      observe: { fact in
        if case .rideRequested(let request) = fact.event { places.append(request.from) }
      }
    )
    #expect(places == [DrawnCity.point(250)])
    #expect(try #require(played.times(0)[2]) >= 250)
    // Another world of other sight has other spots.
    city.spots = [800: [101: RiderSpot(place: DrawnCity.point(250), walk: 240_000)]]
    let stays = try town.play(.hail, idle: .cruise, in: city)
    #expect(stays.ledger.rides[0].assignedAt != played.ledger.rides[0].assignedAt)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `advice that nobody follows changes nothing`(seed: UInt64) throws {
    var town = town(seed: seed)
    let plain = try town.play(.hail, idle: .cruise)
    town.scenario.guidance.compliancePermyriad = 0
    let advised = try town.play(.hail, idle: .guided)
    #expect(plain.figures.digest == advised.figures.digest)
    #expect(plain.figures.time == advised.figures.time)
    #expect(plain.figures.metres == advised.figures.metres)
    #expect(plain.figures.service == advised.figures.service)
    #expect(plain.figures.wait == advised.figures.wait)
    town.scenario.guidance.compliancePermyriad = 10_000
    town.scenario.guidance.cell = 2_000
    let followed = try town.play(.hail, idle: .guided)
    #expect(followed.figures.metres != plain.figures.metres)
  }

  @Test func `whoever follows at a smaller share follows at a larger one`() {
    var town = DrawnCity()
    for taxi in 0..<400 { town.shift(Int32(taxi), 0, 1, at: 0) }
    func followers(_ permyriad: Int) -> Set<Int> {
      town.scenario.guidance.compliancePermyriad = permyriad
      let settings = WorldSettings(kind: .hail, idle: .guided)
      let world = World(city: town.city, settings: settings, scenario: town.scenario)
      return Set((0..<400).filter { world.follows($0) })
    }
    let shares = [0, 1_000, 2_500, 5_000, 10_000].map(followers)
    for (small, large) in zip(shares, shares.dropFirst()) { #expect(small.isSubset(of: large)) }
    #expect(shares[0].isEmpty && shares[4].count == 400)
    #expect((60...140).contains(shares[2].count))
  }

  @Test func `the same seed gives the same world, another does not`() throws {
    var town = town(seed: 3)
    func digest() throws -> UInt64? { try town.play(.hail, idle: .guided).figures.digest }
    let first = try digest()
    #expect(try digest() == first)
    town.scenario.seed = 77
    #expect(try digest() != first)
  }
}
