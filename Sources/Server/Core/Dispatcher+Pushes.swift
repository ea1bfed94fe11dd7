import LineProtocol
import Matching
import Spatial

/// What is sent without being asked for: offers, what is taken back, advice, and the stream `0` of a
/// session's own taxis and rides.
extension Dispatcher {
  /// Sends an event to those whom it concerns and to those who asked for such.
  func send(_ event: Event, _ fact: Matching.Event, _ cause: Cause) {
    switch fact {
    case .offerMade(let offer) where !cause.isSettled: push(offer, event.number)
    default: break
    }
    sendToOwners(event, cause)
    for session in subscribers { sendToSubscriber(event, session) }
  }

  // MARK: Stream 0

  private func sendToOwners(_ event: Event, _ cause: Cause) {
    let isOwnDoing = event.kind == cause.echo
    var booker: Session?
    if event.ride != 0, Self.rideKinds.contains(KindSet(event.kind)),
      let index = rides.names.index(of: event.ride), let ride = rides[index]
    {
      booker = session(ride.session)
    }
    if let booker, !(isOwnDoing && booker === cause.session) {
      writer.beginEvent(Self.streamZero)
      writer.raw(event.reduced ?? event.full)
      deliver(to: booker)
    }
    guard Self.gatewayKinds.contains(KindSet(event.kind)), event.taxi != 0,
      let taxi = taxis.names.index(of: event.taxi), let gateway = session(taxis[taxi].session),
      // One session that is both hears of it once, and not of its own doing.
      gateway !== booker || event.kind == .rideAssigned,
      !(isOwnDoing && gateway === cause.session)
    else { return }
    writer.beginEvent(Self.streamZero)
    if event.kind == .rideAssigned {
      // The driver was not asked, so no answer has told where the rider is.
      writer.raw(Array(event.full.dropLast()))
      if let index = rides.names.index(of: event.ride), let ride = rides[index] {
        writePickup(ride, knowsDestination: false)
      }
      writer.end()
    } else {
      writer.raw(event.full)
    }
    deliver(to: gateway)
  }

  static let streamZero = Identifier("0") ?? Identifier("z", 0)

  private static let rideKinds = KindSet(list: "req.*") ?? []

  /// Offers and their ends have lines of their own.
  private static let gatewayKinds: KindSet = {
    let list =
      "taxi.lost,taxi.back,taxi.off,taxi.busy,taxi.free,req.queued,req.assigned,"
      + "req.arrived,req.onboard,req.done,req.cancelled,req.noshow,req.changed"
    return KindSet(list: list) ?? []
  }()

  // MARK: Offers

  private func push(_ offer: Offer, _ fact: UInt64) {
    metrics.offers &+= 1
    guard let taxi = taxis.names.index(of: offer.taxi.value),
      let index = rides.names.index(of: offer.ride.value), let ride = rides[index]
    else { return }
    if ride.requestedNanos > 0 {
      offersDue.append(ride.requestedNanos)
      rides[index]?.requestedNanos = 0
    }
    withdrawAdvice(offer.taxi.value)
    guard let gateway = session(taxis[taxi].session) else { return }
    write(offer.id.value, offer.eta, ttl: offer.ttl, taxi: offer.taxi.value, ride, fact)
    deliver(to: gateway)
  }

  /// Sends the open offer of a taxi again, to the session that it is bound to now.
  func repeatOffer(_ id: OfferID, to session: Session) {
    guard let offer = offers[id.value], let view = engine.view(of: id), view.state == .open,
      let index = rides.names.index(of: offer.ride), let ride = rides[index], view.expiresAt > now
    else { return }
    let left = view.expiresAt - now
    write(id.value, offer.eta, ttl: left, taxi: offer.taxi, ride, engine.factCount, again: true)
    deliver(to: session)
  }

  private func write(
    _ id: UInt64,
    _ eta: Int32,
    ttl: Millis,
    taxi: UInt64,
    _ ride: RideRecord,
    _ fact: UInt64,
    again: Bool = false
  ) {
    guard let offer = offers[id] else { return }
    writer.begin("OFFER")
    writer.argument(Identifier("o", id))
    writer.argument(name(ofTaxi: taxi))
    writer.argument(name(ofRide: offer.ride))
    writer.field("from", ride.from.coarse)
    writer.field("eta", span: Self.wholeSeconds(eta))
    writer.field("ttl", span: ttl)
    if let to = ride.to {
      switch region.destination {
      case .off: break
      case .coarse: writer.field("dest", to.coarse)
      case .full: writer.field("dest", to)
      }
    }
    if ride.seats > 1 { writer.field("seats", ride.seats) }
    writer.flag("again", again)
    writer.field("at", position(fact))
    writer.end()
  }

  /// Nobody needs a driving time to the millisecond.
  static func wholeSeconds(_ milliseconds: Int32) -> Millis {
    .seconds((Int64(milliseconds) + 999) / 1_000)
  }

  /// Tells a taxi that an offer, or a ride it had accepted, is no longer its own.
  func revoke(_ id: UInt64, why: String) {
    guard let offer = offers[id], let taxi = taxis.names.index(of: offer.taxi),
      let gateway = session(taxis[taxi].session)
    else { return }
    writer.revoke(Identifier("o", id), why: why, at: position(engine.factCount))
    deliver(to: gateway)
  }

  // MARK: Advice

  /// Sends the engine's new advice to idle taxis.
  func takeAdvice() {
    advice.removeAll(keepingCapacity: true)
    engine.takeAdvice(into: &advice)
    for one in advice {
      guard let taxi = taxis.names.index(of: one.taxi.value), taxis[taxi].isOn,
        engine.view(of: one.taxi)?.state == .free
      else { continue }
      taxis[taxi].advisedUntil = one.until.count
      advised.insert(taxi)
      guard let gateway = session(taxis[taxi].session) else { continue }
      writer.begin("GUIDE")
      writer.argument(name(ofTaxi: one.taxi.value))
      writer.field("to", map.unproject(one.to).coarse)
      writer.field("eta", span: Self.wholeSeconds(one.eta))
      writer.field("until", time: one.until)
      writer.field("why", "demand")
      writer.end()
      deliver(to: gateway)
    }
  }

  /// Takes the last advice of a taxi back: it has something better to do, or the advice is stale.
  func withdrawAdvice(_ id: UInt64, why: String = "busy") {
    guard let taxi = taxis.names.index(of: id), taxis[taxi].advisedUntil > 0 else { return }
    taxis[taxi].advisedUntil = 0
    advised.remove(taxi)
    guard let gateway = session(taxis[taxi].session) else { return }
    writer.begin("GUIDE")
    writer.argument(name(ofTaxi: id))
    writer.field("why", why)
    writer.end()
    deliver(to: gateway)
  }

  func withdrawStaleAdvice() {
    for taxi in advised.sorted() where taxis[taxi].advisedUntil <= now.count {
      withdrawAdvice(taxis.names.id(at: taxi), why: "stale")
    }
  }
}
