import LineProtocol
import Matching
import Spatial

/// Verbs that change nothing.
extension Dispatcher {
  func get(
    _ subject: Subject,
    _ name: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    switch subject {
    case .taxi:
      guard let index = taxis.names.find(name), taxis[index].isOn,
        let view = engine.view(of: taxis.id(index))
      else { throw LineError(.unknown, Refusal.unknownTaxi.sentence, key: "taxi") }
      guard mayRead(taxi: index, session) || mayLocate(index, session) else {
        throw LineError(.forbidden, "the taxi is another company's", key: "taxi")
      }
      audit(session, "GET TAXI", name.text)
      writer.begin("OK", tag: tag)
      writeTaxi(index, view)
    case .request:
      guard let index = rides.names.find(name), let ride = rides[index],
        let view = engine.view(of: rides.id(index))
      else { throw LineError(.unknown, Refusal.unknownRide.sentence, key: "rid") }
      guard mayRead(ride: index, session) else {
        throw LineError(.forbidden, "the request is another company's", key: "rid")
      }
      audit(session, "GET REQ", name.text)
      writer.begin("OK", tag: tag)
      writeRide(index, ride, view, session)
    case .offer:
      guard let id = name.number(after: "o"), let offer = offers[id],
        let view = engine.view(of: OfferID(id))
      else { throw LineError(.unknown, Refusal.unknownOffer.sentence, key: "oid") }
      guard let taxi = taxis.names.index(of: offer.taxi), mayRead(taxi: taxi, session) else {
        throw LineError(.forbidden, "the offer is another company's", key: "oid")
      }
      writer.begin("OK", tag: tag)
      writer.argument(name)
      writer.field("state", view.state.word)
      writer.field("rid", self.name(ofRide: offer.ride))
      writer.field("taxi", self.name(ofTaxi: offer.taxi))
      if view.state == .open, view.expiresAt > now {
        writer.field("left", span: view.expiresAt - now)
      }
    }
    writer.field("at", position(engine.factCount))
    writer.end()
    deliver(to: session)
  }

  /// ` name state= …` of a taxi.
  func writeTaxi(_ index: Int, _ view: TaxiView) {
    writer.argument(name(ofTaxi: taxis.names.id(at: index)))
    writer.field("state", view.state.word)
    writer.flag("lost", view.isLost)
    writer.field("seats", taxis[index].seats)
    if taxis[index].tags != 0 { writer.field("tags", ids: tagNames(taxis[index].tags)) }
    writer.flag("auto", taxis[index].auto)
    if let ride = view.ride { writer.field("rid", name(ofRide: ride.value)) }
    if let offer = view.offer { writer.field("oid", Identifier("o", offer.value)) }
    if taxis[index].reportedAt > 0 {
      writer.field("point", taxis[index].place)
      writer.field("age", span: Millis(max(now.count - taxis[index].reportedAt, 0)))
    }
  }

  /// ` name state= …` of a ride: all of it for those who asked for it, what a driver may know for the
  /// company whose taxi has it.
  func writeRide(_ index: Int, _ ride: RideRecord, _ view: RideView, _ session: Session) {
    let isOwn =
      session.has(.admin)
      || (ride.tenant == session.tenant
        && !session.roles.isDisjoint(with: [.booker, .dispatcher]))
    writer.argument(name(ofRide: rides.names.id(at: index)))
    writer.field("state", view.state.word)
    writer.field("v", view.version)
    writer.field("seats", ride.seats)
    if isOwn || !view.state.isTerminal { writer.field("from", ride.from) }
    if let to = ride.to, isOwn || view.state == .onboard || region.destination == .full {
      if isOwn || !view.state.isTerminal { writer.field("to", to) }
    }
    if ride.tags != 0 { writer.field("tags", ids: tagNames(ride.tags)) }
    if let taxi = view.taxi { writer.field("taxi", name(ofTaxi: taxi.value)) }
  }

  // MARK: Places

  /// Of a taxi's position, for those who may know that there is one.
  private static let quoteReach: Int32 = 300_000

  func quote(
    _ from: GeoPoint,
    _ to: GeoPoint?,
    _ seats: UInt8,
    _ tags: [Identifier],
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let point = try inside(from, "from")
    if let to { _ = try inside(to, "to") }
    let need = Capabilities.of(rideWith: seats, tags: try mask(ofTags: tags))
    let reach = engine.travel.reach(
      within: Int32(clamping: engine.options.pickupMax.count),
      departure: now
    )
    let near = engine.nearestFree(
      1,
      to: point,
      within: min(reach, Self.quoteReach),
      needing: need
    )
    writer.begin("OK", tag: tag)
    if let first = near.first {
      writer.field("eta", span: Self.wholeSeconds(first.eta))
    } else {
      writer.field("taxis", 0)
    }
    writer.field("at", position(engine.factCount))
    writer.end()
    deliver(to: session)
  }

