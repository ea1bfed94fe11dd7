/// What time alone brings about.
extension Engine {
  /// Lets everything happen that is due by `instant`, each thing at its own time and in a fixed
  /// order: deadlines, then staleness, then rounds. So it does not matter how often the host calls.
  public mutating func advance(to instant: Millis, into facts: inout [Fact]) {
    let end = max(instant, now)
    while true {
      let deadline = deadlines.earliest
      let staleness =
        fleet.freshFirst >= 0
        ? fleet.reports[Int(fleet.freshFirst)].positionAt + options.freshness : .never
      let due = min(deadline, staleness, nextRound)
      guard due <= end else { break }
      now = max(now, due)
      if deadline == due {
        fire(deadlines.pop(), &facts)
      } else if staleness == due {
        goStale(Int(fleet.freshFirst))
      } else {
        runRound(&facts)
      }
      if !urgent.isEmpty { matchUrgent(&facts) }
    }
    now = end
  }

  private mutating func fire(_ entry: DeadlineQueue.Entry, _ facts: inout [Fact]) {
    let slot = Int(entry.slot)
    switch entry.kind {
    case .offerExpires:
      let offer = offers[slot]
      guard offer.isLive, UInt32(truncatingIfNeeded: offer.id.value) == entry.generation,
        offer.state == .open
      else { return }
      emit(.offerExpired(offer.id), &facts)
      matchSoon(Int(offer.ride))
    case .rideExpires:
      guard isCurrent(entry), rides[slot].expiresAt == entry.at else { return }
      switch rides[slot].state {
      case .reserved, .queued, .offered: break
      case .assigned, .arrived, .onboard, .done, .expired, .cancelled, .noShow: return
      }
      withdrawOffer(ofRide: slot, .expired, &facts)
      emit(.rideExpired(rides[slot].id), &facts)
    case .rideDue:
      guard isCurrent(entry), rides[slot].state == .reserved,
        rides[slot].at.map({ $0 - options.reservationLead }) == entry.at
      else { return }
      emit(.rideDue(rides[slot].id), &facts)
      matchSoon(slot)
    case .rideForgotten:
      guard isCurrent(entry), rides[slot].state.isTerminal else { return }
      emit(.rideForgotten(rides[slot].id), &facts)
    case .taxiSilent:
      guard fleet[slot].isLive, fleet[slot].generation == entry.generation else { return }
      fleet.reports[slot].isWatched = false
      if !fleet.reports[slot].isFresh { suspect(slot, &facts) }
    }
  }

  private func isCurrent(_ entry: DeadlineQueue.Entry) -> Bool {
    rides[Int(entry.slot)].isLive && rides[Int(entry.slot)].generation == entry.generation
  }

  /// Its position is too old to be matched.
  private mutating func goStale(_ slot: Int) {
    fleet.makeStale(slot)
    index(slot)
    watch(slot)
  }

  /// Queues the next look at a taxi that does not report.
  mutating func watch(_ slot: Int) {
    guard !fleet.reports[slot].isWatched else { return }
    fleet.reports[slot].isWatched = true
    deadlines.push(
      .init(
        at: max(silenceLimit(slot), now), kind: .taxiSilent, slot: Int32(slot),
        generation: fleet[slot].generation))
  }

  /// When the taxi's silence will next mean something.
  private func silenceLimit(_ slot: Int) -> Millis {
    let heardAt = fleet.reports[slot].heardAt
    guard fleet[slot].isLost else { return heardAt + options.lostAfter }
    let isUnboarded = fleet[slot].state == .enroute || fleet[slot].state == .waiting
    return heardAt + options.lostAfter + (isUnboarded ? options.lostLimit : options.lostOff)
  }

  /// The taxi has been silent up to now: lost, then without its ride, then off. A rider on board
  /// stays with the taxi, however long it is silent.
  private mutating func suspect(_ slot: Int, _ facts: inout [Fact]) {
    guard now >= silenceLimit(slot) else { return watch(slot) }
    let taxi = fleet[slot]
    guard taxi.isLost else {
      emit(.taxiLost(taxi.id), &facts)
      if taxi.offer >= 0 {
        let ride = Int(offers[Int(taxi.offer)].ride)
        emit(.offerRevoked(offers[Int(taxi.offer)].id, .lost), &facts)
        matchSoon(ride)
      }
      return watch(slot)
    }
    switch taxi.state {
    case .enroute, .waiting:
      emit(.rideRequeued(rides[Int(taxi.ride)].id, .lost), &facts)
      matchSoon(Int(taxi.ride))
      watch(slot)
    case .free, .busy, .offered: depart(slot, .lost, &facts)
    case .occupied: break
    }
  }

  /// Rebuilds what is derived after a restore or a replay, and grants every taxi a full silence
  /// limit: it could not report to an engine that was not there.
  public mutating func takeOver(at instant: Millis) {
    now = max(now, instant)
    deadlines.removeAll()
    for slot in rides.records.indices where rides[slot].isLive {
      let ride = rides[slot]
      let generation = ride.generation
      if ride.state.isTerminal {
        deadlines.push(
          .init(
            at: ride.since + options.dedup, kind: .rideForgotten, slot: Int32(slot),
            generation: generation))
        continue
      }
      deadlines.push(
        .init(
          at: ride.expiresAt, kind: .rideExpires, slot: Int32(slot), generation: generation))
      if ride.state == .reserved, let at = ride.at {
        deadlines.push(
          .init(
            at: at - options.reservationLead, kind: .rideDue, slot: Int32(slot),
            generation: generation))
      }
    }
    for slot in offers.records.indices where offers[slot].isLive && offers[slot].state == .open {
      deadlines.push(
        .init(
          at: offers[slot].expiresAt, kind: .offerExpires, slot: Int32(slot),
          generation: UInt32(truncatingIfNeeded: offers[slot].id.value)))
    }
    for slot in 0..<fleet.used where fleet[slot].isLive {
      fleet.reports[slot].isWatched = false
      if fleet.reports[slot].heardAt < now, !fleet.reports[slot].isFresh {
        fleet.reports[slot].heardAt = now
        watch(slot)
      }
    }
    nextRound = .never
    scheduleRound()
  }
}
