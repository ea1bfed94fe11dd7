import Spatial

/// What the next round is about. A round costs as much as has changed since the last one, however
/// large the city is: a ride that found no taxi in reach is looked at again when one comes near, and
/// a taxi under way is left alone until a ride or a taxi beside it changes.
struct Agenda {
  /// Rides to be matched at the end of this command: the policy has no window.
  var urgent = SlotSet()
  /// Rides that began to wait since the last round, or found taxis in it but got none.
  var due = SlotSet()
  /// Taxis that became candidates, or moved as such, while someone was waiting, and those around
  /// which there are more rides than one look takes in.
  var arrivals = SlotSet()

  /// What was urgent waits for the next round: there was no command whose end it could be matched at.
  mutating func putOffUrgent() {
    for slot in urgent.members { due.insert(Int(slot)) }
    urgent.removeAll()
  }
}

extension Engine {
  /// Whether the next round has anything to do: at every such moment it is scheduled.
  var isRoundNeeded: Bool { !agenda.due.isEmpty || !agenda.arrivals.isEmpty }

  /// Sets the next round, if one is needed, to the next multiple of the period.
  mutating func scheduleRound() {
    guard nextRound == .never, isRoundNeeded else { return }
    let period = max(needs.period.count, 1)
    nextRound = now + Millis(period - floorModulo(now.count, period))
  }

  /// A free taxi stands where none stood before.
  mutating func noteArrival(_ taxi: Int) {
    guard !rides.queue.isEmpty || (needs.reassigns && !rides.assigned.isEmpty) else { return }
    agenda.arrivals.insert(taxi)
    scheduleRound()
  }

  /// Puts the ride's pickup into its grid, and the ride on the agenda, as its state demands.
  mutating func index(ride slot: Int) {
    let ride = rides[slot]
    let number = Int32(slot)
    let isLive = ride.isLive
    // Upside down: a search asks for all that its taxi lacks not to be needed.
    let mask = ~ride.need.bits
    Self.place(number, ride.from, mask, isLive && ride.state == .queued, in: &waitingGrid)
    if needs.reassigns {
      Self.place(number, ride.from, mask, isLive && ride.state == .assigned, in: &assignedGrid)
    }
    guard ride.state == .queued else {
      agenda.urgent.remove(slot)
      agenda.due.remove(slot)
      return
    }
    if needs.window.count == 0 {
      agenda.urgent.insert(slot)
    } else {
      agenda.due.insert(slot)
      scheduleRound()
    }
  }

  private static func place(
    _ ride: Int32,
    _ point: Point,
    _ mask: UInt32,
    _ isWanted: Bool,
    in grid: inout MovingGrid
  ) {
    switch (isWanted, grid.contains(ride)) {
    case (true, true): grid.setMask(ride, to: mask)
    case (true, false): grid.insert(ride, at: point, mask: mask)
    case (false, true): grid.remove(ride)
    case (false, false): break
    }
  }

  /// A waiting ride that no round will look at though a taxi could serve it, or `nil`: there must be
  /// none, as long as driving times do not change with the hour. O(*rides* × *taxis*): for tests.
  package func stranded() -> String? {
    for slot in rides.queue {
      let ride = rides[Int(slot)]
      guard !agenda.due.contains(Int(slot)), ride.offersCount < options.offersPerRideMax else {
        continue
      }
      for taxi in 0..<fleet.used where freeGrid.contains(Int32(taxi)) {
        guard !agenda.arrivals.contains(taxi), fleet[taxi].capabilities.covers(ride.need),
          !hasRefused(fleet[taxi].id, ride),
          eta(from: taxi, to: Int(slot)) <= options.pickupMax.count,
          !options.offersWithinWait
            || eta(from: taxi, to: Int(slot)) <= (ride.expiresAt - now).count
        else { continue }
        return "\(ride.id) waits beside \(fleet[taxi].id), and nobody looks"
      }
    }
    return nil
  }

  /// Whether the taxi declined the ride, did not answer, or gave it up.
  func hasRefused(_ taxi: TaxiID, _ ride: RideRecord) -> Bool {
    var offer = ride.offers
    while offer >= 0 {
      let record = offers[Int(offer)]
      if record.taxi == taxi, record.state.bars { return true }
      offer = record.previous
    }
    return false
  }
}

extension OfferState {
  /// Whether the taxi of an offer that came to this is not asked for the ride again.
  var bars: Bool {
    switch self {
    case .open, .accepted, .declined, .expired, .closed: true
    case .revoked, .reassigned: false
    }
  }
}
