/// Each ride, the longest waiting first, gets the free taxi with the least driving time; a tie goes
/// to the lower slot. What dispatchers do by hand, and the base of every comparison.
public struct NearestPolicy: Policy {
  public let name = "nearest"
  public let needs: RoundNeeds
  /// By taxi of the round: already given away in it.
  private var taken: [Bool] = []

  /// - Parameters:
  ///   - retry: how often rides that found no taxi try again.
  ///   - candidates: how many taxis a ride considers; more than one matters only when several rides
  ///     are retried together.
  public init(retry: Millis = .seconds(1), candidates: Int = 4) {
    needs = RoundNeeds(
      window: Millis(0),
      retry: retry,
      candidates: candidates,
      reassigns: false,
      frozen: Millis(0)
    )
  }

  public mutating func plan(_ round: borrowing Round, into plan: inout Plan) {
    plan.reset(for: round)
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(false, count: round.taxis.count))
    for ride in round.rides.indices {
      for index in round.rides[ride].candidates {
        let candidate = round.candidates[index]
        plan.costs[index] = candidate.eta
        // Candidates come in order of driving time, so the first free one is the nearest.
        guard plan.chosen[ride] < 0, !taken[Int(candidate.taxi)] else { continue }
        taken[Int(candidate.taxi)] = true
        plan.chosen[ride] = Int32(index)
      }
      plan.unmatchedCosts[ride] = .max
    }
  }
}
