import Matching
import MatchingTestSupport
import Testing

/// A better taxi may take over a ride that another is still driving to.
@Suite struct ReassignmentTests {
  private static var policy: BatchPolicy {
    BatchPolicy(.init(switchingCost: .seconds(5), frozen: Millis(0)))
  }

  /// Ride 1 is on the way of taxi a, and taxi b, which is nearer, is being asked to take over.
  private func takeover(auto: Bool = false) throws -> (town: Town, offer: OfferID) {
    let town = Town("a . . . . . 1 B", policy: Self.policy)
    town.request("1")
    town.advance(2)
    town.accept("1")
    #expect(town.taxi(of: "1") == "a")
    town.on("b", at: "B", auto: auto)
    town.advance(2)
    return (town, try #require(town.offer(of: "1") ?? (auto ? OfferID(0) : nil)))
  }

  @Test func `while a better taxi is asked the ride keeps the one it has`() throws {
    let (town, offer) = try takeover()
    #expect(town.ride("1") == .assigned && town.taxi(of: "1") == "a")
    #expect(town.asked(for: "1") == "b" && town.state(offer) == .open)
  }

  @Test func `a takeover that is accepted frees the first taxi`() throws {
    let (town, offer) = try takeover()
    let first = try #require(
      town.facts.compactMap { if case .offerAccepted(let id) = $0.event { id } else { nil } }.first
    )
    #expect(town.send(.accept(offer)).outcome == .done)
    #expect(town.taxi(of: "1") == "b" && town.ride("1") == .assigned)
    #expect(town.state("a") == .free && town.state("b") == .enroute)
    #expect(town.state(first) == .reassigned)
    #expect(town.send(.accept(first)).outcome == .refused(.offerClosed))
    #expect(town.arrive("1", by: "a").outcome == .refused(.wrongTaxi))
    #expect(town.abort("1", by: "a").outcome == .duplicate)
    #expect(town.arrive("1", by: "b").outcome == .done)
  }

  @Test func `a takeover by a taxi that accepts by itself happens at once`() throws {
    let (town, _) = try takeover(auto: true)
    #expect(town.taxi(of: "1") == "b" && town.state("a") == .free)
  }

  @Test func `a takeover that is declined leaves all as it was and is not asked again`() throws {
    let (town, _) = try takeover()
    #expect(town.decline("1").outcome == .done)
    town.advance(30)
    #expect(town.taxi(of: "1") == "a" && town.offer(of: "1") == nil)
    #expect(town.state("b") == .free)
  }

  @Test func `a takeover that nobody answers expires and leaves all as it was`() throws {
    let (town, offer) = try takeover()
    town.advance(12)
    #expect(town.state(offer) == .expired)
    #expect(town.taxi(of: "1") == "a" && town.state("b") == .free)
    #expect(town.send(.accept(offer)).outcome == .refused(.offerExpired))
  }

  @Test func `its own taxi arrives first: the other's offer is withdrawn`() throws {
    let (town, offer) = try takeover()
    #expect(town.arrive("1", by: "a").outcome == .done)
    #expect(town.latest.first == .offerRevoked(offer, .reassigned))
    #expect(town.state("b") == .free)
    #expect(town.send(.accept(offer)).outcome == .refused(.offerClosed))
    #expect(town.taxi(of: "1") == "a" && town.ride("1") == .arrived)
  }

  @Test func `its own taxi gives up meanwhile: the open offer is the ride's`() throws {
    let (town, offer) = try takeover()
    #expect(town.abort("1", by: "a").outcome == .done)
    #expect(town.ride("1") == .offered && town.offer(of: "1") == offer)
    #expect(town.send(.accept(offer)).outcome == .done)
    #expect(town.taxi(of: "1") == "b")
  }

  @Test func `its own taxi leaves by force or is lost meanwhile: likewise`() throws {
    let (town, offer) = try takeover()
    town.off("a", force: true)
    #expect(town.ride("1") == .offered && town.offer(of: "1") == offer)
    town.decline("1")
    #expect(town.ride("1") == .queued)
  }

  @Test func `the rider cancels meanwhile: both taxis are free`() throws {
    let (town, offer) = try takeover()
    #expect(town.cancel("1").outcome == .done)
    #expect(town.state("a") == .free && town.state("b") == .free && town.state(offer) == .revoked)
  }

