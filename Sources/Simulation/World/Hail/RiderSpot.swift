import Spatial
import TripData

/// Where an advised rider waits for a taxi.
struct RiderSpot: Sendable, Equatable {
  var place: Point
  /// Milliseconds on foot from where the ride is recorded to begin.
  var walk: Int64
}

/// The advice for riders of ``RiderAdvice`` as a world without dispatch uses it: one model, learned on
/// days that are given, and for each ride the spot where an empty taxi comes by soonest.
struct RiderSpots: Sendable {
  private let model: AdviceModel
  /// The local days that it has learned from: it is not judged on them.
  let days: Set<LocalDay>
  private let data: Scenario.Data
  /// Metres: the cells of `baecha advise`.
  private static let cell = 100

  /// - Throws: ``RunError`` where the log is no trace with its fixes kept.
  init(
    learnedFrom log: TripLog,
    days: Set<LocalDay>,
    data: Scenario.Data,
    projection: Projection
  ) throws(RunError) {
    self.days = days
    self.data = data
    var seen = log
    seen.trips.removeAll { !days.contains(data.day(of: $0.pickupAt)) }
    if let table = log.trace?.fixes {
      var kept = table
      kept.fixes = []
      kept.starts = [0]
      for taxi in 0..<max(table.starts.count - 1, 0) {
        kept.fixes += table.fixes(ofTaxi: taxi).filter {
          days.contains(data.day(of: Int64($0.seconds) * 1_000))
        }
        kept.starts.append(kept.fixes.count)
      }
      seen.trace?.fixes = kept
    }
    do {
      model = try AdviceModel(
        learnedFrom: seen,
        grid: CellGrid(origin: projection.origin, sideMetres: Self.cell)
      )
    } catch {
      throw RunError("hail.advised_riders: \(error)")
    }
  }

  /// The spots of rides whose riders are better off walking, by id.
  ///
  /// - Throws: ``RunError`` where a ride is of a day that the model has learned from.
  func spots(for city: City, walk: Int64, allowSeen: Bool) throws(RunError) -> [UInt64: RiderSpot] {
    var options = RiderAdvice.Options()
    options.walkSeconds = Int(walk / 1_000)
    options.spotsMax = 1
    var spots: [UInt64: RiderSpot] = [:]
    for ride in city.rides {
      let day = data.day(of: ride.requestedAt)
      guard allowSeen || !days.contains(day) else {
        throw RunError(
          "hail.advised_riders: advice has learned from \(day) and may not be judged on it; leave the "
            + "day out of travel.learn_from, or set allow_seen: true"
        )
      }
      let advice = RiderAdvice(
        model,
        at: city.projection.unproject(ride.from),
        unixSeconds: ride.requestedAt / 1_000,
        options: options
      )
      guard let best = advice.spots.first, best.cell != advice.here.cell else { continue }
      spots[ride.id] = RiderSpot(
        place: city.box.clamp(city.projection.project(best.place)),
        walk: Int64((best.walkMinutes * 60_000).rounded())
      )
    }
    return spots
  }
}
