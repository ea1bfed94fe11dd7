import LineProtocol
import Matching
import Spatial

/// What leaves, and when.
extension LoadRun {
  func taxiName(_ taxi: Int) -> Identifier { Identifier("t", UInt64(taxi)) }

  func rideName(_ ride: Int) -> Identifier? { Identifier("r\(plan.run)-\(ride)") }

  /// The number of a ride of this run.
  func ride(named name: Identifier) -> Int? {
    let prefix = "r\(plan.run)-"
    guard name.text.hasPrefix(prefix), let ride = Int(name.text.dropFirst(prefix.count)),
      rides.indices.contains(ride)
    else { return nil }
    return ride
  }

  /// Answers that may be awaited on one connection while taxis enter and leave: half of what makes
  /// a server stop reading.
  private static let rollWindow = 128

  /// Taxis that enter, or leave.
  func pumpRoll(_ gateway: Int) {
    let connection = connections[gateway]
    let now = clock()
    while connection.pending.count < Self.rollWindow,
      gatewayStates[gateway].roll < gatewayStates[gateway].taxis.upperBound
    {
      let taxi = gatewayStates[gateway].roll
      gatewayStates[gateway].roll += 1
      let index = Int32(clamping: taxi)
      if phase == .entering {
        var entry = TaxiEntry(taxi: taxiName(taxi), place: fleet.place(taxi))
        entry.sequence = 1
        connection.send(.on(entry), Pending(kind: .on, index: index, due: now))
      } else {
        connection.send(
          .off(taxiName(taxi), force: true, reason: nil),
          Pending(kind: .off, index: index, due: now)
        )
      }
    }
    connection.flush()
  }

  /// Riders whose instant has come.
  func sendRequests() {
    let now = clock()
    while let request = nextRequest, start + request.due <= now {
      nextRequest = requests.next()
      let due = start + request.due
      let ride = rides.count
      rides.append(LoadRide(due: due))
      guard let name = rideName(ride) else { continue }
      let connection = connections[plan.gateways + ride % plan.bookers]
      connection.send(
        .request(RideRequest(ride: name, from: request.from, to: request.to)),
        Pending(kind: .request, index: Int32(clamping: ride), due: due)
      )
      // Each in its own write, at its own instant.
      connection.flush()
      tally.requests += 1
      tally.lag(intended: due, sent: now, isMeasured: due >= measured)
    }
  }

  /// What drivers do now.
  func sendActions() {
    let now = clock()
    while let action = actions.take(until: now) {
      let ride = Int(action.ride)
      guard rides[ride].step == action.step, rides[ride].taxi >= 0,
        let command = command(action.kind, ride)
      else { continue }
      let gateway = gateway(of: Int(rides[ride].taxi))
      connections[gateway].send(
        command,
        Pending(kind: action.kind, index: action.ride, due: action.due)
      )
    }
  }

  private func command(_ kind: Pending.Kind, _ ride: Int) -> ClientCommand? {
    guard let name = rideName(ride) else { return nil }
    let step = TripStep(ride: name, taxi: taxiName(Int(rides[ride].taxi)))
    return switch kind {
    case .accept: rides[ride].offer.map { .accept($0) }
    case .arrive: .arrive(step)
    case .board: .board(step)
    case .drop: .drop(step, Receipt())
    default: nil
    }
  }

  func gateway(of taxi: Int) -> Int {
    // The inverse of the shares, which differ by at most one taxi.
    let guess = min(taxi * plan.gateways / plan.taxis, plan.gateways - 1)
    for gateway in [guess, guess + 1, guess - 1]
    where gatewayStates.indices.contains(gateway) && gatewayStates[gateway].taxis.contains(taxi) {
      return gateway
    }
    return guess
  }

  /// Between two writes of one gateway.
  private static let reportEvery: UInt64 = 20_000_000
  private static let pingEvery: UInt64 = 1_000_000_000

  /// Position lines that are due, those of one gateway in one write.
  func sendReports() {
    let now = clock()
    for gateway in gatewayStates.indices where gatewayStates[gateway].nextReport <= now {
      gatewayStates[gateway].nextReport += Self.reportEvery
      let connection = connections[gateway]
      let range = gatewayStates[gateway].taxis
      let elapsed = Double(now - start) / 1_000_000
      let whole = Int(elapsed * Double(range.count) / Double(plan.reportEvery.count))
      let due = whole - gatewayStates[gateway].due
      gatewayStates[gateway].due = whole
      if connection.isWritable {
        sendPositions(due, gateway)
      } else {
        // Megabytes wait already: more would only measure this machine's memory.
        tally.heldBack += due
      }
      if gatewayStates[gateway].nextPing <= now {
        let intended = gatewayStates[gateway].nextPing
        gatewayStates[gateway].nextPing += Self.pingEvery
        connection.send(.ping(time: nil), Pending(kind: .ping, index: -1, due: intended))
      }
    }
  }

  private func sendPositions(_ count: Int, _ gateway: Int) {
    guard count > 0 else { return }
    let range = gatewayStates[gateway].taxis
    connections[gateway].sendLines(count, most: count * Fleet.lineMost) { bytes in
      fleet.report(count, of: range, cursor: &gatewayStates[gateway].cursor, into: bytes)
    }
  }

  /// A PING on each gateway: its answer says that all lines before it were taken.
  func fence(_ now: UInt64) {
    for gateway in gatewayStates.indices {
      let index = gatewayStates[gateway].fences.count
      gatewayStates[gateway].fences.append(Fence(lines: connections[gateway].lines))
      connections[gateway].send(
        .ping(time: nil),
        Pending(kind: .ping, index: Int32(clamping: index), due: now)
      )
    }
    flushAll()
  }
}
