import Journal
import Matching
import Testing

/// Whole worlds out of one seed each: servers, a Redis that forgets what its fsync mode lets it
/// forget, a network that delays and cuts, clients that repeat themselves, clocks that jump.
/// `FAULT_SEEDS=100000 scripts/test --filter FaultSimulationTests` plays more of them; a seed that
/// fails prints itself, and stays in `Seeds.regressions`.
@Suite struct FaultSimulationTests {
  @Test(arguments: Seeds.blocks)
  func `whatever fails, what was answered is kept once, and told once`(
    seeds: ClosedRange<UInt64>
  ) {
    for seed in seeds {
      if Seeds.isLoud { print("Seed", seed) }
      if let wrong = World(seed: seed).play() { Issue.record("\(wrong)") }
    }
  }

  @Test(arguments: Seeds.regressions)
  func `seeds that once failed do no more`(seed: UInt64) {
    let wrong = World(seed: seed).play()
    #expect(wrong == nil, "\(wrong ?? "")")
  }

  @Test func `the same seed is the same world`() {
    for seed in UInt64(1)...5 {
      let (one, other) = (World(seed: seed), World(seed: seed))
      #expect(one.play() == other.play())
      #expect(one.now == other.now)
      #expect(one.ledger.said == other.ledger.said)
      #expect(one.ledger.timeline.map(\.shown) == other.ledger.timeline.map(\.shown))
    }
  }

  @Test func `the worlds are full of what they are for`() {
    var tally = Tally()
    var (facts, answers, events, told) = (0, 0, 0, 0)
    for seed in UInt64(1)...100 {
      let world = World(seed: seed)
      _ = world.play()
      tally.add(world.tally)
      facts += world.ledger.factsSeen
      answers += world.ledger.said.count
      for case let subscriber as Subscriber in world.clients {
        events += subscriber.eventCount
        told += subscriber.toldCount
      }
    }
    let text = "\(tally), \(facts) facts, \(answers) answers, \(events) events, \(told) told"
    print("100 worlds:", text)
    #expect(facts > 10_000 && answers > 10_000 && events > 10_000 && told > 10, "\(text)")
    #expect(
      tally.takeovers > 300 && tally.fenced > 20 && tally.duplicates > 10 && tally.repeats > 100
        && tally.lossesReported > 2 && tally.snapshots > 50,
      "\(text)"
    )
  }

  // MARK: The checkers

  /// A quiet world after ten seconds of work.
  private static func world(isAlways: Bool = true, seed: UInt64 = 3) -> World {
    let world = World(seed: seed) {
      $0.isAlways = isAlways
      $0.nodes = 2
      $0.faultEvery = 0
      $0.length = 12_000
      $0.snapshotPeriod = 60_000
      $0.recentFactsMax = 5_000
      $0.outputBytesMax = 1 << 20
    }
    world.run(to: 10_000)
    return world
  }

  @Test(arguments: [true, false])
  func `a world without faults has nothing to find`(isAlways: Bool) {
    #expect(Self.world(isAlways: isAlways).play() == nil)
  }

  /// Takes the last entries from Redis, as a restore from a backup would.
  private static func rob(_ world: World) {
    world.redis.tamper { state in
      state.entries.removeLast(5)
      guard let last = state.entries.last else { return }
      state.lastID = last.position
      state.end = last.position
      switch last.content {
      case .batch(_, let chain): state.chain = chain
      case .epoch(_, let chain): state.chain = chain
      }
    }
  }

  @Test func `a planted loss is found where nothing may be lost`() {
    let world = Self.world()
    Self.rob(world)
    #expect(world.play()?.contains("acknowledged facts were lost") == true)
  }

  @Test func `a planted loss is found where it may happen, but nobody says so`() {
    let world = Self.world(isAlways: false)
    Self.rob(world)
    for node in world.nodes {
      node.crash(restartAfter: 50)
      node.witness = nil
    }
    #expect(world.play()?.contains("nobody said so") == true)
  }

  @Test func `the same loss is no violation where the servers find it themselves`() {
    let world = Self.world(isAlways: false)
    Self.rob(world)
    #expect(world.play() == nil)
    #expect(world.tally.lossesReported > 0)
  }

  @Test func `an answer about what never happened is found`() throws {
    let world = Self.world()
    let answer = try #require(world.ledger.said.last { $0.verb == "REQ" })
    world.ledger.noteOK("REQ", "nobody.r1", answer.at, isRepeat: false)
    #expect(world.play()?.contains("OK REQ nobody.r1") == true)
  }

  @Test func `a planted double match is found`() {
    let world = Self.world()
    let last = world.ledger.timeline[world.ledger.timeline.count - 1]
    let first = world.redis.state.lastID.sequence + 1
    let offers = (0..<2).map { (index: UInt64) in
      let offer = Offer(
        id: OfferID(1_000_000 + index),
        ride: RideID(1_000 + index),
        taxi: TaxiID(1_000),
        eta: 1,
        ttl: Millis(1)
      )
      let fact = Fact(number: first + index, at: last.record.fact.at, event: .offerMade(offer))
      return JournalRecord(fact: fact, line: Array("req.offered r t".utf8), shownCount: 15)
    }
    world.redis.tamper { state in
      let batch = JournalBatch(offers)
      let position = FactPosition(epoch: state.epoch, sequence: batch.last)
      let chain = CRC32C.sum(batch.bytes, after: state.chain ?? 0)
      state.entries.append(.init(position: position, content: .batch(batch.bytes, chain: chain)))
      state.lastID = position
      state.end = position
      state.chain = chain
    }
    #expect(world.play()?.contains("a taxi with an open offer gets another") == true)
  }

  @Test func `a planted gap in what a subscriber hears is found`() {
    let world = Self.world()
    for case let subscriber as Subscriber in world.clients { subscriber.swallowsNext = true }
    #expect(world.play()?.contains("told of fact") == true)
  }

  @Test func `a line that leaves before its fact is kept is found`() {
    let world = Self.world()
    world.ledger.checkLeaving(Array("OK r1 state=queued at=1-999999\n".utf8))
    #expect(world.play()?.contains("is spoken of and not kept") == true)
  }
}
