import Spatial

/// The only code that changes kept state.
extension Engine {
  mutating func apply(_ fact: Fact) {
    factCount = fact.number
    switch fact.event {
    case .taxiOn(let id, let seats, let tags, let auto):
      let slot = fleet.add(id)
      fleet[slot].seats = seats
      fleet[slot].tags = tags
      fleet[slot].auto = auto
      fleet[slot].joinedAt = fact.number
      changed(taxi: slot)
    case .taxiOff(let id, _):
      let slot = known(id)
      precondition(fleet[slot].ride < 0 && fleet[slot].offer < 0, "taxi \(id) leaves while bound")
      fleet.remove(slot)
      index(slot)
    case .taxiBusy(let id, let reason):
      let slot = known(id)
      fleet[slot].busyReason = reason
      setState(taxi: slot, .busy)
    case .taxiFree(let id): setState(taxi: known(id), .free)
    case .taxiLost(let id):
      fleet[known(id)].isLost = true
      changed(taxi: known(id))
    case .taxiBack(let id):
      fleet[known(id)].isLost = false
      changed(taxi: known(id))
    case .offerMade, .offerAccepted, .offerDeclined, .offerExpired, .offerRevoked:
      applyOffer(fact)
    case .rideRequested, .rideDue, .rideChanged, .rideExpired, .rideCancelled, .rideRequeued,
      .rideArrived, .rideBoarded, .rideDropped, .rideNoShow, .rideForgotten:
      applyRide(fact)
    }
    trimDeadlines()
  }

  private mutating func applyOffer(_ fact: Fact) {
    switch fact.event {
    case .offerMade(let made):
      let offer = offers.add(made.id)
      let ride = known(made.ride)
      let taxi = known(made.taxi)
      offerCount = made.id.value
      offers[offer].state = .open
      offers[offer].ride = Int32(ride)
      offers[offer].taxi = made.taxi
      offers[offer].taxiSlot = Int32(taxi)
      offers[offer].eta = made.eta
      offers[offer].expiresAt = fact.at + made.ttl
      offers[offer].previous = rides[ride].offers
      offers[offer].changedFact = fact.number
      rides[ride].offers = Int32(offer)
      rides[ride].offersCount += 1
      rides[ride].offer = Int32(offer)
      if rides[ride].state == .queued { setState(ride: ride, .offered, fact) }
      fleet[taxi].offer = Int32(offer)
      setState(taxi: taxi, .offered)
      deadlines.push(
        .init(
          at: offers[offer].expiresAt,
          kind: .offerExpires,
          slot: Int32(offer),
          generation: UInt32(truncatingIfNeeded: made.id.value)
        )
      )
    case .offerAccepted(let id):
      let offer = known(id)
      let ride = Int(offers[offer].ride)
      let taxi = Int(offers[offer].taxiSlot)
      if rides[ride].taxi >= 0 { unbind(ride, .reassigned) }
      close(offer: offer, .accepted, fact)
      rides[ride].taxi = Int32(taxi)
      rides[ride].accepted = Int32(offer)
      setState(ride: ride, .assigned, fact)
      fleet[taxi].ride = Int32(ride)
      setState(taxi: taxi, .enroute)
    case .offerDeclined(let id, _): end(offer: known(id), .declined, fact)
    case .offerExpired(let id): end(offer: known(id), .expired, fact)
    case .offerRevoked(let id, let reason):
      end(offer: known(id), reason == .released ? .closed : .revoked, fact)
    default: preconditionFailure("not an offer's fact: \(fact)")
    }
  }

  private mutating func applyRide(_ fact: Fact) {
    switch fact.event {
    case .rideRequested(let request): add(request, fact)
    case .rideDue(let id): setState(ride: known(id), .queued, fact)
    case .rideChanged(let id, let change): apply(change, to: known(id), fact)
    case .rideExpired(let id): finish(known(id), .expired, fact)
    case .rideCancelled(let id, _): finish(known(id), .cancelled, fact)
    case .rideNoShow(let id): finish(known(id), .noShow, fact)
    case .rideDropped(let id): finish(known(id), .done, fact)
    case .rideRequeued(let id, let reason):
      let ride = known(id)
      unbind(ride, reason == .reassigned ? .reassigned : .closed)
      rides[ride].accepted = -1
      setState(ride: ride, rides[ride].offer >= 0 ? .offered : .queued, fact)
      rides[ride].expiresAt = max(rides[ride].expiresAt, fact.at + options.requeueWaitMin)
      pushExpiry(ride)
    case .rideArrived(let id):
      let ride = known(id)
      setState(ride: ride, .arrived, fact)
      setState(taxi: Int(rides[ride].taxi), .waiting)
    case .rideBoarded(let id):
      let ride = known(id)
      setState(ride: ride, .onboard, fact)
      setState(taxi: Int(rides[ride].taxi), .occupied)
    case .rideForgotten(let id):
      let ride = known(id)
      var offer = rides[ride].offers
      while offer >= 0 {
        let previous = offers[Int(offer)].previous
        offers.remove(Int(offer))
        offer = previous
      }
      rides.remove(ride)
    default: preconditionFailure("not a ride's fact: \(fact)")
    }
  }

