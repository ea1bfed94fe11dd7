import Matching
import Simulation
import Testing

/// Random cities through every policy and idle behaviour. A failure names its seed.
@Suite struct RandomWorldTests {
  private static let worlds: [(WorldKind, Scenario.Idle)] = [
    (.nearest, .park), (.nearest, .cruise), (.nearest, .guided),
    (.batch, .park), (.batch, .cruise), (.batch, .guided),
    (.hail, .cruise), (.hail, .guided),
  ]

  @Test(arguments: 1...25 as ClosedRange<UInt64>)
  func `identities hold, whatever happens`(seed: UInt64) throws {
    let town = DrawnCity(seed: seed)
    for (kind, idle) in Self.worlds {
      let played = try town.play(kind, idle: idle)
      let figures = played.figures
      #expect(figures.service.open == 0, "seed \(seed)")
      #expect(figures.service.requests == town.rides.count, "seed \(seed)")
      if idle == .park { #expect(figures.metres.idle == 0, "seed \(seed)") }
      for (index, account) in played.ledger.rides.enumerated() {
        let ride = played.city.rides[index]
        guard account.outcome == .served else { continue }
        #expect(account.boardedAt - ride.requestedAt <= Int64(ride.patience), "seed \(seed)")
        #expect(account.droppedAt - account.boardedAt == Int64(ride.duration), "seed \(seed)")
        #expect(account.assignedAt <= account.boardedAt, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `no taxi carries two riders at a time`(seed: UInt64) throws {
    for (kind, idle) in Self.worlds {
      let played = try DrawnCity(seed: seed).play(kind, idle: idle)
      var spells: [Int32: [Range<Int64>]] = [:]
      for account in played.ledger.rides where account.outcome == .served {
        spells[account.taxi, default: []].append(account.boardedAt..<account.droppedAt)
      }
      for (_, rides) in spells {
        let sorted = rides.sorted { $0.lowerBound < $1.lowerBound }
        for (a, b) in zip(sorted, sorted.dropFirst()) {
          #expect(a.upperBound <= b.lowerBound, "seed \(seed)")
        }
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `no taxi is offered a ride outside of its shifts or in a break`(seed: UInt64) throws {
    let town = DrawnCity(seed: seed)
    let shifts = town.shifts
    for (kind, idle) in Self.worlds {
      var policy = Scenario.Policy()
      // An exchange among taxis under way is no new offer.
      policy.reassign = false
      _ = try town.play(kind, idle: idle, policy: policy) { fact in
        guard case .offerMade(let offer) = fact.event else { return }
        let at = fact.at.count
        let isOn = shifts.contains { shift in
          UInt64(shift.taxi) + 1 == offer.taxi.value && shift.start <= at && at <= shift.end
            && !shift.offline.contains { $0.contains(at) && $0.lowerBound < at }
        }
        #expect(isOn, "seed \(seed), \(offer)")
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `what has not happened yet changes nothing before it`(seed: UInt64) throws {
    let town = DrawnCity(seed: seed)
    let now = DrawnCity.instant(1_500)
    var removed = town
    removed.rides.removeAll { $0.requestedAt >= now }
    var changed = town
    for index in changed.rides.indices where changed.rides[index].requestedAt >= now {
      let ride = changed.rides[index]
      (changed.rides[index].from, changed.rides[index].to) = (ride.to, ride.from)
      changed.rides[index].duration += 77_000
      changed.rides[index].patience = 500_000
    }
    for (kind, idle) in Self.worlds {
      func past(_ town: DrawnCity) throws -> [Fact] {
        var facts: [Fact] = []
        _ = try town.play(kind, idle: idle) { if $0.at.count < now { facts.append($0) } }
        return facts
      }
      let facts = try past(town)
      #expect(facts.count > 100, "seed \(seed)")
      #expect(try past(removed) == facts, "seed \(seed)")
      #expect(try past(changed) == facts, "seed \(seed)")
    }
  }

  @Test func `the same driver gives the same answer to the same ride in every world`() throws {
    var asked = 0
    for seed: UInt64 in 1...5 {
      let town = DrawnCity(seed: seed)
      var answers: [[String: Bool]] = []
      for kind in [WorldKind.nearest, .batch] {
        var pairs: [UInt64: String] = [:]
        var given: [String: Bool] = [:]
        var policy = Scenario.Policy()
        // Drivers under way are redirected without being asked.
        policy.reassign = false
        _ = try town.play(kind, policy: policy) { fact in
          switch fact.event {
          case .offerMade(let offer):
            pairs[offer.id.value] = "\(offer.ride) \(offer.taxi)"
          case .offerAccepted(let id): given[pairs[id.value] ?? ""] = true
          case .offerDeclined(let id, _), .offerExpired(let id):
            given[pairs[id.value] ?? ""] = false
          default: break
          }
        }
        answers.append(given)
      }
      for (pair, answer) in answers[0] {
        guard let other = answers[1][pair] else { continue }
        asked += 1
        #expect(answer == other, "seed \(seed), \(pair)")
      }
    }
    #expect(asked > 100)
  }

  @Test(arguments: Scenario.Destination.allCases)
  func `a policy sees where a ride ends no earlier than it may`(
    destination: Scenario.Destination
  ) throws {
    var town = DrawnCity(seed: 3)
    town.scenario.demand.destination = destination
    var boarded: Set<UInt64> = []
    var told = 0
    _ = try town.play { fact in
      switch fact.event {
      case .rideRequested(let request): #expect((request.to != nil) == (destination == .atRequest))
      case .rideBoarded(let ride): boarded.insert(ride.value)
      case .rideChanged(let ride, let change):
        #expect(change.to != nil && boarded.contains(ride.value))
        told += 1
      default: break
      }
    }
    #expect(!boarded.isEmpty)
    #expect(told == (destination == .afterBoarding ? boarded.count : 0))
  }

  @Test(arguments: [Scenario.Destination.never, .afterBoarding])
  func `another destination changes nothing before the boarding`(
    destination: Scenario.Destination
  ) throws {
    for (kind, idle) in Self.worlds {
      var town = DrawnCity(seed: 5)
      town.scenario.demand.destination = destination
      town.scenario.guidance.cell = 2_000
      // Ends that are known are made use of: by guidance, and by rides that wait for a taxi to be free.
      var policy = Scenario.Policy()
      policy.soonFree = 300_000
      func facts(_ town: DrawnCity) throws -> [Fact] {
        var facts: [Fact] = []
        var isBefore = true
        _ = try town.play(kind, idle: idle, policy: policy) { fact in
          if case .rideBoarded(let ride) = fact.event, ride.value == 60 { isBefore = false }
          if isBefore { facts.append(fact) }
        }
        return facts
      }
      let before = try facts(town)
      town.rides[59].to = DrawnCity.point(2_999)
      town.rides[59].duration += 1_000
      #expect(try facts(town) == before)
    }
  }

  @Test func `few candidates, no window and the shortest patience are legal`() throws {
    for seed: UInt64 in 1...3 {
      var town = DrawnCity(seed: seed)
      for index in town.rides.indices { town.rides[index].patience = 1_000 }
      var policy = Scenario.Policy()
      policy.candidates = 1
      policy.window = 0
      policy.switchingCost = 0
      policy.frozen = 0
      for kind in [WorldKind.nearest, .batch] { _ = try town.play(kind, policy: policy) }
    }
  }

  @Test func `a fleet that declines everything, empty fleets and single rides are legal`() throws {
    for permyriad in [(10_000, 0), (0, 10_000), (5_000, 5_000)] {
      var town = DrawnCity(seed: 9, taxis: 60)
      town.scenario.drivers.declinePermyriad = permyriad.0
      town.scenario.drivers.noAnswerPermyriad = permyriad.1
      for kind in [WorldKind.nearest, .batch] {
        let service = try town.play(kind).figures.service
        #expect(service.served == 0 && service.offers > service.requests)
      }
    }
    var lonely = DrawnCity()
    lonely.taxis = 2
    lonely.ride(at: 0, from: 0, to: 100, lasting: 10)
    #expect(try lonely.play().figures.service.expired == 1)
    lonely.shift(0, 0, 0, at: 0)
    #expect(try lonely.play(.batch).figures.service.expired == 1)
    #expect(try DrawnCity().play().figures.service.requests == 0)
  }

  @Test func `a single ride may be declined by many`() throws {
    var town = DrawnCity()
    town.scenario.drivers.declinePermyriad = 10_000
    for taxi in 0..<40 { town.shift(Int32(taxi), 0, 600, at: Int32(taxi)) }
    town.ride(at: 10, from: 0, to: 100, lasting: 10)
    // As many as the engine allows a ride.
    #expect(try town.play().figures.service.declined == 32)
  }
}
