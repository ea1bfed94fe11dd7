import Assignment
import Spatial

/// Least empty travel with all requests known in advance: a bound that no policy undercuts, with the
/// dual value that proves it (docs/HINDSIGHT.md).
///
/// Rides are nodes; ride *i* may be followed by ride *j* if a taxi that leaves *i*'s drop-off at its
/// earliest can be at *j*'s pickup by its latest. Every ride has one predecessor or opens a taxi at a
/// price: an assignment of drop-offs to pickups. Few of its arcs are ever needed; after each solution
/// all of them are priced against its dual values, those that could improve it are added, and when
/// there is none the optimum is proven over all arcs.
///
/// **Relaxed**, which makes the bound lower, never higher: shifts and start places (any taxi may
/// serve any chain, its first leg costs nothing), breaks, and, where pickups may be late, the delay
/// that a late pickup hands on.
public struct HindsightBound {
  /// How the search for arcs is done; any values give the same optimum.
  public struct Options: Sendable {
    /// Arcs a ride in the first problem: those of least cost.
    public var nearest = 20
    /// Arcs a ride that one round of pricing adds at most.
    public var added = 25
    /// Arcs a ride that are kept for the next price: those of least reduced cost.
    public var kept = 40
    /// ``HindsightBound/tighten(chains:)`` ends when no price can raise the bound by more than this
    /// share of it, in millionths.
    public var tolerance: Int64 = 100
    /// Rounds at one price, after which the search ends; the certificate is valid then too, but
    /// may be below the value.
    public var roundsMax = 1_000

    public init() {}
  }

  /// What is under way.
  public struct Progress: Sendable {
    public var price: Int32
    /// Problems solved at this price.
    public var round: Int
    /// Arcs of the last problem, and how many pricing has added to it.
    public var arcs: Int
    public var added: Int
  }

  /// Prices above would not fit the solver: 2³⁰ − 1.
  public static let priceMax = AssignmentProblem.costRange.upperBound

  let costs: ArcCosts
  let options: Options
  private let grid: DropoffGrid
  private let solver: AssignmentSolver
  private let problem = AssignmentProblem()
  /// The arcs of the first problem, and all found so far.
  private var nearest: ArcPool
  private(set) var pool: ArcPool
  /// Up to which cost the nearest arcs were looked for.
  private var nearestWithin: Int32 = 0
  private var progress: (Progress) -> Void
  public private(set) var result: HindsightResult

  /// A bound over these rides, nothing solved yet; `progress` is called after every round.
  ///
  /// - Throws: ``HindsightError`` when a ride, the detour or the span of time makes no sense.
  public init(
    rides: [HindsightRide],
    travel: HindsightTravel,
    objective: HindsightObjective,
    options: Options = Options(),
    progress: @escaping (Progress) -> Void = { _ in }
  ) throws(HindsightError) {
    try HindsightError.check(rides, travel)
    costs = ArcCosts(rides, travel, objective)
    self.options = options
    self.progress = progress
    grid = DropoffGrid(rides)
    nearest = ArcPool(rows: rides.count)
    pool = nearest
    solver = AssignmentSolver(rowCapacity: rides.count, columnCapacity: rides.count)
    result = HindsightResult(
      objective: objective,
      rides: rides.count,
      rideTime: rides.reduce(0) { $0 + $1.duration }
    )
  }

  /// The front over the given prices; with `chains`, also the prices that give the best bound for
  /// so many chains.
  ///
  /// - Parameters:
  ///   - rides: covered exactly once each, none dropped: those that the policy to be compared served.
  ///   - travel: the model of the run that is compared, and what may be done with legs there.
  ///   - objective: what is to be least.
  ///   - prices: of opening a taxi, in decimetres or milliseconds, 1 … ``priceMax``, any order.
  ///   - chains: of the policy to be compared.
  ///   - options: how to search.
  ///   - progress: called after every round.
  /// - Returns: a point for each price, by rising price.
  /// - Throws: ``HindsightError``.
  public static func compute(
    rides: [HindsightRide],
    travel: HindsightTravel,
    objective: HindsightObjective,
    prices: [Int32],
    chains: Int? = nil,
    options: Options = Options(),
    progress: @escaping (Progress) -> Void = { _ in }
  ) throws(HindsightError) -> HindsightResult {
    var bound = try HindsightBound(
      rides: rides,
      travel: travel,
      objective: objective,
      options: options,
      progress: progress
    )
    for price in prices.sorted() { try bound.solve(price: price) }
    if let chains { try bound.tighten(chains: chains) }
    return bound.result
  }