  private mutating func add(_ request: Request, _ fact: Fact) {
    let ride = rides.add(request.ride)
    rides[ride].from = request.from
    rides[ride].to = request.to
    rides[ride].seats = request.seats
    rides[ride].tags = request.tags
    rides[ride].requestedAt = fact.at
    rides[ride].at = request.at.map { max($0, fact.at) }
    rides[ride].wait = request.wait
    rides[ride].since = fact.at
    rides[ride].requestDigest = digest(of: request)
    rides[ride].requestedFact = fact.number
    rides[ride].changedFact = fact.number
    let isAhead = request.at.map { $0 - options.reservationLead > fact.at } ?? false
    rides.setFirstState(ride, isAhead ? .reserved : .queued)
    index(ride: ride)
    schedule(ride, fact)
  }

  private mutating func apply(_ change: RideChange, to ride: Int, _ fact: Fact) {
    if let to = change.to { rides[ride].to = to }
    if let seats = change.seats { rides[ride].seats = seats }
    rides[ride].version &+= 1
    rides[ride].changeDigest = digest(of: change)
    rides[ride].changedFact = fact.number
    if rides[ride].state == .onboard { index(Int(rides[ride].taxi)) }
    guard let at = change.at else { return index(ride: ride) }
    // A time that has passed means now: neither an expiry in the past nor a long wait to boast of.
    rides[ride].at = max(at, fact.at)
    setState(ride: ride, at - options.reservationLead > fact.at ? .reserved : .queued, fact)
    schedule(ride, fact)
  }

  /// Sets and queues the deadlines of a ride that has no taxi yet.
  private mutating func schedule(_ ride: Int, _ fact: Fact) {
    rides[ride].expiresAt = (rides[ride].at ?? fact.at) + rides[ride].wait
    pushExpiry(ride)
    if rides[ride].state == .reserved, let at = rides[ride].at {
      deadlines.push(
        .init(
          at: at - options.reservationLead,
          kind: .rideDue,
          slot: Int32(ride),
          generation: rides[ride].generation
        )
      )
    }
  }

  private mutating func pushExpiry(_ ride: Int) {
    deadlines.push(
      .init(
        at: rides[ride].expiresAt,
        kind: .rideExpires,
        slot: Int32(ride),
        generation: rides[ride].generation
      )
    )
  }

  /// Ends an open offer without a match.
  private mutating func end(offer: Int, _ state: OfferState, _ fact: Fact) {
    let ride = Int(offers[offer].ride)
    let taxi = Int(offers[offer].taxiSlot)
    close(offer: offer, state, fact)
    if rides[ride].state == .offered { setState(ride: ride, .queued, fact) }
    setState(taxi: taxi, .free)
  }

  /// An offer is open no longer; its ride and its taxi let go of it.
  private mutating func close(offer: Int, _ state: OfferState, _ fact: Fact) {
    precondition(offers[offer].state == .open, "offer \(offers[offer].id) is not open")
    offers[offer].state = state
    offers[offer].changedFact = fact.number
    rides[Int(offers[offer].ride)].offer = -1
    fleet[Int(offers[offer].taxiSlot)].offer = -1
  }

  /// A ride ends; its taxi, if it has one, is free.
  private mutating func finish(_ ride: Int, _ state: RideState, _ fact: Fact) {
    if rides[ride].taxi >= 0 { unbind(ride, .closed) }
    setState(ride: ride, state, fact)
    deadlines.push(
      .init(
        at: fact.at + options.dedup,
        kind: .rideForgotten,
        slot: Int32(ride),
        generation: rides[ride].generation
      )
    )
  }

  /// Ride and taxi let go of each other.
  private mutating func unbind(_ ride: Int, _ offerState: OfferState) {
    let taxi = Int(rides[ride].taxi)
    offers[Int(rides[ride].accepted)].state = offerState
    rides[ride].taxi = -1
    fleet[taxi].ride = -1
    setState(taxi: taxi, .free)
  }

  private mutating func setState(taxi slot: Int, _ state: TaxiState) {
    fleet[slot].state = state
    changed(taxi: slot)
  }

  private mutating func changed(taxi slot: Int) {
    fleet[slot].changedAt = factCount
    index(slot)
  }

  private mutating func setState(ride slot: Int, _ state: RideState, _ fact: Fact) {
    rides.setState(slot, state)
    rides[slot].since = fact.at
    rides[slot].changedFact = fact.number
    index(ride: slot)
  }

  // What a fact names is there: the engine's own facts are, replayed ones were checked.

  private func known(_ id: TaxiID) -> Int {
    guard let slot = fleet.find(id) else { preconditionFailure("fact names unknown \(id)") }
    return slot
  }

  private func known(_ id: RideID) -> Int {
    guard let slot = rides.find(id) else { preconditionFailure("fact names unknown \(id)") }
    return slot
  }

  private func known(_ id: OfferID) -> Int {
    guard let slot = offers.find(id) else { preconditionFailure("fact names unknown \(id)") }
    return slot
  }
}
