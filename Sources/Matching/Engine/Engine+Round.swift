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
    for slot in agenda.arrivals.members where !lookAround(Int(slot)) {
      workshop.lookedAround.append(slot)
    }
    for slot in workshop.lookedAround.buffer { agenda.arrivals.remove(Int(slot)) }
    dispatch(&facts)
    scheduleRound()
  }

  /// Adds the waiting rides that a new candidate could serve, and those under way that it is nearer
  /// to than their own taxi.
  ///
  /// - Returns: whether there may be more waiting rides than were looked at: then the taxi must stay
  ///   on the agenda, or the next round would leave them beside it.
  private mutating func lookAround(_ taxi: Int) -> Bool {
    let place = fleet.reports[taxi].point
    let lacking = ~fleet[taxi].capabilities.bits
    let reach = travel.searchRadius(
      within: Int32(clamping: options.pickupMax.count),
      departure: now
    )
    var wanted = max(needs.candidates, 8)
    var isFull = true
    while true {
      waitingGrid.nearest(
        wanted,
        to: place,
        within: reach,
        needing: lacking,
        into: &workshop.neighbors
      )
      isFull = workshop.neighbors.count == wanted
      var isNews = false
      for index in workshop.neighbors.indices {
        let ride = workshop.neighbors[index].slot
        guard !agenda.due.contains(Int(ride)), !hasRefused(fleet[taxi].id, rides[Int(ride)])
        else { continue }
        workshop.take(ride)
        isNews = true
      }
      // Rides on the agenda anyway, or refused by this taxi, must not hide one further away.
      guard !isNews, isFull else { break }
      wanted *= 4
    }
    guard needs.reassigns else { return isFull }
    assignedGrid.nearest(
      max(needs.candidates, 8),
      to: place,
      within: reach,
      needing: lacking,
      into: &workshop.neighbors
    )
    for index in workshop.neighbors.indices {
      let neighbor = workshop.neighbors[index]
      let ride = Int(neighbor.slot)
      let own = fleet.reports[Int(rides[ride].taxi)].point.squaredDistance(to: rides[ride].from)
      guard neighbor.squaredDistance < own else { continue }
      workshop.assignedSlots.append(neighbor.slot)
    }
    return isFull
  }

  /// One round over the rides on the bench.
  private mutating func dispatch(_ facts: inout [Fact]) {
    for slot in workshop.rideSlots.buffer { agenda.due.insert(Int(slot)) }
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
    if !explanations.isKept, workshop.round.taxis.count == workshop.ownTimes.count {
      // Every taxi found is under way to a promised rider of this round: none is left for those who
      // wait, and the policy need not find that out.
      for index in 0..<waitingCount { workshop.round.leaveOut(index) }
    }
    if !workshop.round.taxis.isEmpty || explanations.isKept {
      policy.plan(workshop.round, into: &workshop.plan)
      commit(&facts)
    }
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
    var kept = 0
    for index in workshop.rideSlots.indices {
      let slot = workshop.rideSlots[index]
      if rides[Int(slot)].offersCount >= options.offersPerRideMax {
        agenda.due.remove(Int(slot))
      } else {
        workshop.rideSlots[kept] = slot
        kept += 1
      }
    }
    workshop.rideSlots.resize(to: kept, filling: -1)
    sortByRequest(from: 0)
    let places = max(options.ridesPerRoundMax, 0)
    let count = workshop.rideSlots.count
    if count > places {
      let first = places / 2
      let rest = count - first
      let turn = floorDivide(now.count, max(needs.period.count, 1))
      let start = Int(floorModulo(turn, Int64(rest))) * (places - first) % rest
      workshop.turned.removeAll()
      for place in first..<count { workshop.turned.append(workshop.rideSlots[place]) }
      for place in first..<places {
        workshop.rideSlots[place] = workshop.turned[(start + place - first) % rest]
      }
      workshop.rideSlots.resize(to: places, filling: -1)
      sortByRequest(from: first)
    }
    return workshop.rideSlots.count
  }

  private mutating func sortByRequest(from start: Int) {
    workshop.order.removeAll()
    for place in start..<workshop.rideSlots.count {
      let slot = workshop.rideSlots[place]
      workshop.order.append(
        .init(requestedAt: rides[Int(slot)].requestedAt, id: rides[Int(slot)].id, slot: slot)
      )
    }
    var order = workshop.order.buffer
    // Total: ids are unique.
    order.sort { $0.precedes($1) }
    for place in order.indices { workshop.rideSlots[start + place] = order[place].slot }
  }

  /// Adds the rides beside an arrival, in the order in which they were found.
  private mutating func addAssigned() {
    for index in workshop.assignedSlots.indices { _ = addAssigned(workshop.assignedSlots[index]) }
  }

  /// Adds a ride whose taxi is on its way, unless that is nearly there, is asked to change already,
  /// or the round is full. Its taxi gets a column.
  ///
  /// - Returns: the taxi's column, or `nil`.
  mutating func addAssigned(_ slot: Int32) -> Int32? {
    let taxi = rides[Int(slot)].taxi
    guard rides[Int(slot)].state == .assigned, rides[Int(slot)].offer < 0,
      enrouteGrid.contains(taxi),
      rides[Int(slot)].offersCount < options.offersPerRideMax,
      workshop.rideSlots.count < options.ridesPerRoundMax,
      workshop.column(of: taxi) == nil
    else { return nil }
    let time = eta(from: Int(taxi), to: Int(slot))
    guard time > Int32(clamping: needs.frozen.count) else { return nil }
    workshop.rideSlots.append(slot)
    workshop.ownTimes.append(time)
    return workshop.addColumn(
      for: taxi,
      Round.Taxi(
        id: fleet[Int(taxi)].id,
        point: fleet.reports[Int(taxi)].point,
        isEnroute: true
      ),
      ownRide: Int32(workshop.rideSlots.count - 1)
    )
  }
}
