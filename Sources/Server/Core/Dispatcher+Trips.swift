import LineProtocol
import Matching
import Spatial

/// What drivers say of offers and rides.
extension Dispatcher {
  private func ownOffer(
    _ name: Identifier,
    _ session: Session
  ) throws(LineError) -> (id: UInt64, OfferRecord) {
    guard let id = name.number(after: "o"), let offer = offers[id] else {
      throw LineError(.unknown, Refusal.unknownOffer.sentence, key: "oid")
    }
    guard let taxi = taxis.names.index(of: offer.taxi), taxis[taxi].tenant == session.tenant else {
      throw LineError(.owner, "the offer is another company's", key: "oid")
    }
    return (id, offer)
  }

  func accept(
    _ name: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let (id, offer) = try ownOffer(name, session)
    let answer = ask(.accept(OfferID(id)))
    if case .refused(let refusal) = answer.outcome {
      defer { publish(by: session) }
      throw fault(refusal, answer, key: "oid")
    }
    writer.begin("OK", tag: tag)
    writer.argument(name)
    writer.field("rid", self.name(ofRide: offer.ride))
    writer.field("taxi", self.name(ofTaxi: offer.taxi))
    writer.field("state", answer.ride?.word ?? "assigned")
    // Until the rider is dropped the driver may read where they meet; later it is nobody's matter.
    if answer.ride?.isTerminal == false, let index = rides.names.index(of: offer.ride),
      let ride = rides[index]
    {
      writePickup(ride, knowsDestination: answer.ride == .onboard)
    }
    endAnswer(answer, to: session)
    publish(by: session, echo: .rideAssigned)
  }

  /// Pickup, destination as far as the region lets drivers know it, and the rider's note.
  func writePickup(_ ride: RideRecord, knowsDestination: Bool) {
    writer.field("from", ride.from)
    if let to = ride.to {
      if knowsDestination || region.destination == .full {
        writer.field("to", to)
      } else if region.destination == .coarse {
        writer.field("dest", to.coarse)
      }
    }
    if ride.seats > 1 { writer.field("seats", ride.seats) }
    if let note = ride.note { writer.field("note", text: note) }
  }

  func decline(
    _ name: Identifier,
    _ reason: DeclineReason,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let (id, offer) = try ownOffer(name, session)
    let answer = ask(.decline(OfferID(id), reason))
    if case .refused(let refusal) = answer.outcome {
      defer { publish(by: session) }
      throw fault(refusal, answer, key: "oid")
    }
    writer.begin("OK", tag: tag)
    writer.argument(name)
    writer.field("rid", self.name(ofRide: offer.ride))
    writer.field("taxi", self.name(ofTaxi: offer.taxi))
    writer.field("state", "declined")
    endAnswer(answer, to: session)
    publish(by: session, echo: .offerDeclined)
  }

  /// A step of a trip: the taxi is the session's, and the engine knows whether the ride is the taxi's.
  func step(
    _ step: TripStep,
    _ echo: EventKind,
    _ tag: Identifier?,
    _ session: Session,
    extra: [Field] = [],
    _ command: (RideID, TaxiID?) -> Command
  ) throws(LineError) {
    let taxi = try ownTaxi(step.taxi, session)
    guard let index = rides.names.find(step.ride) else {
      throw LineError(.unknown, Refusal.unknownRide.sentence, key: "rid")
    }
    let answer = ask(command(rides.id(index), taxis.id(taxi)))
    if case .refused(let refusal) = answer.outcome {
      defer { publish(by: session) }
      throw fault(refusal, answer, key: "rid")
    }
    writer.begin("OK", tag: tag)
    writer.argument(step.ride)
    writer.field("state", answer.ride?.word ?? "queued")
    if answer.ride == .onboard, echo == .rideOnboard, let to = rides[index]?.to {
      writer.field("to", to)
    }
    endAnswer(answer, to: session)
    publish(by: session, echo: echo, extra: extra)
  }

  func drop(
    _ step: TripStep,
    _ receipt: Receipt,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    var extra: [Field] = []
    if let distance = receipt.distance {
      body.removeAll()
      body.field("dist", distance)
      extra.append(Field("dist", String(body.text.dropFirst(" dist=".count))))
    }
    if let fare = receipt.fare { extra.append(Field("fare", fare)) }
    if let currency = receipt.currency { extra.append(Field("cur", currency.text)) }
    try self.step(step, .rideDone, tag, session, extra: extra, Command.drop)
  }
}
