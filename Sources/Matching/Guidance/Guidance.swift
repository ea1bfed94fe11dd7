import Assignment
import Spatial

/// Where an idle taxi is worth more than where it stands: soft, like a position; never a fact.
public struct Advice: Equatable, Sendable {
  public var taxi: TaxiID
  public var to: Point
  /// Driving time there, in milliseconds.
  public var eta: Int32
  /// From then on it counts no more.
  public var until: Millis
}

/// How idle taxis are guided.
public struct GuidanceSettings: Equatable, Sendable {
  /// Between two rounds of guidance.
  public var period: Millis
  /// How far ahead riders are reckoned with.
  public var horizon: Millis
  /// The longest drive, in time, that an expected rider is worth.
  public var driveMax: Millis
  /// Taxis wanted per expected rider, in thousandths.
  public var coverPermille: Int64
  /// Whether each further taxi of a square counts by the chance that there will be a rider for it,
  /// instead of one taxi for each expected rider.
  public var countsChances: Bool
  /// Whether recent requests also correct the forecast of each square, not only that of the whole.
  public var correctsSquares: Bool
  /// A square's side in decimetres.
  public var cellSide: Int32
  /// Only taxis with all of these tags are advised; the others count where they are. 0 = all.
  public var tags: UInt32

  public init(
    period: Millis = .seconds(60),
    horizon: Millis = .minutes(30),
    driveMax: Millis = .minutes(40),
    coverPermille: Int64 = 1_000,
    countsChances: Bool = false,
    correctsSquares: Bool = false,
    cellSide: Int32 = 10_000,
    tags: UInt32 = 0
  ) {
    self.period = period
    self.horizon = horizon
    self.driveMax = driveMax
    self.coverPermille = coverPermille
    self.countsChances = countsChances
    self.correctsSquares = correctsSquares
    self.cellSide = cellSide
    self.tags = tags
  }
}

/// Guidance of idle taxis: squares where more riders are expected than taxis will be draw taxis from
/// squares where it is the other way round, for the least driving: a transport problem, solved as an
/// assignment in which **each expected rider draws one taxi**. So advice never sends a herd to the
/// same spot.
///
/// With chances counted, a square's k-th taxi is worth a drive of `driveMax` × the chance that k
/// riders come, both where a taxi is sent and where it leaves. So each further taxi of a square is
/// worth less than the one before, and one that is hardly needed may go where a first one is. This is
/// the newsvendor's marginal rule (K. J. Arrow, T. Harris, J. Marschak, Optimal Inventory Policy,
/// Econometrica 19, 1951) for every square at once.
///
/// Expected riders are the forecast × (recent requests ÷ what the forecast had expected of the same
/// half hour), for the whole region and, if asked for, for each square; or, without a forecast, the
/// recent requests themselves.
struct Guidance {
  let settings: GuidanceSettings
  let forecast: DemandForecast?
  let cells: DemandCells
  var recent: RecentDemand
  /// By taxi slot: the square it was sent to, until when; -1 = none.
  private var goals: [Goal] = []
  private let problem = AssignmentProblem()
  private let solver = AssignmentSolver()

  struct Goal {
    var cell: Int32 = -1
    var generation: UInt32 = 0
    var until = Millis(.min)
  }

  init(_ settings: GuidanceSettings, forecast: DemandForecast?, region: Box) {
    self.settings = settings
    self.forecast = forecast
    cells = forecast?.cells ?? DemandCells(box: region, side: settings.cellSide)
    recent = RecentDemand(cells: cells.count)
  }

  /// Where the taxi was sent and still may be on its way to.
  func goal(of slot: Int, generation: UInt32, at now: Millis) -> Int? {
    guard slot < goals.count, goals[slot].cell >= 0, goals[slot].generation == generation,
      goals[slot].until > now
    else { return nil }
    return Int(goals[slot].cell)
  }

  mutating func setGoal(_ goal: Goal, of slot: Int) {
    if slot >= goals.count {
      goals.append(contentsOf: repeatElement(Goal(), count: slot + 1 - goals.count))
    }
    goals[slot] = goal
  }

  func anchor(of cell: Int) -> Point { forecast?.anchors[cell] ?? cells.center(of: cell) }

  /// Thousandths of riders expected over the horizon, by square.
  mutating func expectedRiders(at now: Millis) -> [Int64] {
    recent.roll(to: now)
    let span = recent.span(at: now)
    guard let forecast else {
      guard span.count > 0 else { return Array(repeating: 0, count: cells.count) }
      return (0..<cells.count).map {
        recent.requests(in: $0) * 1_000 * settings.horizon.count / max(span.count, 300_000)
      }
    }
    let foreseen = forecast.expected(from: now - span, over: span)
    let whole = correction(recent.requests, of: foreseen.reduce(0, +), doubt: 20, within: 2)
    let expected = forecast.expected(from: now, over: settings.horizon).map { $0 * whole / 1_000 }
    guard settings.correctsSquares else { return expected }
    return expected.indices.map { cell in
      guard expected[cell] > 0 else { return 0 }
      let before = foreseen[cell] * whole / 1_000
      return expected[cell]
        * correction(recent.requests(in: cell), of: before, doubt: 5, within: 4) / 1_000
    }
  }

  /// What a forecast is to be multiplied with, in thousandths: requests ÷ foreseen, drawn towards one
  /// by `doubt` riders on both sides, as a quiet half hour proves little, and within `limit` up or
  /// down. It is the mean of a gamma prior on a Poisson rate after the requests were seen.
  ///
  /// - Parameters:
  ///   - requests: seen.
  ///   - foreseen: thousandths of requests that the forecast had expected.
  ///   - doubt: riders.
  ///   - limit: 2 = between a half and twice.
  /// - Returns: thousandths.
  private func correction(
    _ requests: Int64,
    of foreseen: Int64,
    doubt: Int64,
    within limit: Int64
  ) -> Int64 {
    let ratio = (requests + doubt) * 1_000_000 / (foreseen + doubt * 1_000)
    return min(max(ratio, 1_000 / limit), 1_000 * limit)
  }

  // MARK: Pairing

  /// Begins a round's problem.
  func beginPairs() { problem.removeAll() }

  /// Adds a rider to come.
  ///
  /// - Parameters:
  ///   - worth: the longest drive for it, in milliseconds.
  ///   - taxis: spare taxis by number, and what it costs to send them, in milliseconds.
  func addRider(worth: Int32, _ taxis: [(number: Int32, cost: Int32)]) {
    problem.beginRow(unmatchedCost: worth)
    for taxi in taxis where taxi.cost <= worth {
      problem.addArc(column: Int(taxi.number), cost: taxi.cost)
    }
  }

  /// Solves it: for each rider the number of its taxi, or -1.
  func solvePairs() -> [Int32] {
    _ = solver.solve(problem, stepBudget: Self.stepsMax)
    return Array(solver.columnOfRow)
  }

  private static let stepsMax = 20_000_000
  /// Spare taxis considered for a square, beyond one for each of its riders.
  static let candidatesMax = 16
}
