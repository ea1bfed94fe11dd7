import Spatial

/// What the draws of one hour go by: running totals over the districts, for where a ride starts and
/// where it goes, and how distance thins the destinations. Whole numbers throughout; the decay is a
/// geometric series in place of `exp`, whose last digit differs between C libraries.
struct RideTables {
  /// What shares are parts of: the square, one district's weight × no decay, fits in 64 bits.
  private static let one: UInt64 = 1 << 31
  private static let decayStep = 1_000
  private static let decaySteps = 600

  private let districts: Int
  /// [hour][district], running totals.
  private let origins: [UInt64]
  /// [hour][origin][destination], running totals of weight × ``ceilings``.
  private let destinations: [UInt64]
  /// [hour][origin][destination]: the decay over the shortest way between the two, in parts of
  /// ``one``.
  private let ceilings: [UInt64]
  /// [hour][distance in steps of ``decayStep`` decimetres], in parts of ``one``.
  private let decay: [UInt64]

  init(_ plan: CityPlan, metric: LocalMetric) {
    let n = plan.districts.count
    let gaps = plan.districts.map { a in
      plan.districts.map { b in
        min(metric.gap(a.outline, b.outline) / Self.decayStep, Self.decaySteps - 1)
      }
    }
    let home = Self.shares(plan.districts.map(\.home))
    let work = Self.shares(plan.districts.map(\.work))
    let leisure = Self.shares(plan.districts.map(\.leisure))
    var origins: [UInt64] = []
    var destinations: [UInt64] = []
    var ceilings: [UInt64] = []
    var decay: [UInt64] = []
    for hour in plan.hours {
      let from = (0..<n).map { Self.blend(hour.from, home[$0], work[$0], leisure[$0]) }
      let to = (0..<n).map { Self.blend(hour.to, home[$0], work[$0], leisure[$0]) }
      origins += Self.runningTotals(from)
      let series = Self.decaySeries(reachMetres: hour.reachMetres)
      decay += series
      for origin in 0..<n {
        let row = gaps[origin].map { max(series[$0], 1) }
        ceilings += row
        destinations += Self.runningTotals((0..<n).map { (to[$0] * row[$0]) >> 16 })
      }
    }
    districts = n
    self.origins = origins
    self.destinations = destinations
    self.ceilings = ceilings
    self.decay = decay
  }

  func origin(hour: Int, from random: inout SeededRandom) -> Int {
    pick(in: origins, at: hour * districts, from: &random)
  }

  /// A candidate; it stands with the chance of ``accepts(_:hour:origin:destination:distance:)``.
  func destination(hour: Int, origin: Int, from random: inout SeededRandom) -> Int {
    pick(in: destinations, at: (hour * districts + origin) * districts, from: &random)
  }

  /// Whether a destination at this distance stands: with the candidates drawn by the ceilings, it
  /// is chosen in proportion to its weight × decay. `draw` is 32 random bits; the distance is in
  /// decimetres.
  func accepts(_ draw: UInt64, hour: Int, origin: Int, destination: Int, distance: Int) -> Bool {
    let ceiling = ceilings[(hour * districts + origin) * districts + destination]
    let step = min(distance / Self.decayStep, Self.decaySteps - 1)
    return (draw * ceiling) >> 32 < decay[hour * Self.decaySteps + step]
  }

  private func pick(in totals: [UInt64], at start: Int, from random: inout SeededRandom) -> Int {
    let total = totals[start + districts - 1]
    // A row without weight cannot be drawn from by weight; any district serves.
    guard total > 0 else { return random.below(districts) }
    let target = random.next().multipliedFullWidth(by: total).high
    var low = 0
    var high = districts - 1
    while low < high {
      let middle = (low + high) / 2
      if totals[start + middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Parts of ``one``, rounded down.
  private static func shares(_ weights: [Int]) -> [UInt64] {
    let total = weights.reduce(0) { $0 + UInt64($1) }
    return weights.map { total == 0 ? 0 : UInt64($0) * one / total }
  }

  /// A district's part of ``one`` by a mix.
  private static func blend(
    _ mix: CityPlan.Mix,
    _ home: UInt64,
    _ work: UInt64,
    _ leisure: UInt64
  ) -> UInt64 {
    (UInt64(mix.home) * home + UInt64(mix.work) * work + UInt64(mix.leisure) * leisure) / 100
  }

  private static func runningTotals(_ weights: [UInt64]) -> [UInt64] {
    var total: UInt64 = 0
    return weights.map { weight in
      total += weight
      return total
    }
  }

  /// reach ÷ (reach + step) to the power of the step's number: about exp(−distance ÷ reach).
  private static func decaySeries(reachMetres: Int) -> [UInt64] {
    let reach = UInt64(reachMetres) * 10
    let ratio = reach * one / (reach + UInt64(decayStep))
    var value = one
    return (0..<decaySteps).map { _ in
      defer { value = value * ratio / one }
      return value
    }
  }
}
