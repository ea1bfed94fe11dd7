import Simulation
import Testing

@Suite struct StudentTests {
  /// Two-sided 95 % points: E. S. Pearson, H. O. Hartley, "Biometrika Tables for Statisticians",
  /// table 12, and the first by hand, tan(0.95 · π ÷ 2).
  @Test(arguments: [
    (1, 12.706_205), (2, 4.302_653), (3, 3.182_446), (4, 2.776_445), (5, 2.570_582),
    (9, 2.262_157), (10, 2.228_139), (12, 2.178_813), (30, 2.042_272), (120, 1.979_930),
  ])
  func `quantiles are those of the tables`(freedom: Int, quantile: Double) {
    let found = Student.quantile(within: 0.95, freedom: freedom)
    #expect(abs(found - quantile) < 1e-6, "\(found)")
  }

  @Test func `other shares than 95 % are right too`() {
    // With two degrees of freedom P(|T| ≤ t) = t ÷ √(2 + t²): 0.5 at t = √(2 ÷ 3).
    #expect(
      abs(Student.quantile(within: 0.5, freedom: 2) - (2.0 / 3).squareRoot()) < 1e-12
    )
    #expect(abs(Student.quantile(within: 0.99, freedom: 5) - 4.032_143) < 1e-6)
  }

  @Test func `an interval is the one worked out by hand`() throws {
    // Mean 3, s² = 10 ÷ 4, so 2.776445 · √2.5 ÷ √5 = 2.776445 · 0.707107.
    let interval = try #require(Student.interval([1, 2, 3, 4, 5]))
    #expect(interval.mean == 3 && interval.count == 5)
    #expect(abs(try #require(interval.half) - 1.963_243) < 1e-6)
    // Differences of six days: mean −10, deviations 1, −1, 2, −2, 3, −3, s² = 28 ÷ 5.
    let six = try #require(Student.interval([-9, -11, -8, -12, -7, -13]))
    #expect(six.mean == -10)
    #expect(abs(try #require(six.half) - 2.570_582 * (5.6 / 6).squareRoot()) < 1e-5)
  }

  @Test func `one day has no interval, and no day no mean`() {
    #expect(Student.interval([]) == nil)
    #expect(Student.interval([4])?.half == nil)
    #expect(Student.interval([4])?.mean == 4)
    #expect(Student.interval([4, 4])?.half == 0)
  }
}
