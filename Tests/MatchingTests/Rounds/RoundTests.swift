import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct RoundTests {
  @Test func `a nearer taxi across a cell border wins`() {
    let town = Town("a . . | b 1 .", metersPerMark: 100)
    #expect(town.round() == [.init(ride: "1", taxi: "b")])
  }

  @Test func `without a window a ride is matched the moment it asks`() {
    let town = Town("a 1")
    town.request("1")
    #expect(town.asked(for: "1") == "a" && town.now == Millis(0))
  }

  @Test func `with a window rounds happen at its multiples`() {
    let town = Town("a 1 . b 2", policy: BatchPolicy(), start: Millis(500))
    town.request("1")
    town.advance(millis: 1_499)
    #expect(town.ride("1") == .queued && town.engine.nextDeadline == Millis(2_000))
    town.advance(millis: 1)
    #expect(town.ride("1") == .offered)
    town.advance(millis: 1_000)
    town.request("2")
    town.advance(millis: 999)
    #expect(town.ride("2") == .queued)
    town.advance(millis: 1)
    #expect(town.ride("2") == .offered)
  }

  @Test func `who found no taxi tries again every second`() {
    let town = Town("1 A")
    town.request("1")
    town.advance(millis: 2_300)
    town.on("a", at: "A")
    #expect(town.ride("1") == .queued)
    town.advance(millis: 699)
    #expect(town.ride("1") == .queued)
    town.advance(millis: 1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `nobody waits, nothing is due`() {
    let town = Town("1")
    #expect(town.engine.nextDeadline == .never)
    town.request("1")
    town.cancel("1")
    town.advance(3_600)
    #expect(town.engine.nextDeadline == .never)
  }

  @Test func `the end of time never comes, but all that is due before`() {
    let town = Town("a 1")
    town.request("1")
    town.send(.free(Town.taxi("z")), at: .never)
    #expect(town.ride("1") == nil && town.state("a") == nil)
    #expect(town.now < .minutes(120))
    #expect(town.engine.nextDeadline == .never)
  }

  @Test func `a stale position is no candidate, and its taxi is one again with the next report`() {
    let town = Town("a 1")
    town.silence("a")
    town.advance(30)
    town.request("1")
    #expect(town.ride("1") == .queued)
    town.report("a")
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a position just younger than the limit is a candidate`() {
    let town = Town("a 1")
    town.silence("a")
    town.advance(millis: 29_999)
    town.request("1")
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `seats and tags must fit`() {
    let town = Town("A 1 . B . . C")
    town.on("a", at: "A", seats: 4, tags: 0)
    town.on("b", at: "B", seats: 6, tags: 0b01)
    town.on("c", at: "C", seats: 8, tags: 0b11)
    town.request("1", seats: 5, tags: 0b10)
    #expect(town.asked(for: "1") == "c")
    town.request("2", from: "1", seats: 5)
    #expect(town.asked(for: "2") == "b")
    town.request("3", from: "1", seats: 5)
    #expect(town.ride("3") == .queued)
    town.request("4", from: "1", seats: 4)
    #expect(town.asked(for: "4") == "a")
  }

  @Test func `a taxi further away than the limit is not asked; one at the limit is`() {
    let near = Town("1 . . a") { $0.pickupMax = .seconds(30) }
    near.request("1")
    #expect(near.asked(for: "1") == "a")
    let far = Town("1 . . a") { $0.pickupMax = Millis(29_999) }
    far.request("1")
    far.advance(5)
    #expect(far.ride("1") == .queued)
  }

  @Test func `a pickup after the rider's wait is not offered where the operator says so`() {
    for isKept in [false, true] {
      let town = Town("1 . . a") { $0.offersWithinWait = isKept }
      town.request("1", wait: .seconds(29))
      #expect((town.asked(for: "1") == "a") == !isKept)
    }
  }

  @Test func `who asked first is served first, a tie by id`() {
    let town = Town("1 2 3 A")
    town.request("2")
    town.request("1")
    town.advance(5)
    town.request("3")
    town.on("a", at: "A")
    town.advance(1)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `rides that no taxi can reach do not keep the others out of a full round`() {
    let town = Town("a 5") {
      $0.ridesPerRoundMax = 4
      $0.pickupMax = .seconds(60)
    }
    town.busy("a")
    town.mark("far", at: Point(x: 900_000, y: 0))
    for index in 0..<12 { town.request("f\(index)", from: "far") }
    town.request("z", from: "5")
    town.free("a")
    town.advance(8)
    #expect(town.asked(for: "z") == "a")
  }

  @Test func `every parked taxi finds its rider where more wait than one look takes in`() {
    for policy in [NearestPolicy(), BatchPolicy()] as [any Policy] {
      let town = Town("", policy: policy)
      town.mark("spot", at: Point(x: 0, y: 0))
      for index in 0..<30 { town.request("r\(index)", from: "spot") }
      town.advance(4)
      for index in 0..<30 { town.on("t\(index)", at: "spot", auto: true) }
      town.advance(20)
      #expect((0..<30).allSatisfy { town.ride("r\($0)") == .assigned })
    }
  }

  @Test func `riders a taxi cannot carry, or that it refused, hide nobody behind them`() {
    let town = Town("X") { $0.ridesMax = 64 }
    town.mark("a", at: Point(x: 100, y: 0))
    town.mark("far", at: Point(x: 9_000, y: 0))
    for index in 0..<30 { town.request("l\(index)", from: "X", seats: 6) }
    town.on("a", at: "X")
    for index in 0..<12 {
      town.request("r\(index)", from: "X", wait: .minutes(50))
      town.decline("r\(index)")
    }
    town.busy("a")
    town.request("1", from: "far")
    town.advance(5)
    town.free("a")
    town.advance(3)
    #expect(town.asked(for: "1") == "a")
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(12))
  func `nearest asks the taxi that a full scan finds`(seed: UInt64) {
    let town = Town(seed: seed, taxis: 120)
    var draw = Draw(seed: seed ^ 0xBEEF)
    // The same draws as the town's, for what each taxi carries.
    var again = Draw(seed: seed)
    let fleet = (0..<120).map { index in
      _ = Town.anywhere(&again)
      let seats = UInt8(again.within(1...8))
      return (
        name: "a\(index)",
        capabilities: Capabilities.of(taxiWith: seats, tags: UInt32(again.below(4)))
      )
    }
    for index in 0..<150 {
      town.mark("p", at: Town.anywhere(&draw))
      let seats = UInt8(draw.within(1...8))
      let tags = UInt32(draw.below(4))
      let expected = town.nearestByFullScan(
        to: town.place("p"),
        need: .of(rideWith: seats, tags: tags),
        taxis: fleet
      )
      town.request("r\(index)", from: "p", seats: seats, tags: tags)
      let offer = town.offer(of: "r\(index)").flatMap { town.engine.view(of: $0) }
      #expect(offer?.eta == expected, "seed \(seed), ride \(index)")
      if draw.happens(permille: 500) { town.accept("r\(index)") }
      if draw.happens(permille: 300) { town.decline("r\(index)") }
      town.advance(millis: draw.below(2_000))
    }
  }

  @Test func `batch serves more than nearest where the nearest taxi is another's only one`() {
    // Ride 1 is nearest to b, but ride 2 has only b within reach.
    let drawing = "a . . 1 . b . . 2"
    let limit: (inout Options) -> Void = { $0.pickupMax = .seconds(35) }
    let greedy = Town(drawing, options: limit)
    #expect(greedy.round() == [.init(ride: "1", taxi: "b")])
    let batch = Town(drawing, policy: BatchPolicy(), options: limit)
    #expect(batch.round() == [.init(ride: "1", taxi: "a"), .init(ride: "2", taxi: "b")])
  }
}
