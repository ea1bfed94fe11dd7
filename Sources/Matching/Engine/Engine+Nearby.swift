import Spatial

/// A free taxi near a place.
public struct NearbyTaxi: Equatable, Sendable {
  public var taxi: TaxiID
  public var point: Point
  /// Straight line, in decimetres.
  public var distance: Int32
  /// Driving time to the place, in milliseconds.
  public var eta: Int32
}

extension Engine {
  /// The nearest free taxis with a fresh position: whom a round would consider. Decides nothing.
  ///
  /// - Parameters:
  ///   - k: how many at most.
  ///   - place: where to.
  ///   - distanceMax: in decimetres, inclusive.
  ///   - need: what the taxis must have.
  /// - Returns: nearest first; of two equally near ones the one in the lower slot.
  public func nearestFree(
    _ k: Int,
    to place: Point,
    within distanceMax: Int32,
    needing need: Capabilities
  ) -> [NearbyTaxi] {
    var found: [Neighbor] = []
    freeGrid.nearest(k, to: place, within: distanceMax, needing: need.bits, into: &found)
    return found.map { neighbor in
      let slot = Int(neighbor.slot)
      let point = fleet.reports[slot].point
      return NearbyTaxi(
        taxi: fleet[slot].id,
        point: point,
        distance: point.distance(to: place),
        eta: travel.time(from: point, to: place, departure: now)
      )
    }
  }
}
