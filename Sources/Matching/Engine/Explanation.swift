/// Why a round did with a ride what it did.
public struct Explanation: Equatable, Sendable {
  public struct Candidate: Equatable, Sendable {
    public var taxi: TaxiID
    /// Driving time to the pickup in milliseconds.
    public var eta: Int32
    /// What the policy reckoned with.
    public var cost: Int32
    /// The ride for which the plan of this round took the taxi; `nil` = none.
    public var wonBy: RideID?
  }

  public enum Reason: UInt8, CaseIterable, Sendable {
    /// The chosen taxi costs least of all candidates.
    case leastCost = 1
    /// A cheaper taxi went to another ride: together they cost less this way.
    case leastTotalCost = 2
    /// The taxi under way is kept.
    case kept = 3
    /// A better taxi under way would have left its own rider without one for now.
    case deferred = 4
    /// No fitting free taxi with a fresh position is in reach.
    case noneInReach = 5
    /// All candidates went to rides that needed them more.
    case allTaken = 6
    /// Waiting on is cheaper than any candidate that was left.
    case waitingIsCheaper = 7
    /// The chosen taxi still carries a rider and will soon be free: the ride waits for that.
    case awaited = 8
  }

  public var ride: RideID
  public var at: Millis
  /// The policy's name.
  public var policy: String
  /// In the order of the round: by driving time, but the ride's own taxi first.
  public var candidates: [Candidate]
  public var chosen: TaxiID?
  /// What leaving the ride unmatched would have cost.
  public var unmatchedCost: Int32
  public var reason: Reason
}

/// The latest explanations, oldest overwritten first: soft state, bounded.
struct ExplanationLog {
  private let capacity: Int
  private var entries: [Explanation] = []
  private var next = 0

  init(capacity: Int) { self.capacity = capacity }

  var isKept: Bool { capacity > 0 }

  mutating func add(_ entry: Explanation) {
    if entries.count < capacity {
      entries.append(entry)
    } else {
      entries[next] = entry
    }
    next = (next + 1) % capacity
  }

  /// A ride's explanations, oldest first. O(capacity).
  func entries(of ride: RideID) -> [Explanation] {
    let split = entries.count < capacity ? 0 : next
    return (entries[split...] + entries[..<split]).filter { $0.ride == ride }
  }
}

extension Engine {
  /// What the latest rounds decided on a ride and why, oldest first; empty when none is kept
  /// (``Options/explanationsMax``).
  public func explain(_ ride: RideID) -> [Explanation] { explanations.entries(of: ride) }

  mutating func explain() {
    guard explanations.isKept else { return }
    for index in workshop.round.rides.indices { explanations.add(explanation(of: index)) }
  }

  private func explanation(of index: Int) -> Explanation {
    let ride = workshop.round.rides[index]
    let chosen = Int(workshop.plan.chosen[index])
    let candidates = ride.candidates.map { place in
      let candidate = workshop.round.candidates[place]
      let winner = workshop.plannedRides[Int(candidate.taxi)]
      return Explanation.Candidate(
        taxi: workshop.round.taxis[Int(candidate.taxi)].id,
        eta: candidate.eta,
        cost: workshop.plan.costs[place],
        wonBy: winner >= 0 ? workshop.round.rides[Int(winner)].id : nil
      )
    }
    return Explanation(
      ride: ride.id,
      at: now,
      policy: policy.name,
      candidates: candidates,
      chosen: chosen >= 0 ? candidates[chosen - ride.candidates.lowerBound].taxi : nil,
      unmatchedCost: workshop.plan.unmatchedCosts[index],
      reason: reason(for: index)
    )
  }

  private func reason(for index: Int) -> Explanation.Reason {
    let ride = workshop.round.rides[index]
    let costs = workshop.plan.costs
    let chosen = Int(workshop.plan.chosen[index])
    guard chosen >= 0 else {
      if ride.candidates.isEmpty { return .noneInReach }
      let isLeft = ride.candidates.contains {
        workshop.plannedRides[Int(workshop.round.candidates[$0].taxi)] < 0
      }
      return isLeft ? .waitingIsCheaper : .allTaken
    }
    let taxi = workshop.round.candidates[chosen].taxi
    if taxi == workshop.ownTaxis[index] { return .kept }
    if workshop.round.taxis[Int(taxi)].isOccupied { return .awaited }
    if workshop.ownRides[Int(taxi)] >= 0, workshop.verdicts[index] != .immediate {
      return .deferred
    }
    return ride.candidates.allSatisfy { costs[$0] >= costs[chosen] } ? .leastCost : .leastTotalCost
  }
}
