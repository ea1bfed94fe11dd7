import Matching
import Spatial

/// What drivers do: shifts, breaks, legs, answers.
extension World {
  // MARK: Shifts

  mutating func startShift(_ index: Int) {
    let shift = city.shifts[index]
    let taxi = Int(shift.taxi)
    let wasOff = taxis[taxi].activity == .off
    taxis[taxi].shift = Int32(index)
    taxis[taxi].shiftEnded = false
    taxis[taxi].boardings = 0
    push(.shiftEnd, taxi, at: shift.end, stamp: UInt32(index))
    for spell in shift.offline {
      push(.offlineStart, taxi, at: spell.lowerBound, stamp: UInt32(index))
    }
    // Overtime of the shift before runs into this one: the taxi goes on from where it is.
    guard wasOff else { return }
    taxis[taxi].stand(at: shift.place, now: now)
    switchTo(.idle, taxi)
    ledger.openShift(taxi, at: now)
    tell(.taxiOn(TaxiOn(taxi: id(taxi), point: shift.place, tags: takesPart(taxi) ? Self.part : 0)))
    if isIdle(taxi) { cruiseOn(taxi) }
  }

  mutating func endShift(_ taxi: Int, shift: Int32) {
    guard taxis[taxi].shift == shift, taxis[taxi].activity != .off else { return }
    taxis[taxi].shiftEnded = true
    // A driver under way finishes the ride: overtime, counted as on shift.
    if taxis[taxi].ride < 0 { goHome(taxi) }
  }

  private mutating func goHome(_ taxi: Int) {
    let wasOffline = taxis[taxi].activity == .offline
    let here = taxis[taxi].point(at: now)
    bookLeg(taxi)
    switchTo(.off, taxi)
    if !wasOffline { ledger.closeShift(taxi, at: now) }
    taxis[taxi].shift = -1
    taxis[taxi].offlineUntil = .min
    taxis[taxi].stand(at: here, now: now)
    tell(.taxiOff(id(taxi), force: false))
  }

  mutating func beginOffline(_ taxi: Int, shift: Int32) {
    guard taxis[taxi].shift == shift, taxis[taxi].activity != .off else { return }
    guard let spell = city.shifts[Int(shift)].offline.first(where: { $0.contains(now) })
    else { return }
    taxis[taxi].offlineUntil = spell.upperBound
    if taxis[taxi].ride < 0 { pause(taxi) }
  }

  /// The taxi leaves the market where it stands, until `offlineUntil`.
  private mutating func pause(_ taxi: Int) {
    let place = taxis[taxi].point(at: now)
    bookLeg(taxi)
    taxis[taxi].stand(at: place, now: now)
    switchTo(.offline, taxi)
    ledger.closeShift(taxi, at: now)
    push(.offlineEnd, taxi, at: taxis[taxi].offlineUntil, stamp: 0)
    tell(.busy(id(taxi), .pause))
  }

  mutating func endOffline(_ taxi: Int) {
    guard taxis[taxi].activity == .offline, now >= taxis[taxi].offlineUntil else { return }
    taxis[taxi].offlineUntil = .min
    switchTo(.idle, taxi)
    ledger.openShift(taxi, at: now)
    tell(.free(id(taxi)))
    if isIdle(taxi) { cruiseOn(taxi) }
  }

  /// What a driver does whose ride has ended or was taken away: home, a break that is due, or idle.
  mutating func settle(_ taxi: Int) {
    if taxis[taxi].shiftEnded {
      goHome(taxi)
    } else if taxis[taxi].offlineUntil > now {
      pause(taxi)
    } else {
      taxis[taxi].offlineUntil = .min
      cruiseOn(taxi)
    }
  }

  // MARK: Driving

  /// Starts a leg from where the taxi is; the leg before it ends here.
  mutating func drive(
    _ taxi: Int,
    to target: Point,
    duration: Int64,
    as activity: SimulatedTaxi.Activity,
    then end: WorldEventKind
  ) {
    let here = taxis[taxi].point(at: now)
    bookLeg(taxi)
    taxis[taxi].stand(at: here, now: now)
    taxis[taxi].to = target
    taxis[taxi].arrivesAt = now + duration
    switchTo(activity, taxi)
    push(end, taxi, at: now + duration, stamp: taxis[taxi].legStamp)
    if street != nil, isIdle(taxi) { lookOut(taxi) }
  }

