import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct ReplayTests {
  private static let setting = RandomRun.Setting(
    name: "replay",
    policy: { BatchPolicy(.init(switchingCost: .seconds(1), frozen: Millis(0))) }
  )

  /// Commands with their times, and what one engine made of them.
  private func story(
    seed: UInt64,
    commands: Int
  ) throws -> (lines: [(Millis, Command)], facts: [Fact], digest: UInt64) {
    var run = RandomRun(Self.setting, seed: seed, coverage: Coverage())
    var lines: [(Millis, Command)] = []
    var facts: [Fact] = []
    run.listener = { lines.append(($0, $1)) }
    for _ in 0..<commands {
      try run.step()
      facts.append(contentsOf: run.facts)
    }
    return (lines, facts, run.engine.digest())
  }

  private func engine() -> Engine {
    Engine(
      options: Self.setting.options,
      policy: Self.setting.policy(),
      travel: RandomRun.travel,
      start: RandomRun.start
    )
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(6))
  func `how often the host comes back changes nothing`(seed: UInt64) throws {
    let story = try story(seed: seed, commands: 4_000)
    var draw = Draw(seed: seed)
    var rarely = engine()
    var often = engine()
    var rare: [Fact] = []
    var many: [Fact] = []
    for (instant, command) in story.lines {
      _ = rarely.handle(command, at: instant, into: &rare)
      for _ in 0..<draw.below(4) {
        let left = (instant - often.now).count
        guard left > 0 else { break }
        let next = often.nextDeadline
        let halt =
          draw.happens(permille: 500) ? next : often.now + Millis(Int64(draw.below(Int(left))))
        often.advance(to: min(halt, instant), into: &many)
      }
      _ = often.handle(command, at: instant, into: &many)
    }
    #expect(rare == story.facts && many == story.facts, "seed \(seed)")
    #expect(rarely.digest() == story.digest && often.digest() == story.digest, "seed \(seed)")
  }

  @Test(arguments: Seeds.fresh(4))
  func `facts replayed make the same state`(seed: UInt64) throws {
    let story = try story(seed: seed, commands: 4_000)
    var standby = engine()
    for fact in story.facts { try standby.replay(fact) }
    #expect(standby.digest() == story.digest, "seed \(seed)")
    standby.takeOver(at: standby.now)
    standby.checkInvariants()
  }

  /// A leader may die between any two facts, those of one command as well.
  @Test(arguments: Seeds.fresh(4))
  func `a journal that ends anywhere makes an engine that goes on`(seed: UInt64) throws {
    let story = try story(seed: seed, commands: 1_500)
    var draw = Draw(seed: seed)
    for _ in 0..<60 {
      var standby = engine()
      for fact in story.facts.prefix(draw.below(story.facts.count)) { try standby.replay(fact) }
      standby.takeOver(at: standby.now + .seconds(3))
      standby.checkInvariants()
      var facts: [Fact] = []
      standby.advance(to: standby.now + .minutes(30), into: &facts)
      standby.checkInvariants()
      for ride in 1...UInt64(RandomRun.rides) {
        let state = standby.view(of: RideID(ride))?.state
        #expect(state == nil || state == .onboard, "seed \(seed)")
      }
    }
  }

  @Test(arguments: Seeds.fresh(6))
  func `facts left out, doubled or out of another story are refused, never a trap`(
    seed: UInt64
  ) throws {
    let story = try story(seed: seed, commands: 1_500)
    let other = try self.story(seed: seed &+ 1, commands: 1_500)
    var draw = Draw(seed: seed)
    var standby = engine()
    var refused = 0
    for fact in story.facts {
      var strange = draw.pick(draw.happens(permille: 500) ? story.facts : other.facts)
      strange.number = draw.happens(permille: 900) ? standby.factCount + 1 : strange.number
      strange.at = max(standby.now, fact.at)
      let before = standby.digest()
      do {
        // What can follow is taken; then the story goes on without what it contradicts.
        try standby.replay(strange)
      } catch {
        refused += 1
        #expect(standby.digest() == before, "seed \(seed): a refused fact changed something")
      }
      var next = fact
      next.number = standby.factCount + 1
      next.at = max(standby.now, fact.at)
      try? standby.replay(next)
    }
    #expect(refused > 100, "seed \(seed)")
    standby.takeOver(at: standby.now)
    standby.checkInvariants()
  }

  @Test func `a gap and a step back in time are named`() throws {
    var standby = engine()
    let on = Event.taxiOn(TaxiID(1), seats: 4, tags: 0, auto: false)
    try standby.replay(Fact(number: 1, at: RandomRun.start, event: on))
    let gap = #expect(throws: Engine.ReplayError.self) {
      try standby.replay(Fact(number: 3, at: RandomRun.start, event: .taxiLost(TaxiID(1))))
    }
    #expect(gap?.reason.contains("fact 2 was expected") == true)
    let back = #expect(throws: Engine.ReplayError.self) {
      try standby.replay(Fact(number: 2, at: Millis(0), event: .taxiLost(TaxiID(1))))
    }
    #expect(back?.reason.contains("time") == true)
  }
}
