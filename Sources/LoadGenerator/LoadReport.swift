/// What a run found.
public struct LoadReport: Codable, Equatable, Sendable {
  public var machine = Machine.this
  public var taxis = 0
  public var reportEverySeconds = 0.0
  public var gateways = 0
  public var requestsPerSecond = 0.0
  public var bookers = 0
  public var durationSeconds = 0.0
  public var seed: UInt64 = 0
  /// What the server promises: `memory`, `relaxed`, `replicated`, `durable`.
  public var durability = ""

  /// Position lines that were asked for, and that the server took, a second.
  public var positionsDue = 0.0
  public var positionsTaken = 0.0
  public var positionsHeldBack = 0
  public var positionsWrong = 0
  public var positionsLate = 0

  public var requests = 0
  public var requestsTaken = 0
  public var ridesOffered = 0
  public var offersAgain = 0
  public var offersRevoked = 0
  public var ridesFinished = 0
  public var refusals: [String: Int] = [:]
  public var lostAnswers = 0
  public var connectionsClosed = 0
  public var linesUnreadable = 0
  /// By kind, over all connections.
  public var events: [String: Int] = [:]

  /// From the instant that the request was meant to be sent.
  public var requestToAnswer = LatencySummary()
  public var requestToOffer = LatencySummary()
  public var acceptToAnswer = LatencySummary()
  public var stepToAnswer = LatencySummary()
  /// From a PING behind position lines until its PONG.
  public var fence = LatencySummary()
  /// How late the generator itself sent requests; it is part of the above.
  public var generatorLag = LatencySummary()

  /// Shares of one core; `nil` = not known.
  public var serverCores: Double?
  public var generatorCores: Double?
  public var serverBytes: Int?

  init() {}
}

extension LoadRun {
  func report() -> LoadReport {
    var report = LoadReport()
    report.taxis = plan.taxis
    report.reportEverySeconds = Double(plan.reportEvery.count) / 1_000
    report.gateways = plan.gateways
    report.requestsPerSecond = plan.requestsPerSecond
    report.bookers = plan.bookers
    report.durationSeconds = Double(plan.duration.count) / 1_000
    report.seed = plan.seed
    report.durability = tally.durability
    report.positionsDue = plan.linesPerSecond
    for state in gatewayStates where state.fences.count == 2 {
      let (first, last) = (state.fences[0], state.fences[1])
      guard first.passed > 0, last.passed > first.passed else { continue }
      let seconds = Double(last.passed - first.passed) / 1_000_000_000
      report.positionsTaken += Double(last.lines - first.lines) / seconds
    }
    let sent = connections.reduce(0) { $0 + $1.lines }
    if sent > 0 {
      // What was refused is spread over the whole run; lines behind a fence were read, not taken.
      report.positionsTaken *= 1 - Double(tally.wrongPositions + tally.latePositions) / Double(sent)
    }
    report.positionsHeldBack = tally.heldBack
    report.positionsWrong = tally.wrongPositions
    report.positionsLate = tally.latePositions
    report.requests = tally.requests
    report.requestsTaken = tally.acceptedRequests
    report.ridesOffered = tally.offeredRides
    report.offersAgain = tally.offeredAgain
    report.offersRevoked = tally.revoked
    report.ridesFinished = tally.finished
    report.refusals = tally.refusals
    report.lostAnswers = tally.lost
    report.connectionsClosed = tally.closed
    report.linesUnreadable = tally.unreadable
    report.events = tally.events
    report.requestToAnswer = tally.request.summary
    report.requestToOffer = tally.offer.summary
    report.acceptToAnswer = tally.accept.summary
    report.stepToAnswer = tally.step.summary
    report.fence = tally.fence.summary
    report.generatorLag = tally.ownLag.summary
    report.serverCores = tally.serverShare
    report.generatorCores = tally.ownShare
    report.serverBytes = tally.serverBytes
    return report
  }

}

extension LoadReport {
  /// Why a run does not count as held; empty when it does.
  ///
  /// - Parameter most: share of requests, and of position lines, that may be refused or lost.
  /// - Returns: one sentence for each bound that was passed.
  public func misses(most: Double) -> [String] {
    var misses: [String] = []
    let refused = refusals.values.reduce(0, +)
    let allowed = Int(Double(requests) * most)
    if refused > allowed { misses.append("\(refused) lines refused, \(allowed) allowed") }
    if lostAnswers > allowed { misses.append("\(lostAnswers) answers lost, \(allowed) allowed") }
    let unoffered = requestsTaken - ridesOffered
    if unoffered > allowed {
      misses.append("\(unoffered) rides without an offer, \(allowed) allowed")
    }
    let positions = Int(positionsDue * durationSeconds * most)
    let missing = positionsHeldBack + positionsWrong + positionsLate
    if missing > positions {
      misses.append("\(missing) position lines held back, wrong or late, \(positions) allowed")
    }
    if connectionsClosed > 0 { misses.append("the server closed \(connectionsClosed) connections") }
    if linesUnreadable > 0 { misses.append("\(linesUnreadable) lines of the server unreadable") }
    return misses
  }
}
