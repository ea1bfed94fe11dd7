import Matching
import Simulation
import Testing

/// Two taxis, three rides, every number by hand: a metre takes 100 ms, drivers answer after 3 s.
@Suite struct WorldTests {
  /// Taxi 0 stands at 0 m and goes home after 250 s, taxi 1 at 1,000 m and after 600 s.
  private var town: DrawnCity {
    var town = DrawnCity()
    town.shift(0, 0, 250, at: 0)
    town.shift(1, 0, 600, at: 1_000)
    town.ride(at: 60, from: 200, to: 1_200, lasting: 120, metres: 1_300)
    town.ride(at: 70, from: 900, to: 0, lasting: 300)
    town.ride(at: 210, from: 1_300, to: 2_000, lasting: 60)
    return town
  }

  @Test func `offers, boardings and drop-offs come when they must`() throws {
    let played = try town.play()
    #expect(played.times(0) == [60, 63, 83, 203])
    #expect(played.times(1) == [70, 73, 83, 383])
    #expect(played.times(2) == [210, 213, 223, 283])
    #expect(played.ledger.rides.map(\.taxi) == [0, 1, 0])
  }

  @Test func `time splits as it was spent, overtime included`() throws {
    let played = try town.play()
    // Idle 63 + 10, to riders 20 + 10, with riders 120 + 60.
    #expect(played.time(0) == [73, 30, 180])
    #expect(played.ledger.taxis[0].onShift == 283_000)
    #expect(played.time(1) == [290, 10, 300])
    #expect(played.ledger.taxis[1].onShift == 600_000)
  }

  @Test func `distance splits as it was driven, and parking drives nothing`() throws {
    let played = try town.play()
    #expect(played.metres(0) == [0, 300, 2_000])
    #expect(played.metres(1) == [0, 100, 900])
  }

  @Test func `a shift's first ride is left out of empty kilometres, the second is not`() throws {
    let figures = try town.play().figures
    #expect(figures.ridesAfterFirst == 1)
    #expect(figures.emptyMetresAfterFirst == 100)
    // What is left out stays in the total.
    #expect(figures.metres.empty == 400)
  }

  @Test func `waits are from request to boarding`() throws {
    let wait = try #require(try town.play().figures.wait)
    #expect(wait.mean == 49_000.0 / 3)
    #expect([wait.p50, wait.p95, wait.p99] == [13_000, 23_000, 23_000])
    #expect(wait.histogram[0] == 3)
  }

  @Test func `time and distance outside of the measured span count nothing`() throws {
    var town = town
    town.span = DrawnCity.instant(70)..<DrawnCity.instant(213)
    let played = try town.play()
    // Taxi 0: idle at 203…213; to the rider from 70 to 83; with the rider from 83 to 203.
    #expect(played.time(0) == [10, 13, 120])
    #expect(played.metres(0) == [0, 130, 1_300])
    #expect(played.time(1) == [3, 10, 130])
    #expect(played.metres(1) == [0, 100, 390])
    #expect(played.figures.service.requests == 2)
    // The offer of the ride before the span is none of the figures'.
    #expect(played.figures.service.offers == 2)
  }

