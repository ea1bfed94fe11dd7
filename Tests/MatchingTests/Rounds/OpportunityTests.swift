import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct OpportunityTests {
  /// Three squares of a kilometre side by side.
  private static let cells = DemandCells(
    box: Box(min: Point(x: 0, y: -1_000), max: Point(x: 29_999, y: 1_000)),
    side: 10_000
  )

  /// The same by night and day, each square's worth in seconds; ends are worth `mean` seconds.
  private static func cost(_ seconds: [Int32], mean: Int32 = 0) throws -> OpportunityCost {
    try OpportunityCost(
      cells: cells,
      values: (0..<OpportunityCost.rows).flatMap { _ in seconds.map { $0 * 1_000 } },
      means: Array(repeating: mean * 1_000, count: OpportunityCost.rows),
      localOffset: Millis(0),
      daysSeen: [1]
    )
  }

  @Test
  func `between the middles of squares a taxi's worth is in between, beyond them it is theirs`()
    throws
  {
    let cost = try Self.cost([0, 100, 40])
    func worth(_ x: Int32) -> Int32 { cost.value(at: Point(x: x, y: 0), row: 7) }
    #expect(worth(-50_000) == 0 && worth(0) == 0 && worth(5_000) == 0)
    #expect(worth(10_000) == 50_000 && worth(15_000) == 100_000)
    #expect(worth(17_500) == 85_000 && worth(25_000) == 40_000)
    #expect(worth(29_999) == 40_000 && worth(.max) == 40_000)
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(20))
  func `a worth is between those of the squares around, however large squares and worths are`(
    seed: UInt64
  ) throws {
    var draw = Draw(seed: seed)
    let low = Point(x: Int32(draw.within(-2_000_000_000...0)), y: Int32(draw.within(-500_000...0)))
    let high = Point(
      x: Int32(draw.within(0...2_000_000_000)),
      y: Int32(draw.within(0...500_000))
    )
    let side = Int32(draw.within(Int(max(high.x / 4 - low.x / 4, 50_000))...2_000_000_000))
    let cells = DemandCells(box: Box(min: low, max: high), side: side)
    let most = draw.pick([1, 1_000, Int(OpportunityCost.valueMax)])
    let values = (0..<OpportunityCost.rows * cells.count).map { _ in Int32(draw.within(0...most)) }
    let cost = try OpportunityCost(
      cells: cells,
      values: values,
      means: Array(repeating: 0, count: OpportunityCost.rows),
      localOffset: Millis(0),
      daysSeen: []
    )
    for _ in 0..<50 {
      let row = draw.below(OpportunityCost.rows)
      let point = Point(
        x: Int32(draw.within(-2_100_000_000...2_100_000_000)),
        y: Int32(draw.within(-600_000...600_000))
      )
      let around = values[row * cells.count..<(row + 1) * cells.count]
      let worth = cost.value(at: point, row: row)
      #expect(worth >= around.min() ?? 0 && worth <= around.max() ?? 0, "seed \(seed)")
    }
    for cell in 0..<cells.count where cells.box.clamp(cells.center(of: cell)).x < high.x {
      let center = cells.center(of: cell)
      guard center.y < high.y else { continue }
      #expect(cost.value(at: center, row: 3) == values[3 * cells.count + cell], "seed \(seed)")
    }
  }

  @Test func `rows are the hours of weekdays and of weekend days, in local time`() throws {
    let hour: Int64 = 3_600_000
    // 1 January 1970 was a Thursday.
    #expect(OpportunityCost.row(at: Millis(0), Millis(0)) == 0)
    #expect(OpportunityCost.row(at: Millis(-1), Millis(0)) == 23)
    #expect(OpportunityCost.row(at: Millis(47 * hour), Millis(0)) == 23)
    #expect(OpportunityCost.row(at: Millis(48 * hour), Millis(0)) == 24)
    #expect(OpportunityCost.row(at: Millis(95 * hour), Millis(0)) == 47)
    #expect(OpportunityCost.row(at: Millis(48 * hour), Millis(-hour)) == 23)
    #expect(OpportunityCost.row(at: Millis(96 * hour), Millis(0)) == 0)
  }

  @Test func `tables of another shape, or with a worth out of range, are refused`() {
    func reason(_ values: [Int32], _ means: [Int32]) -> String {
      do throws(OpportunityCost.Invalid) {
        _ = try OpportunityCost(
          cells: Self.cells,
          values: values,
          means: means,
          localOffset: Millis(0),
          daysSeen: []
        )
        return ""
      } catch {
        return error.reason
      }
    }
    let means = Array(repeating: Int32(0), count: OpportunityCost.rows)
    var values = Array(repeating: Int32(0), count: OpportunityCost.rows * Self.cells.count)
    #expect(reason(values, means) == "")
    #expect(reason(values, []).contains("48 means, not 144 and 0"))
    #expect(reason([], means).contains("48 rows of 3 squares need 144 values"))
    values[5] = -1
    #expect(reason(values, means) == "value 5 is -1 ms; allowed: 0 to 86400000")
  }

  // MARK: Matching

  /// Taxi a is 200 m from the rider and where taxis are worth 100 s, b is 400 m away and where they
  /// are worth nothing.
  private func town(_ change: (inout BatchPolicy.Settings) throws -> Void) rethrows -> Town {
    var settings = BatchPolicy.Settings(reassigns: false)
    try change(&settings)
    let town = Town(
      ". . . . . . . . . . . . . . . . . . a . 1 . . . b",
      policy: BatchPolicy(settings)
    ) { $0.explanationsMax = 4 }
    return town
  }

  @Test func `a taxi that is worth less where it is comes from further away`() throws {
    let without = town { _ in }
    without.request("1")
    without.advance(2)
    #expect(without.asked(for: "1") == "a")
    let with = try town { $0.opportunity = try Self.cost([100, 100, 0], mean: 30) }
    with.request("1")
    with.advance(2)
    #expect(with.asked(for: "1") == "b")
    let why = try #require(with.engine.explain(Town.ride("1")).last)
    #expect(why.candidates.map(\.eta) == [20_000, 40_000])
    // 300 m beyond the middle of the second square: 70 of 100 s; 100 m short of the third's: 10.
    #expect(why.candidates.map(\.cost) == [90_000, 50_000])
    // An unknown end is worth the mean.
    #expect(why.unmatchedCost == 600_000 + 2_000 + 30_000)
  }

  @Test func `the weight says how much of it counts`() throws {
    for (weight, taxi) in [(0, "a"), (300, "a"), (400, "b"), (1_000, "b"), (-5, "a")] {
      let town = try town {
        $0.opportunity = try Self.cost([100, 100, 0])
        $0.opportunityPermille = weight
      }
      town.request("1")
      town.advance(2)
      #expect(town.asked(for: "1") == taxi, "weight \(weight)")
    }
  }

  @Test func `a known end counts at its own worth when the ride is over`() throws {
    let town = try town { $0.opportunity = try Self.cost([500, 100, 0], mean: 30) }
    // 1.9 km to the west, 190 s later.
    town.request("1", to: Point(x: 1_000, y: 0))
    town.advance(2)
    let why = try #require(town.engine.explain(Town.ride("1")).last)
    #expect(why.unmatchedCost == 600_000 + 2_000 + 500_000)
  }
}
