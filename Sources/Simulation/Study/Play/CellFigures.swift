/// What a study keeps of a run: its figures without hours and map, as whole numbers, so that a line
/// of text holds them exactly.
package struct CellFigures: Equatable, Sendable {
  package var shifts: Int64 = 0
  package var taxis: Int64 = 0
  /// Milliseconds and metres.
  package var time = Figures.Split()
  package var metres = Figures.Split()
  package var requests: Int64 = 0
  package var served: Int64 = 0
  package var gaveUp: Int64 = 0
  package var expired: Int64 = 0
  /// Σ of the waits of those who boarded, in milliseconds; `nil` where waits are unknown.
  package var waitSum: Int64?
  /// Milliseconds; `nil` where endless or unknown.
  package var p50: Int64?
  package var p95: Int64?
  package var emptyAfterFirst: Int64 = 0
  package var ridesAfterFirst: Int64 = 0
  /// The engine's at the end; 0 in the recorded world.
  package var digest: UInt64 = 0

  package init() {}

  package init(_ figures: Figures) {
    shifts = Int64(figures.shifts)
    taxis = Int64(figures.taxis)
    time = figures.time
    metres = figures.metres
    requests = Int64(figures.service.requests)
    served = Int64(figures.service.served)
    gaveUp = Int64(figures.service.gaveUp)
    expired = Int64(figures.service.expired)
    if let wait = figures.wait {
      // The mean is a quotient of whole numbers below 2⁵³: this gives the dividend back.
      waitSum = Int64((wait.mean * Double(wait.boarded)).rounded())
      p50 = wait.p50
      p95 = wait.p95
    }
    emptyAfterFirst = figures.emptyMetresAfterFirst
    ridesAfterFirst = Int64(figures.ridesAfterFirst)
    digest = figures.digest ?? 0
  }
}

extension CellFigures {
  /// Names of the numbers, in the order of ``numbers``.
  package static let columns = [
    "shifts", "taxis", "idle_ms", "guided_ms", "pickup_ms", "occupied_ms", "idle_m", "guided_m",
    "pickup_m", "occupied_m", "requests", "served", "gave_up", "expired", "wait_sum_ms", "p50_ms",
    "p95_ms", "empty_m_after_first", "rides_after_first",
  ]

  package var numbers: [Int64?] {
    [
      shifts, taxis, time.idle, time.guided, time.pickup, time.occupied, metres.idle,
      metres.guided, metres.pickup, metres.occupied, requests, served, gaveUp, expired, waitSum,
      p50, p95, emptyAfterFirst, ridesAfterFirst,
    ]
  }

  /// One line's worth: numbers separated by tabs, `-` for none, the digest in hexadecimal last.
  var text: String {
    numbers.map { $0.map { String($0) } ?? "-" }.joined(separator: "\t") + "\t"
      + JSONWriter.hexadecimal(digest)
  }

  /// From ``text``; `nil` when it is not exactly that.
  init?(_ fields: [Substring]) {
    guard fields.count == Self.columns.count + 1, let last = fields.last, last.utf8.count == 16,
      let digest = UInt64(last, radix: 16)
    else { return nil }
    var numbers: [Int64?] = []
    for field in fields.dropLast() {
      guard field != "-" else {
        numbers.append(nil)
        continue
      }
      guard let number = Int64(field) else { return nil }
      numbers.append(number)
    }
    let optional = 14...16
    guard numbers.indices.allSatisfy({ optional.contains($0) || numbers[$0] != nil }) else {
      return nil
    }
    func at(_ index: Int) -> Int64 { numbers[index] ?? 0 }
    self.init()
    (shifts, taxis) = (at(0), at(1))
    (time.idle, time.guided, time.pickup, time.occupied) = (at(2), at(3), at(4), at(5))
    (metres.idle, metres.guided, metres.pickup, metres.occupied) = (at(6), at(7), at(8), at(9))
    (requests, served, gaveUp, expired) = (at(10), at(11), at(12), at(13))
    (waitSum, p50, p95) = (numbers[14], numbers[15], numbers[16])
    (emptyAfterFirst, ridesAfterFirst) = (at(17), at(18))
    self.digest = digest
    guard self.text == fields.joined(separator: "\t") else { return nil }
  }
}
