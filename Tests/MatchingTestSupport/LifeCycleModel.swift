import Matching

/// The life cycle of taxis, rides and offers, written down a second time: from the protocol's tables,
/// not from the engine. It follows the engine's facts and objects to every step that the tables do
/// not allow; what it says of the next command is in `LifeCycleModel+Prediction.swift`.
///
/// Ids must be small numbers, 1 and up: they are indices here.
public struct LifeCycleModel {
  public struct Taxi {
    /// `nil` = off.
    public var state: TaxiState?
    public var isLost = false
    public var seats: UInt8 = 1
    public var tags: UInt32 = 0
    public var auto = false
    public var busyReason = BusyReason.pause
    /// 0 = none, likewise below.
    public var ride = 0
    public var offer = 0
    public var sequence: UInt64 = 0
  }

  public struct Ride {
    /// `nil` = never heard of, or forgotten.
    public var state: RideState?
    public var request: Request?
    public var seats: UInt8 = 1
    public var tags: UInt32 = 0
    public var version: UInt32 = 1
    public var lastChange: RideChange?
    public var wait = Millis(0)
    public var expiresAt = Millis(0)
    public var since = Millis(0)
    public var taxi = 0
    /// The taxi bound to it, or bound to it when it ended.
    public var lastTaxi = 0
    public var offer = 0
    public var offersCount = 0
    /// Taxis not to be asked again, and taxis that had the ride and have it no more: bits by id.
    public var refusedBy: UInt64 = 0
    public var hadBy: UInt64 = 0
  }

  public struct Offer {
    public var state: OfferState?
    public var ride = 0
    public var taxi = 0
    public var expiresAt = Millis(0)
  }

  public let options: Options
  public private(set) var taxis: [Taxi]
  public private(set) var rides: [Ride]
  public private(set) var offers: [Offer] = [Offer()]
  public private(set) var taxisCount = 0
  public private(set) var ridesCount = 0
  public private(set) var offersCount = 0
  public private(set) var factCount: UInt64 = 0
  public private(set) var factAt = Millis(.min)
  /// Rides taken from their taxi for a better one that have not got it yet: none, after a command.
  public private(set) var promised: Set<Int> = []

  /// - Parameters:
  ///   - options: the engine's.
  ///   - taxis: the greatest taxi id, below 64.
  ///   - rides: the greatest ride id.
  public init(options: Options, taxis: Int, rides: Int) {
    self.options = options
    self.taxis = Array(repeating: Taxi(), count: taxis + 1)
    self.rides = Array(repeating: Ride(), count: rides + 1)
  }

  /// Follows one fact. `byHand` = it follows from a dispatcher's command, which may match a pair that
  /// a policy may not.
  ///
  /// - Returns: what is wrong with it, or `nil`.
  public mutating func follow(_ fact: Fact, byHand: Bool = false) -> String? {
    guard fact.number == factCount + 1 else { return "fact \(fact.number) after \(factCount)" }
    guard fact.at >= factAt else { return "fact \(fact.number) goes back in time" }
    factCount = fact.number
    factAt = fact.at
    let isAllowed =
      switch fact.event {
      case .taxiOn, .taxiOff, .taxiBusy, .taxiFree, .taxiLost, .taxiBack: followTaxi(fact)
      case .offerMade(let offer): followOffer(offer, fact.at, byHand)
      case .offerAccepted, .offerDeclined, .offerExpired, .offerRevoked: followAnswer(fact)
      default: followRide(fact)
      }
    return isAllowed ? nil : "not allowed: \(fact)"
  }

  private mutating func followTaxi(_ fact: Fact) -> Bool {
    switch fact.event {
    case .taxiOn(let id, let seats, let tags, let auto):
      let taxi = Int(id.value)
      guard taxis[taxi].state == nil, taxisCount < options.taxisMax else { return false }
      taxis[taxi] = Taxi(state: .free, seats: seats, tags: tags, auto: auto)
      taxisCount += 1
    case .taxiOff(let id, _):
      let taxi = Int(id.value)
      guard taxis[taxi].state == .free || taxis[taxi].state == .busy else { return false }
      taxis[taxi] = Taxi()
      taxisCount -= 1
    case .taxiBusy(let id, let reason):
      let taxi = Int(id.value)
      guard taxis[taxi].state == .free || taxis[taxi].state == .busy else { return false }
      taxis[taxi].state = .busy
      taxis[taxi].busyReason = reason
    case .taxiFree(let id):
      guard taxis[Int(id.value)].state == .busy else { return false }
      taxis[Int(id.value)].state = .free
    case .taxiLost(let id):
      guard taxis[Int(id.value)].state != nil, !taxis[Int(id.value)].isLost else { return false }
      taxis[Int(id.value)].isLost = true
    case .taxiBack(let id):
      guard taxis[Int(id.value)].isLost else { return false }
      taxis[Int(id.value)].isLost = false
    default: return false
    }
    return true
  }

