import Spatial
import Testing

@Suite struct SquareRootTests {
  /// The root bit by bit, from the top: no estimate that could be off by one.
  static func rootBitByBit(_ value: UInt64) -> UInt64 {
    var root: UInt64 = 0
    for bit in (0..<32).reversed() {
      let candidate = root | 1 << UInt64(bit)
      if candidate * candidate <= value { root = candidate }
    }
    return root
  }

  @Test func `small values`() {
    for value in 0..<UInt64(100_000) {
      #expect(squareRoot(value) == Self.rootBitByBit(value), "value \(value)")
    }
  }

  @Test func `the largest values`() {
    #expect(squareRoot(UInt64.max) == 4_294_967_295)
    for back in 0..<UInt64(10_000) {
      #expect(squareRoot(UInt64.max - back) == 4_294_967_295)
    }
  }

  @Test func `on both sides of every power of two`() {
    for bit in 0..<UInt64(64) {
      for step in 0..<UInt64(200) {
        for value in [(1 << bit) &+ step, (1 << bit) &- step] {
          #expect(squareRoot(value) == Self.rootBitByBit(value), "value \(value)")
        }
      }
    }
  }

  /// An estimate is worst just below and just above a square.
  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `on both sides of squares of every size`(seed: UInt64) {
    var draw = Draw(seed: seed)
    for _ in 0..<250_000 {
      let root = max(1, draw.next() >> UInt64(32 + draw.below(32)))
      let square = root * root
      #expect(squareRoot(square) == root, "seed \(seed), root \(root)")
      #expect(squareRoot(square - 1) == root - 1, "seed \(seed), root \(root)")
      #expect(squareRoot(square + root) == root, "seed \(seed), root \(root)")
      #expect(squareRoot(square + 2 * root) == root, "seed \(seed), root \(root)")
    }
  }

  /// The table has an entry for each top byte: all of them, at both ends and at random.
  @Test func `under every top byte of a normalised value`() {
    var draw = Draw(seed: 64)
    for top in UInt64(64)...255 {
      let low = top << 56
      for value in [low, low | (1 << 56 - 1)] + (0..<2_000).map({ _ in low | draw.next() >> 8 }) {
        #expect(squareRoot(value) == Self.rootBitByBit(value), "value \(value)")
      }
    }
  }
}
