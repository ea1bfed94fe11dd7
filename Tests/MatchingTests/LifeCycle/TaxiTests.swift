import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct TaxiTests {
  @Test func `joining twice is one taxi; with other seats it is a conflict`() {
    let town = Town("a B")
    let again = town.on("a")
    #expect(again.outcome == .duplicate && again.at == 1 && town.latest == [])
    #expect(town.on("a", seats: 6).outcome == .refused(.conflict))
    #expect(town.on("a", tags: 1).outcome == .refused(.conflict))
    #expect(town.on("a", auto: true).outcome == .refused(.conflict))
    #expect(town.on("a", at: "B").outcome == .duplicate)
    #expect(town.engine.view(of: Town.taxi("a"))?.point == town.place("B"))
  }

  @Test func `fields out of range are refused, nothing changes`() {
    let town = Town("a 1")
    let far = Point(x: 2_000_000, y: 0)
    for seats in [0, 9, 255] as [UInt8] {
      #expect(town.on("b", at: "a", seats: seats).outcome == .refused(.badValue))
      #expect(town.request("1", seats: seats).outcome == .refused(.badValue))
    }
    #expect(town.on("b", at: "a", tags: 1 << 24).outcome == .refused(.badValue))
    #expect(town.request("1", tags: 1 << 24).outcome == .refused(.badValue))
    #expect(town.request("1", to: far).outcome == .refused(.outside))
    #expect(town.send(.taxiOn(TaxiOn(taxi: TaxiID(9), point: far))).outcome == .refused(.outside))
    let report = PositionReport(taxi: Town.taxi("a"), point: far)
    #expect(town.send(.position(report)).outcome == .refused(.outside))
    #expect(town.facts.count == 1)
  }

  @Test func `an older or repeated position is dropped`() {
    let town = Town("a B C")
    #expect(town.report("a", at: "B", n: 7).outcome == .done)
    #expect(town.report("a", at: "C", n: 6).outcome == .refused(.latePosition))
    #expect(town.report("a", at: "C", n: 7).outcome == .refused(.latePosition))
    #expect(town.engine.view(of: Town.taxi("a"))?.point == town.place("B"))
    #expect(town.engine.statistics.latePositions == 2)
    #expect(town.report("a", at: "C", n: 8).outcome == .done)
    #expect(town.report("a", at: "B").outcome == .done, "not numbered: taken as it comes")
  }

  @Test func `a taxi that joins again numbers its reports anew`() {
    let town = Town("a B")
    town.report("a", n: 900)
    town.on("a")
    #expect(town.report("a", at: "B", n: 1).outcome == .done)
  }

  @Test func `a taxi without a ride leaves; a repeat finds it gone`() {
    let town = Town("a 1")
    town.request("1")
    #expect(town.off("a").outcome == .done)
    #expect(town.state("a") == nil && town.ride("1") == .queued)
    #expect(town.off("a").outcome == .duplicate)
    #expect(town.busy("a").outcome == .refused(.unknownTaxi))
  }

  @Test func `a bound taxi leaves only by force, and its ride goes on`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    #expect(town.off("a").outcome == .refused(.wrongState))
    #expect(town.off("a", force: true).outcome == .done)
    #expect(town.state("a") == nil)
    #expect(town.asked(for: "1") == "b", "matched again in the same command")
  }

  @Test func `the only taxi leaves by force: its ride waits and the next taxi gets it`() {
    let town = Town("a 1 B", policy: BatchPolicy())
    town.request("1")
    town.advance(2)
    town.accept("1")
    town.off("a", force: true)
    town.on("b", at: "B")
    town.advance(2)
    #expect(town.asked(for: "1") == "b")
  }

  @Test func `a taxi that leaves by force with a rider has dropped them`() {
    let town = Town("a 1", auto: true)
    town.request("1")
    town.arrive("1")
    town.board("1")
    #expect(town.off("a", force: true).outcome == .done)
    #expect(town.ride("1") == .done)
    #expect(town.latest.last == .taxiOff(Town.taxi("a"), .forced))
  }

  @Test func `busy and free name their goals`() {
    let town = Town("a 1")
    #expect(town.free("a").outcome == .duplicate)
    #expect(town.busy("a", .pause).outcome == .done)
    #expect(town.busy("a", .pause).outcome == .duplicate)
    #expect(town.busy("a", .charge).outcome == .done)
    town.request("1")
    #expect(town.ride("1") == .queued)
    #expect(town.free("a").outcome == .done)
    town.advance(1)
    town.accept("1")
    #expect(town.busy("a").outcome == .refused(.wrongState))
    #expect(town.free("a").outcome == .refused(.wrongState))
  }

  // MARK: Silence

  @Test func `a silent taxi with an open offer is lost, and the ride goes on`() throws {
    let town = Town("a 1 . b") { $0.offerTTL = .minutes(2) }
    town.request("1")
    let offer = try #require(town.offer(of: "1"))
    town.silence("a")
    town.advance(29)
    #expect(!town.isLost("a"))
    town.advance(1)
    #expect(town.isLost("a") && town.state(offer) == .revoked)
    #expect(town.asked(for: "1") == "b")
    #expect(town.send(.accept(offer)).outcome == .refused(.offerClosed))
    #expect(!town.isLost("a"), "its late answer shows that it is there")
  }

  @Test func `a taxi lost on its way keeps the ride for a while and may come back`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    town.silence("a")
    town.advance(80)
    #expect(town.isLost("a") && town.ride("1") == .assigned)
    #expect(town.arrive("1", by: "a").outcome == .done)
    #expect(!town.isLost("a") && town.state("a") == .waiting)
  }

  @Test func `a taxi lost on its way for too long loses the ride`() {
    let town = Town("a 1 . b")
    town.request("1")
    town.accept("1")
    town.silence("a")
    town.advance(89)
    #expect(town.ride("1") == .assigned)
    town.advance(1)
    #expect(town.asked(for: "1") == "b")
    #expect(town.arrive("1", by: "a").outcome == .refused(.wrongTaxi))
    #expect(town.state("a") == .free)
  }

  @Test func `a lost taxi that came back is noticed when it falls silent again`() {
    let town = Town("a 1")
    town.silence("a")
    town.advance(40)
    #expect(town.isLost("a"))
    town.report("a")
    #expect(!town.isLost("a"))
    town.advance(30)
    #expect(town.isLost("a"), "not only when the deadline of the first silence comes")
  }

  @Test func `a rider on board stays with a lost taxi, however long`() {
    let town = Town("a 1", auto: true)
    town.request("1")
    town.arrive("1")
    town.board("1")
    town.silence("a")
    town.advance(7_200)
    #expect(town.isLost("a") && town.ride("1") == .onboard)
    #expect(town.drop("1", by: "a").outcome == .done)
    #expect(!town.isLost("a") && town.state("a") == .free)
    town.advance(30)
    #expect(town.isLost("a"))
    town.advance(1_800)
    #expect(town.state("a") == nil)
  }

  @Test func `a taxi silent for very long is off`() {
    let town = Town("a")
    town.silence("a")
    town.advance(30 + 1_800)
    #expect(town.latest.last == .taxiOff(Town.taxi("a"), .lost))
    #expect(town.on("a").outcome == .done)
  }

  @Test func `a line that is no position keeps a taxi from being lost, not from being stale`() {
    let town = Town("a 1")
    town.silence("a")
    for _ in 0..<4 {
      town.advance(20)
      town.free("a")
    }
    #expect(!town.isLost("a"))
    town.request("1")
    #expect(town.ride("1") == .queued)
    town.report("a")
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a lost taxi is not given a ride by hand`() {
    let town = Town("a 1")
    town.silence("a")
    town.advance(40)
    town.request("1")
    #expect(town.assign("1", "a").outcome == .refused(.wrongState))
    town.report("a")
    #expect(town.assign("1", "a").outcome == .done)
  }
}
