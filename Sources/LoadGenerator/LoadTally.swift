import LineProtocol

/// What a run counts while it runs.
struct LoadTally {
  var requests = 0
  var acceptedRequests = 0
  /// Rides that were offered at least once.
  var offeredRides = 0
  var offeredAgain = 0
  var finished = 0
  var revoked = 0
  /// Offers of taxis or rides that are not this run's.
  var strangers = 0
  /// Position lines that were due and not sent, since megabytes waited already.
  var heldBack = 0
  var wrongPositions = 0
  var latePositions = 0
  /// Commands that were never answered.
  var lost = 0
  var closed = 0
  var unreadable = 0
  var farewell: String?
  var durability = ""
  /// By `code name`.
  private(set) var refusals: [String: Int] = [:]
  private(set) var refusedCount = 0
  private(set) var events: [String: Int] = [:]

  var request = LatencyRecorder()
  var offer = LatencyRecorder()
  var accept = LatencyRecorder()
  var step = LatencyRecorder()
  var fence = LatencyRecorder()
  /// The generator's own: how late requests left.
  var ownLag = LatencyRecorder()

  private var serverStart: ProcessFigures?
  private var ownStart: ProcessFigures?
  private var startedAt: UInt64 = 0
  /// Shares of one core while it was measured.
  private(set) var serverShare: Double?
  private(set) var ownShare: Double?
  private(set) var serverBytes: Int?

  mutating func refuse(_ error: LineError) {
    refusedCount += 1
    refusals["\(error.name.code) \(error.name.word)", default: 0] += 1
  }

  mutating func event(_ kind: String) { events[kind, default: 0] += 1 }

  mutating func lag(intended: UInt64, sent: UInt64, isMeasured: Bool) {
    if isMeasured { ownLag.record(intended: intended, seen: sent) }
  }

  mutating func begin(pid: Int32?, at now: UInt64) {
    serverStart = pid.flatMap { ProcessFigures(pid: $0) }
    ownStart = ProcessFigures.own
    startedAt = now
  }

  mutating func end(pid: Int32?, at now: UInt64) {
    let wall = Double(now - startedAt) / 1_000_000_000
    guard startedAt > 0, wall > 0 else { return }
    let server = pid.flatMap { ProcessFigures(pid: $0) }
    if let server, let serverStart {
      serverShare = (server.processorSeconds - serverStart.processorSeconds) / wall
    }
    serverBytes = server?.residentBytes
    if let own = ProcessFigures.own, let ownStart {
      ownShare = (own.processorSeconds - ownStart.processorSeconds) / wall
    }
  }
}