  /// Solves for one price, starting from the arcs that earlier calls have found, and notes the point
  /// in ``result``. A price solved before is not solved again.
  ///
  /// - Throws: ``HindsightError`` when the price is not in 1 … ``priceMax``.
  @discardableResult
  public mutating func solve(price: Int32) throws(HindsightError) -> HindsightPoint {
    guard (1...Self.priceMax).contains(price) else {
      throw HindsightError("a taxi's price of \(price) is not in 1 … \(Self.priceMax)")
    }
    if let known = result.points.first(where: { $0.price == price }) { return known }
    findNearest(within: price)
    var point = HindsightPoint(price: price)
    nearest.fill(problem, price: price)
    point.pruned = solver.solve(problem).cost
    // The pruned problem of the first price is its first problem too.
    var isSolved = result.points.isEmpty
    while true {
      if !isSolved {
        pool.fill(problem, price: price)
        point.steps += solver.solve(problem).steps
      }
      isSolved = false
      point.rounds += 1
      point.arcs = problem.arcCount
      let pricing = addImproving()
      point.certificate = max(point.certificate, pricing.bound)
      progress(
        Progress(price: price, round: point.rounds, arcs: point.arcs, added: pricing.added)
      )
      if pricing.added == 0 || point.rounds >= options.roundsMax { break }
    }
    note(&point)
    pool.trim(to: options.kept, solver)
    let place = result.points.firstIndex { $0.price > price } ?? result.points.count
    result.points.insert(point, at: place)
    return point
  }

  /// Copies the solution that the solver holds.
  private func note(_ point: inout HindsightPoint) {
    point.previous = Array(solver.columnOfRow)
    point.pickupDuals = costs.rides.indices.map { solver.rowDual($0) }
    point.dropoffDuals = costs.rides.indices.map { solver.columnDual($0) }
    for (ride, previous) in point.previous.enumerated() {
      if previous < 0 {
        point.fleet += 1
      } else if let cost = costs.cost(from: Int(previous), to: ride) {
        point.empty += Int64(cost)
      }
    }
  }

  /// The arcs of the first problem, unless they were found for such a price before.
  private mutating func findNearest(within price: Int32) {
    guard price > nearestWithin else { return }
    // 10 km or half an hour at least, so that most prices find the same nearest arcs.
    nearestWithin = max(price, costs.objective == .distance ? 100_000 : 1_800_000)
    grid.setDuals { _ in 0 }
    var found = FoundArcs(rows: costs.rides.count, limit: options.nearest)
    for (index, pickup) in costs.rides.enumerated() {
      var within = max(nearestWithin / 256, 1)
      while true {
        found.restartRow()
        grid.forEachCandidate(pickup, dual: within, costs) { previous, distance, end, _ in
          guard Int(previous) != index,
            let cost = costs.cost(distance, ready: end, latest: pickup.latest), cost < within
          else { return }
          found.offer(previous, cost: cost, reduced: Int64(cost))
        }
        if found.rowCount >= options.nearest || within >= nearestWithin { break }
        within = within > nearestWithin / 2 ? nearestWithin : within * 2
      }
      found.endRow()
    }
    nearest = ArcPool(rows: costs.rides.count)
    nearest.merge(found)
    if pool.arcs.isEmpty { pool = nearest }
  }

  /// Prices all arcs against the solver's duals and adds those that could improve the answer.
  ///
  /// A pickup's dual, lowered by the least that any arc into it violates, makes all duals feasible
  /// for the problem of all arcs, so their sum is a bound in every round.
  private mutating func addImproving() -> (bound: Int64, added: Int) {
    grid.setDuals { solver.columnDual($0) }
    var found = FoundArcs(rows: costs.rides.count, limit: options.added)
    var bound: Int64 = 0
    for (index, pickup) in costs.rides.enumerated() {
      let dual = solver.rowDual(index)
      bound += Int64(solver.columnDual(index))
      grid.forEachCandidate(pickup, dual: dual, costs) { previous, distance, end, other in
        guard Int(previous) != index,
          let cost = costs.cost(distance, ready: end, latest: pickup.latest)
        else { return }
        let reduced = Int64(cost) - Int64(other)
        if reduced < Int64(dual) { found.offer(previous, cost: cost, reduced: reduced) }
      }
      bound += min(found.least ?? .max, Int64(dual))
      found.endRow()
    }
    if !found.arcs.isEmpty { pool.merge(found) }
    return (bound, found.arcs.count)
  }
}
