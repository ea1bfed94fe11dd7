/// A fleet made smaller by whole shifts: one seeded order of a day's shifts, and prefixes of it, so
/// that a smaller fleet is part of every larger one (docs/SIMULATION.md, section 5).
package enum Thinning {
  /// What tells one shift of a day from the others.
  package struct Key: Hashable, Sendable {
    package var taxi: Int32
    /// Unix milliseconds.
    package var start: Int64

    package init(taxi: Int32, start: Int64) {
      self.taxi = taxi
      self.start = start
    }
  }

  /// Places of the first `permyriad` / 10,000 of the shifts in the seed's order, their number rounded
  /// half up, in ascending order.
  package static func chosen(_ shifts: [Key], permyriad: Int, seed: UInt64) -> [Int] {
    let count = (shifts.count * permyriad + 5_000) / 10_000
    return order(of: shifts, seed: seed).prefix(count).sorted()
  }

  /// Places in `shifts` in the seed's order. A shift's draw depends on its taxi and its start alone,
  /// not on what other shifts there are. On a tie the earlier place comes first.
  package static func order(of shifts: [Key], seed: UInt64) -> [Int] {
    let draws = shifts.map { shift in
      var random = SeededRandom(
        seed: seed,
        purpose: .thinning,
        subject: UInt64(bitPattern: Int64(shift.taxi)),
        attempt: UInt64(bitPattern: shift.start)
      )
      return random.next()
    }
    return shifts.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }
  }
}
