/// An upright rectangle of points, in decimetres; both corners belong to it, so it is never empty.
public struct Box: Hashable, Sendable {
  /// The south-western corner.
  public let min: Point
  /// The north-eastern corner.
  public let max: Point

  /// The rectangle between two opposite corners, whichever way round they are given.
  @inlinable
  public init(min a: Point, max b: Point) {
    self.min = Point(x: Swift.min(a.x, b.x), y: Swift.min(a.y, b.y))
    self.max = Point(x: Swift.max(a.x, b.x), y: Swift.max(a.y, b.y))
  }

  /// The square that reaches `radius` decimetres from `center` on each side, cut off at the ends of
  /// the coordinates. A negative radius counts as none.
  @inlinable
  public init(around center: Point, radius: Int32) {
    let reach = Int64(Swift.max(0, radius))
    self.min = Point(
      x: Int32(clamping: Int64(center.x) - reach),
      y: Int32(clamping: Int64(center.y) - reach)
    )
    self.max = Point(
      x: Int32(clamping: Int64(center.x) + reach),
      y: Int32(clamping: Int64(center.y) + reach)
    )
  }

  @inlinable
  public func contains(_ point: Point) -> Bool {
    point.x >= min.x && point.x <= max.x && point.y >= min.y && point.y <= max.y
  }

  /// The place of the box that is nearest to `point`: `point` itself when it is inside.
  @inlinable
  public func clamp(_ point: Point) -> Point {
    Point(
      x: Swift.min(Swift.max(point.x, min.x), max.x),
      y: Swift.min(Swift.max(point.y, min.y), max.y)
    )
  }
}
