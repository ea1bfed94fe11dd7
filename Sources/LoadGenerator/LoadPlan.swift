import LineProtocol
import Matching
import Spatial

/// What a load run does: how much of what, for how long. Instants and places are drawn from
/// ``seed``, so the same plan asks for the same rides of the same taxis.
public struct LoadPlan: Equatable, Sendable {
  /// A city by name.
  public enum Profile: String, CaseIterable, Sendable {
    /// A company in a small town: for CI.
    case small
    /// All taxis of Seoul in an evening.
    case seoul
    /// Ten times as many of everything.
    case peak
  }

  /// Taxis, each reporting its place once in ``reportEvery``.
  public var taxis: Int
  public var reportEvery: Millis
  /// Connections that speak for the taxis, each for an equal share.
  public var gateways: Int
  /// New rides a second, at instants of a Poisson process.
  public var requestsPerSecond: Double
  /// Connections that ask for rides.
  public var bookers: Int
  /// The measured time.
  public var duration: Millis
  /// The same load before it, not measured.
  public var warmUp: Millis
  public var seed: UInt64 = 1
  /// Where taxis drive and riders ask: the city of Seoul within the box of its region.
  public var box = GeoBox(
    south: 374_300_000,
    west: 1_267_700_000,
    north: 377_000_000,
    east: 1_271_800_000
  )
  /// Set before the names of rides, so that a server may be measured twice.
  public var run = "1"
  /// For a server with keys.
  public var token: String?
  /// After the run, take the taxis off again.
  public var leavesClean = true

  /// What drivers and riders take for one thing, shortened so that supply stays.
  public var manners = Manners()

  public init(_ profile: Profile) {
    switch profile {
    case .small:
      (taxis, gateways, requestsPerSecond, bookers) = (1_000, 2, 5, 2)
      (duration, warmUp) = (.seconds(5), .seconds(1))
    case .seoul:
      (taxis, gateways, requestsPerSecond, bookers) = (72_000, 8, 50, 4)
      (duration, warmUp) = (.seconds(30), .seconds(5))
    case .peak:
      (taxis, gateways, requestsPerSecond, bookers) = (720_000, 40, 500, 8)
      (duration, warmUp) = (.seconds(30), .seconds(5))
    }
    reportEvery = .seconds(5)
  }

  /// Delays between the steps of a ride, each drawn evenly from its range.
  public struct Manners: Equatable, Sendable {
    /// From the offer to the driver's yes; well below the offer's time of 12 s.
    public var accept = Millis(300)...Millis(2_000)
    /// From the yes to the pickup.
    public var arrive = Millis(500)...Millis(2_000)
    public var board = Millis(200)...Millis(1_000)
    /// From boarding to the end.
    public var drop = Millis(1_000)...Millis(4_000)

    public init() {}
  }

  /// Position lines a second.
  public var linesPerSecond: Double { Double(taxis) * 1_000 / Double(reportEvery.count) }
  public var length: Millis { warmUp + duration }

  /// Rides that the run may ask for: for a server's bounds.
  public var ridesMost: Int {
    let mean = requestsPerSecond * Double(length.count) / 1_000
    return Int(mean + 6 * mean.squareRoot()) + 16
  }

  /// - Throws: ``LoadFailure`` that names the first value that cannot be, and what could.
  public func check() throws(LoadFailure) {
    func need(_ holds: Bool, _ message: String) throws(LoadFailure) {
      if !holds { throw LoadFailure(message) }
    }
    try need((1...1_000_000).contains(taxis), "taxis \(taxis): give 1 to 1000000")
    try need(
      (100...3_600_000).contains(reportEvery.count),
      "report-every \(reportEvery.count) ms: give 100ms to 1h"
    )
    try need(
      (1...1_000).contains(gateways) && gateways <= taxis,
      "gateways \(gateways): give 1 to 1000, and no more than there are taxis (\(taxis))"
    )
    try need(
      requestsPerSecond >= 0 && requestsPerSecond <= 100_000,
      "requests \(requestsPerSecond): give 0 to 100000 a second"
    )
    try need((1...1_000).contains(bookers), "bookers \(bookers): give 1 to 1000")
    try need(
      (1_000...3_600_000).contains(duration.count),
      "duration \(duration.count) ms: give 1s to 1h"
    )
    try need(
      (0...3_600_000).contains(warmUp.count),
      "warm-up \(warmUp.count) ms: give 0s to 1h"
    )
    try need(
      box.south < box.north && box.west < box.east,
      "box: south must be below north and west below east"
    )
    try need(
      !run.isEmpty && run.count <= 16 && Identifier(run) != nil,
      "run '\(run)': give 1 to 16 letters and digits"
    )
    try need(
      token.map { Identifier($0) != nil } ?? true,
      "token: it has characters that no token has"
    )
  }
}

/// Why a run could not be made or measured, in words that say how to put it right.
public struct LoadFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
