import Spatial
import TripData

/// Where and when riders board and alight and empty taxis come by, from recorded trips and traces:
/// what Seoul published of its taxis in 2014, for any data that ``TripReader`` reads.
public struct CityAnalysis: Sendable {
  public struct Options: Sendable {
    /// A cell's side in metres, in ``CellGrid/sides``.
    public var cellMetres = 100
    /// Fewest different taxis behind a published count; 1 publishes everything.
    public var threshold = 5
    /// Where four cells meet; `nil`: the middle of the data to a tenth of a degree, so that other
    /// days of the same city get the same cells.
    public var origin: GeoPoint?

    public init() {}
  }

  /// What is counted. Raw values are names of files and keys.
  public enum Measure: String, CaseIterable, Sendable {
    case boardings
    case dropoffs
    case vacantPasses = "vacant_passes"
  }

  public let grid: CellGrid
  public let threshold: Int
  public let utcOffsetSeconds: Int
  /// Seconds of each hour of the week that the data covers, ``WeekHour/count`` of them.
  public let covered: [Int64]
  /// In the order of ``Measure``; without vacant passes where the data is no trace.
  public private(set) var counts: [(measure: Measure, counts: CellCounts)] = []

  /// - Parameters:
  ///   - log: read with fixes kept, if it is a trace.
  ///   - options: cells and threshold.
  ///   - progress: the share done, 0 … 1.
  /// - Throws: ``AnalysisError`` when there is nothing to count.
  public init(
    _ log: TripLog,
    options: Options = Options(),
    progress: (Double) -> Void = { _ in }
  ) throws(AnalysisError) {
    guard log.layout != .seoulCallTaxi else {
      throw AnalysisError(
        "the layout seoul-calltaxi knows neighbourhoods, not places, so nothing can be counted by "
          + "cell; give trips or traces with coordinates"
      )
    }
    guard !log.trips.isEmpty else {
      throw AnalysisError("no ride is left after cleaning; `baecha data check` tells why")
    }
    grid = CellGrid(
      origin: options.origin ?? Self.origin(of: log.trips),
      sideMetres: options.cellMetres
    )
    threshold = options.threshold
    utcOffsetSeconds = log.utcOffsetSeconds
    covered = Coverage(log).slots
    let offset = utcOffsetSeconds
    for measure in [Measure.boardings, .dropoffs] {
      var events = CellEvents()
      for trip in log.trips {
        let isBoarding = measure == .boardings
        let at = (isBoarding ? trip.pickupAt : trip.dropoffAt) / 1_000
        events.add(
          slot: WeekHour.slot(at, utcOffsetSeconds: offset),
          cell: grid.cell(of: isBoarding ? trip.from : trip.to),
          contributor: trip.taxi >= 0 ? UInt64(trip.taxi) : trip.id
        )
      }
      counts.append((measure, events.counts(threshold: threshold)))
      progress(measure == .boardings ? 0.1 : 0.2)
    }
    guard let fixes = log.trace?.fixes else {
      progress(1)
      return
    }
    var events = CellEvents()
    let taxis = Double(max(fixes.starts.count - 1, 1))
    var last: Int32 = -1
    VacantPaths.forEachPass(fixes, grid: grid) { pass in
      if pass.taxi != last {
        last = pass.taxi
        progress(0.2 + 0.5 * Double(last) / taxis)
      }
      events.add(
        slot: WeekHour.slot(pass.at, utcOffsetSeconds: offset),
        cell: pass.cell,
        contributor: UInt64(pass.taxi)
      )
    }
    progress(0.7)
    counts.append((.vacantPasses, events.counts(threshold: threshold)))
    progress(1)
  }

  /// Every pass of a vacant taxi in a log with its fixes, taxi by taxi, in order of time.
  package static func vacantPasses(of log: TripLog, grid: CellGrid) -> [VacantPass] {
    var passes: [VacantPass] = []
    if let fixes = log.trace?.fixes {
      VacantPaths.forEachPass(fixes, grid: grid) { passes.append($0) }
    }
    return passes
  }

  /// The middle of the pickups, to a tenth of a degree.
  static func origin(of trips: [Trip]) -> GeoPoint {
    let latitudes = trips.map(\.from.latitude).sorted()
    let longitudes = trips.map(\.from.longitude).sorted()
    guard let latitude = latitudes.dropFirst(trips.count / 2).first,
      let longitude = longitudes.dropFirst(trips.count / 2).first
    else { return GeoPoint(latitude: 0, longitude: 0) }
    func rounded(_ angle: Int32) -> Int32 {
      CellGrid.floorDivide(angle + 500_000, 1_000_000) * 1_000_000
    }
    return GeoPoint(latitude: rounded(latitude), longitude: rounded(longitude))
  }
}

/// Which hours the data covers: those in which anything happened, the first and the last as far as
/// it did.
struct Coverage {
  /// Seconds by hour of the week.
  private(set) var slots = Array(repeating: Int64(0), count: WeekHour.count)
  /// Local hours since 1970 in which anything happened, in order.
  private(set) var hours: [Int64] = []

  init(_ log: TripLog) {
    let offset = log.utcOffsetSeconds
    var first = Int64.max
    var last = Int64.min
    var seen: Set<Int64> = []
    func note(_ at: Int64) {
      first = min(first, at)
      last = max(last, at)
      seen.insert(WeekHour.hour(at, utcOffsetSeconds: offset))
    }
    for trip in log.trips {
      note(trip.pickupAt / 1_000)
      note(trip.dropoffAt / 1_000)
    }
    // A fix a taxi and hour would do, but asking costs more than noting.
    var hour = Int64.min
    for fix in log.trace?.fixes?.fixes ?? [] {
      let at = Int64(fix.seconds)
      let own = WeekHour.hour(at, utcOffsetSeconds: offset)
      if own != hour || at < first || at > last {
        hour = own
        note(at)
      }
    }
    hours = seen.sorted()
    for hour in hours {
      let start = hour * 3_600 - Int64(offset)
      let covered = max(min(start + 3_600, last + 1) - max(start, first), 0)
      slots[WeekHour.slot(start, utcOffsetSeconds: offset)] += covered
    }
  }
}

/// Why an analysis or an advice cannot be had: one or two sentences with what to do.
public struct AnalysisError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