  @Test func `the other taxi is hailed meanwhile: the ride keeps its own`() throws {
    let (town, _) = try takeover()
    town.busy("b", .hail)
    #expect(town.taxi(of: "1") == "a" && town.ride("1") == .assigned && town.state("b") == .busy)
  }

  @Test func `a saving below the switching cost changes nothing`() {
    let policy = BatchPolicy(.init(switchingCost: .seconds(60), frozen: Millis(0)))
    let town = Town("a . . . . . 1 B", policy: policy)
    town.request("1")
    town.advance(2)
    town.accept("1")
    town.on("b", at: "B")
    town.advance(10)
    #expect(town.offer(of: "1") == nil)
  }

  @Test func `a taxi that is nearly there keeps its ride`() {
    let policy = BatchPolicy(.init(switchingCost: .seconds(5), frozen: .seconds(60)))
    let town = Town("a . . . . . 1 B", policy: policy)
    town.request("1")
    town.advance(2)
    town.accept("1")
    town.on("b", at: "B")
    town.advance(10)
    #expect(town.offer(of: "1") == nil)
  }

  /// Taxis a and b drive to each other's rides; a third one turns up, which makes the engine look.
  private static let crossed = """
    a 1 . . . . 2 b
    . . . . . . . .
    . . . . . . . .
    . C . . . . . .
    """

  @Test func `two taxis on each other's way exchange their rides without being asked`() {
    let town = Town(Self.crossed, policy: Self.policy)
    town.request("1")
    town.request("2")
    town.assign("1", "b")
    town.assign("2", "a")
    town.on("c", at: "C")
    town.advance(2)
    #expect(town.taxi(of: "1") == "a" && town.taxi(of: "2") == "b")
    #expect(town.state("a") == .enroute && town.state("b") == .enroute)
    let moves = town.latest.filter {
      if case .rideRequeued(_, .reassigned) = $0 { true } else { false }
    }
    #expect(moves.count == 2 && town.state("c") == .free)
    town.advance(20)
    #expect(town.taxi(of: "1") == "a", "and that is that")
  }

  /// Ride 2 asks beside taxi a, which drives to ride 1; taxi b could take ride 1.
  private func chain(auto: Bool) -> Town {
    let town = Town("a 2 . . . . 1 . . . . . B", policy: Self.policy) { $0.explanationsMax = 50 }
    town.request("1")
    town.advance(2)
    town.accept("1")
    town.on("b", at: "B", auto: auto)
    town.request("2")
    town.advance(2)
    return town
  }

  @Test func `a chain that ends in a taxi that must be asked waits for its answer`() {
    let town = chain(auto: false)
    #expect(town.asked(for: "1") == "b" && town.taxi(of: "1") == "a")
    #expect(town.ride("2") == .queued, "a promised rider is never dropped")
    #expect(town.engine.explain(Town.ride("2")).last?.reason == .deferred)
    town.accept("1")
    town.advance(2)
    #expect(town.taxi(of: "1") == "b" && town.asked(for: "2") == "a")
  }

  @Test func `a chain that nobody need be asked for is carried out at once`() {
    let town = chain(auto: true)
    #expect(town.taxi(of: "1") == "b" && town.taxi(of: "2") == "a")
    #expect(town.state("a") == .enroute)
  }

  @Test func `a chain whose last taxi declines leaves the promised rider theirs`() {
    let town = chain(auto: false)
    town.decline("1")
    town.advance(4)
    #expect(town.taxi(of: "1") == "a")
    #expect(town.asked(for: "2") == "b")
  }

  @Test func `no exchange begins when offers may run out in the middle of it`() {
    let town = Town(Self.crossed, policy: Self.policy) { $0.ridesMax = 4 }
    for spare in ["7", "8"] { town.request(spare, from: "1", wait: .minutes(10)) }
    town.request("1")
    town.request("2")
    town.assign("1", "b")
    town.assign("2", "a")
    // Five of eight offers are made in vain; one is left, and the exchange needs two.
    for _ in 0..<5 {
      town.on("c", at: "C")
      town.assign("7", "c")
      town.off("c", force: true)
    }
    town.on("d", at: "C")
    town.advance(2)
    #expect(town.taxi(of: "1") == "b" && town.taxi(of: "2") == "a")
    #expect(town.ride("1") == .assigned && town.ride("2") == .assigned)
  }
}
