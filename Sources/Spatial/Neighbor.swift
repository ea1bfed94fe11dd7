/// One answer of a search: a slot and how far away it is, in square decimetres.
///
/// Ordered by distance, then by slot: a total order, so that a search has exactly one answer.
public struct Neighbor: Hashable, Sendable, Comparable {
  public var slot: Int32
  public var squaredDistance: Int64

  @inlinable
  public init(slot: Int32, squaredDistance: Int64) {
    self.slot = slot
    self.squaredDistance = squaredDistance
  }

  @inlinable
  public static func < (a: Self, b: Self) -> Bool {
    a.squaredDistance < b.squaredDistance
      || (a.squaredDistance == b.squaredDistance && a.slot < b.slot)
  }
}
