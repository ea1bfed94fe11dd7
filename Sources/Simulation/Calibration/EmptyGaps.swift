/// From a drop-off to the same taxi's next boarding in the same shift, breaks left out: how long
/// taxis look for riders.
package struct EmptyGaps: Sendable {
  /// Milliseconds, ascending.
  package private(set) var gaps: [Int64] = []

  package init(_ gaps: [Int64]) { self.gaps = gaps.sorted() }

  /// The gaps that end in the measured span.
  package init(_ ledger: Ledger, _ city: City) {
    var rides = Array(repeating: [Ledger.RideAccount](), count: city.taxiNames.count)
    for ride in ledger.rides where ride.taxi >= 0 && ride.boardedAt > .min {
      rides[Int(ride.taxi)].append(ride)
    }
    var shifts = Array(repeating: [City.Shift](), count: city.taxiNames.count)
    for shift in city.shifts { shifts[Int(shift.taxi)].append(shift) }
    var gaps: [Int64] = []
    for taxi in rides.indices {
      rides[taxi].sort { $0.boardedAt < $1.boardedAt }
      for (before, after) in zip(rides[taxi], rides[taxi].dropFirst())
      where before.droppedAt > .min && before.droppedAt <= after.boardedAt
        && ledger.span.contains(after.boardedAt)
      {
        let gap = before.droppedAt..<after.boardedAt
        // A shift that begins in between: the taxi was away.
        let isOne = !shifts[taxi].contains {
          $0.start > gap.lowerBound && $0.start <= gap.upperBound
        }
        guard isOne else { continue }
        let off = shifts[taxi].lazy.filter { $0.start <= gap.upperBound && $0.end > gap.lowerBound }
          .flatMap(\.offline).reduce(Int64(0)) { sum, spell in
            let inside = spell.clamped(to: gap)
            return sum + inside.upperBound - inside.lowerBound
          }
        gaps.append(gap.upperBound - gap.lowerBound - off)
      }
    }
    self.init(gaps)
  }

  package var mean: Int64? { gaps.isEmpty ? nil : gaps.reduce(0, +) / Int64(gaps.count) }

  /// By nearest rank; `nil` without gaps.
  package func percentile(_ percent: Int) -> Int64? {
    gaps.isEmpty ? nil : gaps[max((gaps.count * percent + 99) / 100, 1) - 1]
  }

  /// The greatest difference between two distributions' shares of gaps up to some length, in
  /// permyriad (Kolmogorov's distance); 10,000 where one of them is empty.
  package func distance(to other: EmptyGaps) -> Int {
    guard !gaps.isEmpty, !other.gaps.isEmpty else { return 10_000 }
    var (here, there, most) = (0, 0, 0)
    while here < gaps.count, there < other.gaps.count {
      let length = min(gaps[here], other.gaps[there])
      while here < gaps.count, gaps[here] == length { here += 1 }
      while there < other.gaps.count, other.gaps[there] == length { there += 1 }
      // A difference of fractions: rounded once, at the end.
      most = max(most, abs(here * other.gaps.count - there * gaps.count))
    }
    let whole = gaps.count * other.gaps.count
    return (most * 10_000 + whole / 2) / whole
  }
}
