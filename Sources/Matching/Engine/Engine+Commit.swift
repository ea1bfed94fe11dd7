/// Carrying out a plan. A policy only proposes: what the rules forbid is left out, so a clever
/// policy cannot corrupt state.
///
/// A free taxi is asked, unless it accepts by itself. A taxi already under way is redirected without
/// being asked, but only if the ride that it leaves gets another taxi in the same breath: **a
/// promised rider is never dropped**. If that other taxi must be asked first, its answer is awaited
/// and the rest of the exchange is left to a later round.
extension Engine {
  mutating func commit(_ facts: inout [Fact]) {
    verifyPlan()
    for ride in workshop.round.rides.indices { judge(ride) }
    deferExchangesIfFull()
    explain()
    // Exchanges first let go of everything, then bind anew: a cycle has no other order.
    for ride in workshop.round.rides.indices where isExchanged(ride) {
      emit(.rideRequeued(workshop.round.rides[ride].id, .reassigned), &facts)
    }
    for ride in workshop.round.rides.indices {
      let chosen = workshop.plan.chosen[ride]
      guard chosen >= 0 else { continue }
      let candidate = workshop.round.candidates[Int(chosen)]
      let column = Int(candidate.taxi)
      guard workshop.ownTaxis[ride] != candidate.taxi else { continue }
      let isEnroute = workshop.ownRides[column] >= 0
      guard !isEnroute || workshop.verdicts[ride] == .immediate else { continue }
      guard offers.count < offers.capacity else { continue }
      makeOffer(
        ride: Int(workshop.rideSlots[ride]),
        taxi: Int(workshop.taxiSlots[column]),
        eta: candidate.eta,
        accepted: isEnroute,
        &facts
      )
    }
  }

  /// Removes from the plan what is not a candidate of its ride, and a taxi's second ride.
  private mutating func verifyPlan() {
    let count = workshop.round.rides.count
    if workshop.plan.chosen.count != count || workshop.plan.unmatchedCosts.count != count
      || workshop.plan.costs.count != workshop.round.candidates.count
    {
      workshop.plan.reset(for: workshop.round)
      statistics.planPairsRejected += UInt64(count)
    }
    workshop.plannedRides.removeAll()
    workshop.plannedRides.resize(to: workshop.round.taxis.count, filling: -1)
    workshop.verdicts.removeAll()
    workshop.verdicts.resize(to: count, filling: .unknown)
    for ride in 0..<count {
      let chosen = Int(workshop.plan.chosen[ride])
      guard chosen >= 0 else { continue }
      guard workshop.round.rides[ride].candidates.contains(chosen),
        workshop.plannedRides[Int(workshop.round.candidates[chosen].taxi)] < 0
      else {
        workshop.plan.chosen[ride] = -1
        statistics.planPairsRejected += 1
        continue
      }
      workshop.plannedRides[Int(workshop.round.candidates[chosen].taxi)] = Int32(ride)
    }
  }

  /// Follows the chain "this ride takes that taxi, whose ride takes another …" to its end. No taxi is
  /// planned twice, so a chain ends or comes back to where it began.
  private mutating func judge(_ first: Int) {
    var ride = first
    var verdict = RoundWorkshop.Verdict.notNow
    while true {
      if workshop.verdicts[ride] == .underway {
        verdict = .immediate
        break
      }
      if workshop.verdicts[ride] != .unknown {
        verdict = workshop.verdicts[ride]
        break
      }
      workshop.verdicts[ride] = .underway
      let chosen = workshop.plan.chosen[ride]
      guard chosen >= 0 else { break }
      let taxi = workshop.round.candidates[Int(chosen)].taxi
      if taxi == workshop.ownTaxis[ride] { break }
      let next = workshop.ownRides[Int(taxi)]
      guard next >= 0 else {
        let slot = Int(workshop.taxiSlots[Int(taxi)])
        verdict = fleet[slot].auto ? .immediate : .notNow
        break
      }
      ride = Int(next)
    }
    // The whole chain from `first` shares the verdict of its end.
    ride = first
    while workshop.verdicts[ride] == .underway {
      workshop.verdicts[ride] = verdict
      let chosen = workshop.plan.chosen[ride]
      guard chosen >= 0 else { break }
      let next = workshop.ownRides[Int(workshop.round.candidates[Int(chosen)].taxi)]
      guard next >= 0 else { break }
      ride = Int(next)
    }
  }

  /// An exchange needs an offer for each of its rides: if there may be none left for one of them, no
  /// exchange begins.
  private mutating func deferExchangesIfFull() {
    guard offers.capacity - offers.count < workshop.round.rides.count else { return }
    for ride in workshop.verdicts.indices { workshop.verdicts[ride] = .notNow }
  }

  /// Whether an assigned ride changes its taxi at once.
  private func isExchanged(_ ride: Int) -> Bool {
    let chosen = workshop.plan.chosen[ride]
    guard workshop.ownTaxis[ride] >= 0, chosen >= 0 else { return false }
    return workshop.round.candidates[Int(chosen)].taxi != workshop.ownTaxis[ride]
      && workshop.verdicts[ride] == .immediate
  }
}