  @Test func `an offline taxi is not offered and its time is not on shift`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 600, at: 0, offline: [100...200])
    town.ride(at: 110, from: 100, to: 500, lasting: 100)
    let played = try town.play()
    // Back at 200; `nearest` looks again at the next whole second.
    #expect(played.times(0) == [201, 204, 214, 314])
    #expect(played.ledger.taxis[0].onShift == 500_000)
    #expect(played.time(0) == [390, 10, 100])
  }

  @Test func `a break that comes during a ride begins after it and ends when it would`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 600, at: 0, offline: [100...300, 350...360])
    town.ride(at: 50, from: 0, to: 500, lasting: 100)
    let played = try town.play()
    #expect(played.times(0) == [50, 53, 53, 153])
    #expect(played.ledger.taxis[0].onShift == 443_000)
  }

  @Test func `an offer dies with the shift and the rider waits on in vain`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 62, at: 0)
    town.ride(at: 60, from: 100, to: 500, lasting: 100, patience: 120)
    let played = try town.play()
    #expect(played.times(0) == [60, nil, nil, nil])
    #expect(played.ledger.rides[0].outcome == .expired)
    #expect(played.ledger.taxis[0].onShift == 62_000)
    #expect(played.figures.service.offers == 1)
    #expect(played.figures.wait?.p50 == nil)
  }

  @Test func `a shift that ends on the way to the rider ends after the ride`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 64, at: 0)
    town.ride(at: 60, from: 100, to: 500, lasting: 100)
    let played = try town.play()
    #expect(played.times(0) == [60, 63, 73, 173])
    #expect(played.ledger.taxis[0].onShift == 173_000)
  }

  @Test func `overtime that runs into the next shift goes on from where the taxi is`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 64, at: 0)
    town.shift(0, 100, 400, at: 3_000)
    town.ride(at: 60, from: 100, to: 500, lasting: 100)
    town.ride(at: 200, from: 600, to: 700, lasting: 10)
    let played = try town.play()
    #expect(played.times(1) == [200, 203, 213, 223])
    #expect(played.ledger.taxis[0].onShift == 400_000)
    #expect(played.figures.taxis == 1)
    #expect(played.figures.shifts == 2)
  }

  @Test(arguments: [(22.999, Ledger.Outcome.gaveUp), (23, .served)])
  func `patience ends exactly when it ends`(patience: Double, outcome: Ledger.Outcome) throws {
    var town = DrawnCity()
    town.shift(0, 0, 600, at: 0)
    town.ride(at: 60, from: 200, to: 500, lasting: 100, patience: patience)
    let played = try town.play()
    #expect(played.ledger.rides[0].outcome == outcome)
    if outcome == .gaveUp {
      // The way that was driven in vain counts.
      #expect(played.ledger.taxis[0].time.idle == 580_001)
      #expect(played.ledger.taxis[0].time.pickup == 19_999)
      #expect(played.metres(0)[1] == 200)
      #expect(played.ledger.rides[0].taxi == -1)
    }
  }

  @Test func `a declined ride goes to the second taxi at once`() throws {
    var town = DrawnCity()
    town.scenario.drivers.declinePermyriad = 5_000
    town.shift(0, 0, 600, at: 0)
    town.shift(1, 0, 600, at: 1_000)
    town.ride(at: 60, from: 200, to: 500, lasting: 100)
    // The first seed with which taxi 0 declines and taxi 1 does not.
    func declines(_ taxi: UInt64, _ seed: UInt64) -> Bool {
      var random = SeededRandom(
        seed: seed,
        purpose: .driverAnswer,
        subject: 101,
        attempt: taxi + 1
      )
      return random.below(10_000) < 5_000
    }
    town.scenario.seed = try #require((1...100).first { declines(0, $0) && !declines(1, $0) })
    let played = try town.play()
    // Declined at 63; taxi 1, 800 m away, answers at 66.
    #expect(played.times(0) == [60, 66, 146, 246])
    #expect(played.ledger.rides[0].taxi == 1)
    #expect(played.figures.service.offers == 2)
    #expect(played.figures.service.declined == 1)
  }

  @Test func `offers without an answer expire, one taxi after the other`() throws {
    var town = DrawnCity()
    town.scenario.drivers.noAnswerPermyriad = 10_000
    for taxi in 0..<5 { town.shift(Int32(taxi), 0, 600, at: Int32(taxi) * 10) }
    town.ride(at: 60, from: 200, to: 500, lasting: 100, patience: 120)
    var offered: [UInt64] = []
    let played = try town.play {
      if case .offerMade(let offer) = $0.event { offered.append(offer.taxi.value) }
    }
    // The nearest first; nobody is asked twice.
    #expect(offered == [5, 4, 3, 2, 1])
    #expect(played.figures.service.unanswered == 5)
    #expect(played.ledger.rides[0].outcome == .expired)
  }

  @Test func `a better taxi takes over and the first is free where it is`() throws {
    var town = DrawnCity()
    town.shift(0, 0, 600, at: 0)
    town.shift(1, 70, 600, at: 1_900)
    town.ride(at: 60, from: 2_000, to: 2_500, lasting: 100)
    var policy = Scenario.Policy()
    policy.switchingCost = 20_000
    let played = try town.play(.batch, policy: policy)
    // Round at 62; taxi 0 drives from 65. Taxi 1 comes at 70, is asked at 72 and accepts at 75.
    #expect(played.times(0) == [62, 75, 85, 185])
    #expect(played.ledger.rides[0].taxi == 1)
    #expect(played.time(0) == [590, 10, 0])
    #expect(played.metres(0) == [0, 100, 0])
    #expect(played.figures.service.reassigned == 1)
    #expect(played.figures.service.offers == 2)
  }
}
