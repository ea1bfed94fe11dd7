import LineProtocol
import Matching
import Spatial

/// The engine of a server whose clock is virtual, reached over the line protocol: what the engine
/// would be told is said in lines, and the facts are read off a subscription to all events.
///
/// One connection is gateway, booker and observer at once, so that there is one order of everything.
/// A step is one round trip: the time (`PING t=`), the command, and a `PING` as a fence, whose `PONG`
/// comes behind all that the command gave rise to and tells of the next deadline.
public final class WireEngine: RemoteEngine {
  public private(set) var nextDeadline = Millis.never

  private let socket: BlockingSocket
  private let map: Projection
  private var writer = LineWriter()
  private var bytes: [UInt8] = []
  private var scanner = LineScanner()
  /// What the server's clock was last told.
  private var told = Millis(.min)
  private var factCount: UInt64 = 0
  private var fencesDue = 0
  /// What is being asked: some of its content becomes true with the fact and is not told again.
  private var asked: Command?
  private var answer: Answer?
  /// Offers that were sent to their taxis in this step.
  private var offersHeard: Set<UInt64> = []

  /// - Parameters:
  ///   - address: of a server with a virtual clock on which nothing has happened yet.
  ///   - map: how the host's decimetres become degrees; the server's map has the same origin.
  /// - Throws: when there is no such server.
  public init(_ address: ServerAddress, map: Projection) throws(RemoteFault) {
    socket = try BlockingSocket(address)
    self.map = map
    guard case .banner(let banner) = try readLine() else {
      throw RemoteFault("\(address): no server of blp/1")
    }
    guard banner.isClockVirtual else {
      throw RemoteFault(
        "\(address): that server's clock is the system's; a simulation moves the time itself: start "
          + "one with --set clock=virtual"
      )
    }
    guard banner.at.sequence == 0 else {
      throw RemoteFault("\(address): that server has played something already; start a new one")
    }
    guard let all = KindSet(list: "taxi.*,req.*,offer.*") else {
      throw RemoteFault("no events to subscribe to")
    }
    writer.write(.subscribe(Subscription(name: Self.stream, kinds: all)), tag: Self.tag)
    answer = nil
    var facts: [Fact] = []
    try fence(at: nil, &facts)
    guard answer?.outcome == .done else { throw RemoteFault("\(address): no subscription") }
  }

  private static let stream = Identifier("1") ?? Identifier("s", 1)
  private static let tag = Identifier("1") ?? Identifier("c", 1)

  // MARK: What the host asks

  public func advance(to instant: Millis, into facts: inout [Fact]) throws(RemoteFault) {
    asked = nil
    try fence(at: instant, &facts)
  }

  public func handle(
    _ command: Command,
    at instant: Millis,
    into facts: inout [Fact]
  ) throws(RemoteFault) -> Answer {
    if nextDeadline <= instant {
      // What is due before the command takes effect before it.
      asked = nil
      try fence(at: instant, &facts)
    }
    if instant > told { ping(instant) }
    asked = command
    answer = nil
    writer.write(try line(for: command), tag: Self.tag)
    try fence(at: instant, &facts)
    guard let answer else { throw RemoteFault("the server did not answer \(command)") }
    return answer
  }

  public func report(
    _ positions: [PositionReport],
    at instant: Millis,
    into facts: inout [Fact]
  ) throws(RemoteFault) {
    asked = nil
    if instant > told { ping(instant) }
    for report in positions {
      writer.position(
        Identifier("t", report.taxi.value),
        PositionReportFields(place: map.unproject(report.point))
      )
    }
    try fence(at: instant, &facts)
  }

  // MARK: Out

  private func ping(_ instant: Millis?) {
    writer.write(.ping(time: instant))
    fencesDue += 1
    if let instant { told = max(told, instant) }
  }

