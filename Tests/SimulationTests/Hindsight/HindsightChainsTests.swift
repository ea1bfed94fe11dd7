import Matching
import Simulation
import Spatial
import Testing

@Suite struct HindsightChainsTests {
  @Test func `chains renumber their rides and drop what is not kept`() {
    let chains = HindsightChains([[9, 4, 7], [], [2, 30]])
    #expect(chains.count == 2)
    #expect(chains.rides == [2, 4, 7, 9, 30])
    #expect(chains.renumbered == HindsightChains([[3, 1, 2], [0, 4]]))
    #expect(chains.keeping { $0 != 4 } == HindsightChains([[9], [7], [2, 30]]))
  }

  @Test func `a leg faster than the model allows is counted, not refused`() throws {
    func ride(_ x: Int32, at second: Int64) -> HindsightRide {
      HindsightRide(
        from: Point(x: x, y: 0),
        to: Point(x: x, y: 0),
        earliest: second * 1_000,
        latest: second * 1_000,
        duration: 0
      )
    }
    // 1 km at 10 m/s is 100 s; from the first to the third ride there are 50.
    let bound = try HindsightBound(
      rides: [ride(0, at: 0), ride(10_000, at: 200), ride(10_000, at: 50)],
      travel: HindsightTravel(
        model: StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 10_000),
        detourPermille: 1_000
      ),
      objective: .distance
    )
    let possible = bound.value(of: HindsightChains([[0, 1], [2]]))
    #expect(possible == .init(empty: 10_000, legs: 1, impossible: 0))
    let fast = bound.value(of: HindsightChains([[0, 2, 1]]))
    #expect(fast == .init(empty: 10_000, legs: 2, impossible: 1))
  }
}