  private mutating func followOffer(
    _ made: Matching.Offer,
    _ at: Millis,
    _ byHand: Bool
  ) -> Bool {
    let (ride, taxi) = (Int(made.ride.value), Int(made.taxi.value))
    guard made.id.value == UInt64(offers.count), rides[ride].offer == 0, !taxis[taxi].isLost,
      rides[ride].state == .queued || rides[ride].state == .assigned,
      taxis[taxi].state == .free, taxis[taxi].seats >= rides[ride].seats,
      taxis[taxi].tags & rides[ride].tags == rides[ride].tags,
      rides[ride].offersCount < options.offersPerRideMax
    else { return false }
    // A taxi that said no is not asked again.
    guard byHand || rides[ride].refusedBy >> UInt64(taxi) & 1 == 0 else { return false }
    guard byHand || Int64(made.eta) <= options.pickupMax.count else { return false }
    offers.append(
      Offer(state: .open, ride: ride, taxi: taxi, expiresAt: at + options.offerTTL)
    )
    offersCount += 1
    rides[ride].offersCount += 1
    rides[ride].offer = offers.count - 1
    if rides[ride].state == .queued { enter(ride, .offered, at) }
    taxis[taxi].offer = offers.count - 1
    taxis[taxi].state = .offered
    return true
  }

  private mutating func followAnswer(_ fact: Fact) -> Bool {
    let id: OfferID
    switch fact.event {
    case .offerAccepted(let offer), .offerDeclined(let offer, _), .offerExpired(let offer),
      .offerRevoked(let offer, _):
      id = offer
    default: return false
    }
    let offer = Int(id.value)
    guard offer < offers.count, offers[offer].state == .open else { return false }
    let (ride, taxi) = (offers[offer].ride, offers[offer].taxi)
    guard taxis[taxi].offer == offer, rides[ride].offer == offer else { return false }
    taxis[taxi].offer = 0
    rides[ride].offer = 0
    switch fact.event {
    case .offerAccepted:
      guard fact.at < offers[offer].expiresAt, !taxis[taxi].isLost else { return false }
      if rides[ride].taxi != 0 { unbind(ride, .reassigned) }
      offers[offer].state = .accepted
      taxis[taxi].state = .enroute
      taxis[taxi].ride = ride
      rides[ride].taxi = taxi
      rides[ride].lastTaxi = taxi
      enter(ride, .assigned, fact.at)
      promised.remove(ride)
      return true
    case .offerExpired: if fact.at != offers[offer].expiresAt { return false }
    default: break
    }
    let mayBeAskedAgain: Bool
    switch fact.event {
    case .offerDeclined:
      offers[offer].state = .declined
      mayBeAskedAgain = false
    case .offerExpired:
      offers[offer].state = .expired
      mayBeAskedAgain = false
    case .offerRevoked(_, .released):
      offers[offer].state = .closed
      rides[ride].hadBy |= 1 << UInt64(taxi)
      mayBeAskedAgain = false
    default:
      offers[offer].state = .revoked
      mayBeAskedAgain = true
    }
    if !mayBeAskedAgain { rides[ride].refusedBy |= 1 << UInt64(taxi) }
    taxis[taxi].state = .free
    if rides[ride].state == .offered { enter(ride, .queued, fact.at) }
    return true
  }

  private mutating func followRide(_ fact: Fact) -> Bool {
    switch fact.event {
    case .rideRequested(let request):
      let ride = Int(request.ride.value)
      guard rides[ride].state == nil, ridesCount < options.ridesMax else { return false }
      rides[ride] = Ride(
        request: request,
        seats: request.seats,
        tags: request.tags,
        wait: request.wait
      )
      wait(ride, at: request.at, fact.at)
      ridesCount += 1
    case .rideDue(let id):
      guard rides[Int(id.value)].state == .reserved else { return false }
      enter(Int(id.value), .queued, fact.at)
    case .rideChanged(let id, let change): return followChange(Int(id.value), change, fact.at)
    case .rideExpired(let id):
      let ride = Int(id.value)
      guard [.reserved, .queued].contains(rides[ride].state), fact.at == rides[ride].expiresAt
      else { return false }
      enter(ride, .expired, fact.at)
    case .rideCancelled(let id, _):
      return finish(id, from: [.reserved, .queued, .assigned, .arrived], .cancelled, fact.at)
    case .rideDropped(let id): return finish(id, from: [.onboard], .done, fact.at)
    case .rideNoShow(let id):
      guard fact.at >= rides[Int(id.value)].since + options.noShowWait else { return false }
      return finish(id, from: [.arrived], .noShow, fact.at)
    case .rideRequeued(let id, let reason):
      let ride = Int(id.value)
      guard [.assigned, .arrived].contains(rides[ride].state) else { return false }
      let taxi = rides[ride].taxi
      unbind(ride, reason == .reassigned ? .reassigned : .closed)
      if reason == .reassigned { promised.insert(ride) }
      if reason != .reassigned { rides[ride].refusedBy |= 1 << UInt64(taxi) }
      rides[ride].lastTaxi = 0
      rides[ride].expiresAt = max(rides[ride].expiresAt, fact.at + options.requeueWaitMin)
      enter(ride, rides[ride].offer == 0 ? .queued : .offered, fact.at)
    case .rideArrived(let id): return step(id, .assigned, .arrived, .enroute, .waiting, fact.at)
    case .rideBoarded(let id): return step(id, .arrived, .onboard, .waiting, .occupied, fact.at)
    case .rideForgotten(let id):
      let ride = Int(id.value)
      guard rides[ride].state?.isTerminal ?? false,
        fact.at == rides[ride].since + options.dedup
      else { return false }
      offersCount -= rides[ride].offersCount
      ridesCount -= 1
      for offer in recentOffers(of: ride) { offers[offer].state = nil }
      rides[ride] = Ride()
    default: return false
    }
    return true
  }

