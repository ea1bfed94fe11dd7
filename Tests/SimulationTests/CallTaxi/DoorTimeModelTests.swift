import Matching
import Simulation
import Spatial
import Testing

/// Seeds that once failed, and fresh ones: a failure names its seed.
private let seeds: [UInt64] = [1, 2] + (0..<4).map { _ in UInt64.random(in: 0...UInt64.max) }

@Suite struct DoorTimeModelTests {
  private static let driving = StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 6_722)
  private static let model = DoorTimeModel(driving, door: 480_000)

  private func time(_ a: Point, _ b: Point) -> Int32 {
    Self.model.time(from: a, to: b, departure: Millis(0))
  }

  @Test func `every approach takes the time at the door longer`() {
    let a = Point(x: 0, y: 0)
    let b = Point(x: 20_000, y: -30_000)
    #expect(time(a, a) == 480_000)
    #expect(time(a, b) == Self.driving.time(from: a, to: b, departure: Millis(0)) + 480_000)
    let far = Point(x: .max, y: .min)
    #expect(time(far, Point(x: .min, y: .max)) > 0)
  }

  /// What the candidate search cuts off by: nothing within reach is missed, nothing beyond taken.
  @Test(arguments: seeds)
  func `reach is the greatest distance within a time`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    for _ in 0..<500 {
      let limit = Int32(random.below(3_000_000))
      let reach = Self.model.reach(within: limit, departure: Millis(0))
      let origin = Point(x: 0, y: 0)
      if reach >= 0 { #expect(time(origin, Point(x: reach, y: 0)) <= limit, "seed \(seed)") }
      #expect(time(origin, Point(x: reach + 1, y: 0)) > limit, "seed \(seed)")
    }
    #expect(Self.model.reach(within: .max, departure: Millis(0)) == .max)
    #expect(Self.model.reach(within: 479_999, departure: Millis(0)) == -1)
    #expect(Self.model.reach(within: -1, departure: Millis(0)) == -1)
  }
}
