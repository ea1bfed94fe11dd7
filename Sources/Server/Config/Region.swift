import Matching
import Spatial

/// What a server serves: where, for which classes of taxi, by which timers and policy. One file, see
/// docs/SERVER.md; Seoul when there is none.
package struct Region: Equatable, Sendable {
  /// How drivers learn where a ride goes, before the rider boards.
  package enum Destination: String, CaseIterable, Sendable {
    case off
    /// To about 150 m.
    case coarse
    case full
  }

  package enum PolicyKind: String, CaseIterable, Sendable {
    case nearest, batch
  }

  package var name = "seoul"
  package var southWest = GeoPoint(latitude: 372_000_000, longitude: 1_263_500_000)
  package var northEast = GeoPoint(latitude: 378_500_000, longitude: 1_274_000_000)
  /// Local time less UTC.
  package var utcOffset = Millis.seconds(9 * 3_600)
  /// What taxis may have and riders may need, by bit.
  package var tags = ["wheelchair", "childseat", "large", "quiet"]

  package var taxisMax = 100_000
  package var ridesMax = 200_000

  /// How long a request waits that does not say.
  package var wait = Millis.minutes(5)
  package var offerTTL = Millis.seconds(12)
  package var freshness = Millis.seconds(30)
  package var lostAfter = Millis.seconds(30)
  package var lostLimit = Millis.seconds(60)
  package var noShowWait = Millis.minutes(5)
  package var reservationLead = Millis.minutes(15)
  package var dedup = Millis.minutes(15)
  package var pickupMax = Millis.minutes(15)
  /// Whether a taxi that would come after the end of the rider's wait is not offered.
  package var offersWithinWait = false

  package var policy = PolicyKind.nearest
  package var batch = BatchPolicy.Settings()
  package var retry = Millis.seconds(1)
  /// Driven over straight-line distance: 1.3 ± 0.1 on large road networks (S. Wang et al., npj
  /// Complexity 1, 22, 2024).
  package var detourPermille = 1_300
  /// 24.2 km/h: the mean over Seoul's streets in 2017 (city of Seoul, TOPIS).
  package var millimetresPerSecond = 6_722

  /// `nil` = idle taxis are not guided.
  package var guidance: GuidanceSettings?
  package var destination = Destination.coarse

  package init() {}

  /// What must be the same wherever facts of the region are read: places are counted from its box,
  /// and tags are bits.
  package var mark: String {
    "\(southWest.latitude),\(southWest.longitude),\(northEast.latitude),\(northEast.longitude);"
      + tags.joined(separator: ",")
  }

  /// The flat map that the region's decimetres are counted on.
  package var projection: Projection {
    Projection(
      origin: GeoPoint(
        latitude: southWest.latitude / 2 + northEast.latitude / 2,
        longitude: southWest.longitude / 2 + northEast.longitude / 2
      )
    )
  }

  package var box: Box {
    Box(min: projection.project(southWest), max: projection.project(northEast))
  }

  package var options: Options {
    var options = Options(region: box, taxisMax: taxisMax, ridesMax: ridesMax)
    options.offerTTL = offerTTL
    options.freshness = freshness
    options.lostAfter = max(lostAfter, freshness)
    options.lostLimit = lostLimit
    options.noShowWait = noShowWait
    options.reservationLead = reservationLead
    options.dedup = dedup
    options.pickupMax = pickupMax
    options.offersWithinWait = offersWithinWait
    options.explanationsMax = 4_096
    return options
  }

  package func makePolicy() -> any Policy {
    switch policy {
    case .nearest: NearestPolicy(retry: retry)
    case .batch: BatchPolicy(batch)
    }
  }

  package var travel: StraightLineModel {
    StraightLineModel(
      detourPermille: detourPermille,
      millimetresPerSecond: millimetresPerSecond
    )
  }
}
