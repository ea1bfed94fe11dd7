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
  /// A square's side in decimetres.
  public var cellSide: Int32
  /// Only taxis with all of these tags are advised; the others count where they are. 0 = all.
  public var tags: UInt32

  public init(
    period: Millis = .seconds(60),
    horizon: Millis = .minutes(30),
    driveMax: Millis = .minutes(40),
    coverPermille: Int64 = 1_000,
    cellSide: Int32 = 10_000,
    tags: UInt32 = 0
  ) {
    self.period = period
    self.horizon = horizon
    self.driveMax = driveMax
    self.coverPermille = coverPermille
    self.cellSide = cellSide
    self.tags = tags
  }
}

/// Guidance of idle taxis: squares where more riders are expected than taxis will be draw taxis from
/// squares where it is the other way round, for the least driving: a transport problem, solved as an
/// assignment in which **each expected rider draws one taxi**. So advice never sends a herd to the
/// same spot.
///
/// Expected riders are the forecast × (recent requests ÷ what the forecast had expected of the same
/// half hour), or, without a forecast, the recent requests themselves.
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
    var seen: Int64 = 0
    var foreseen: Int64 = 0
    for cell in 0..<cells.count {
      seen += recent.requests(in: cell)
      foreseen += forecast.expected(in: cell, from: now - span, over: span)
    }
    // Twenty riders' worth of doubt: a quiet half hour proves little.
    let ratio = min(max((seen * 1_000 + 20_000) * 1_000 / (foreseen + 20_000), 500), 2_000)
    return (0..<cells.count).map {
      forecast.expected(in: $0, from: now, over: settings.horizon) * ratio / 1_000
    }
  }

  // MARK: Pairing

  /// Begins a round's problem.
  func beginPairs() { problem.removeAll() }

  /// Adds an expected rider.
  ///
  /// - Parameter taxis: spare taxis by number, and their driving times.
  func addRider(_ taxis: [(number: Int32, eta: Int32)]) {
    let price = Int32(clamping: settings.driveMax.count)
    problem.beginRow(unmatchedCost: price)
    for taxi in taxis where taxi.eta <= price {
      problem.addArc(column: Int(taxi.number), cost: taxi.eta)
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
