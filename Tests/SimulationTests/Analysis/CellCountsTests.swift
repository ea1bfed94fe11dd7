import Simulation
import Testing

/// Seeds that once failed, and fresh ones: a failure names its seed.
private let seeds: [UInt64] = [1, 2] + (0..<6).map { _ in UInt64.random(in: 0...UInt64.max) }

@Suite struct CellCountsTests {
  /// Events as (slot, column, row, taxi).
  private typealias Event = (slot: Int, column: Int32, row: Int32, taxi: UInt64)

  private func counts(_ events: [Event], threshold: Int) -> CellCounts {
    CellCounts(
      events.map { ($0.slot, GridCell(column: $0.column, row: $0.row), $0.taxi) },
      threshold: threshold
    )
  }

  @Test func `five taxis show a cell, four and a repeated one do not`() {
    let five = (0..<5).map { Event(8, 3, 4, UInt64($0)) }
    let shown = counts(five, threshold: 5)
    #expect(
      shown.rows == [.init(slot: 8, level: 0, cell: GridCell(column: 3, row: 4), count: 5)]
    )
    #expect(shown.published == 5 && shown.withheld == 0)
    let four = (0..<5).map { Event(8, 3, 4, UInt64($0 % 4)) }
    #expect(counts(four, threshold: 5).rows.isEmpty)
    #expect(counts(four, threshold: 5).withheld == 5)
  }

  @Test func `what neighbours withhold goes into a square twice as wide, without what they show`() {
    // Cells (2, 2) and (3, 3) lie in one square of 2 × 2; (2, 3) of it shows its own count.
    let own = (0..<6).map { Event(1, 2, 3, UInt64($0)) }
    let small = [Event(1, 2, 2, 1), Event(1, 2, 2, 2), Event(1, 3, 3, 3)]
    let shown = counts(own + small, threshold: 3)
    #expect(
      shown.rows == [
        .init(slot: 1, level: 0, cell: GridCell(column: 2, row: 3), count: 6),
        .init(slot: 1, level: 1, cell: GridCell(column: 2, row: 2), count: 3),
      ]
    )
  }

  @Test func `hours are kept apart, and cells west and south of the origin too`() {
    let events = (0..<4).map { Event($0, -1, -1, 7) }
    #expect(counts(events, threshold: 2).withheld == 4)
    #expect(counts(events, threshold: 1).rows.count == 4)
    #expect(counts(events, threshold: 1).rows[0].cell == GridCell(column: -1, row: -1))
    let two = [Event(5, -1, -1, 1), Event(5, -2, -2, 2)]
    #expect(
      counts(two, threshold: 2).rows == [
        .init(slot: 5, level: 1, cell: .init(column: -2, row: -2), count: 2)
      ]
    )
  }

  /// The whole table worked out again with dictionaries, and every promise of privacy checked.
  @Test(arguments: seeds)
  func `random counts keep every promise`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    let threshold = 2 + random.below(5)
    let events: [Event] = (0..<3_000).map { _ in
      let spread = random.below(3) == 0 ? 40 : 6
      return (
        random.below(3), Int32(random.below(spread)) - 5, Int32(random.below(spread)) - 5,
        UInt64(random.below(12))
      )
    }
    let shown = counts(events, threshold: threshold)
    #expect(shown.published + shown.withheld == events.count, "seed \(seed)")
    #expect(shown.rows == shown.rows.sorted() && Set(shown.rows).count == shown.rows.count)

    // The slow twin.
    var rest = events
    var expected: [CellCounts.Row] = []
    for level in 0...5 {
      var groups: [[Int]: [Int]] = [:]
      for (index, event) in rest.enumerated() {
        let key = [event.slot, Int(event.row) >> level, Int(event.column) >> level]
        groups[key, default: []].append(index)
      }
      var gone: Set<Int> = []
      for (key, members) in groups where Set(members.map { rest[$0].taxi }).count >= threshold {
        gone.formUnion(members)
        expected.append(
          .init(
            slot: key[0],
            level: level,
            cell: GridCell(column: Int32(key[2] << level), row: Int32(key[1] << level)),
            count: members.count
          )
        )
      }
      rest = rest.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    }
    #expect(shown.rows == expected.sorted(), "seed \(seed)")
    #expect(shown.rows.allSatisfy { $0.count >= threshold }, "seed \(seed)")
  }
}
