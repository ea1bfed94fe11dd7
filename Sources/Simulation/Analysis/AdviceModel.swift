import Foundation
import Spatial
import TripData

/// How often an empty taxi comes by, by cell and hour of the week: what rider advice is made from.
///
/// It holds counts as they are, small ones too, so it is for the service that answers riders and not
/// for publication (docs/ANALYSE.md).
public struct AdviceModel: Sendable, Equatable {
  /// Passes of one cell in one hour of the week.
  struct Count: Sendable, Equatable {
    var slot: Int
    var passes: Int
  }

  public let grid: CellGrid
  public let utcOffsetSeconds: Int
  /// Local days it has learned from, in order: it may not be judged on them.
  public let days: [LocalDay]
  /// Seconds of data by hour of the week.
  let covered: [Int64]
  /// By cell, its hours in order; read by key only.
  private let counts: [GridCell: [Count]]
  /// Passes by zone, hour by hour, ``WeekHour/count`` numbers; read by key only.
  private let zones: [GridCell: [Int]]

  /// A zone is this many cells wide: 1.6 km for cells of 100 m.
  private static let zone: Int32 = 16

  init(
    grid: CellGrid,
    utcOffsetSeconds: Int,
    days: [LocalDay],
    covered: [Int64],
    counts: [GridCell: [Count]]
  ) {
    self.grid = grid
    self.utcOffsetSeconds = utcOffsetSeconds
    self.days = days
    self.covered = covered
    self.counts = counts
    var zones: [GridCell: [Int]] = [:]
    for (cell, own) in counts {
      for count in own {
        zones[Self.zone(of: cell), default: Array(repeating: 0, count: WeekHour.count)][
          count.slot
        ] += count.passes
      }
    }
    self.zones = zones
  }

  /// Learns from the vacant stretches of a trace.
  ///
  /// - Throws: ``AnalysisError`` when the log is no trace with its fixes kept.
  public init(learnedFrom log: TripLog, grid: CellGrid) throws(AnalysisError) {
    guard let fixes = log.trace?.fixes else {
      throw AnalysisError(
        "advice is learned from the paths of vacant taxis, and the layout \(log.layout.rawValue) "
          + "has none; give traces (cabspotting)"
      )
    }
    let coverage = Coverage(log)
    var hours: [GridCell: [Int: Int]] = [:]
    VacantPaths.forEachPass(fixes, grid: grid) { pass in
      let slot = WeekHour.slot(pass.at, utcOffsetSeconds: log.utcOffsetSeconds)
      hours[pass.cell, default: [:]][slot, default: 0] += 1
    }
    var days: [LocalDay] = []
    for hour in coverage.hours {
      let day = LocalDay(number: Int32(hour >= 0 ? hour / 24 : (hour - 23) / 24))
      if days.last != day { days.append(day) }
    }
    self.init(
      grid: grid,
      utcOffsetSeconds: log.utcOffsetSeconds,
      days: days,
      covered: coverage.slots,
      counts: hours.mapValues { own in
        own.sorted { $0.key < $1.key }.map { Count(slot: $0.key, passes: $0.value) }
      }
    )
  }

  private static func zone(of cell: GridCell) -> GridCell {
    GridCell(
      column: CellGrid.floorDivide(cell.column, zone),
      row: CellGrid.floorDivide(cell.row, zone)
    )
  }

  /// What is known of a cell's passes in one hour of the week: a gamma distribution of their rate.
  struct Rate: Equatable {
    /// Passes, those that stand for other hours counted too.
    var shape: Double
    /// Hours.
    var exposure: Double

    /// Passes an hour, on average.
    var mean: Double { exposure > 0 ? shape / exposure : 0 }

    /// Minutes that the next pass takes with this probability at most. With the rate uncertain, the
    /// wait for a Poisson event follows a Lomax distribution; endless when nothing ever came.
    func wait(quantile: Double) -> Double {
      guard shape > 0 else { return .infinity }
      return 60 * exposure * (pow(1 - quantile, -1 / shape) - 1)
    }

    /// The probability that the next pass takes these minutes at most.
    func probability(withinMinutes minutes: Double) -> Double {
      1 - pow(exposure / (exposure + minutes / 60), shape)
    }
  }

  /// How many hours of its own an expectation from the rest of the week is worth.
  static let priorHours = 3.0

  /// A cell has few hours of its own in each hour of the week, so they are taken together with an
  /// expectation: the cell's passes over the whole week, spread over its hours as the passes of its
  /// zone are.
  func rate(of cell: GridCell, slot: Int) -> Rate {
    let own = counts[cell] ?? []
    let hours = Double(covered[slot]) / 3_600
    let all = Double(covered.reduce(0, +)) / 3_600
    guard all > 0, !own.isEmpty, let zone = zones[Self.zone(of: cell)] else {
      return Rate(shape: 0, exposure: max(hours, 1))
    }
    let week = Double(own.reduce(0) { $0 + $1.passes }) / all
    let zoneWeek = Double(zone.reduce(0, +)) / all
    let zoneHour = hours > 0 ? Double(zone[slot]) / hours : zoneWeek
    let expected = zoneWeek > 0 ? week * zoneHour / zoneWeek : week
    let passes = own.first { $0.slot == slot }?.passes ?? 0
    return Rate(
      shape: expected * Self.priorHours + Double(passes),
      exposure: Self.priorHours + hours
    )
  }

  /// Cells with passes, in order; for writing.
  var cells: [(cell: GridCell, counts: [Count])] {
    counts.keys.sorted().map { ($0, counts[$0] ?? []) }
  }
}
