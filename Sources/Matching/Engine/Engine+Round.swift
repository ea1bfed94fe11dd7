import Spatial

/// Rounds: whom they concern, what the policy proposes, what remains to be done.
extension Engine {
  /// A round over the rides that a policy without a window matches at once.
  mutating func matchUrgent(_ facts: inout [Fact]) {
    workshop.begin(taxiSlots: fleet.used, rideSlots: rides.records.count)
    for slot in agenda.urgent.members { workshop.take(slot) }
    agenda.urgent.removeAll()
    dispatch(&facts)
    scheduleRound()
  }

  /// A round over the agenda.
  mutating func runRound(_ facts: inout [Fact]) {
    nextRound = .never
    workshop.begin(taxiSlots: fleet.used, rideSlots: rides.records.count)
    for slot in agenda.due.members { workshop.take(slot) }
    for slot in agenda.arrivals.members { lookAround(Int(slot)) }
    agenda.arrivals.removeAll()
    dispatch(&facts)
    scheduleRound()
  }

  /// Adds the waiting rides that a new candidate could serve, and those under way that it is nearer
  /// to than their own taxi.
  private mutating func lookAround(_ taxi: Int) {
    let place = fleet.reports[taxi].point
    let capabilities = fleet[taxi].capabilities
    let reach = travel.reach(within: Int32(clamping: options.pickupMax.count), departure: now)
    var wanted = max(needs.candidates, 8)
    while true {
      pickupGrid.nearest(
        wanted,
        to: place,
        within: reach,
        needing: PickupStage.waiting.rawValue,
        into: &workshop.neighbors
      )
      var fitting = 0
      for neighbor in workshop.neighbors
      where capabilities.covers(rides[Int(neighbor.slot)].need) {
        workshop.take(neighbor.slot)
        fitting += 1
      }
      // Rides that this taxi cannot carry must not hide one further away that it can.
      guard fitting == 0, workshop.neighbors.count == wanted else { break }
      wanted *= 4
    }
    guard needs.reassigns else { return }
    pickupGrid.nearest(
      max(needs.candidates, 8),
      to: place,
      within: reach,
      needing: PickupStage.assigned.rawValue,
      into: &workshop.neighbors
    )
    for neighbor in workshop.neighbors {
      let ride = rides[Int(neighbor.slot)]
      let own = fleet.reports[Int(ride.taxi)].point.squaredDistance(to: ride.from)
      guard neighbor.squaredDistance < own, capabilities.covers(ride.need) else { continue }
      workshop.assignedSlots.append(neighbor.slot)
    }
  }

  /// One round over the rides on the bench.
  private mutating func dispatch(_ facts: inout [Fact]) {
    for slot in workshop.rideSlots { agenda.due.insert(Int(slot)) }
    statistics.rounds += 1
    workshop.round.now = now
    let waitingCount = takeLongestWaiting()
    addAssigned()
    guard freeGrid.count > 0 || explanations.isKept else {
      // Nobody can come, so nobody waits for the next round either: an arrival brings them back.
      for index in 0..<waitingCount { agenda.due.remove(Int(workshop.rideSlots[index])) }
      return
    }
    let primaryCount = workshop.rideSlots.count
    guard primaryCount > 0 else { return }
    var index = 0
    // A search may add rides: those whose taxis it finds under way.
    while index < workshop.rideSlots.count {
      gatherCandidates(index, isAssigned: index >= waitingCount, pulls: index < primaryCount)
      index += 1
    }
    statistics.roundRides += UInt64(workshop.rideSlots.count)
    statistics.roundCandidates += UInt64(workshop.round.candidates.count)
    policy.plan(workshop.round, into: &workshop.plan)
    commit(&facts)
    for index in 0..<waitingCount where !hasFreeCandidate(index) {
      agenda.due.remove(Int(workshop.rideSlots[index]))
    }
  }

  /// Whether the ride could have had a free taxi. One that found only taxis under way has tried what
  /// exchanges there are: the next chance comes with an arrival.
  private func hasFreeCandidate(_ index: Int) -> Bool {
    workshop.round.rides[index].candidates.contains {
      workshop.ownRides[Int(workshop.round.candidates[$0].taxi)] < 0
    }
  }

  /// Sorts the waiting rides by (request, id), cuts them at the bound, and returns how many stay.
  ///
  /// Half of the places go to the first in that order. The others go round, by the clock, among all
  /// the rest: rides that no taxi can reach must not keep those behind them out until they expire.
  private mutating func takeLongestWaiting() -> Int {
    for slot in workshop.rideSlots where rides[Int(slot)].offersCount >= options.offersPerRideMax {
      agenda.due.remove(Int(slot))
    }
    workshop.rideSlots.removeAll { rides[Int($0)].offersCount >= options.offersPerRideMax }
    sortByRequest(from: 0)
    let places = max(options.ridesPerRoundMax, 0)
    let count = workshop.rideSlots.count
    if count > places {
      let first = places / 2
      let rest = count - first
      let turn = floorDivide(now.count, max(needs.period.count, 1))
      let start = Int(floorModulo(turn, Int64(rest))) * (places - first) % rest
      workshop.turned.removeAll(keepingCapacity: true)
      workshop.turned.append(contentsOf: workshop.rideSlots[first...])
      for place in first..<places {
        workshop.rideSlots[place] = workshop.turned[(start + place - first) % rest]
      }
      workshop.rideSlots.removeLast(count - places)
      sortByRequest(from: first)
    }
    return workshop.rideSlots.count
  }

  private mutating func sortByRequest(from start: Int) {
    workshop.order.removeAll(keepingCapacity: true)
    for slot in workshop.rideSlots[start...] {
      workshop.order.append(
        .init(requestedAt: rides[Int(slot)].requestedAt, id: rides[Int(slot)].id, slot: slot)
      )
    }
    // Total: ids are unique.
    workshop.order.sort { $0.precedes($1) }
    for (place, entry) in workshop.order.enumerated() {
      workshop.rideSlots[start + place] = entry.slot
    }
  }

  /// Adds the rides beside an arrival, in the order in which they were found.
  private mutating func addAssigned() {
    let found = workshop.assignedSlots
    for slot in found { _ = addAssigned(slot) }
  }

  /// Adds a ride whose taxi is on its way, unless that is nearly there, is asked to change already,
  /// or the round is full. Its taxi gets a column.
  ///
  /// - Returns: the taxi's column, or `nil`.
  mutating func addAssigned(_ slot: Int32) -> Int32? {
    let ride = rides[Int(slot)]
    guard ride.state == .assigned, ride.offer < 0, enrouteGrid.contains(ride.taxi),
      ride.offersCount < options.offersPerRideMax,
      workshop.rideSlots.count < options.ridesPerRoundMax,
      workshop.column(of: ride.taxi) == nil,
      eta(from: Int(ride.taxi), to: Int(slot)) > Int32(clamping: needs.frozen.count)
    else { return nil }
    workshop.rideSlots.append(slot)
    return workshop.addColumn(
      for: ride.taxi,
      Round.Taxi(id: fleet[Int(ride.taxi)].id, isEnroute: true),
      ownRide: Int32(workshop.rideSlots.count - 1)
    )
  }
}
