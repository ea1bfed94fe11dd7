import Spatial

/// Rounds: who waits, who could come, what the policy proposes, what is carried out.
extension Engine {
  /// A ride has begun to wait: it is matched at the end of this command, or with the next round.
  mutating func matchSoon(_ ride: Int) {
    guard rides[ride].state == .queued else { return }
    if needs.window.count == 0 {
      urgent.append(Int32(ride))
    } else {
      scheduleRound()
    }
  }

  /// Rides that a policy without a window matches at once.
  mutating func matchUrgent(_ facts: inout [Fact]) {
    // Carrying out a plan can make no other ride urgent, so one pass is enough.
    let waiting = urgent
    urgent.removeAll(keepingCapacity: true)
    workshop.begin(taxiSlots: fleet.used)
    for slot in waiting where rides[Int(slot)].isLive && rides[Int(slot)].state == .queued {
      if !workshop.rideSlots.contains(slot) { workshop.rideSlots.append(slot) }
    }
    dispatch(&facts)
    scheduleRound()
  }

  /// Sets the next round, if anyone waits for one, to the next multiple of the period.
  mutating func scheduleRound() {
    guard nextRound == .never else { return }
    guard isRoundNeeded else { return }
    let period = max(needs.period.count, 1)
    nextRound = now + Millis(period - floorModulo(now.count, period))
  }

  /// Whether anyone waits for a round: at every such moment the next one is scheduled.
  var isRoundNeeded: Bool {
    !rides.queue.isEmpty || (needs.reassigns && !rides.assigned.isEmpty)
  }

  mutating func runRound(_ facts: inout [Fact]) {
    nextRound = .never
    workshop.begin(taxiSlots: fleet.used)
    workshop.rideSlots.append(contentsOf: rides.queue)
    dispatch(&facts)
    scheduleRound()
  }

  /// One round over the rides on the bench, and over those on their way where the policy wants it.
  private mutating func dispatch(_ facts: inout [Fact]) {
    if freeGrid.count == 0 && !needs.reassigns && options.explanationsMax == 0 { return }
    guard !workshop.rideSlots.isEmpty || needs.reassigns else { return }
    statistics.rounds += 1
    workshop.round.now = now
    let waitingCount = takeLongestWaiting()
    if needs.reassigns { addAssigned() }
    guard !workshop.rideSlots.isEmpty else { return }
    // Assigned rides come last but their taxis' columns first, so that a search can find them.
    for index in workshop.rideSlots.indices { gatherCandidates(index, waitingCount) }
    statistics.roundRides += UInt64(workshop.rideSlots.count)
    statistics.roundCandidates += UInt64(workshop.round.candidates.count)
    policy.plan(workshop.round, into: &workshop.plan)
    commit(&facts)
  }

  /// Sorts the waiting rides by (request, id), cuts them at the bound, and returns how many stay.
  ///
  /// Half of the places go to the first in that order. The others go round, by the clock, among all
  /// the rest: rides that no taxi can reach must not keep those behind them out until they expire.
  private mutating func takeLongestWaiting() -> Int {
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
    let records = rides.records
    workshop.rideSlots[start...].sort { a, b in
      let (first, second) = (records[Int(a)], records[Int(b)])
      if first.requestedAt != second.requestedAt { return first.requestedAt < second.requestedAt }
      return first.id.value < second.id.value
    }
  }

  /// Adds the rides whose taxi is on its way, not asked to change already and not nearly there.
  private mutating func addAssigned() {
    let first = workshop.rideSlots.count
    for slot in rides.assigned {
      let ride = rides[Int(slot)]
      guard ride.offer < 0, ride.offersCount < options.offersPerRideMax,
        enrouteGrid.contains(ride.taxi)
      else { continue }
      workshop.rideSlots.append(slot)
    }
    let records = rides.records
    workshop.rideSlots[first...].sort { a, b in
      records[Int(a)].id.value < records[Int(b)].id.value
    }
    let room = max(options.ridesPerRoundMax - first, 0)
    if workshop.rideSlots.count - first > room {
      workshop.rideSlots.removeLast(workshop.rideSlots.count - first - room)
    }
    var kept = first
    for index in first..<workshop.rideSlots.count {
      let slot = workshop.rideSlots[index]
      let taxi = rides[Int(slot)].taxi
      guard eta(from: Int(taxi), to: Int(slot)) > Int32(clamping: needs.frozen.count) else {
        continue
      }
      workshop.rideSlots[kept] = slot
      _ = workshop.addColumn(
        for: taxi,
        Round.Taxi(id: fleet[Int(taxi)].id, isEnroute: true),
        ownRide: Int32(kept)
      )
      kept += 1
    }
    workshop.rideSlots.removeLast(workshop.rideSlots.count - kept)
  }

