/// What time alone brings about.
extension Engine {
  /// Lets everything happen that is due by `instant`, each thing at its own time and in a fixed
  /// order: deadlines, then staleness, then rounds, then guidance. So it does not matter how often the host calls.
  /// ``Millis/never`` never comes: up to it, all that is due before happens.
  public mutating func advance(to instant: Millis, into facts: inout [Fact]) {
    let end = max(instant, now)
    while true {
      let deadline = deadlines.earliest
      let staleness =
        fleet.freshFirst >= 0
        ? fleet.reports[Int(fleet.freshFirst)].positionAt + options.freshness : .never
      let due = min(deadline, staleness, nextRound, nextGuidance)
      guard due <= end, due < .never else { break }
      now = max(now, due)
      if deadline == due {
        fire(deadlines.pop(), &facts)
      } else if staleness == due {
        goStale(Int(fleet.freshFirst))
      } else if nextRound == due {
        runRound(&facts)
      } else {
        runGuidance()
      }
      if !agenda.urgent.isEmpty { matchUrgent(&facts) }
    }
    if end < .never { now = end }
  }

  private mutating func fire(_ entry: DeadlineQueue.Entry, _ facts: inout [Fact]) {
    guard isPending(entry) else { return }
    let slot = Int(entry.slot)
    switch entry.kind {
    case .offerExpires:
      emit(.offerExpired(offers[slot].id), &facts)
    case .rideExpires:
      withdrawOffer(ofRide: slot, .expired, &facts)
      emit(.rideExpired(rides[slot].id), &facts)
    case .rideDue: emit(.rideDue(rides[slot].id), &facts)
    case .rideForgotten:
      emit(.rideForgotten(rides[slot].id), &facts)
    case .taxiSilent:
      fleet.reports[slot].watchedAt = .never
      if !fleet.reports[slot].isFresh { suspect(slot, &facts) }
    }
  }

  /// Whether the deadline still means something: its subject may have moved on since.
  private func isPending(_ entry: DeadlineQueue.Entry) -> Bool {
    let slot = Int(entry.slot)
    switch entry.kind {
    case .offerExpires:
      let offer = offers[slot]
      return offer.isLive && offer.state == .open
        && UInt32(truncatingIfNeeded: offer.id.value) == entry.generation
    case .rideExpires:
      guard isCurrent(entry), rides[slot].expiresAt == entry.at else { return false }
      // A ride that has a taxi gets a new deadline should it lose it.
      return switch rides[slot].state {
      case .reserved, .queued, .offered: true
      case .assigned, .arrived, .onboard, .done, .expired, .cancelled, .noShow: false
      }
    case .rideDue:
      return isCurrent(entry) && rides[slot].state == .reserved
        && rides[slot].at.map { $0 - options.reservationLead } == entry.at
    case .rideForgotten: return isCurrent(entry) && rides[slot].state.isTerminal
    case .taxiSilent:
      return fleet[slot].isLive && fleet[slot].generation == entry.generation
        && fleet.reports[slot].watchedAt == entry.at
    }
  }

  /// Drops deadlines that mean nothing any more once they are the larger part: a reservation far
  /// ahead may be changed, cancelled and forgotten long before its time comes. A ride has at most two
  /// that count, a taxi and its open offer one each, so this is O(1) a deadline, spread out.
  mutating func trimDeadlines() {
    guard deadlines.count > 4 * (rides.count + fleet.count) + 64 else { return }
    var queue = deadlines
    deadlines = DeadlineQueue()
    queue.removeAll { !isPending($0) }
    deadlines = queue
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

  /// Queues the next look at a taxi that does not report. A taxi that was lost and came back may
  /// have a look queued that is far too late: the earlier one counts.
  mutating func watch(_ slot: Int) {
    let at = max(silenceLimit(slot), now)
    guard at < fleet.reports[slot].watchedAt else { return }
    fleet.reports[slot].watchedAt = at
    deadlines.push(
      .init(
        at: at,
        kind: .taxiSilent,
        slot: Int32(slot),
        generation: fleet[slot].generation
      )
    )
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
        emit(.offerRevoked(offers[Int(taxi.offer)].id, .lost), &facts)
      }
      return watch(slot)
    }
    switch taxi.state {
    case .enroute, .waiting:
      emit(.rideRequeued(rides[Int(taxi.ride)].id, .lost), &facts)
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
            at: ride.since + options.dedup,
            kind: .rideForgotten,
            slot: Int32(slot),
            generation: generation
          )
        )
        continue
      }
      deadlines.push(
        .init(
          at: ride.expiresAt,
          kind: .rideExpires,
          slot: Int32(slot),
          generation: generation
        )
      )
      if ride.state == .reserved, let at = ride.at {
        deadlines.push(
          .init(
            at: at - options.reservationLead,
            kind: .rideDue,
            slot: Int32(slot),
            generation: generation
          )
        )
      }
    }
    for slot in offers.records.indices where offers[slot].isLive && offers[slot].state == .open {
      deadlines.push(
        .init(
          at: offers[slot].expiresAt,
          kind: .offerExpires,
          slot: Int32(slot),
          generation: UInt32(truncatingIfNeeded: offers[slot].id.value)
        )
      )
    }
    for slot in 0..<fleet.used where fleet[slot].isLive {
      fleet.reports[slot].watchedAt = .never
      guard !fleet.reports[slot].isFresh else { continue }
      fleet.reports[slot].heardAt = now
      watch(slot)
    }
    nextRound = .never
    // Whoever waits is looked at in the next round; nobody at once, as no taxi has reported yet.
    agenda = Agenda()
    for slot in rides.records.indices where rides[slot].isLive { index(ride: slot) }
    agenda.putOffUrgent()
    scheduleRound()
  }
}
