import Matching
import MatchingTestSupport
import Testing

@Suite struct ExplainTests {
  private func town(_ drawing: String, _ policy: any Policy) -> Town {
    Town(drawing, policy: policy) { $0.explanationsMax = 20 }
  }

  @Test func `nearest names its candidates in order and the least`() throws {
    let town = town("a . . 1 b", NearestPolicy())
    town.request("1")
    let why = try #require(town.engine.explain(Town.ride("1")).last)
    #expect(why.policy == "nearest" && why.reason == .leastCost && why.at == Millis(0))
    #expect(why.chosen == Town.taxi("b"))
    #expect(why.candidates.map(\.taxi) == [Town.taxi("b"), Town.taxi("a")])
    #expect(why.candidates.map(\.eta) == [10_000, 30_000])
    #expect(why.candidates.map(\.cost) == [10_000, 30_000])
    #expect(why.candidates.map(\.wonBy) == [Town.ride("1"), nil])
  }

  @Test func `batch says when a cheaper taxi went to another ride`() throws {
    let town = town("a . . 1 . b . . . . . 2", BatchPolicy())
    town.request("1")
    town.request("2")
    town.advance(2)
    let why = try #require(town.engine.explain(Town.ride("1")).last)
    #expect(why.chosen == Town.taxi("a") && why.reason == .leastTotalCost)
    let cheaper = try #require(why.candidates.first)
    #expect(cheaper.taxi == Town.taxi("b") && cheaper.wonBy == Town.ride("2"))
    #expect(town.engine.explain(Town.ride("2")).last?.reason == .leastCost)
  }

  @Test func `no taxi in reach`() {
    let town = town("1", NearestPolicy())
    town.request("1")
    #expect(town.engine.explain(Town.ride("1")).last?.reason == .noneInReach)
  }

  @Test func `all candidates went to others`() {
    let town = town("1 2 a", BatchPolicy())
    town.request("1")
    town.request("2")
    town.advance(2)
    #expect(town.engine.explain(Town.ride("2")).last?.reason == .leastCost)
    #expect(town.engine.explain(Town.ride("1")).last?.reason == .allTaken)
  }

  @Test func `waiting is cheaper than a pickup too far away`() throws {
    let settings = BatchPolicy.Settings(unmatchedPrice: .seconds(20), unmatchedRise: .seconds(1))
    let town = town("1 . . . a", BatchPolicy(settings))
    town.request("1")
    town.advance(2)
    let why = try #require(town.engine.explain(Town.ride("1")).last)
    #expect(why.reason == .waitingIsCheaper && why.chosen == nil)
    #expect(why.unmatchedCost == 22_000 && why.candidates.map(\.cost) == [40_000])
    // The price rises by a second a second, so that no one waits for ever.
    town.advance(20)
    #expect(town.asked(for: "1") == "a")
  }

  @Test func `a taxi under way is kept`() {
    let town = town("a . . . . . . . . 1 . . . . . . . B", BatchPolicy())
    town.request("1")
    town.advance(2)
    town.accept("1")
    // Nearer, but not by what a change costs.
    town.on("b", at: "B")
    town.advance(2)
    #expect(town.engine.explain(Town.ride("1")).last?.reason == .kept)
  }

  @Test func `the oldest explanations make room, and none are kept unless asked for`() {
    let settings = BatchPolicy.Settings(window: .seconds(1), unmatchedPrice: .seconds(1))
    let town = town("1 . . . . . . . . . a", BatchPolicy(settings))
    town.request("1")
    town.advance(60)
    let kept = town.engine.explain(Town.ride("1"))
    #expect(kept.count == 20 && kept.first?.at == .seconds(41) && kept.last?.at == .seconds(60))
    let silent = Town("1")
    silent.request("1")
    #expect(silent.engine.explain(Town.ride("1")) == [])
  }
}
