import Spatial

/// Who could come: the candidates of one ride.
extension Engine {
  /// Fills in the round's ride and its candidates.
  ///
  /// - Parameters:
  ///   - index: the ride's place on the bench.
  ///   - isAssigned: a taxi is on its way to it.
  ///   - pulls: whether taxis found under way bring their own rides into the round; only the rides
  ///     that the round is about do, so that it does not spread over the city.
  mutating func gatherCandidates(_ index: Int, isAssigned: Bool, pulls: Bool) {
    let slot = Int(workshop.rideSlots[index])
    let place = rides[slot].from
    let need = rides[slot].need.bits
    let start = workshop.round.candidates.count
    if isAssigned, let own = workshop.column(of: rides[slot].taxi) {
      let time = workshop.ownTimes[index - (workshop.rideSlots.count - workshop.ownTimes.count)]
      workshop.ownTaxis.append(own)
      workshop.round.candidates.append(.init(taxi: own, eta: time))
    } else {
      workshop.ownTaxis.append(-1)
    }
    var left = options.pickupMax
    if options.offersWithinWait { left = min(left, rides[slot].expiresAt - now) }
    let timeMax = Int32(clamping: max(left.count, 0))
    let reach = travel.searchRadius(within: timeMax, departure: now)
    listExcluded(slot)
    let excluded = UnsafeBufferPointer(workshop.excluded.buffer)
    freeGrid.nearest(
      needs.candidates,
      to: place,
      within: reach,
      needing: need,
      excluding: excluded.span,
      into: &workshop.neighbors
    )
    takeFree()
    if needs.reassigns {
      enrouteGrid.nearest(
        needs.candidates,
        to: place,
        within: reach,
        needing: need,
        excluding: excluded.span,
        into: &workshop.neighbors
      )
      takeEnroute(pulls: pulls)
    }
    workshop.delays.removeAll()
    // A promised rider is not left for a taxi that is not free.
    if needs.soonFree > Millis(0), !isAssigned {
      soonGrid.nearest(
        needs.candidates,
        to: place,
        within: reach,
        needing: need,
        excluding: excluded.span,
        into: &workshop.neighbors
      )
      takeOccupied()
    }
    fillTimes(to: place)
    let firstOccupied = workshop.found.count - workshop.delays.count
    for index in workshop.delays.indices {
      let time = Int64(workshop.times[firstOccupied + index]) + Int64(workshop.delays[index])
      // Nobody knows when a ride will end: with less than four times as long to wait, it is no bet.
      workshop.times[firstOccupied + index] =
        time <= (rides[slot].expiresAt - now).count / 4 ? Int32(clamping: time) : .max
    }
    workshop.rank(timeMax: timeMax, keeping: needs.candidates * needs.kinds)
    for place in workshop.ranked.indices {
      let taxi = workshop.ranked[place].slot
      let column =
        workshop.column(of: taxi)
        ?? workshop.addColumn(
          for: taxi,
          Round.Taxi(
            id: fleet[Int(taxi)].id,
            point: placeOfRelease(Int(taxi)) ?? fleet.reports[Int(taxi)].point,
            isEnroute: false,
            isOccupied: fleet[Int(taxi)].state == .occupied
          ),
          ownRide: -1
        )
      workshop.round.candidates.append(.init(taxi: column, eta: workshop.ranked[place].time))
    }
    workshop.round.rides.append(
      Round.Ride(
        id: rides[slot].id,
        waited: now - (rides[slot].at ?? rides[slot].requestedAt),
        isAssigned: isAssigned,
        to: rides[slot].to,
        duration: needs.places ? rideTime(slot) : 0,
        candidates: start..<workshop.round.candidates.count
      )
    )
  }

  /// How long the ride takes if it begins now, in milliseconds; 0 where its end is not known.
  private func rideTime(_ slot: Int) -> Int32 {
    guard let to = rides[slot].to else { return 0 }
    return travel.time(from: rides[slot].from, to: to, departure: now)
  }

  /// The taxis that refused this ride, did not answer or gave it up: they are not asked again. And
  /// its own, which is a candidate already.
  private mutating func listExcluded(_ ride: Int) {
    workshop.excluded.removeAll()
    workshop.found.removeAll()
    workshop.origins.removeAll()
    var offer = rides[ride].offers
    while offer >= 0 {
      let slot = Int(offer)
      offer = offers[slot].previous
      guard offers[slot].state.bars else { continue }
      // By id: a taxi that left and joined again may have another slot, and is the same driver.
      if let taxi = fleet.find(offers[slot].taxi) { workshop.excluded.append(Int32(taxi)) }
    }
  }

  private mutating func takeFree() {
    for index in workshop.neighbors.indices { takeFound(workshop.neighbors[index].slot) }
  }

  /// A taxi under way is a candidate only if its own ride is in this round.
  private mutating func takeEnroute(pulls: Bool) {
    for index in workshop.neighbors.indices {
      let taxi = workshop.neighbors[index].slot
      if workshop.column(of: taxi) == nil {
        guard pulls, addAssigned(fleet[Int(taxi)].ride) != nil else { continue }
      }
      takeFound(taxi)
    }
  }

  /// A taxi that carries a rider, for as long as it still should. One that should have arrived is
  /// taken to need once more as long as it is late.
  private mutating func takeOccupied() {
    for index in workshop.neighbors.indices {
      let taxi = workshop.neighbors[index].slot
      let ride = rides[Int(fleet[Int(taxi)].ride)]
      guard let to = ride.to else { continue }
      let duration = travel.time(from: ride.from, to: to, departure: ride.since)
      let left = (ride.since + Millis(Int64(duration)) - now).count.magnitude
      guard left <= needs.soonFree.count.magnitude else { continue }
      workshop.found.append(taxi)
      workshop.origins.append(to)
      workshop.delays.append(Int32(clamping: left))
    }
  }

  private mutating func takeFound(_ taxi: Int32) {
    workshop.found.append(taxi)
    workshop.origins.append(fleet.reports[Int(taxi)].point)
  }

  /// Driving times from the origins on the bench.
  mutating func fillTimes(to target: Point) {
    workshop.times.resize(to: workshop.origins.count, filling: 0)
    // A model gets nothing to fill unless there is something.
    guard !workshop.origins.isEmpty else { return }
    let origins = UnsafeBufferPointer(workshop.origins.buffer)
    let times = workshop.times.buffer
    var span = times.mutableSpan
    travel.fill(&span, from: origins.span, to: target, departure: now)
  }
}
