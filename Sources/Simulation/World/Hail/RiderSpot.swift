import Spatial

/// Where an advised rider waits for a taxi.
struct RiderSpot: Sendable, Equatable {
  var place: Point
  /// Milliseconds on foot from where the ride is recorded to begin.
  var walk: Int64
}
