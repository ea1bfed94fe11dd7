import Spatial

/// Driving times by hour of week and distance: integer tables, fitted elsewhere from trips of days
/// other than those the model is used on.
///
/// Between two knots time is linear in distance; beyond the last it goes on with the last pace. The
/// fit makes each hour's times increasing with a pace that never rises with distance: such a
/// function is subadditive, which is the triangle inequality.
public struct LearnedModel: TravelModel, Equatable {
  public static let hoursPerWeek = 168

  /// Straight-line distances in decimetres, the first 0, strictly increasing.
  public let knots: [Int32]
  /// Milliseconds at each knot, hour by hour of the week from Monday 00:00 local: 168 × knots.
  public let times: [Int32]
  /// Added to an instant to obtain local time.
  public let localOffset: Millis
  /// The local days that it learned from, as days since 1970-01-01: it must not be judged on them.
  public let daysSeen: [Int32]

  /// Why tables were refused.
  public struct Invalid: Error, Equatable, Sendable {
    public var reason: String
  }

  /// - Throws: ``Invalid`` when the shape, the order or the paces are not as documented.
  public init(
    knots: [Int32],
    times: [Int32],
    localOffset: Millis,
    daysSeen: [Int32]
  ) throws(Invalid) {
    guard knots.count >= 2, knots.first == 0 else {
      throw Invalid(reason: "a learned model needs two knots or more, the first at distance 0")
    }
    guard times.count == Self.hoursPerWeek * knots.count else {
      throw Invalid(
        reason: "a learned model of \(knots.count) knots needs "
          + "\(Self.hoursPerWeek * knots.count) times, not \(times.count)"
      )
    }
    for index in knots.indices.dropFirst() where knots[index] <= knots[index - 1] {
      throw Invalid(reason: "knots must increase; knot \(index) does not")
    }
    for hour in 0..<Self.hoursPerWeek {
      let row = hour * knots.count
      guard times[row] == 0 else {
        throw Invalid(reason: "hour \(hour): time at distance 0 must be 0")
      }
      for index in knots.indices.dropFirst() {
        let rise = Int64(times[row + index]) - Int64(times[row + index - 1])
        guard rise > 0 else { throw Invalid(reason: "hour \(hour): time falls at knot \(index)") }
        guard index >= 2 else { continue }
        let run = Int64(knots[index] - knots[index - 1])
        let riseBefore = Int64(times[row + index - 1]) - Int64(times[row + index - 2])
        let runBefore = Int64(knots[index - 1] - knots[index - 2])
        // A millisecond of rounding at each knot is no fault of the fit.
        guard (rise - 2) * runBefore <= (riseBefore + 2) * run else {
          throw Invalid(reason: "hour \(hour): pace rises at knot \(index)")
        }
      }
    }
    self.knots = knots
    self.times = times
    self.localOffset = localOffset
    self.daysSeen = daysSeen
  }

  /// The hour of the local week, 0 = Monday 00:00 to 01:00.
  public static func hourOfWeek(_ instant: Millis, localOffset: Millis) -> Int {
    let hours = floorDivide((instant + localOffset).count, 3_600_000)
    // 1970-01-01 was a Thursday.
    return Int(floorModulo(hours + 72, Int64(hoursPerWeek)))
  }

  public func fill(
    _ times: inout MutableSpan<Int32>,
    from origins: Span<Point>,
    to target: Point,
    departure: Millis
  ) {
    let row = Self.hourOfWeek(departure, localOffset: localOffset) * knots.count
    for index in origins.indices {
      times[index] = time(at: origins[index].distance(to: target), row: row)
    }
  }

  public func reach(within time: Int32, departure: Millis) -> Int32 {
    guard time >= 0 else { return -1 }
    // Times end at the largest number there is, so everything is driven within that.
    guard time < Int32.max else { return Int32.max }
    let row = Self.hourOfWeek(departure, localOffset: localOffset) * knots.count
    var upper = 1
    while upper < knots.count - 1, times[row + upper] <= time { upper += 1 }
    let run = Int64(knots[upper]) - Int64(knots[upper - 1])
    let start = Int64(times[row + upper - 1])
    let rise = Int64(times[row + upper]) - start
    // The largest distance whose time, rounded down, still fits: `time(at:row:)` turned round.
    return Int32(
      clamping: Int64(knots[upper - 1]) + ((Int64(time) - start + 1) * run - 1) / rise
    )
  }

  private func time(at distance: Int32, row: Int) -> Int32 {
    var upper = 1
    while upper < knots.count - 1, knots[upper] < distance { upper += 1 }
    let run = Int64(knots[upper]) - Int64(knots[upper - 1])
    let start = Int64(times[row + upper - 1])
    let rise = Int64(times[row + upper]) - start
    return Int32(clamping: start + rise * (Int64(distance) - Int64(knots[upper - 1])) / run)
  }
}

/// Rounds towards minus infinity, as calendars need before 1970.
@inlinable
public func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
  let quotient = a / b
  return a % b < 0 ? quotient - 1 : quotient
}

/// The remainder of ``floorDivide(_:_:)``, never negative for a positive divisor.
@inlinable
public func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
  let rest = a % b
  return rest < 0 ? rest + b : rest
}
