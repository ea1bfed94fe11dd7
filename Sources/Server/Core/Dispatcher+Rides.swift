import LineProtocol
import Matching
import Spatial

/// What riders, bookers and dispatchers ask for.
extension Dispatcher {
  /// The index of a ride that this session's company asked for.
  func ownRide(_ name: Identifier, _ session: Session) throws(LineError) -> Int {
    guard let index = rides.names.find(name), let ride = rides[index] else {
      throw LineError(.unknown, Refusal.unknownRide.sentence, key: "rid")
    }
    guard ride.tenant == session.tenant || session.has(.admin) else {
      throw LineError(.forbidden, "the request is another company's", key: "rid")
    }
    return index
  }

  func request(
    _ wanted: RideRequest,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let from = try inside(wanted.from, "from")
    var to: Point?
    if let place = wanted.to { to = try inside(place, "to") }
    let tags = try mask(ofTags: wanted.tags)
    let known = rides.names.find(wanted.ride)
    if let known, let ride = rides[known], ride.tenant != session.tenant {
      throw LineError(.conflict, "the id is in use; use a new one", key: "rid")
    }
    if known == nil, let left = tenants.takeRequest(session.tenant, at: now.count) {
      throw LineError(
        .quota,
        "more than \(limits.requestsPerSecond) requests a second",
        retry: .after(Millis(left))
      )
    }
    guard let index = known ?? rides.names.insert(wanted.ride.text.utf8Span.span) else {
      throw LineError(.busy, Refusal.full.sentence)
    }
    if known == nil {
      rides[index] = RideRecord(
        tenant: session.tenant,
        session: session.reference,
        from: wanted.from,
        to: wanted.to,
        seats: wanted.seats,
        tags: tags,
        note: wanted.note,
        requestedNanos: nanos
      )
    }
    let request = Request(
      ride: rides.id(index),
      from: from,
      to: to,
      seats: wanted.seats,
      tags: tags,
      wait: wanted.wait ?? region.wait,
      at: wanted.at,
      sentAt: wanted.sentAt
    )
    let answer = ask(.request(request))
    if case .refused(let refusal) = answer.outcome {
      if known == nil { rides.release(index) }
      publish(by: session)
      throw fault(refusal, answer, key: refusal == .badValue ? "wait" : "rid")
    }
    rides[index]?.session = session.reference
    writer.begin("OK", tag: tag)
    writer.argument(wanted.ride)
    writer.field("state", answer.ride?.word ?? "queued")
    endAnswer(answer, to: session)
    answersDue.append(nanos)
    publish(by: session, echo: answer.ride == .reserved ? .rideReserved : .rideQueued)
  }

  func change(
    _ name: Identifier,
    _ version: UInt32,
    _ amendment: RideAmendment,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    var change = RideChange(seats: amendment.seats, at: amendment.at)
    if let to = amendment.to { change.to = try inside(to, "to") }
    let index = try ownRide(name, session)
    let answer = ask(.change(rides.id(index), version: version, change))
    if case .refused(let refusal) = answer.outcome {
      publish(by: session)
      throw fault(refusal, answer, key: refusal == .badValue ? "at" : "rid")
    }
    if answer.outcome == .done {
      if let to = amendment.to { rides[index]?.to = to }
      if let seats = amendment.seats { rides[index]?.seats = seats }
    }
    writer.begin("OK", tag: tag)
    writer.argument(name)
    writer.field("state", answer.ride?.word ?? "queued")
    writer.field("v", engine.view(of: rides.id(index))?.version ?? version)
    endAnswer(answer, to: session)
    publish(by: session, echo: .rideChanged)
  }

  func cancel(
    _ name: Identifier,
    _ by: CancelledBy,
    _ reason: Identifier?,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let index = try ownRide(name, session)
    let extra = reason.map { [Field("reason", $0.text)] } ?? []
    try answerRide(index, .cancel(rides.id(index), by), .rideCancelled, extra, tag, session)
  }

  func assign(
    _ ride: Identifier,
    _ taxi: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let index = try ownRide(ride, session)
    guard let found = taxis.names.find(taxi), taxis[found].isOn else {
      throw LineError(.unknown, Refusal.unknownTaxi.sentence, key: "taxi")
    }
    guard taxis[found].tenant == session.tenant || session.has(.admin) else {
      throw LineError(.forbidden, "the taxi is another company's", key: "taxi")
    }
    let command = Command.assign(rides.id(index), taxis.id(found))
    try answerRide(index, command, .rideAssigned, [], tag, session)
  }

  func release(
    _ ride: Identifier,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let index = try ownRide(ride, session)
    try answerRide(index, .release(rides.id(index)), .rideQueued, [], tag, session)
  }

  /// A verb that names a ride and leads to a state of it.
  private func answerRide(
    _ index: Int,
    _ command: Command,
    _ echo: EventKind,
    _ extra: [Field],
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let answer = ask(command)
    if case .refused(let refusal) = answer.outcome {
      publish(by: session)
      throw fault(refusal, answer, key: "rid")
    }
    writer.begin("OK", tag: tag)
    writer.argument(name(ofRide: rides.names.id(at: index)))
    writer.field("state", answer.ride?.word ?? "queued")
    endAnswer(answer, to: session)
    publish(by: session, echo: echo, extra: extra)
  }
}
