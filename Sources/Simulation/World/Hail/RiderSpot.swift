import Spatial
import TripData

/// Where an advised rider waits for a taxi.
package struct RiderSpot: Sendable, Equatable {
  package var place: Point
  /// Milliseconds on foot from where the ride is recorded to begin.
  package var walk: Int64

  package init(place: Point, walk: Int64) {
    self.place = place
    self.walk = walk
  }
}

/// The advice for riders of ``RiderAdvice`` as worlds without dispatch use it: learned on days that are
/// given, and for each ride the spot where an empty taxi comes within sight soonest, the walk counted.
package struct RiderSpots: Sendable {
  /// One for each sight of the worlds, in decimetres; asked only, never walked.
  private var models: [Int64: AdviceModel] = [:]
  /// In ascending order.
  private let sights: [Int64]
  /// The local days that they have learned from: advice is not judged on them.
  let days: Set<LocalDay>
  private let data: Scenario.Data

  /// By sight, then by the ride's id; asked only, never walked.
  package typealias Table = [Int64: [UInt64: RiderSpot]]

  /// - Parameters:
  ///   - log: a trace with its fixes kept.
  ///   - days: what is learned from.
  ///   - sights: of the worlds, each once.
  ///   - data: offset and beginning of the days.
  ///   - projection: of the map.
  /// - Throws: ``RunError`` where the log is no trace with its fixes kept.
  init(
    learnedFrom log: TripLog,
    days: Set<LocalDay>,
    sights: [Int64],
    data: Scenario.Data,
    projection: Projection
  ) throws(RunError) {
    self.days = days
    self.data = data
    self.sights = sights.sorted()
    var seen = log
    seen.trips.removeAll { !days.contains(data.day(of: $0.pickupAt)) }
    seen.trace?.fixes = log.trace?.fixes?.keeping(days, data)
    for sight in self.sights {
      do {
        models[sight] = try AdviceModel(
          learnedFrom: seen,
          grid: CellGrid(origin: projection.origin, sideMetres: Self.side(sight))
        )
      } catch {
        throw RunError("hail.advised_riders: \(error)")
      }
    }
  }

  /// Metres: a square as large as the disc that a rider overlooks, so that its passes are those that
  /// the rider would see; √π ≈ 1.772.
  private static func side(_ sight: Int64) -> Int {
    min(max(Int(sight * 1_772 / 10_000), CellGrid.sides.lowerBound), CellGrid.sides.upperBound)
  }

  /// The spots of rides whose riders are better off walking.
  ///
  /// - Throws: ``RunError`` where a ride is of a day that the models have learned from.
  func spots(for city: City, walk: Int64, allowSeen: Bool) throws(RunError) -> Table {
    let seen = city.rides.lazy.map { data.day(of: $0.requestedAt) }.first(where: days.contains)
    if let seen, !allowSeen {
      throw RunError(
        "hail.advised_riders: advice has learned from \(seen) and may not be judged on it; leave the "
          + "day out of travel.learn_from, or set allow_seen: true"
      )
    }
    var options = RiderAdvice.Options()
    options.walkSeconds = Int(walk / 1_000)
    options.spotsMax = 1
    var table: Table = [:]
    for sight in sights {
      guard let model = models[sight] else { continue }
      for ride in city.rides {
        let advice = RiderAdvice(
          model,
          at: city.projection.unproject(ride.from),
          unixSeconds: ride.requestedAt / 1_000,
          options: options
        )
        guard let best = advice.spots.first, best.cell != advice.here.cell else { continue }
        table[sight, default: [:]][ride.id] = RiderSpot(
          place: city.box.clamp(city.projection.project(best.place)),
          walk: Int64((best.walkMinutes * 60_000).rounded())
        )
      }
    }
    return table
  }
}
