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
    let ride = rides[slot]
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
    takeFree()
    if needs.reassigns {
      enrouteGrid.nearest(
        needs.candidates,
        to: ride.from,
        within: reach,
        needing: ride.need.bits,
        excluding: excluded.span,
        into: &workshop.neighbors
      )
      takeEnroute(pulls: pulls)
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
      guard record.state.bars else { continue }
      // By id: a taxi that left and joined again may have another slot, and is the same driver.
      if let taxi = fleet.find(record.taxi) { workshop.excluded.append(Int32(taxi)) }
    }
  }

  private mutating func takeFree() {
    for neighbor in workshop.neighbors { takeFound(neighbor.slot) }
  }

  /// A taxi under way is a candidate only if its own ride is in this round.
  private mutating func takeEnroute(pulls: Bool) {
    for neighbor in workshop.neighbors {
      if workshop.column(of: neighbor.slot) == nil {
        guard pulls, addAssigned(fleet[Int(neighbor.slot)].ride) != nil else { continue }
      }
      takeFound(neighbor.slot)
    }
  }

  private mutating func takeFound(_ taxi: Int32) {
    workshop.found.append(taxi)
    workshop.origins.append(fleet.reports[Int(taxi)].point)
  }

  /// Driving times from the origins on the bench.
  mutating func fillTimes(to target: Point) {
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
