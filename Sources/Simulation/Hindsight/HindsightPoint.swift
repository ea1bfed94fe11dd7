/// The optimum at one price of a taxi, with what proves it.
public struct HindsightPoint: Hashable, Sendable {
  /// What opening a taxi costs, in units of the objective.
  public internal(set) var price: Int32
  /// Chains of rides, each served by one taxi.
  public internal(set) var fleet = 0
  /// Σ of the legs' costs, in units of the objective.
  public internal(set) var empty: Int64 = 0
  /// No set of chains that covers these rides has a smaller `price` × chains + Σ legs: the best dual
  /// value against *all* arcs.
  public internal(set) var certificate: Int64 = .min
  /// The optimum over the nearest arcs alone. Not a bound: printed to show by how much pruning would
  /// have been wrong.
  public internal(set) var pruned: Int64 = 0
  /// Problems solved, the pruned one not counted.
  public internal(set) var rounds = 0
  /// Arcs of the last problem.
  public internal(set) var arcs = 0
  /// Work of the solver, in its counted steps.
  public internal(set) var steps = 0
  /// The ride before each ride, -1 where a taxi is opened.
  public internal(set) var previous: [Int32] = []
  /// Dual values of the last problem. Of a pickup: what one more ride like it costs, at most
  /// ``price``. Of a drop-off: minus what a taxi that is free there saves, at most 0.
  public internal(set) var pickupDuals: [Int32] = []
  public internal(set) var dropoffDuals: [Int32] = []

  /// `price` × chains + Σ legs of the solution found.
  public var value: Int64 { Int64(price) * Int64(fleet) + empty }

  /// Whether the certificate proves the solution least.
  public var isOptimal: Bool { certificate == value }

  /// What the empty legs of any `chains` chains that cover the rides come to at least.
  public func emptyMin(chains: Int) -> Int64 {
    max(certificate - Int64(price) * Int64(chains), 0)
  }
}

/// What hindsight proves about one set of rides.
public struct HindsightResult: Hashable, Sendable {
  public internal(set) var objective: HindsightObjective
  public internal(set) var rides = 0
  /// Σ of the rides' durations, in milliseconds.
  public internal(set) var rideTime: Int64 = 0
  /// The front of fleet size against empty travel, by rising price, one point a price.
  public internal(set) var points: [HindsightPoint] = []

  /// The best bound for a number of chains: every price gives a valid one.
  ///
  /// - Returns: the point that it comes from; `nil` where no price was solved.
  public func best(chains: Int) -> HindsightPoint? {
    points.max { ($0.emptyMin(chains: chains), $1.price) < ($1.emptyMin(chains: chains), $0.price) }
  }

  /// What the empty legs of any `chains` chains that cover the rides come to at least, in units of
  /// the objective.
  public func emptyMin(chains: Int) -> Int64 { best(chains: chains)?.emptyMin(chains: chains) ?? 0 }

  /// The least taxi-time in milliseconds, Σ (ride time + least empty travel time), of any `chains`
  /// chains; `nil` unless the objective is time.
  public func taxiTimeMin(chains: Int) -> Int64? {
    objective == .time ? rideTime + emptyMin(chains: chains) : nil
  }
}
