/// Chains beside the bound for exactly their rides and their number: the record's, or a policy's
/// over the rides that it served.
public struct HindsightComparison: Sendable {
  public var name: String
  public var rides: Int
  /// Rides that were asked for.
  public var requests: Int
  public var chains: Int
  public var value: HindsightChains.Value
  /// Decimetres driven empty after each shift's first boarding; `nil` where that is not known.
  public var driven: Int64?
  /// No chains as many that cover these rides have less; in units of the objective.
  public var emptyMin: Int64
  /// What the same would be over the nearest arcs alone: not a bound.
  public var pruned: Int64
  /// Price and work behind `emptyMin`.
  public var point: HindsightPoint?
  /// Σ of the rides' durations, in milliseconds.
  public var rideTime: Int64

  /// What was driven, or else the legs, ÷ the bound.
  package var ratio: Ratio { Ratio(driven ?? value.empty, emptyMin) }
}

extension HindsightRun {
  /// Computes the bound for just the rides of the chains and just as many chains.
  ///
  /// - Throws: ``HindsightError``.
  public func compare(
    _ chains: HindsightChains,
    name: String,
    requests: Int,
    driven: Int64? = nil,
    travel: HindsightTravel,
    objective: HindsightObjective,
    window: City.HindsightWindow,
    options: HindsightBound.Options = .init(),
    progress: @escaping (HindsightBound.Progress) -> Void = { _ in }
  ) throws(HindsightError) -> HindsightComparison {
    var bound = try HindsightBound(
      rides: rides(of: chains, window: window),
      travel: travel,
      objective: objective,
      options: options,
      progress: progress
    )
    try bound.tighten(chains: chains.count)
    let best = bound.result.best(chains: chains.count)
    return HindsightComparison(
      name: name,
      rides: bound.result.rides,
      requests: requests,
      chains: chains.count,
      value: bound.value(of: chains.renumbered),
      driven: driven,
      emptyMin: bound.result.emptyMin(chains: chains.count),
      pruned: best.map { max($0.pruned - Int64($0.price) * Int64(chains.count), 0) } ?? 0,
      point: best,
      rideTime: bound.result.rideTime
    )
  }
}
