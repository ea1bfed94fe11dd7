/// A place in whole decimetres east and north of a ``Projection``'s origin.
///
/// Thirty-two bits reach 214,000 km, so sums and differences of two points inside any region
/// cannot overflow; squares are taken in 64 bits.
public struct Point: Hashable, Sendable {
  public var x: Int32
  public var y: Int32

  @inlinable
  public init(x: Int32, y: Int32) {
    self.x = x
    self.y = y
  }

  /// The square of the straight-line distance, in square decimetres: exact, and enough to compare.
  @inlinable
  public func squaredDistance(to other: Point) -> Int64 {
    let dx = Int64(x) - Int64(other.x)
    let dy = Int64(y) - Int64(other.y)
    return dx &* dx &+ dy &* dy
  }

  /// The straight-line distance in decimetres, rounded down.
  @inlinable
  public func distance(to other: Point) -> Int32 {
    Int32(truncatingIfNeeded: squareRoot(UInt64(squaredDistance(to: other))))
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

/// The integer square root, rounded down: Newton's iteration from a four-bit start, unrolled.
/// Source: P. Zimmermann, "Karatsuba Square Root", INRIA RR-3805 (1999), as adapted by M. Dickinson.
@inlinable
public func squareRoot(_ value: UInt64) -> UInt64 {
  guard value > 0 else { return 0 }
  // An even shift keeps the root of the shifted value a shifted root.
  let shift = UInt64(value.leadingZeroBitCount) & ~1
  let n = value &<< shift
  var root: UInt64 = 1 &+ (n &>> 62)
  root = (root &<< 1) &+ (n &>> 59) / root
  root = (root &<< 3) &+ (n &>> 53) / root
  root = (root &<< 7) &+ (n &>> 41) / root
  root = (root &<< 15) &+ (n &>> 17) / root
  // The estimate is never too small and at most one too large.
  if root > 0xFFFF_FFFF || root &* root > n { root &-= 1 }
  return root &>> (shift &>> 1)
}
