import Spatial

/// Requests of the last half hour, by square and in bins of five minutes: what tells a forecast that
/// today is not like other days, and stands in for one where there is none.
struct RecentDemand {
  static let bin = Millis.minutes(5)
  static let bins = 6

  private let cells: Int
  private var counts: [UInt32]
  /// The bin that `counts` ends with, as a number since the engine's origin.
  private var last: Int64 = .min
  /// The first bin in which something was counted.
  private var first: Int64 = .min

  init(cells: Int) {
    self.cells = cells
    counts = Array(repeating: 0, count: cells * Self.bins)
  }

  mutating func count(cell: Int, at now: Millis) {
    roll(to: now)
    counts[slot(last) * cells + cell] += 1
  }

  /// Forgets what is older than half an hour.
  mutating func roll(to now: Millis) {
    let bin = floorDivide(now.count, Self.bin.count)
    guard bin > last else { return }
    if first == .min { first = bin }
    let steps = last == .min ? Self.bins : Int(min(bin - last, Int64(Self.bins)))
    for step in 0..<steps {
      let start = slot(bin - Int64(step)) * cells
      for cell in 0..<cells { counts[start + cell] = 0 }
    }
    last = bin
  }

  /// How long back the counts reach, counted to `now`.
  func span(at now: Millis) -> Millis {
    guard first != .min else { return Millis(0) }
    let start = max(first, last - Int64(Self.bins) + 1) * Self.bin.count
    return Millis(now.count - start)
  }

  /// In all squares.
  var requests: Int64 { counts.reduce(0) { $0 + Int64($1) } }

  func requests(in cell: Int) -> Int64 {
    var sum: Int64 = 0
    for bin in 0..<Self.bins { sum += Int64(counts[bin * cells + cell]) }
    return sum
  }

  private func slot(_ bin: Int64) -> Int { Int(floorModulo(bin, Int64(Self.bins))) }
}
