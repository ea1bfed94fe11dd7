import TripData

/// What one world did, folded from its facts and its taxis: the only source of every table, chart
/// and JSON key. Times are milliseconds, distances metres, both exact integers; ratios are taken
/// when they are printed. Definitions: docs/SIMULATION.md, section 1.
public struct Figures: Sendable {
  /// A total split by what the taxis were doing.
  public struct Split: Equatable, Sendable {
    public var idle: Int64 = 0
    public var guided: Int64 = 0
    public var pickup: Int64 = 0
    public var occupied: Int64 = 0

    public init() {}

    public var total: Int64 { idle + guided + pickup + occupied }
    public var empty: Int64 { total - occupied }
    /// 1 − occupied ÷ total; `nil` when nothing was measured.
    public var vacancy: Double? { total > 0 ? Double(empty) / Double(total) : nil }
  }

  /// Rides by how they ended. `requests` = `served` + `gaveUp` + `expired` + `open`.
  public struct Service: Equatable, Sendable {
    public var requests = 0
    public var served = 0
    /// Cancelled by a rider whose patience ended.
    public var gaveUp = 0
    /// Expired in the engine: nobody could be assigned in time.
    public var expired = 0
    /// Still waiting, on the way or on board when the figures end.
    public var open = 0
    public var offers = 0
    public var declined = 0
    public var unanswered = 0
    /// Offers or assignments taken back for a better taxi.
    public var reassigned = 0

    public init() {}
  }

  /// Request to boarding, in milliseconds; the unserved count as an endless wait in the
  /// percentiles (`nil`: the percentile falls among them) and are left out of the mean.
  public struct Wait: Equatable, Sendable {
    public var mean: Double
    public var p50: Int64?
    public var p95: Int64?
    public var p99: Int64?
    /// Served rides by wait, in bins of ``binWidth``; the last bin is open.
    public var histogram: [Int]
    public static let binWidth: Int64 = 30_000
    public static let binCount = 40

    public init(mean: Double, p50: Int64?, p95: Int64?, p99: Int64?, histogram: [Int]) {
      self.mean = mean
      self.p50 = p50
      self.p95 = p95
      self.p99 = p99
      self.histogram = histogram
    }
  }

  /// One clock hour of the measured span.
  public struct Hour: Equatable, Sendable {
    /// Unix milliseconds.
    public var start: Int64
    public var requests = 0
    public var served = 0
    /// Taxi-milliseconds inside the hour.
    public var time = Split()

    public init(start: Int64) { self.start = start }
  }

  /// One square of the map, ``Figures/mapCellMetres`` wide.
  public struct MapCell: Equatable, Sendable {
    /// Column and row, eastward and northward of the projection's origin.
    public var column: Int32
    public var row: Int32
    public var pickups: Int
    /// Σ of waits of the pickups, in milliseconds; 0 in the recorded world, whose waits are unknown.
    public var waitSum: Int64
    public var unserved: Int

    public init(column: Int32, row: Int32, pickups: Int, waitSum: Int64, unserved: Int) {
      self.column = column
      self.row = row
      self.pickups = pickups
      self.waitSum = waitSum
      self.unserved = unserved
    }
  }

  public static let mapCellMetres: Int32 = 250

  public var world: String
  public var shiftRule: ShiftRule
  public var taxis = 0
  public var shifts = 0
  public var time = Split()
  public var metres = Split()
  public var service = Service()
  /// `nil` in the recorded world: its waits are unknown, never 0.
  public var wait: Wait?
  /// Empty metres driven to rides that are not the first of their shift, and how many those are:
  /// the first starts where the shift does, at no distance (docs/SIMULATION.md, section 2).
  public var emptyMetresAfterFirst: Int64 = 0
  public var ridesAfterFirst = 0
  public var hours: [Hour] = []
  public var map: [MapCell] = []
  /// The state digest of the engine at the end; `nil` in the recorded world.
  public var digest: UInt64?

  public init(world: String, shiftRule: ShiftRule) {
    self.world = world
    self.shiftRule = shiftRule
  }
}
