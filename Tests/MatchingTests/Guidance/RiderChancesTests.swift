import Foundation
import Matching
import Testing

@Suite struct RiderChancesTests {
  /// The slow twin: floating point, by logarithms.
  private func reference(_ mean: Double, atLeast count: Int) -> Double {
    guard count > 0 else { return 1 }
    guard mean > 0 else { return 0 }
    var below = 0.0
    for k in 0..<count {
      below += exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1))
    }
    return max(1 - below, 0)
  }

  @Test(arguments: [0, 1, 50, 400, 999, 1_000, 1_700, 5_000, 33_333, 250_000, 999_999, 1_000_000])
  func `chances are Poisson's`(thousandths: Int64) {
    let chances = RiderChances(expecting: thousandths)
    let mean = Double(thousandths) / 1_000
    let spread = 6 * Int(mean.squareRoot()) + 8
    for count in max(Int(mean) - spread, 0)...(Int(mean) + spread) {
      let chance = Double(chances.ofAtLeast(count)) / Double(RiderChances.certain)
      #expect(abs(chance - reference(mean, atLeast: count)) < 5e-6, "\(mean), \(count)")
    }
  }

  @Test func `they fall from certain to none`() {
    for thousandths: Int64 in [0, 7, 1_234, 45_678, 5_000_000] {
      let chances = RiderChances(expecting: thousandths)
      var last = RiderChances.certain
      for count in 0...6_000 {
        let chance = chances.ofAtLeast(count)
        #expect((0...last).contains(chance))
        last = chance
      }
      #expect(chances.ofAtLeast(0) == RiderChances.certain && last == 0)
    }
  }

  @Test func `of more than a thousand the rest is certain`() {
    let few = RiderChances(expecting: 1_000_000)
    let many = RiderChances(expecting: 41_000_000)
    for count in 800...1_200 {
      #expect(many.ofAtLeast(count + 40_000) == few.ofAtLeast(count))
    }
  }
}
