import TripData

/// What a study is to do: which worlds are played over which days, with which shares of the fleet and
/// which seeds, and what service they must all give to be compared (docs/SIMULATION.md, section 5).
/// Read from YAML (``load(path:isSmall:)``); docs/STUDY.md documents every key.
public struct Study: Sendable {
  public var title = ""
  /// With the study's overrides, patience and worlds; its seed is not used.
  public var scenario = Scenario()
  /// Days that models may learn from, ascending; every one is before every day of ``test``.
  public var learn: [LocalDay] = []
  /// Days that the worlds are judged on, ascending.
  public var test: [LocalDay] = []
  public var seeds: [UInt64] = [1, 2, 3, 4, 5]
  /// Shares of each day's shifts in permyriad, descending from 10,000.
  public var shares = Array(stride(from: 10_000, through: 4_000, by: -500))
  public var level = ServiceLevel()
  /// Names of worlds that the others are compared with, day by day.
  public var against: [String] = []
  /// Whether the least taxi-hours of each day are computed beside the worlds.
  public var bound = false
  /// Whether the quick version of the file is meant.
  public var isSmall = false
  /// The path that the study was read from, and what both files held.
  public var file = ""
  public var sources: [[UInt8]] = []

  /// Fewer seeds than this say nothing about the draw of the shifts.
  public static let seedsMin = 5

  public init() {}

  public var worlds: [WorldSettings] { scenario.worlds }
}

/// The service that worlds must give before their fleets are compared.
public struct ServiceLevel: Equatable, Sendable {
  /// Least share of the requests that are served, in permyriad.
  public var servedMin = 9_800
  /// Greatest 95th percentile of the wait in milliseconds, the unserved counting as endless waits.
  public var waitMax: Int64 = 480_000

  public init() {}
}
