import Spatial

/// A region on the globe in ten-millionths of a degree, its edges included; not across ±180°.
public struct GeoBox: Hashable, Sendable {
  public var south: Int32
  public var west: Int32
  public var north: Int32
  public var east: Int32

  public init(south: Int32, west: Int32, north: Int32, east: Int32) {
    self.south = south
    self.west = west
    self.north = north
    self.east = east
  }

  @inlinable
  public func contains(_ place: GeoPoint) -> Bool {
    place.latitude >= south && place.latitude <= north
      && place.longitude >= west && place.longitude <= east
  }

  /// Where a place that a client sent lies. A place outside whose swap is inside was written
  /// longitude first: it is told so rather than stored or called far away.
  @inlinable
  public func placement(of place: GeoPoint) -> Placement {
    if contains(place) { return .inside }
    let swap = GeoPoint(latitude: place.longitude, longitude: place.latitude)
    return contains(swap) ? .swapped : .outside
  }

  public enum Placement: Sendable {
    case inside
    case swapped
    case outside
  }
}

extension GeoPoint {
  /// The place to the nearest thousandth of a degree, about 150 m at most from where it is: what a
  /// driver who has not accepted may know of a pickup.
  public var coarse: GeoPoint {
    GeoPoint(latitude: Self.coarse(latitude), longitude: Self.coarse(longitude))
  }

  private static func coarse(_ degrees: Int32) -> Int32 {
    // In 64 bits: near the ends of 32, half a step more would overflow.
    let half: Int64 = degrees < 0 ? -5_000 : 5_000
    return Int32(clamping: (Int64(degrees) + half) / 10_000 * 10_000)
  }
}