  func near(
    _ query: NearQuery,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let point = try inside(query.place, "point")
    let need = Capabilities.of(rideWith: 1, tags: try mask(ofTags: query.tags))
    let reach = Int32(clamping: query.radius.tenths)
    audit(session, "NEAR", "-")
    // Other companies' taxis are passed over, so more are looked at than asked for.
    let found = engine.nearestFree(
      min(query.most * 16, 2_000),
      to: point,
      within: reach,
      needing: need
    )
    var rows = 0
    for taxi in found where rows < query.most {
      guard let index = taxis.names.index(of: taxi.taxi.value), mayRead(taxi: index, session)
      else { continue }
      rows += 1
      writer.begin("ROW", tag: tag)
      writer.argument("taxi")
      writer.argument(name(ofTaxi: taxi.taxi.value))
      writer.field("dist", taxi.distance / 10)
      writer.field("eta", span: Self.wholeSeconds(taxi.eta))
      writer.field("point", taxis[index].place)
      writer.end()
    }
    endRows(rows, tag, session)
  }

  func advise(
    _ place: GeoPoint,
    _ walk: Millis,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    _ = try inside(place, "point")
    guard let advisor else {
      throw LineError(.verb, "this server has no advice model; it is started with one")
    }
    guard (Millis(0)...Millis.minutes(120)).contains(walk) else {
      throw .value("walk", "a walk of at most 2h")
    }
    let spots = advisor.spots(
      near: place,
      unixSeconds: wallNow.count / 1_000,
      walkSeconds: Int(walk.count / 1_000)
    )
    for spot in spots {
      writer.begin("ROW", tag: tag)
      writer.argument("spot")
      writer.argument(spot.place)
      writer.field("dist", spot.walkMetres)
      writer.field("walk", span: .seconds(Int64(spot.walkSeconds)))
      writer.field("wait", span: .seconds(Int64(spot.waitMean)))
      writer.field("wait10", span: .seconds(Int64(spot.wait10)))
      writer.field("wait90", span: .seconds(Int64(spot.wait90)))
      writer.end()
    }
    endRows(spots.count, tag, session)
  }

  func explain(
    _ name: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let index = try ownRide(name, session)
    var rows = 0
    for round in engine.explain(rides.id(index)).suffix(20) {
      rows += 1
      writer.begin("ROW", tag: tag)
      writer.argument("round")
      writer.field("time", time: round.at)
      writer.field("policy", round.policy)
      writer.field("why", round.reason.word)
      if let chosen = round.chosen { writer.field("taxi", shownName(chosen.value, session)) }
      writer.field("candidates", round.candidates.count)
      if round.unmatchedCost < .max { writer.field("unmatched", round.unmatchedCost) }
      writer.end()
      for candidate in round.candidates.prefix(20) {
        rows += 1
        writer.begin("ROW", tag: tag)
        writer.argument("candidate")
        writer.argument(shownName(candidate.taxi.value, session))
        writer.field("eta", span: Self.wholeSeconds(candidate.eta))
        writer.field("cost", candidate.cost)
        if let winner = candidate.wonBy {
          let own = rides.names.index(of: winner.value).map { mayRead(ride: $0, session) } ?? false
          writer.field("won", own ? self.name(ofRide: winner.value) : "other")
        }
        writer.end()
      }
    }
    audit(session, "EXPLAIN", name.text)
    endRows(rows, tag, session)
  }

  /// A taxi's name for those who may know it.
  private func shownName(_ id: UInt64, _ session: Session) -> String {
    guard let index = taxis.names.index(of: id), mayRead(taxi: index, session) else {
      return "other"
    }
    return name(ofTaxi: id)
  }

  private func endRows(_ rows: Int, _ tag: Identifier?, _ session: Session) {
    writer.begin("OK", tag: tag)
    writer.field("rows", rows)
    writer.field("at", position(engine.factCount))
    writer.end()
    deliver(to: session)
  }

  /// Who read whose whereabouts: for administrators, whose reach goes beyond one company.
  func audit(_ session: Session, _ verb: String, _ name: String) {
    guard session.has(.admin), !session.keyName.isEmpty else { return }
    log.notice(
      "audit",
      metadata: ["key": "\(session.keyName)", "verb": "\(verb)", "id": "\(name)"]
    )
  }
}

extension Explanation.Reason {
  /// The word of the wire.
  var word: String {
    switch self {
    case .leastCost: "least-cost"
    case .leastTotalCost: "least-total-cost"
    case .kept: "kept"
    case .deferred: "deferred"
    case .noneInReach: "none-in-reach"
    case .allTaken: "all-taken"
    case .waitingIsCheaper: "waiting-is-cheaper"
    }
  }
}
