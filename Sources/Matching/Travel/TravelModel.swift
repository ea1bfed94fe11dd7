import Spatial

/// How long empty taxis drive. One of the engine's three seams: called through `any`, with batches.
///
/// A model must be increasing and continuous in distance and obey the triangle inequality, to within
/// its rounding of a millisecond: the exact cut-off of the candidate search depends on it.
public protocol TravelModel: Sendable {
  /// Fills `times` with the driving time in milliseconds from each origin to `target` for a
  /// departure at `departure`. `times` has the length of `origins`.
  func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  )

  /// The greatest straight-line distance in decimetres that is driven within `time` milliseconds;
  /// -1 when `time` is negative.
  func reach(within time: Int32, departure: Millis) -> Int32
}

extension TravelModel {
  /// How far to search for all that can come within `time` milliseconds, in decimetres. Driving times
  /// are of distances rounded down, and a grid compares exact ones, so it is one more than the reach;
  /// what is found beyond the time must be left out by its time.
  func searchRadius(within time: Int32, departure: Millis) -> Int32 {
    let reach = reach(within: time, departure: departure)
    return reach < 0 ? reach : min(reach, .max - 1) + 1
  }

  /// One leg's driving time in milliseconds: for the edges; rounds call ``fill(_:from:to:departure:)``.
  public func time(from origin: Point, to target: Point, departure: Millis) -> Int32 {
    let origins: [1 of Point] = [origin]
    var times: [1 of Int32] = [0]
    var span = times.mutableSpan
    fill(&span, from: origins.span, to: target, departure: departure)
    return times[0]
  }
}

/// Straight line × detour ÷ speed: constants from a publication or a region's setting.
public struct StraightLineModel: TravelModel, Equatable {
  /// Milliseconds per decimetre in units of 2⁻²⁰.
  let pace: UInt64

  /// - Parameters:
  ///   - detourPermille: driven ÷ straight-line distance in thousandths, 1,000 … 5,000.
  ///   - millimetresPerSecond: driving speed, 100 … 100,000.
  public init(detourPermille: Int, millimetresPerSecond: Int) {
    precondition((1_000...5_000).contains(detourPermille), "detour \(detourPermille) ‰")
    precondition((100...100_000).contains(millimetresPerSecond), "speed \(millimetresPerSecond)")
    pace = (UInt64(detourPermille) * 100 << 20) / UInt64(millimetresPerSecond)
  }

  public func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  ) {
    for index in origins.indices {
      // 2³¹ decimetres at the slowest pace, below 2³³, still fit 64 bits without a sign.
      let distance = UInt64(origins[index].distance(to: target))
      times[index] = Int32(clamping: (distance &* pace) >> 20)
    }
  }

  public func reach(within time: Int32, departure: Millis) -> Int32 {
    guard time >= 0 else { return -1 }
    // Times end at the largest number there is, so everything is driven within that.
    guard time < Int32.max else { return Int32.max }
    // The largest distance whose time, rounded down, still fits.
    return Int32(clamping: (((UInt64(time) + 1) << 20) - 1) / pace)
  }
}
