import Assignment

/// Rides and taxis of a window matched together for the least total cost, exactly (docs/ASSIGNMENT.md):
/// driving time to the pickup, plus a switching cost for taking a ride from the taxi that drives to
/// it already, with a price for leaving a ride unmatched that rises with its waiting.
public struct BatchPolicy: Policy {
  public struct Settings: Equatable, Sendable {
    public var window: Millis
    public var candidates: Int
    /// What leaving a ride unmatched costs, in milliseconds of driving: a pickup further away than
    /// this is not worth it.
    public var unmatchedPrice: Millis
    /// How much that price rises per thousand milliseconds of waiting, so that no one starves.
    public var unmatchedRise: Millis
    public var reassigns: Bool
    /// What a second taxi must save before it takes over.
    public var switchingCost: Millis
    public var frozen: Millis
    /// Rides may wait for taxis that will be free within this time; 0 = for none.
    public var soonFree: Millis
    /// Counted steps of the exact solver in one round before it falls back to greedy.
    public var stepsMax: Int

    public init(
      window: Millis = .seconds(2),
      candidates: Int = 10,
      unmatchedPrice: Millis = .minutes(10),
      unmatchedRise: Millis = .seconds(1),
      reassigns: Bool = true,
      switchingCost: Millis = .seconds(20),
      frozen: Millis = .seconds(60),
      soonFree: Millis = Millis(0),
      stepsMax: Int = 20_000_000
    ) {
      self.window = window
      self.candidates = candidates
      self.unmatchedPrice = unmatchedPrice
      self.unmatchedRise = unmatchedRise
      self.reassigns = reassigns
      self.switchingCost = switchingCost
      self.frozen = frozen
      self.soonFree = soonFree
      self.stepsMax = stepsMax
    }
  }

  public let name = "batch"
  public let settings: Settings
  private let problem = AssignmentProblem()
  private let solver = AssignmentSolver()
  /// Rounds in which the solver ran out of steps.
  public private(set) var unprovenRounds = 0

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  public var needs: RoundNeeds {
    RoundNeeds(
      window: settings.window,
      retry: .seconds(1),
      candidates: settings.candidates,
      reassigns: settings.reassigns,
      frozen: settings.frozen,
      soonFree: settings.soonFree
    )
  }

  public mutating func plan(_ round: borrowing Round, into plan: inout Plan) {
    plan.reset(for: round)
    problem.removeAll()
    for ride in round.rides.indices {
      let price = unmatchedCost(round.rides[ride])
      plan.unmatchedCosts[ride] = price
      problem.beginRow(unmatchedCost: price)
      let candidates = round.rides[ride].candidates
      for index in candidates {
        var cost = Int64(round.candidates[index].eta)
        if round.rides[ride].isAssigned, index != candidates.lowerBound {
          cost = (Millis(cost) + settings.switchingCost).count
        }
        plan.costs[index] = bounded(cost)
        problem.addArc(column: Int(round.candidates[index].taxi), cost: plan.costs[index])
      }
    }
    problem.requireColumns(round.taxis.count)
    let outcome = solver.solve(problem, stepBudget: settings.stepsMax)
    if !outcome.isOptimal { unprovenRounds += 1 }
    let columns = solver.columnOfRow
    for ride in round.rides.indices where columns[ride] >= 0 {
      let chosen = round.rides[ride].candidates.first {
        round.candidates[$0].taxi == columns[ride]
      }
      plan.chosen[ride] = Int32(chosen ?? -1)
    }
  }

  /// A promised rider is never dropped: its price is the highest there is.
  private func unmatchedCost(_ ride: Round.Ride) -> Int32 {
    guard !ride.isAssigned else { return AssignmentProblem.costRange.upperBound }
    let seconds = max(ride.waited.count, 0) / 1_000
    let (rise, overflow) = seconds.multipliedReportingOverflow(by: settings.unmatchedRise.count)
    return bounded((settings.unmatchedPrice + (overflow ? .never : Millis(rise))).count)
  }

  /// Half of the range, so that a promised rider's price stays beyond all others.
  private func bounded(_ cost: Int64) -> Int32 {
    Int32(clamping: min(cost, Int64(AssignmentProblem.costRange.upperBound / 2)))
  }
}
