import Matching
import Spatial

/// What riders do, and how the city reacts to the engine's facts.
extension World {
  mutating func request(_ index: Int) {
    let ride = city.rides[index]
    push(.patienceEnd, index, at: ride.requestedAt + Int64(ride.patience), stamp: 0)
    guard street == nil else { return goToKerb(index) }
    ask(index, from: ride.from)
  }

  /// Tells the engine of a rider.
  mutating func ask(_ index: Int, from place: Point) {
    let ride = city.rides[index]
    let answer = tell(
      .request(
        Request(
          ride: RideID(UInt64(index) + 1),
          from: place,
          to: destination == .atRequest ? ride.to : nil,
          // Larger parties are served as well: which taxis are vans is not recorded.
          seats: min(max(ride.seats, 1), 4),
          wait: Millis(Int64(ride.patience))
        )
      )
    )
    if case .refused(let refusal) = answer.outcome, failure == nil {
      failure = RunError(
        "world '\(settings.name)': the engine refused ride \(ride.id) (\(refusal)) among "
          + "\(city.rides.count); make demand.patience shorter, or play fewer rides"
      )
    }
  }

  /// The rider's patience ends: unless on board, the rider is gone.
  mutating func giveUp(_ ride: Int) {
    guard ledger.rides[ride].outcome == .open, ledger.rides[ride].boardedAt == .min else { return }
    if street != nil, ledger.rides[ride].taxi < 0 { return leaveKerb(ride) }
    tell(.cancel(RideID(UInt64(ride) + 1), .rider))
  }

  mutating func arrive(_ taxi: Int) {
    let ride = Int(taxis[taxi].ride)
    let id = RideID(UInt64(ride) + 1)
    bookLeg(taxi)
    taxis[taxi].stand(at: taxis[taxi].to, now: now)
    tell(.arrive(id, by: self.id(taxi)))
    tell(.board(id, by: self.id(taxi)))
    if destination == .afterBoarding {
      tell(.change(id, version: 1, RideChange(to: city.rides[ride].to)))
    }
  }

  mutating func drop(_ taxi: Int) {
    tell(.drop(RideID(UInt64(taxis[taxi].ride) + 1), by: id(taxi)))
  }

  // MARK: Facts

  /// Lets the city react to what became true. First the whole batch is taken note of, as the engine
  /// is already where the last fact leads; only then do drivers who were left without a ride act,
  /// which may bring about further facts.
  mutating func react() {
    // Noting brings about no facts, so the array stays as it is, and its memory is used again.
    for index in facts.indices {
      observe?(facts[index])
      note(facts[index].event)
    }
    facts.removeAll(keepingCapacity: true)
    guard !released.isEmpty else { return }
    let idle = released
    released = []
    for taxi in idle where isIdle(Int(taxi)) { settle(Int(taxi)) }
  }

  private mutating func note(_ event: Event) {
    switch event {
    // A hailed taxi is bound before the engine hears of it.
    case .offerMade where street != nil, .offerAccepted where street != nil: break
    case .offerMade(let offer): consider(offer)
    case .offerAccepted(let id): begin(id)
    case .offerDeclined(let id, _):
      if close(id) { ledger.declined += 1 }
    case .offerExpired(let id):
      if close(id) { ledger.unanswered += 1 }
    case .offerRevoked(let id, _): _ = close(id)
    case .rideRequeued(let id, let reason):
      if reason == .reassigned, isCounted(Int(id.value) - 1) { ledger.reassigned += 1 }
      leave(Int(id.value) - 1)
    case .rideBoarded(let id): board(Int(id.value) - 1)
    case .rideDropped(let id): end(Int(id.value) - 1, .served)
    case .rideCancelled(let id, _): end(Int(id.value) - 1, .gaveUp)
    case .rideExpired(let id): end(Int(id.value) - 1, .expired)
    case .rideRequested, .rideDue, .rideChanged, .rideArrived, .rideNoShow, .rideForgotten,
      .taxiOn, .taxiOff, .taxiBusy, .taxiFree, .taxiLost, .taxiBack:
      break
    }
  }

  /// An offer is open no longer.
  ///
  /// - Returns: whether the figures count it.
  private mutating func close(_ id: OfferID) -> Bool {
    guard let offer = openOffers.removeValue(forKey: id.value) else { return false }
    return isCounted(Int(offer.ride))
  }

  /// Whether the figures count what happens to a ride: offers in the warm-up are none of theirs.
  func isCounted(_ ride: Int) -> Bool {
    ledger.span.contains(city.rides[ride].requestedAt)
  }

  /// A taxi is bound to a ride: it drives there, and one that drove there before stops.
  private mutating func begin(_ id: OfferID) {
    guard let offer = openOffers.removeValue(forKey: id.value) else { return }
    let ride = Int(offer.ride)
    let taxi = Int(offer.taxi)
    if ledger.rides[ride].taxi >= 0 {
      if isCounted(ride) { ledger.reassigned += 1 }
      leave(ride)
    }
    ledger.rides[ride].taxi = offer.taxi
    ledger.rides[ride].assignedAt = now
    let target = city.rides[ride].from
    let modelled = city.travel.time(
      from: taxis[taxi].point(at: now),
      to: target,
      departure: Millis(now)
    )
    let duration = noise.time(modelled, leg: UInt64(ride), taxi: UInt64(taxi))
    drive(taxi, to: target, duration: duration, as: .pickup, then: .arrival)
    taxis[taxi].ride = Int32(ride)
  }

  private mutating func board(_ ride: Int) {
    let taxi = Int(ledger.rides[ride].taxi)
    ledger.rides[ride].boardedAt = now
    ledger.bookBoarding(taxi, at: now, isFirst: taxis[taxi].boardings == 0)
    drive(
      taxi,
      to: city.rides[ride].to,
      duration: Int64(city.rides[ride].duration),
      as: .occupied,
      then: .dropOff
    )
    taxis[taxi].boardings += 1
  }

  private mutating func end(_ ride: Int, _ outcome: Ledger.Outcome) {
    ledger.rides[ride].outcome = outcome
    if outcome == .served { ledger.rides[ride].droppedAt = now }
    let taxi = ledger.rides[ride].taxi
    if ride == explained { explanations = engine.explain(RideID(UInt64(ride) + 1)) }
    leave(ride)
    if outcome == .served { ledger.rides[ride].taxi = taxi }
  }

  /// Ride and taxi part: the taxi stands where it is until its driver decides what to do.
  private mutating func leave(_ ride: Int) {
    let taxi = Int(ledger.rides[ride].taxi)
    guard taxi >= 0 else { return }
    ledger.rides[ride].taxi = -1
    let here = taxis[taxi].point(at: now)
    bookLeg(taxi)
    taxis[taxi].stand(at: here, now: now)
    taxis[taxi].ride = -1
    switchTo(.idle, taxi)
    released.append(Int32(taxi))
  }
}
