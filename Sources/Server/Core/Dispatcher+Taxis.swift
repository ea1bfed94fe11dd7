import LineProtocol
import Matching
import Spatial

/// What gateways say of their taxis.
extension Dispatcher {
  /// The index of a taxi that this session's company speaks for.
  func ownTaxi(_ name: Identifier, _ session: Session) throws(LineError) -> Int {
    guard let index = taxis.names.find(name), taxis[index].isOn else {
      throw LineError(.unknown, Refusal.unknownTaxi.sentence, key: "taxi")
    }
    guard taxis[index].tenant == session.tenant else {
      throw LineError(.owner, "the taxi is another company's", key: "taxi")
    }
    return index
  }

  func turnOn(_ entry: TaxiEntry, _ tag: Identifier?, _ session: Session) throws(LineError) {
    let point = try inside(entry.place, "point")
    let tags = try mask(ofTags: entry.tags)
    guard let index = taxis.intern(entry.taxi.text.utf8Span.span) else {
      throw LineError(.busy, "the server has no room for more taxis")
    }
    let isNew = taxis[index].tenant < 0
    guard isNew || taxis[index].tenant == session.tenant else {
      throw LineError(.owner, "the taxi is another company's", key: "taxi")
    }
    guard session.taxis.count < limits.taxisPerSessionMax || session.taxis.contains(index) else {
      if isNew { taxis.discard(index) }
      throw LineError(.quota, "a session has at most \(limits.taxisPerSessionMax) taxis")
    }
    taxis[index].tenant = session.tenant
    let id = taxis.id(index)
    let answer = ask(
      .taxiOn(
        TaxiOn(taxi: id, point: point, seats: entry.seats, tags: tags, auto: entry.auto)
      )
    )
    if case .refused(let refusal) = answer.outcome {
      if isNew { taxis.discard(index) }
      throw fault(refusal, answer, key: "taxi")
    }
    bind(index, entry, tags, to: session)
    if entry.sequence > 0 {
      _ = ask(.position(PositionReport(taxi: id, point: point, sequence: entry.sequence)))
    }
    writer.begin("OK", tag: tag)
    writer.argument(entry.taxi)
    writer.field("state", answer.taxi?.word ?? "free")
    let view = engine.view(of: id)
    if let ride = view?.ride { writer.field("rid", name(ofRide: ride.value)) }
    endAnswer(answer, to: session)
    let extra = entry.driver.map { [Field("driver", $0.text)] } ?? []
    publish(by: session, echo: .taxiOn, extra: extra)
    if answer.outcome == .duplicate, let offer = view?.offer { repeatOffer(offer, to: session) }
  }

  private func bind(_ index: Int, _ entry: TaxiEntry, _ tags: UInt32, to session: Session) {
    if let before = self.session(taxis[index].session), before !== session {
      before.taxis.remove(index)
    }
    session.taxis.insert(index)
    taxis[index].session = session.reference
    taxis[index].isOn = true
    taxis[index].isParked = false
    taxis[index].isSuspect = false
    suspicions[index] = nil
    taxis[index].sequence = entry.sequence
    taxis[index].place = entry.place
    taxis[index].reportedAt = now.count
    taxis[index].heading = -1
    taxis[index].speed = -1
    taxis[index].seats = entry.seats
    taxis[index].tags = tags
    taxis[index].auto = entry.auto
  }

  func turnOff(
    _ taxi: Identifier,
    _ force: Bool,
    _ reason: Identifier?,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    var answer = Answer(.duplicate)
    if let index = taxis.names.find(taxi), taxis[index].isOn {
      _ = try ownTaxi(taxi, session)
      answer = ask(.taxiOff(taxis.id(index), force: force))
      if case .refused(let refusal) = answer.outcome {
        defer { publish(by: session) }
        throw fault(refusal, answer, key: "taxi")
      }
    }
    writer.begin("OK", tag: tag)
    writer.argument(taxi)
    writer.field("state", "off")
    endAnswer(answer, to: session)
    publish(by: session, echo: .taxiOff, extra: reason.map { [Field("reason", $0.text)] } ?? [])
  }

