/// How likely a square has riders for its taxis: the chance that at least k come when so many are
/// expected. Riders come by themselves, so their number is Poisson's (S. D. Poisson, Recherches sur la
/// probabilité des jugements, 1837).
///
/// In whole numbers: the terms λᵏ ÷ k! are built outwards from the largest, which stands for 2⁴⁰, until
/// they no longer count, and summed from the far end. No exponential is needed, as only their shares
/// are.
package struct RiderChances: Sendable {
  /// A chance of one.
  package static let certain: Int64 = 1_000_000
  /// Of more riders than these, the rest counts as certain: the spread of a thousand is 3 %.
  static let spreadMax: Int64 = 1_000

  /// Riders that come for certain.
  private let base: Int
  /// Chances that at least `first`, `first` + 1, … come beyond those; fewer are certain.
  private let first: Int
  private var tails: [Int64] = []

  /// - Parameter thousandths: of riders expected.
  package init(expecting thousandths: Int64) {
    let sure = max(thousandths / 1_000 - Self.spreadMax, 0)
    base = Int(sure)
    let mean = max(thousandths, 0) - sure * 1_000
    let mode = mean / 1_000
    let peak: Int64 = 1 << 40
    var below: [Int64] = []
    var term = peak
    var count = mode
    while count > 0 {
      // Below the mode each term is the next one's share count ÷ mean.
      term = term / mean * (count * 1_000) + term % mean * (count * 1_000) / mean
      guard term >= Self.negligible else { break }
      below.append(term)
      count -= 1
    }
    first = Int(mode) - below.count
    var terms = Array(below.reversed())
    term = peak
    count = mode
    while term >= Self.negligible {
      terms.append(term)
      count += 1
      let part = count * 1_000
      term = term / part * mean + term % part * mean / part
    }
    let whole = terms.reduce(0, +)
    tails = Array(repeating: 0, count: terms.count)
    var sum: Int64 = 0
    for index in terms.indices.reversed() {
      sum += terms[index]
      tails[index] = sum / (whole / Self.certain)
    }
  }

  /// The chance of at least `count` riders, 0 … ``certain``.
  package func ofAtLeast(_ count: Int) -> Int64 {
    let index = count - base - first
    guard index > 0 else { return Self.certain }
    return index < tails.count ? min(tails[index], Self.certain) : 0
  }

  /// A term so small beside the largest no longer counts.
  private static let negligible: Int64 = 1 << 16
}

/// What each further taxi of a square is worth, in ``RiderChances/certain`` parts of a rider's worth.
struct TaxiValues {
  /// A taxi worth less is not drawn.
  static let least = RiderChances.certain * 3 / 100

  /// Thousandths.
  private let riders: Int64
  /// `nil` = one taxi for each expected rider.
  private let chances: RiderChances?

  /// - Parameters:
  ///   - riders: expected, in thousandths.
  ///   - countsChances: whether a taxi counts by the chance that there is a rider for it.
  init(riders: Int64, countsChances: Bool) {
    self.riders = riders
    chances = countsChances ? RiderChances(expecting: riders) : nil
  }

  /// What the square's taxi number `rank`, from 1, is worth to be sent for. Halves of a rider are
  /// rounded up.
  func drawing(_ rank: Int) -> Int64 {
    if let chances { return chances.ofAtLeast(rank) }
    return Int64(rank) * 1_000 <= riders + 500 ? RiderChances.certain : 0
  }

  /// What it is worth to be kept. A taxi for a part of a rider stays.
  func keeping(_ rank: Int) -> Int64 {
    if let chances { return chances.ofAtLeast(rank) }
    return Int64(rank) * 1_000 < riders + 1_000 ? RiderChances.certain : 0
  }
}
