import Spatial

/// What was read from one set of files: the rides that survived cleaning, who drove them, and an
/// account of everything that did not survive.
///
/// The same files in the same order give the same log, byte for byte.
public struct TripLog: Sendable {
  public var layout: TripLayout
  /// What was added to UTC to get the local time of the data, in seconds; hours of the day and
  /// of the week are counted in it.
  public var utcOffsetSeconds: Int
  /// Names of taxis as the data writes them, in order of their UTF-8 bytes; empty where the data
  /// names none.
  public var taxis: [String]
  /// In order of (pickupAt, id).
  public var trips: [Trip]
  /// The calls of a ``TripLayout/seoulCallTaxi`` file, in order of the file; empty otherwise.
  public var calls: [CallTaxiRecord]
  /// What only traces know; `nil` for trip records.
  public var trace: TraceFigures?
  public var report: CleaningReport
  /// A longer time without a ride ends a shift under ``ShiftRule/gaps``, in milliseconds.
  public var gapMax: Int64

  init(layout: TripLayout, options: TripReader.Options, report: CleaningReport) {
    self.layout = layout
    self.utcOffsetSeconds = options.utcOffsetSeconds ?? layout.utcOffsetSeconds
    self.taxis = []
    self.trips = []
    self.calls = []
    self.trace = nil
    self.report = report
    self.gapMax = options.gapMax
  }
}

/// What the taxi did in one shift, as recorded.
public struct RecordedShift: Hashable, Sendable {
  public var shift: Shift
  /// Kept rides inside the shift, and Σ of their times in milliseconds.
  public var rides: Int
  public var occupied: Int64
  /// Driven metres along the trace (or, for records, Σ of the metered distances), with a rider and
  /// without; `nil` where the data does not know. Offline spells are left out.
  public var occupiedMetres: Int64?
  public var vacantMetres: Int64?

  public init(
    shift: Shift,
    rides: Int = 0,
    occupied: Int64 = 0,
    occupiedMetres: Int64? = nil,
    vacantMetres: Int64? = nil
  ) {
    self.shift = shift
    self.rides = rides
    self.occupied = occupied
    self.occupiedMetres = occupiedMetres
    self.vacantMetres = vacantMetres
  }
}

/// Why shifts cannot be read off a log.
public enum ShiftRuleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The data names no taxi.
  case noTaxis(TripLayout)
  /// The data knows pickups but no drop-offs.
  case noDropoffs(TripLayout)
  /// Presence needs a trace; the data has rides only.
  case noTrace(TripLayout)

  public var description: String {
    switch self {
    case .noTaxis(let layout):
      "shifts are unknown: the layout \(layout.rawValue) names no taxis here; "
        + "use data with a taxi id in every row"
    case .noDropoffs(let layout):
      "shifts are unknown: the layout \(layout.rawValue) records no drop-offs"
    case .noTrace(let layout):
      "the rule 'presence' needs a trace with vacant fixes, and the layout \(layout.rawValue) "
        + "records rides only; use the rule 'gaps'"
    }
  }
}

extension TripLog {
  /// The spells of work in order of (taxi, start).
  ///
  /// - Throws: ``ShiftRuleError`` where the data cannot answer.
  public func shifts(by rule: ShiftRule) throws(ShiftRuleError) -> [Shift] {
    try recorded(by: rule).map(\.shift)
  }

  /// The spells of work in order of (taxi, start), with what was recorded in each.
  ///
  /// - Throws: ``ShiftRuleError`` where the data cannot answer.
  public func recorded(by rule: ShiftRule) throws(ShiftRuleError) -> [RecordedShift] {
    switch rule {
    case .gaps:
      guard layout != .seoulCallTaxi else { throw .noDropoffs(layout) }
      guard !taxis.isEmpty else { throw .noTaxis(layout) }
      return gapShifts(of: trips, taxis: taxis.count, gapMax: gapMax, trace: trace)
    case .presence:
      guard let trace else { throw .noTrace(layout) }
      return trace.presence
    }
  }
}

/// What a trace of fixes knows beyond its rides.
public struct TraceFigures: Sendable {
  /// Shifts by ``ShiftRule/presence``, in order of (taxi, start).
  public var presence: [RecordedShift]
  /// For each trip, by its index in ``TripLog/trips``: metres driven since the same taxi's previous
  /// kept drop-off; `nil` for a taxi's first.
  public var emptyMetresBefore: [Int32?]
  /// Metres along all fixes, on shift or not.
  public var occupiedMetres: Int64
  public var vacantMetres: Int64
  /// Steps between two fixes faster than the speed limit: GPS jumps, which count no metres.
  public var jumps: Int
  /// The cleaned fixes; `nil` unless ``TripReader/Options/keepFixes``.
  public var fixes: FixTable?
}

/// One position report of a taxi, cleaned.
public struct Fix: Hashable, Sendable {
  /// Unix seconds.
  public var seconds: UInt32
  public var place: GeoPoint
  /// ``Trip/id`` of the ride under way, 0 when vacant; fixes of dropped rides are vacant.
  public var ride: UInt32

  public init(seconds: UInt32, place: GeoPoint, ride: UInt32) {
    self.seconds = seconds
    self.place = place
    self.ride = ride
  }
}

/// Cleaned fixes, taxi after taxi, each in order of time.
public struct FixTable: Sendable {
  public var fixes: [Fix]
  /// Where each taxi's fixes begin; one more than there are taxis.
  public var starts: [Int]

  /// The fixes of one taxi, an index of ``TripLog/taxis``.
  public func fixes(ofTaxi taxi: Int) -> ArraySlice<Fix> {
    fixes[starts[taxi]..<starts[taxi + 1]]
  }
}
