import Spatial

/// Driving times by hour of week and distance: integer tables, fitted elsewhere from trips of days
/// other than those the model is used on.
///
/// Between two knots time is linear in distance; beyond the last it goes on with the last pace. The
/// fit makes each hour's times increasing with a pace that never rises with distance: such a
/// function is subadditive, which is the triangle inequality.
public struct LearnedModel: TravelModel, Equatable {
  public static let hoursPerWeek = 168

  /// Everything, behind one reference: a model is handed on by counting once.
  private let tables: Tables

  /// Straight-line distances in decimetres, the first 0, strictly increasing.
  public var knots: [Int32] { tables.knots }
  /// Milliseconds at each knot, hour by hour of the week from Monday 00:00 local: 168 × knots.
  public var times: [Int32] { tables.times }
  /// Added to an instant to obtain local time.
  public var localOffset: Millis { tables.localOffset }
  /// The local days that it learned from, as days since 1970-01-01: it must not be judged on them.
  public var daysSeen: [Int32] { tables.daysSeen }

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
    tables = Tables(knots: knots, times: times, localOffset: localOffset, daysSeen: daysSeen)
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.knots == b.knots && a.times == b.times && a.localOffset == b.localOffset
      && a.daysSeen == b.daysSeen
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
    let pieces = tables.pieces(at: departure)
    for index in origins.indices {
      let distance = origins[index].distance(to: target)
      var piece = pieces.first
      while piece < pieces.last, piece.pointee.end < distance { piece += 1 }
      times[index] = piece.pointee.time(at: distance)
    }
  }

  public func reach(within time: Int32, departure: Millis) -> Int32 {
    guard time >= 0 else { return -1 }
    // Times end at the largest number there is, so everything is driven within that.
    guard time < Int32.max else { return Int32.max }
    let pieces = tables.pieces(at: departure)
    var piece = pieces.first
    while piece < pieces.last, piece[1].time <= time { piece += 1 }
    return piece.pointee.reach(within: time)
  }

  /// The model between two knots in one hour of the week.
  private struct Piece {
    /// The distance at its beginning and its end, in decimetres.
    var start: Int32
    var end: Int32
    /// The driving time at its beginning, in milliseconds, and how much longer it is at the end.
    var time: Int32
    var rise: Int32

    @inline(__always)
    func time(at distance: Int32) -> Int32 {
      let run = Int64(end) - Int64(start)
      return Int32(clamping: Int64(time) + Int64(rise) * (Int64(distance) - Int64(start)) / run)
    }

    /// The largest distance whose time, rounded down, is at most `limit`: `time(at:)` turned round.
    func reach(within limit: Int32) -> Int32 {
      let run = Int64(end) - Int64(start)
      let left = Int64(limit) - Int64(time)
      return Int32(clamping: Int64(start) + ((left + 1) * run - 1) / Int64(rise))
    }
  }

  /// Unchecked: written once, in `init`, before anyone reads.
  private final class Tables: @unchecked Sendable {
    let knots: [Int32]
    let times: [Int32]
    let localOffset: Millis
    let daysSeen: [Int32]
    /// The times again, as they are needed, hour by hour.
    let pieces: UnsafeMutablePointer<Piece>
    let piecesPerHour: Int

    init(knots: [Int32], times: [Int32], localOffset: Millis, daysSeen: [Int32]) {
      self.knots = knots
      self.times = times
      self.localOffset = localOffset
      self.daysSeen = daysSeen
      piecesPerHour = knots.count - 1
      pieces = .allocate(capacity: hoursPerWeek * piecesPerHour)
      for hour in 0..<hoursPerWeek {
        for index in 0..<piecesPerHour {
          let time = times[hour * knots.count + index]
          let piece = Piece(
            start: knots[index],
            end: knots[index + 1],
            time: time,
            rise: times[hour * knots.count + index + 1] - time
          )
          (pieces + hour * piecesPerHour + index).initialize(to: piece)
        }
      }
    }

    deinit { pieces.deallocate() }

    /// The first and the last piece of the hour of the week.
    func pieces(at instant: Millis) -> (
      first: UnsafeMutablePointer<Piece>, last: UnsafeMutablePointer<Piece>
    ) {
      let hour = LearnedModel.hourOfWeek(instant, localOffset: localOffset)
      let first = pieces + hour * piecesPerHour
      return (first, first + (piecesPerHour - 1))
    }
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