  private mutating func followChange(_ ride: Int, _ change: RideChange, _ at: Millis) -> Bool {
    guard let state = rides[ride].state, !state.isTerminal else { return false }
    let isFree = state == .reserved || state == .queued
    guard isFree || (change.seats == nil && change.at == nil) else { return false }
    rides[ride].version += 1
    rides[ride].lastChange = change
    if let seats = change.seats { rides[ride].seats = seats }
    if let time = change.at { wait(ride, at: time, at) }
    return true
  }

  /// Reserved until the lead time before `time`, then queued until the wait is over.
  private mutating func wait(_ ride: Int, at time: Millis?, _ now: Millis) {
    let time = max(time ?? now, now)
    rides[ride].expiresAt = time + rides[ride].wait
    enter(ride, time - options.reservationLead > now ? .reserved : .queued, now)
  }

  private mutating func enter(_ ride: Int, _ state: RideState, _ at: Millis) {
    rides[ride].state = state
    rides[ride].since = at
  }

  private mutating func step(
    _ id: RideID,
    _ from: RideState,
    _ to: RideState,
    _ taxiFrom: TaxiState,
    _ taxiTo: TaxiState,
    _ at: Millis
  ) -> Bool {
    let ride = Int(id.value)
    let taxi = rides[ride].taxi
    guard rides[ride].state == from, rides[ride].offer == 0, taxis[taxi].state == taxiFrom,
      taxis[taxi].ride == ride
    else { return false }
    enter(ride, to, at)
    taxis[taxi].state = taxiTo
    return true
  }

  private mutating func finish(
    _ id: RideID,
    from states: [RideState],
    _ end: RideState,
    _ at: Millis
  ) -> Bool {
    let ride = Int(id.value)
    guard let state = rides[ride].state, states.contains(state), rides[ride].offer == 0 else {
      return false
    }
    if rides[ride].taxi != 0 { unbind(ride, .closed) }
    enter(ride, end, at)
    return true
  }

  private mutating func unbind(_ ride: Int, _ state: OfferState) {
    let taxi = rides[ride].taxi
    for offer in recentOffers(of: ride) where offers[offer].state == .accepted {
      offers[offer].state = state
    }
    rides[ride].hadBy |= 1 << UInt64(taxi)
    rides[ride].taxi = 0
    taxis[taxi].ride = 0
    taxis[taxi].state = .free
  }

  /// A ride's offers, by looking back until all are found.
  private func recentOffers(of ride: Int) -> [Int] {
    var found: [Int] = []
    var offer = offers.count - 1
    while found.count < rides[ride].offersCount, offer > 0 {
      if offers[offer].ride == ride, offers[offer].state != nil { found.append(offer) }
      offer -= 1
    }
    return found
  }

  /// What the sender's numbering came to: positions are not facts.
  public mutating func noteSequence(_ sequence: UInt64, of taxi: Int) {
    taxis[taxi].sequence = sequence
  }

  /// Rides and offers that have outlived their time: nobody may.
  public func overdue(at now: Millis) -> String? {
    for ride in rides.indices.dropFirst() {
      switch rides[ride].state {
      case .reserved, .queued, .offered:
        if rides[ride].expiresAt <= now { return "ride \(ride) should have expired" }
      case .done, .expired, .cancelled, .noShow:
        if rides[ride].since + options.dedup <= now { return "ride \(ride) is not forgotten" }
      case .assigned, .arrived, .onboard, nil: break
      }
    }
    for taxi in taxis.indices.dropFirst() where taxis[taxi].offer != 0 {
      if offers[taxis[taxi].offer].expiresAt <= now { return "taxi \(taxi) is asked for too long" }
    }
    return nil
  }
}
