import Journal
import LineProtocol
import Matching
import Spatial

/// From facts to events: each is written once, kept, and sent to those whom it concerns.
extension Dispatcher {
  /// Takes the engine's new facts out into the world.
  ///
  /// - Parameters:
  ///   - session: whose command brought them about, if one did.
  ///   - echo: the kind that this command's answer has told of already.
  ///   - extra: pairs of that command that the engine does not know, for the fact of that kind.
  func publish(by session: Session? = nil, echo: EventKind? = nil, extra: [Field] = []) {
    guard !facts.isEmpty else { return }
    var index = 0
    while index < facts.count {
      let fact = facts[index]
      index += 1
      // An offer that is accepted in the same breath was never anybody's to answer.
      var isSettled = false
      if case .offerMade(let made) = fact.event, index < facts.count,
        facts[index].event == .offerAccepted(made.id)
      {
        isSettled = true
      }
      publish(fact, Cause(session: session, echo: echo, extra: extra, isSettled: isSettled))
    }
    facts.removeAll(keepingCapacity: true)
  }

  struct Cause {
    var session: Session?
    var echo: EventKind?
    var extra: [Field]
    /// An offer that needs no answer.
    var isSettled: Bool
  }

  private func publish(_ fact: Fact, _ cause: Cause) {
    metrics.facts &+= 1
    var event = Event(number: fact.number, at: fact.at, kind: Self.kind(of: fact.event))
    body.removeAll()
    body.argument(position(fact.number))
    let start = body.bytes.count
    describe(fact.event, &event)
    if event.kind == cause.echo { for pair in cause.extra { body.field(pair) } }
    let shown = body.copy
    body.end()
    event.full = body.copy
    reduce(fact.event, &event)

    body.removeAll()
    annotate(fact.event)
    let line = shown[(start + 1)...] + body.bytes
    keep(JournalRecord(fact: fact, line: Array(line), shownCount: shown.count - start - 1))

    settle(fact.event)
    recent.append(event)
    send(event, fact.event, cause)
    release(fact.event)
  }

  static func kind(of event: Matching.Event) -> EventKind {
    switch event {
    case .taxiOn: .taxiOn
    case .taxiOff: .taxiOff
    case .taxiBusy: .taxiBusy
    case .taxiFree: .taxiFree
    case .taxiLost: .taxiLost
    case .taxiBack: .taxiBack
    case .rideRequested(let request): request.at == nil ? .rideQueued : .rideReserved
    case .rideDue, .rideRequeued: .rideQueued
    case .rideChanged: .rideChanged
    case .rideExpired: .rideExpired
    case .rideCancelled: .rideCancelled
    case .rideArrived: .rideArrived
    case .rideBoarded: .rideOnboard
    case .rideDropped: .rideDone
    case .rideNoShow: .rideNoShow
    case .rideForgotten: .rideForgotten
    case .offerMade: .rideOffered
    case .offerAccepted: .rideAssigned
    case .offerDeclined: .offerDeclined
    case .offerExpired: .offerExpired
    case .offerRevoked: .offerRevoked
    }
  }

  // MARK: Words

  /// Writes ` kind name pairs` into ``body``, and whom it concerns into `event`.
  func describe(_ fact: Matching.Event, _ event: inout Event) {
    body.argument(event.kind.word)
    switch fact {
    case .taxiOn(let id, let seats, let tags, let auto):
      concern(&event, taxi: id.value)
      body.field("seats", seats)
      if tags != 0 { body.field("tags", ids: tagNames(tags)) }
      body.flag("auto", auto)
    case .taxiOff(let id, let reason):
      concern(&event, taxi: id.value)
      body.field("why", reason.word)
    case .taxiBusy(let id, let reason):
      concern(&event, taxi: id.value)
      body.field("reason", reason.word)
    case .taxiFree(let id), .taxiLost(let id), .taxiBack(let id):
      concern(&event, taxi: id.value)
    case .rideRequested(let request):
      let ride = concern(&event, ride: request.ride.value)
      if let ride { body.field("from", ride.from) }
      body.field("seats", request.seats)
      body.field("wait", span: request.wait)
      if let at = request.at { body.field("time", time: at) }
    case .rideDue(let id):
      concern(&event, ride: id.value)
      body.field("why", "due")
    case .rideRequeued(let id, let reason):
      concern(&event, ride: id.value)
      body.field("why", reason.word)
    case .rideChanged(let id, let change):
      concern(&event, ride: id.value)
      if let seats = change.seats { body.field("seats", seats) }
      if let at = change.at { body.field("time", time: at) }
    case .rideCancelled(let id, let by):
      concern(&event, ride: id.value)
      body.field("by", by.word)
    case .rideExpired(let id), .rideArrived(let id), .rideBoarded(let id), .rideDropped(let id),
      .rideNoShow(let id), .rideForgotten(let id):
      concern(&event, ride: id.value)
    case .offerMade(let offer):
      offers[offer.id.value] = OfferRecord(
        ride: offer.ride.value,
        taxi: offer.taxi.value,
        eta: offer.eta
      )
      if let index = rides.names.index(of: offer.ride.value) {
        rides[index]?.offers.append(offer.id.value)
      }
      describe(offer.id, &event)
      body.field("ttl", span: offer.ttl)
    case .offerAccepted(let id): describe(id, &event)
    case .offerDeclined(let id, let reason): describeEnd(id, reason.word, &event)
    case .offerExpired(let id): describeEnd(id, "expired", &event)
    case .offerRevoked(let id, let reason): describeEnd(id, reason.word, &event)
    }
  }

