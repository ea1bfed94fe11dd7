import Assignment

/// Rides and taxis of a window matched together for the least total cost, exactly (docs/ASSIGNMENT.md):
/// driving time to the pickup, plus a switching cost for taking a ride from the taxi that drives to
/// it already, with a price for leaving a ride unmatched that rises with its waiting. Where it is
/// told what places are worth (``OpportunityCost``), a taxi also costs what it is worth where it is,
/// less what it will be worth where the ride ends.
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
    /// What a free taxi is worth by place and time; `nil` = the same everywhere.
    public var opportunity: OpportunityCost?
    /// How much of that counts, in thousandths, 0 … 10,000.
    public var opportunityPermille: Int

    public init(
      window: Millis = .seconds(2),
      candidates: Int = 10,
      unmatchedPrice: Millis = .minutes(10),
      unmatchedRise: Millis = .seconds(1),
      reassigns: Bool = true,
      switchingCost: Millis = .seconds(20),
      frozen: Millis = .seconds(60),
      soonFree: Millis = Millis(0),
      stepsMax: Int = 20_000_000,
      opportunity: OpportunityCost? = nil,
      opportunityPermille: Int = 1_000
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
      self.opportunity = opportunity
      self.opportunityPermille = opportunityPermille
    }
  }

  public let name = "batch"
  public let settings: Settings
  private let problem = AssignmentProblem()
  private let solver = AssignmentSolver()
  /// By taxi of the round: what it is worth where it is, weighed, in milliseconds.
  private var worths: [Int64] = []
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
      soonFree: settings.soonFree,
      places: settings.opportunity != nil
    )
  }

  public mutating func plan(_ round: borrowing Round, into plan: inout Plan) {
    plan.reset(for: round)
    problem.removeAll()
    weighTaxis(round)
    for ride in round.rides.indices {
      let price = unmatchedCost(round.rides[ride], at: round.now)
      plan.unmatchedCosts[ride] = price
      problem.beginRow(unmatchedCost: price)
      let candidates = round.rides[ride].candidates
      for index in candidates {
        let taxi = round.candidates[index].taxi
        var cost = Int64(round.candidates[index].eta)
        if !worths.isEmpty { cost += worths[Int(taxi)] }
        if round.rides[ride].isAssigned, index != candidates.lowerBound {
          cost = (Millis(cost) + settings.switchingCost).count
        }
        plan.costs[index] = bounded(cost)
        problem.addArc(column: Int(taxi), cost: plan.costs[index])
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
  private func unmatchedCost(_ ride: Round.Ride, at now: Millis) -> Int32 {
    guard !ride.isAssigned else { return AssignmentProblem.costRange.upperBound }
    let seconds = max(ride.waited.count, 0) / 1_000
    let (rise, overflow) = seconds.multipliedReportingOverflow(by: settings.unmatchedRise.count)
    let price = settings.unmatchedPrice + (overflow ? .never : Millis(rise))
    return bounded((price + Millis(endWorth(ride, at: now))).count)
  }

  private mutating func weighTaxis(_ round: borrowing Round) {
    worths.removeAll(keepingCapacity: true)
    guard let opportunity = settings.opportunity else { return }
    let row = opportunity.row(at: round.now)
    for taxi in round.taxis.indices {
      worths.append(weighed(opportunity.value(at: round.taxis[taxi].point, row: row)))
    }
  }

  /// What the taxi will be worth at the ride's end, weighed. It is part of the price of leaving the
  /// ride unmatched instead of taken off all of its candidates, which comes to the same, and no cost
  /// is ever negative. An end that is not known is worth what ends are on the mean.
  private func endWorth(_ ride: Round.Ride, at now: Millis) -> Int64 {
    guard let opportunity = settings.opportunity else { return 0 }
    guard let to = ride.to else { return weighed(opportunity.means[opportunity.row(at: now)]) }
    let end = now + Millis(Int64(ride.duration))
    return weighed(opportunity.value(at: to, row: opportunity.row(at: end)))
  }

  private func weighed(_ worth: Int32) -> Int64 {
    Int64(worth) * Int64(min(max(settings.opportunityPermille, 0), 10_000)) / 1_000
  }

  /// Half of the range, so that a promised rider's price stays beyond all others.
  private func bounded(_ cost: Int64) -> Int32 {
    Int32(clamping: min(cost, Int64(AssignmentProblem.costRange.upperBound / 2)))
  }
}
