import Matching
import Spatial

/// Street hailing without dispatch: riders stand at the kerb, vacant taxis cruise, and the first that
/// comes within sight takes the rider. The engine is told of it, so that it may advise, and not asked.
///
/// Each of them turns to the other at the first millisecond in which the taxi, on the straight line of
/// its leg, is within sight. Of several taxis in sight of a rider who begins to wait, the nearest is
/// met; otherwise, of all that happens in one millisecond, the taxi of the lower number comes first,
/// and of several riders the one who asked first.
extension World {
  // MARK: Riders

  /// A rider begins to look for a taxi: here, or after a walk to where one is said to come by.
  mutating func goToKerb(_ ride: Int) {
    guard let spot = spot(of: ride), spot.walk > 0 else { return appear(ride) }
    push(.walkEnd, ride, at: now + spot.walk, stamp: 0)
  }

  /// Where an advised rider goes. A rider follows advice always or never: more riders who do are all
  /// those of a smaller share, and others.
  private func spot(of ride: Int) -> RiderSpot? {
    guard hail.advisedRidersPermyriad > 0 else { return nil }
    let id = city.rides[ride].id
    var random = SeededRandom(seed: seed, purpose: .riderAdvice, subject: id)
    guard random.happens(permyriad: hail.advisedRidersPermyriad) else { return nil }
    return city.spots[hail.sight]?[id]
  }

  /// The rider stands at the kerb, unless gone by now.
  mutating func appear(_ ride: Int) {
    guard ledger.rides[ride].outcome == .open else { return }
    let place = spot(of: ride)?.place ?? city.rides[ride].from
    street?.stand(ride, at: place)
    switch street?.appear(ride, taxis: taxis, now: now) {
    case .met(let taxi): meet(taxi, ride)
    case .passing(let coming):
      for (taxi, meeting) in coming { expect(meeting, taxi) }
    case nil: break
    }
  }

  /// A rider's patience ended with no taxi in sight.
  mutating func leaveKerb(_ ride: Int) {
    street?.leave(ride)
    ledger.rides[ride].outcome = .expired
  }

  // MARK: Taxis

  /// A vacant taxi is on a new leg: whom will it meet?
  mutating func lookOut(_ taxi: Int) {
    let leg = taxis[taxi]
    observeLeg?(taxi, leg.from, leg.to, leg.departedAt..<leg.arrivesAt)
    street?.enter(taxi, taxis[taxi], taxis: taxis)
    lookAhead(taxi)
  }

  private mutating func lookAhead(_ taxi: Int) {
    guard let meeting = street?.firstMeeting(of: taxi, on: taxis[taxi], now: now) else { return }
    expect(meeting, taxi)
  }

  private mutating func expect(_ meeting: Street.Meeting, _ taxi: Int) {
    events.push(
      WorldEvent(
        at: meeting.at,
        kind: .meeting,
        subject: Int32(taxi),
        stamp: taxis[taxi].legStamp,
        offer: UInt64(meeting.ride)
      )
    )
  }

  /// The taxi comes within sight of a rider, if one still stands there.
  mutating func sight(_ taxi: Int, ride: Int32) {
    guard let street, street.isDue(taxi, at: now, ride: ride) else { return }
    if street.isWaiting(Int(ride)) {
      meet(taxi, Int(ride))
    } else {
      lookAhead(taxi)
    }
  }

  /// Taxi and rider have seen each other: it drives up to the kerb.
  private mutating func meet(_ taxi: Int, _ ride: Int) {
    guard let place = street?.places[ride] else { return }
    street?.leave(ride)
    ledger.rides[ride].assignedAt = now
    ledger.rides[ride].taxi = Int32(taxi)
    ask(ride, from: place)
    tell(.assign(RideID(UInt64(ride) + 1), id(taxi)))
    let decimetres = city.drivenDecimetres(taxis[taxi].point(at: now), place)
    let duration = decimetres * 360_000 / drivers.cruiseSpeedMetresPerHour
    drive(taxi, to: place, duration: duration, as: .pickup, then: .arrival)
    taxis[taxi].ride = Int32(ride)
  }

  /// The next stretch of a vacant taxi: on along its way, or along another that leads past here; by
  /// the flow where no way is known.
  mutating func roam(_ taxi: Int) {
    let here = taxis[taxi].point(at: now)
    var until = taxis[taxi].followsUntil
    var step: CruisePaths.Step?
    if taxis[taxi].fix >= 0, now < until {
      step = city.paths?.step(from: taxis[taxi].fix)
    }
    if step == nil {
      var random = SeededRandom(
        seed: seed,
        purpose: .cruise,
        subject: UInt64(taxi),
        attempt: taxis[taxi].cruiseCount
      )
      step = city.paths?.join(at: here, now: now, choices: hail.choices, using: &random)
      until = now + hail.follow
      if step != nil { taxis[taxi].cruiseCount += 1 }
    }
    guard let step else { return cruiseByFlow(taxi) }
    let target = city.box.clamp(step.to)
    // Onto the way it may be a little further than along it.
    let least = Int64(here.distance(to: target)) * 1_000 / Self.joiningSpeed
    drive(taxi, to: target, duration: max(step.duration, least), as: .idle, then: .cruiseEnd)
    taxis[taxi].fix = step.fix
    taxis[taxi].followsUntil = until
  }

  /// Decimetres per second: 54 km/h.
  private static var joiningSpeed: Int64 { 150 }
}

/// Riders find their taxis themselves: no round proposes anything.
struct NoDispatch: Matching.Policy {
  let name = "hail"
  let needs = RoundNeeds(
    window: .minutes(60),
    retry: .minutes(60),
    candidates: 1,
    reassigns: false,
    frozen: Millis(0)
  )

  mutating func plan(_ round: borrowing Round, into plan: inout Plan) { plan.reset(for: round) }
}