  /// Books the distance of the present leg as far as it was driven.
  mutating func bookLeg(_ taxi: Int) {
    let leg = taxis[taxi]
    guard leg.departedAt < leg.arrivesAt || leg.from != leg.to else { return }
    let until = min(now, leg.arrivesAt)
    let decimetres: Int64
    if leg.activity == .occupied {
      let whole = Int64(city.rides[Int(leg.ride)].metres) * 10
      let length = leg.arrivesAt - leg.departedAt
      decimetres = length > 0 ? whole * (until - leg.departedAt) / length : whole
    } else if leg.fix >= 0 {
      // From fix to fix of a trace, as the record's own metres are counted.
      decimetres = Int64(leg.from.distance(to: leg.point(at: until)))
    } else {
      decimetres = city.drivenDecimetres(leg.from, leg.point(at: until))
    }
    ledger.book(
      taxi,
      decimetres: decimetres,
      as: leg.activity,
      over: leg.departedAt..<until,
      isAfterFirst: leg.boardings > 0
    )
    if leg.activity == .pickup, leg.ride >= 0 {
      ledger.rides[Int(leg.ride)].pickup = decimetres
    }
  }

  /// From now on the taxi's time counts as `activity`.
  mutating func switchTo(_ activity: SimulatedTaxi.Activity, _ taxi: Int) {
    ledger.book(taxi, as: taxis[taxi].activity, until: now)
    taxis[taxi].activity = activity
  }

  /// The next stretch of an idle taxi, where idle taxis cruise.
  mutating func cruiseOn(_ taxi: Int) {
    if taxis[taxi].activity == .guided { reachGoal(taxi) }
    guard isIdle(taxi) else { return }
    if street != nil { return roam(taxi) }
    if settings.idle == .cruise { cruiseByFlow(taxi) }
  }

  /// A stretch to a neighbouring square, drawn by the flow.
  mutating func cruiseByFlow(_ taxi: Int) {
    let here = taxis[taxi].point(at: now)
    var random = SeededRandom(
      seed: seed,
      purpose: .cruise,
      subject: UInt64(taxi),
      attempt: taxis[taxi].cruiseCount
    )
    taxis[taxi].cruiseCount += 1
    let target = city.box.clamp(city.flow.next(from: here, at: now, using: &random))
    let decimetres = max(city.drivenDecimetres(here, target), 1)
    // decimetres ÷ (metres an hour × 10) hours.
    let duration = max(decimetres * 360_000 / drivers.cruiseSpeedMetresPerHour, 1_000)
    drive(taxi, to: target, duration: duration, as: .idle, then: .cruiseEnd)
  }

  // MARK: Answers

  /// An offer reached the driver: whether and when it will be answered is drawn from the seed, the
  /// ride and the taxi, so that worlds and reruns ask the same driver the same question.
  mutating func consider(_ offer: Offer) {
    let taxi = Int(offer.taxi.value) - 1
    let ride = Int(offer.ride.value) - 1
    openOffers[offer.id.value] = OpenOffer(taxi: Int32(taxi), ride: Int32(ride))
    if isCounted(ride) { ledger.offers += 1 }
    if ledger.rides[ride].offeredAt == .min { ledger.rides[ride].offeredAt = now }
    var random = SeededRandom(
      seed: seed,
      purpose: .driverAnswer,
      subject: city.rides[ride].id,
      attempt: offer.taxi.value
    )
    // One draw for both: each is a share of all offers, and together they may be all of them.
    let mood = random.below(10_000)
    guard mood >= drivers.noAnswerPermyriad else { return }
    let spread = drivers.answerDelay.upperBound - drivers.answerDelay.lowerBound
    let delay = drivers.answerDelay.lowerBound + Int64(random.below(Int(spread) + 1))
    let declines = mood < drivers.noAnswerPermyriad + drivers.declinePermyriad
    events.push(
      WorldEvent(
        at: now + delay,
        kind: declines ? .decline : .accept,
        subject: Int32(taxi),
        stamp: 0,
        offer: offer.id.value
      )
    )
  }

  /// The driver answers, unless the offer is gone: withdrawn, or accepted without asking.
  mutating func answer(_ offer: UInt64, _ command: Command) {
    if openOffers[offer] != nil { tell(command) }
  }

  // MARK: Small things

  /// On shift without a ride: parked, cruising or guided.
  func isIdle(_ taxi: Int) -> Bool {
    let activity = taxis[taxi].activity
    return (activity == .idle || activity == .guided) && taxis[taxi].ride < 0
  }

  func id(_ taxi: Int) -> TaxiID { TaxiID(UInt64(taxi) + 1) }

  mutating func push(_ kind: WorldEventKind, _ subject: Int, at: Int64, stamp: UInt32) {
    events.push(WorldEvent(at: at, kind: kind, subject: Int32(subject), stamp: stamp))
  }
}
