import Spatial

/// The layouts of files that ``TripReader`` knows; docs/DATA.md describes each by column. Raw values
/// are the names on the command line and in reports.
public enum TripLayout: String, CaseIterable, Hashable, Sendable {
  /// New York 2013 as START and END events, 11 fields, no header (Apache Flink training data).
  case nycEvents = "nyc-events"
  /// New York 2010–2013 as released under the freedom of information law, with medallions.
  case nycFoil = "nyc-foil"
  /// The same rides as the DEBS 2015 Grand Challenge gave them: 17 fields, no header.
  case debs2015 = "debs-2015"
  /// TLC yellow (and green) trip records with coordinates, 2009 to mid 2016.
  case tlc
  /// Cabspotting as published: `latitude longitude occupied time`, one file per cab, named after it.
  case cabspotting
  /// Cabspotting by day: `cab,latitude,longitude,occupied,unix_time` with a header.
  case cabspottingDay = "cabspotting-day"
  /// Seoul's call taxis for disabled passengers: neighbourhoods, no coordinates, no drop-off.
  case seoulCallTaxi = "seoul-calltaxi"
  /// A header with the column names of docs/DATA.md.
  case generic

  /// Whether the rows are fixes with an occupancy flag.
  public var isTrace: Bool { self == .cabspotting || self == .cabspottingDay }

  /// Local time less UTC, in seconds, where the reader is not told: New York's standard time (its
  /// summer time is one hour more: say so), San Francisco's summer time (the traces are of May and
  /// June), Seoul, and UTC for the generic layout.
  public var utcOffsetSeconds: Int {
    switch self {
    case .nycEvents, .nycFoil, .debs2015, .tlc: -5 * 3_600
    case .cabspotting, .cabspottingDay: -7 * 3_600
    case .seoulCallTaxi: 9 * 3_600
    case .generic: 0
    }
  }

  /// Where places are believed when the reader is not told; `nil` means anywhere but (0, 0).
  public var region: Region? {
    switch self {
    case .nycEvents, .nycFoil, .debs2015, .tlc:
      // The five boroughs, Newark and the near suburbs.
      Region(
        southWest: GeoPoint(latitude: 403_000_000, longitude: -745_000_000),
        northEast: GeoPoint(latitude: 413_000_000, longitude: -732_000_000)
      )
    case .cabspotting, .cabspottingDay:
      // The Bay Area.
      Region(
        southWest: GeoPoint(latitude: 370_000_000, longitude: -1_230_000_000),
        northEast: GeoPoint(latitude: 385_000_000, longitude: -1_215_000_000)
      )
    case .seoulCallTaxi, .generic: nil
    }
  }
}