  /// A verb that names a taxi and leads to a state of it.
  func answerTaxi(
    _ index: Int,
    _ command: Command,
    _ echo: EventKind,
    _ tag: Identifier?,
    _ session: Session
  ) throws(LineError) {
    let answer = ask(command)
    if case .refused(let refusal) = answer.outcome {
      // A refused line is a sign of life: a lost taxi is back with it.
      defer { publish(by: session) }
      throw fault(refusal, answer, key: "taxi")
    }
    writer.begin("OK", tag: tag)
    writer.argument(name(ofTaxi: taxis.names.id(at: index)))
    writer.field("state", answer.taxi?.word ?? "off")
    endAnswer(answer, to: session)
    publish(by: session, echo: echo)
  }

  // MARK: Positions

  /// Takes a taxi's position: quietly, unless it is wrong.
  func locate(
    _ found: Int?,
    _ report: PositionReportFields,
    tag: Identifier?,
    from session: Session
  ) {
    guard let index = found, taxis[index].isOn else {
      return faultPosition(
        session,
        tag,
        LineError(.unknown, Refusal.unknownTaxi.sentence, key: "taxi")
      )
    }
    let record = taxis.record(index)
    guard record.pointee.tenant == session.tenant else {
      return faultPosition(
        session,
        tag,
        LineError(.owner, "the taxi is another company's", key: "taxi")
      )
    }
    guard service.contains(report.place) else {
      let isSwap = service.placement(of: report.place) == .swapped
      return faultPosition(session, tag, isSwap ? .swapped("point") : .outside("point"))
    }
    // What is late is dropped anyway.
    let isLate = report.sequence != 0 && report.sequence <= record.pointee.sequence
    guard isLate || isPlausible(report.place, of: index, &record.pointee) else {
      metrics.positionsJumped &+= 1
      session.jumps += 1
      return
    }
    let second = Int32(truncatingIfNeeded: now.count / 1_000)
    if record.pointee.budgetSecond != second {
      record.pointee.budgetSecond = second
      record.pointee.budgetUsed = 0
    }
    if record.pointee.budgetUsed < limits.positionsPerSecond, !isStalled {
      record.pointee.budgetUsed += 1
      record.pointee.isParked = false
      let point = map.project(report.place)
      let answer = engine.handle(
        .position(
          PositionReport(taxi: taxis.id(index), point: point, sequence: report.sequence)
        ),
        at: now,
        into: &facts
      )
      if !facts.isEmpty { publish(by: session) }
      if answer.isRefused {
        if case .refused(.latePosition) = answer.outcome { session.lateLines += 1 }
        return
      }
    } else {
      guard report.sequence == 0 || report.sequence > record.pointee.sequence else {
        session.lateLines += 1
        return
      }
      metrics.positionsMerged &+= 1
      session.mergedPositions += 1
      if !record.pointee.isParked {
        record.pointee.isParked = true
        parked.append(index)
      }
    }
    if report.sequence != 0 { record.pointee.sequence = report.sequence }
    record.pointee.place = report.place
    record.pointee.reportedAt = now.count
    record.pointee.heading = report.heading.map { Int16(clamping: $0.raw / 1_000_000) } ?? -1
    record.pointee.speed = report.speed.map { Int16(clamping: $0.tenths) } ?? -1
  }

  /// Tells the engine where taxis are that reported more often than it is told.
  func settleParked() {
    guard !parked.isEmpty, !isStalled else { return }
    for index in parked where taxis[index].isParked {
      taxis[index].isParked = false
      guard taxis[index].isOn else { continue }
      _ = engine.handle(
        .position(
          PositionReport(
            taxi: taxis.id(index),
            point: map.project(taxis[index].place),
            sequence: taxis[index].sequence
          )
        ),
        at: now,
        into: &facts
      )
    }
    parked.removeAll(keepingCapacity: true)
    publish()
  }

  /// At most one line a second and connection; the rest is counted.
  private func faultPosition(_ session: Session, _ tag: Identifier?, _ error: LineError) {
    metrics.positionsWrong &+= 1
    session.positionFaults += 1
    guard session.positionFaultAt == Millis(.min) || now - session.positionFaultAt >= .seconds(1)
    else { return }
    session.positionFaultAt = now
    var tagged = error
    tagged.tag = tag
    refuse(session, tagged)
  }
}
