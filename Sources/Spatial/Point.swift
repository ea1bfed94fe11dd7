/// A place in whole decimetres east and north of a ``Projection``'s origin.
///
/// Thirty-two bits reach 214,000 km, five times round the Earth; distances between any two points
/// are taken in 64 bits and saturate rather than wrap.
public struct Point: Hashable, Sendable {
  public var x: Int32
  public var y: Int32

  @inlinable
  public init(x: Int32, y: Int32) {
    self.x = x
    self.y = y
  }

  /// The square of the straight-line distance, in square decimetres: exact, and enough to compare.
  /// `Int64.max` where the square needs more than 63 bits, which no two points on Earth do.
  @inlinable
  public func squaredDistance(to other: Point) -> Int64 {
    // A difference has at most 32 bits and a sign, so its square is right modulo 2⁶⁴.
    let dx = UInt64(bitPattern: Int64(x) &- Int64(other.x))
    let dy = UInt64(bitPattern: Int64(y) &- Int64(other.y))
    let (sum, overflow) = (dx &* dx).addingReportingOverflow(dy &* dy)
    return overflow || sum > UInt64(Int64.max) ? Int64.max : Int64(truncatingIfNeeded: sum)
  }

  /// The straight-line distance in decimetres, rounded down; at most `Int32.max`.
  @inlinable
  public func distance(to other: Point) -> Int32 {
    Int32(clamping: squareRoot(UInt64(truncatingIfNeeded: squaredDistance(to: other))))
  }
}

/// A place on the globe in ten-millionths of a degree (WGS84), about a centimetre: the form in
/// which coordinates cross the wire and leave a file, so that no machine rounds them differently.
public struct GeoPoint: Hashable, Sendable {
  public var latitude: Int32
  public var longitude: Int32

  @inlinable
  public init(latitude: Int32, longitude: Int32) {
    self.latitude = latitude
    self.longitude = longitude
  }
}
