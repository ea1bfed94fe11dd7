import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct SnapshotTests {
  /// An engine that has seen something of everything.
  private func lived(seed: UInt64, commands: Int = 3_000) throws -> [UInt8] {
    var run = RandomRun(Self.setting, seed: seed, coverage: Coverage())
    for _ in 0..<commands { try run.step() }
    return run.engine.snapshot()
  }

  private static let setting = RandomRun.Setting(
    name: "snapshots",
    policy: { BatchPolicy(.init(switchingCost: .seconds(1), frozen: Millis(0))) }
  )

  private func restore(_ bytes: [UInt8]) throws -> Engine {
    try Engine.restored(
      from: bytes,
      options: Self.setting.options,
      policy: Self.setting.policy(),
      travel: RandomRun.travel
    )
  }

  @Test(arguments: Seeds.fresh(4))
  func `what was saved is what is restored`(seed: UInt64) throws {
    let bytes = try lived(seed: seed)
    let engine = try restore(bytes)
    engine.checkInvariants()
    #expect(engine.snapshot() == bytes)
  }

  @Test func `a snapshot cut off anywhere is refused`() throws {
    let bytes = try lived(seed: 3)
    for length in 0..<bytes.count {
      #expect(throws: SnapshotError.self, "\(length) bytes") {
        _ = try restore(Array(bytes.prefix(length)))
      }
    }
  }

  @Test(arguments: Seeds.fresh(4))
  func `a snapshot with any bit turned is refused`(seed: UInt64) throws {
    let bytes = try lived(seed: seed)
    var draw = Draw(seed: seed)
    for _ in 0..<2_000 {
      var damaged = bytes
      let place = draw.below(bytes.count)
      damaged[place] ^= 1 << UInt8(draw.below(8))
      #expect(throws: SnapshotError.self, "seed \(seed), byte \(place)") {
        _ = try restore(damaged)
      }
    }
  }

  /// With the checksum made to fit again, what is left is the check of every relation: what passes
  /// it must be a state that an engine can live with.
  @Test(arguments: Seeds.fresh(6))
  func `a forged snapshot is refused or harmless`(seed: UInt64) throws {
    let content = try SnapshotSeal.opened(try lived(seed: seed))
    var draw = Draw(seed: seed)
    var refused = 0
    for _ in 0..<1_500 {
      var forged = content
      for _ in 0..<draw.within(1...3) {
        let place = draw.below(forged.count)
        switch draw.below(4) {
        case 0: forged[place] = UInt8(draw.below(256))
        case 1: forged[place] ^= 1 << UInt8(draw.below(8))
        case 2: forged.insert(UInt8(draw.below(256)), at: place)
        default: forged.remove(at: place)
        }
      }
      do {
        var engine = try restore(SnapshotSeal.sealed(forged))
        engine.checkInvariants()
        try live(&engine, seed: draw.next())
      } catch is SnapshotError { refused += 1 }
    }
    #expect(refused > 500, "seed \(seed)")
  }

  /// A while of commands that do not know what they will meet.
  private func live(_ engine: inout Engine, seed: UInt64) throws {
    var draw = Draw(seed: seed)
    var facts: [Fact] = []
    for _ in 0..<60 {
      let ride = RideID(UInt64(draw.within(1...RandomRun.rides)))
      let taxi = TaxiID(UInt64(draw.within(1...RandomRun.taxis)))
      let command: Command =
        switch draw.below(10) {
        case 0: .taxiOn(TaxiOn(taxi: taxi, point: Point(x: 0, y: 0)))
        case 1, 2: .position(PositionReport(taxi: taxi, point: Point(x: 9, y: 9)))
        case 3: .request(Request(ride: ride, from: Point(x: 5, y: 5)))
        case 4: .cancel(ride, .rider)
        case 5: .assign(ride, taxi)
        case 6: .arrive(ride, by: nil)
        case 7: .board(ride, by: nil)
        case 8: .abort(ride, by: nil, .unstated)
        default: .taxiOff(taxi, force: true)
        }
      let instant = engine.now + Millis(Int64(draw.below(3_000)))
      _ = engine.handle(command, at: instant, into: &facts)
    }
    engine.checkInvariants()
  }

  @Test func `another version, and more than the options allow, are refused`() throws {
    let town = Town("a b 1")
    town.request("1")
    var content = try SnapshotSeal.opened(town.engine.snapshot())
    var small = town.engine.options
    small.taxisMax = 1
    let bytes = town.engine.snapshot()
    #expect(throws: SnapshotError.self) {
      _ = try Engine.restored(
        from: bytes,
        options: small,
        policy: NearestPolicy(),
        travel: Town.travel
      )
    }
    content[0] = 2
    let error = #expect(throws: SnapshotError.self) {
      _ = try Engine.restored(
        from: SnapshotSeal.sealed(content),
        options: small,
        policy: NearestPolicy(),
        travel: Town.travel
      )
    }
    #expect(error?.reason.contains("version 2") == true)
  }

  @Test func `the digest is of kept state: not of positions, not of the clock`() {
    let town = Town("a B")
    let before = town.engine.digest()
    town.report("a", at: "B")
    town.advance(5)
    #expect(town.engine.digest() == before)
    town.busy("a")
    #expect(town.engine.digest() != before)
  }

  @Test func `after a restore nobody is matched until taxis report, and silence counts anew`()
    throws
  {
    let town = Town("a 1")
    town.silence("a")
    town.advance(29)
    try town.replaceEngine { engine in
      try Engine.restored(
        from: engine.snapshot(),
        options: engine.options,
        policy: NearestPolicy(),
        travel: Town.travel
      )
    }
    town.request("1")
    #expect(town.ride("1") == .queued)
    town.advance(29)
    #expect(!town.isLost("a"))
    town.report("a")
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
    town.advance(60)
    #expect(town.isLost("a"))
  }

  @Test func `taking over twice in one instant still watches the taxis`() {
    let town = Town("a")
    town.silence("a")
    town.advance(40)
    town.replaceEngine { engine in
      var other = Engine(options: engine.options, policy: NearestPolicy(), travel: Town.travel)
      for fact in town.facts { try? other.replay(fact) }
      other.takeOver(at: engine.now)
      other.takeOver(at: engine.now)
      other.checkInvariants()
      return other
    }
    town.advance(30 + 1_800)
    #expect(town.state("a") == nil)
  }
}