  /// Fills in the round's ride and its candidates.
  private mutating func gatherCandidates(_ index: Int, _ waitingCount: Int) {
    let slot = Int(workshop.rideSlots[index])
    let ride = rides[slot]
    let isAssigned = index >= waitingCount
    let start = workshop.round.candidates.count
    if isAssigned, let own = workshop.column(of: ride.taxi) {
      workshop.ownTaxis.append(own)
      workshop.round.candidates.append(
        .init(taxi: own, eta: eta(from: Int(ride.taxi), to: slot))
      )
    } else {
      workshop.ownTaxis.append(-1)
    }
    var left = options.pickupMax
    if options.offersWithinWait { left = min(left, ride.expiresAt - now) }
    let timeMax = Int32(clamping: max(left.count, 0))
    let reach = travel.reach(within: timeMax, departure: now)
    listExcluded(slot)
    let excluded = workshop.excluded
    freeGrid.nearest(
      needs.candidates,
      to: ride.from,
      within: reach,
      needing: ride.need.bits,
      excluding: excluded.span,
      into: &workshop.neighbors
    )
    takeFound(enroute: false)
    if needs.reassigns {
      enrouteGrid.nearest(
        needs.candidates,
        to: ride.from,
        within: reach,
        needing: ride.need.bits,
        excluding: excluded.span,
        into: &workshop.neighbors
      )
      takeFound(enroute: true)
    }
    fillTimes(to: ride.from)
    workshop.rank(timeMax: timeMax, keeping: needs.candidates * (needs.reassigns ? 2 : 1))
    for place in workshop.found.indices {
      let taxi = workshop.found[place]
      let column =
        workshop.column(of: taxi)
        ?? workshop.addColumn(
          for: taxi,
          Round.Taxi(id: fleet[Int(taxi)].id, isEnroute: false),
          ownRide: -1
        )
      workshop.round.candidates.append(.init(taxi: column, eta: workshop.times[place]))
    }
    workshop.round.rides.append(
      Round.Ride(
        id: ride.id,
        waited: now - (ride.at ?? ride.requestedAt),
        isAssigned: isAssigned,
        candidates: start..<workshop.round.candidates.count
      )
    )
  }

  /// The taxis that refused this ride, did not answer or gave it up: they are not asked again. And
  /// its own, which is a candidate already.
  private mutating func listExcluded(_ ride: Int) {
    workshop.excluded.removeAll(keepingCapacity: true)
    workshop.found.removeAll(keepingCapacity: true)
    workshop.origins.removeAll(keepingCapacity: true)
    var offer = rides[ride].offers
    while offer >= 0 {
      let record = offers[Int(offer)]
      offer = record.previous
      if record.state == .revoked || record.state == .reassigned { continue }
      // By id: a taxi that left and joined again may have another slot, and is the same driver.
      if let taxi = fleet.find(record.taxi) { workshop.excluded.append(Int32(taxi)) }
    }
  }

  private mutating func takeFound(enroute: Bool) {
    for neighbor in workshop.neighbors {
      // A taxi under way whose ride is not in this round, being nearly there, is no candidate.
      if enroute, workshop.column(of: neighbor.slot) == nil { continue }
      workshop.found.append(neighbor.slot)
      workshop.origins.append(fleet.reports[Int(neighbor.slot)].point)
    }
  }

  private mutating func fillTimes(to target: Point) {
    var times = workshop.times
    workshop.times = []
    times.removeAll(keepingCapacity: true)
    times.append(contentsOf: repeatElement(0, count: workshop.origins.count))
    let origins = workshop.origins
    var span = times.mutableSpan
    travel.fill(&span, from: origins.span, to: target, departure: now)
    workshop.times = times
  }
}