  private func concern(_ event: inout Event, taxi id: UInt64) {
    body.argument(name(ofTaxi: id))
    event.taxi = id
    guard let index = taxis.names.index(of: id) else { return }
    event.taxiTenant = taxis[index].tenant
    if taxis[index].reportedAt > 0 { event.place = taxis[index].place }
  }

  @discardableResult
  private func concern(_ event: inout Event, ride id: UInt64) -> RideRecord? {
    body.argument(name(ofRide: id))
    event.ride = id
    guard let index = rides.names.index(of: id), let ride = rides[index] else { return nil }
    event.rideTenant = ride.tenant
    event.place = ride.from
    event.taxi = ride.taxi
    if let taxi = taxis.names.index(of: ride.taxi) { event.taxiTenant = taxis[taxi].tenant }
    return ride
  }

  /// An offer that was made or accepted is its ride's news.
  private func describe(_ id: OfferID, _ event: inout Event) {
    guard let offer = offers[id.value] else { return body.argument("-") }
    concern(&event, ride: offer.ride)
    event.taxi = offer.taxi
    if let taxi = taxis.names.index(of: offer.taxi) { event.taxiTenant = taxis[taxi].tenant }
    body.field("taxi", name(ofTaxi: offer.taxi))
    body.field("offer", Identifier("o", id.value))
    body.field("eta", span: Self.wholeSeconds(offer.eta))
  }

  /// An offer that came to nothing is the taxi's matter.
  private func describeEnd(_ id: OfferID, _ why: String, _ event: inout Event) {
    body.argument(Identifier("o", id.value))
    guard let offer = offers[id.value] else { return }
    event.taxi = offer.taxi
    event.ride = offer.ride
    if let index = taxis.names.index(of: offer.taxi) {
      event.taxiTenant = taxis[index].tenant
      event.place = taxis[index].place
    }
    body.field("req", name(ofRide: offer.ride))
    body.field("taxi", name(ofTaxi: offer.taxi))
    body.field("why", why)
  }

  /// What a booker may read of it, where that is less: no taxi before one is bound, and no offer.
  func reduce(_ fact: Matching.Event, _ event: inout Event) {
    let id: OfferID
    let isBound: Bool
    switch fact {
    case .offerMade(let offer): (id, isBound) = (offer.id, false)
    case .offerAccepted(let accepted): (id, isBound) = (accepted, true)
    default: return
    }
    guard let offer = offers[id.value] else { return }
    body.removeAll()
    body.argument(position(event.number))
    body.argument(event.kind.word)
    body.argument(name(ofRide: offer.ride))
    if isBound {
      body.field("taxi", name(ofTaxi: offer.taxi))
      body.field("eta", span: Self.wholeSeconds(offer.eta))
    }
    body.end()
    event.reduced = body.copy
  }

  /// What the journal must keep beside the words of the event: whose it is, and where it goes.
  private func annotate(_ fact: Matching.Event) {
    switch fact {
    case .taxiOn(let id, _, _, _):
      guard let index = taxis.names.index(of: id.value) else { return }
      body.field("g", tenants.name(taxis[index].tenant))
    case .rideRequested(let request):
      guard let index = rides.names.index(of: request.ride.value), let ride = rides[index] else {
        return
      }
      if let to = ride.to { body.field("to", to) }
      if ride.tags != 0 { body.field("tags", ids: tagNames(ride.tags)) }
      if let note = ride.note { body.field("note", text: note) }
      body.field("b", tenants.name(ride.tenant))
    case .rideChanged(let id, let change):
      if change.to != nil, let index = rides.names.index(of: id.value), let to = rides[index]?.to {
        body.field("to", to)
      }
    default: break
    }
  }

  // MARK: The books

  /// Keeps the door's books in step: before the event is sent where it needs the new state. What was
  /// true before is handed to those who lose by it here.
  func settle(_ fact: Matching.Event) {
    switch fact {
    case .offerAccepted(let id):
      guard let offer = offers[id.value], let index = rides.names.index(of: offer.ride) else {
        return
      }
      if let before = rides[index]?.offer, before != 0, before != id.value {
        revoke(before, why: "reassigned")
      }
      rides[index]?.taxi = offer.taxi
      rides[index]?.offer = id.value
      withdrawAdvice(offer.taxi)
    case .rideRequeued(let id, .reassigned):
      guard let index = rides.names.index(of: id.value) else { return }
      if let before = rides[index]?.offer, before != 0 { revoke(before, why: "reassigned") }
      rides[index]?.taxi = 0
      rides[index]?.offer = 0
    case .offerExpired(let id): revoke(id.value, why: "expired")
    case .offerRevoked(let id, let reason): revoke(id.value, why: reason.word)
    default: break
    }
  }

  /// Forgets what is over, after it was told.
  func release(_ fact: Matching.Event) {
    switch fact {
    case .rideRequeued(let id, _):
      guard let index = rides.names.index(of: id.value) else { return }
      rides[index]?.taxi = 0
      rides[index]?.offer = 0
    case .rideForgotten(let id):
      guard let index = rides.names.index(of: id.value) else { return }
      for offer in rides[index]?.offers ?? [] { offers[offer] = nil }
      rides.release(index)
    case .taxiOff(let id, _):
      guard let index = taxis.names.index(of: id.value) else { return }
      session(taxis[index].session)?.taxis.remove(index)
      taxis[index].session = .none
      withdrawAdvice(id.value)
      taxis.depart(index, at: now)
    default: break
    }
  }
}