  private func line(for command: Command) throws(RemoteFault) -> ClientCommand {
    switch command {
    case .taxiOn(let entry):
      guard entry.tags == 0 else { break }
      var line = TaxiEntry(taxi: taxi(entry.taxi), place: map.unproject(entry.point))
      line.seats = entry.seats
      line.auto = entry.auto
      return .on(line)
    case .taxiOff(let id, let force): return .off(taxi(id), force: force, reason: nil)
    case .busy(let id, let reason): return .busy(taxi(id), reason)
    case .free(let id): return .free(taxi(id))
    case .request(let request):
      guard request.tags == 0, request.at == nil else { break }
      var line = RideRequest(
        ride: ride(request.ride),
        from: map.unproject(request.from),
        to: request.to.map { map.unproject($0) }
      )
      line.seats = request.seats
      line.wait = request.wait
      line.sentAt = request.sentAt
      return .request(line)
    case .change(let id, let version, let change):
      let amendment = RideAmendment(
        to: change.to.map { map.unproject($0) },
        seats: change.seats,
        at: change.at
      )
      return .change(ride(id), version: version, amendment)
    case .cancel(let id, let by): return .cancel(ride(id), by: by, reason: nil)
    case .accept(let id): return .accept(Identifier("o", id.value))
    case .decline(let id, let reason): return .decline(Identifier("o", id.value), reason)
    case .arrive(let id, .some(let by)): return .arrive(step(id, by))
    case .board(let id, .some(let by)): return .board(step(id, by))
    case .drop(let id, .some(let by)): return .drop(step(id, by), Receipt())
    case .noShow(let id, .some(let by)): return .noShow(step(id, by))
    case .abort(let id, .some(let by), let reason): return .abort(step(id, by), reason)
    default: break
    }
    throw RemoteFault("\(command) has no line of its own")
  }

  private func taxi(_ id: TaxiID) -> Identifier { Identifier("t", id.value) }
  private func ride(_ id: RideID) -> Identifier { Identifier("r", id.value) }
  private func step(_ id: RideID, _ by: TaxiID) -> TripStep {
    TripStep(ride: ride(id), taxi: taxi(by))
  }

  // MARK: In

  /// Sends what is written, and reads until the server has done all of it.
  private func fence(at instant: Millis?, _ facts: inout [Fact]) throws(RemoteFault) {
    ping(instant)
    try socket.send(writer.bytes)
    writer.removeAll()
    offersHeard.removeAll(keepingCapacity: true)
    let first = facts.count
    while fencesDue > 0 {
      switch try readLine() {
      case .pong(let pong):
        fencesDue -= 1
        nextDeadline = pong.next ?? .never
      case .event(let event) where event.subscription == Self.stream:
        facts.append(try fact(event))
      case .ok(let line) where line.tag == Self.tag:
        answer = Answer(line.isDuplicate ? .duplicate : .done, at: line.at?.sequence ?? 0)
      case .error(let error):
        guard error.tag == Self.tag,
          let refusal = Refusal.allCases.first(where: { ErrorName($0) == error.name }),
          error.name != .quota
        else { throw RemoteFault("the server: \(error.name.code) \(error.message)") }
        answer = Answer(.refused(refusal))
      case .offer(let offer):
        if let number = offer.offer.number(after: "o") { offersHeard.insert(number) }
      case .bye(let bye): throw RemoteFault("the server ended the connection: \(bye.why)")
      default: break
      }
    }
    try checkOffers(facts[first...])
  }

  /// A driver can only answer what was sent to the taxi.
  private func checkOffers(_ facts: ArraySlice<Fact>) throws(RemoteFault) {
    for (index, fact) in zip(facts.indices, facts) {
      guard case .offerMade(let offer) = fact.event, !offersHeard.contains(offer.id.value) else {
        continue
      }
      let isSettled =
        index + 1 < facts.endIndex && facts[index + 1].event == .offerAccepted(offer.id)
      guard isSettled else {
        throw RemoteFault("the server made the offer o\(offer.id.value) and sent no OFFER")
      }
    }
  }

  private func readLine() throws(RemoteFault) -> ServerLine {
    while true {
      if let line = try nextLine() { return line }
      try socket.receive(into: &bytes)
    }
  }

  private var at = 0

  private func nextLine() throws(RemoteFault) -> ServerLine? {
    while true {
      let found = scanner.next(in: bytes.span, at: &at)
      switch found {
      case .line(let range):
        let line = Array(bytes[range])
        do throws(LineError) {
          return try ServerLine(line.span)
        } catch {
          throw RemoteFault("the server's line was not understood: \(error.message)")
        }
      case .tooLong, .badByte: throw RemoteFault("the server sent no line of blp/1")
      case nil:
        bytes.removeFirst(at)
        at = 0
        return nil
      }
    }
  }

  private func fact(_ line: EventLine) throws(RemoteFault) -> Fact {
    factCount += 1
    guard line.at.sequence == factCount else {
      throw RemoteFault("event \(line.at) came where fact \(factCount) was due")
    }
    guard let event = Matching.Event(line, asked: asked) else {
      throw RemoteFault("the event \(line.kind) \(line.subject) at \(line.at) was not understood")
    }
    return Fact(number: factCount, at: told, event: event)
  }
}
