import MatchingTestSupport
import Simulation
import Testing

/// Seeds that once failed, and fresh ones: a failure names its seed.
private let seeds: [UInt64] = [1, 2] + (0..<6).map { _ in UInt64.random(in: 0...UInt64.max) }

@Suite struct ThinningTests {
  private func shifts(seed: UInt64) -> [Thinning.Key] {
    var draw = Draw(seed: seed)
    return (0..<draw.within(0...200)).map { index in
      Thinning.Key(taxi: Int32(index / 2), start: Int64(index) * 1_000 + Int64(draw.below(900)))
    }
  }

  @Test(arguments: seeds)
  func `a smaller fleet is part of every larger one`(seed: UInt64) {
    let shifts = shifts(seed: seed)
    var larger = Set(shifts.indices)
    for permyriad in stride(from: 10_000, through: 0, by: -250) {
      let chosen = Thinning.chosen(shifts, permyriad: permyriad, seed: seed)
      #expect(chosen == chosen.sorted() && Set(chosen).count == chosen.count)
      #expect(larger.isSuperset(of: chosen), "\(permyriad)")
      larger = Set(chosen)
    }
    #expect(larger.isEmpty)
  }

  @Test(arguments: seeds)
  func `the order of two shifts does not depend on the others`(seed: UInt64) {
    let shifts = shifts(seed: seed)
    let all = Thinning.order(of: shifts, seed: seed).map { shifts[$0] }
    let some = shifts.enumerated().filter { $0.offset % 3 != 1 }.map(\.element)
    #expect(
      Thinning.order(of: some, seed: seed).map { some[$0] } == all.filter { some.contains($0) }
    )
  }

  @Test func `the number of shifts is the share, rounded half up`() {
    let shifts = (0..<10).map { Thinning.Key(taxi: $0, start: 0) }
    let counts = [10_000, 9_500, 9_400, 500, 499, 0].map {
      Thinning.chosen(shifts, permyriad: $0, seed: 1).count
    }
    #expect(counts == [10, 10, 9, 1, 0, 0])
  }

  @Test func `another seed gives another order`() {
    let shifts = (0..<50).map { Thinning.Key(taxi: $0, start: 0) }
    #expect(Thinning.order(of: shifts, seed: 1) != Thinning.order(of: shifts, seed: 2))
    #expect(Thinning.order(of: shifts, seed: 1) == Thinning.order(of: shifts, seed: 1))
  }
}
