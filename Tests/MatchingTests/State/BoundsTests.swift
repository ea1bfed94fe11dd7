import Matching
import MatchingTestSupport
import Spatial
import Testing

/// Nothing that clients do makes an engine grow without bound.
@Suite struct BoundsTests {
  @Test func `reservations far ahead, changed, cancelled and forgotten leave no deadlines`() {
    let town = Town("a 1") { $0.dedup = .seconds(1) }
    for _ in 0..<200 {
      town.request("1", at: town.now + .minutes(40_000))
      for version in 1...20 as ClosedRange<UInt32> {
        let at = town.now + .minutes(30_000 + Int64(version))
        #expect(town.change("1", v: version, RideChange(at: at)).outcome == .done)
      }
      town.cancel("1")
      town.advance(2)
    }
    #expect(town.engine.footprint.deadlines <= 100)
  }

  @Test func `joining and leaving leaves no deadlines`() {
    let town = Town("a") { $0.lostOff = .minutes(100_000) }
    // Lost each time, with a look at it queued for the far end of its silence.
    for _ in 0..<500 {
      town.off("a")
      town.on("a")
      town.advance(40)
    }
    #expect(town.engine.footprint.deadlines <= 100)
  }

  @Test func `a standby that only follows facts does not pile up deadlines`() throws {
    let town = Town("a 1", auto: true) { $0.dedup = .seconds(1) }
    for _ in 0..<500 {
      town.request("1")
      town.abort("1")
      town.cancel("1")
      town.busy("a")
      town.free("a")
      town.advance(2)
    }
    var standby = Engine(
      options: town.engine.options,
      policy: NearestPolicy(),
      travel: Town.travel
    )
    for fact in town.facts { try standby.replay(fact) }
    #expect(standby.footprint.deadlines <= 100)
    #expect(standby.digest() == town.engine.digest())
  }

  @Test func `positions take no memory`() {
    var options = Options(region: Box(around: Point(x: 0, y: 0), radius: 100_000), taxisMax: 500)
    options.ridesMax = 50
    var engine = Engine(options: options, policy: BatchPolicy(), travel: Town.travel)
    var facts: [Fact] = []
    for taxi in 1...500 as ClosedRange<UInt64> {
      let on = TaxiOn(taxi: TaxiID(taxi), point: Point(x: 0, y: 0), auto: taxi % 9 == 0)
      _ = engine.handle(.taxiOn(on), at: Millis(0), into: &facts)
    }
    for ride in 1...40 as ClosedRange<UInt64> {
      let request = Request(ride: RideID(ride), from: Point(x: Int32(ride) * 2_000, y: 0))
      _ = engine.handle(.request(request), at: Millis(0), into: &facts)
    }
    engine.advance(to: .seconds(20), into: &facts)
    let before = engine.footprint.capacities
    let count = facts.count
    var draw = Draw(seed: 7)
    for step in 0..<200_000 {
      let report = PositionReport(
        taxi: TaxiID(UInt64(draw.within(1...500))),
        point: Point(
          x: Int32(draw.within(-100_000...100_000)),
          y: Int32(draw.within(-100_000...100_000))
        ),
        sequence: UInt64(step + 1)
      )
      _ = engine.handle(.position(report), at: .seconds(20), into: &facts)
    }
    #expect(engine.footprint.capacities == before)
    #expect(facts.count == count)
    engine.checkInvariants()
  }

  @Test func `instants at the ends of time neither trap nor hang`() {
    for instant in [Millis(.min), Millis(-1), Millis(1 << 61), .never] {
      let town = Town("a 1", policy: BatchPolicy(.init(unmatchedRise: .minutes(60))))
      town.request("1", at: Millis(.min))
      town.send(
        .position(PositionReport(taxi: Town.taxi("a"), point: town.place("a"))),
        at: instant
      )
      town.request("2", from: "1", wait: .minutes(60), at: .seconds(-7_000_000_000))
      town.send(.release(Town.ride("2")), at: town.now + .seconds(10))
      #expect(town.facts.count > 1)
    }
  }
}
