import Spatial

/// A taxi as the world knows it: where it really is and what its driver does.
package struct SimulatedTaxi {
  /// What a moment of a taxi counts as. `off` and `offline` are not on-shift time.
  package enum Activity: UInt8 {
    case off
    case offline
    case idle
    /// Driving to where riders are expected.
    case guided
    case pickup
    case occupied
  }

  package var activity = Activity.off
  /// The ride that it drives to or carries; -1 = none.
  package var ride: Int32 = -1
  /// The shift it works, an index into `City.shifts`; -1 = off.
  var shift: Int32 = -1
  /// Raised when a leg is broken off, so that its end is recognised as void.
  var legStamp: UInt32 = 0
  /// Drives from `from` at `departedAt` to `to` at `arrivesAt`; standing when both are the same.
  var from = Point(x: 0, y: 0)
  var to = Point(x: 0, y: 0)
  var departedAt: Int64 = 0
  var arrivesAt: Int64 = 0
  /// On a recorded way: the fix of ``CruisePaths`` that the leg leads to, and when the way is left;
  /// -1 = on none.
  var fix: Int32 = -1
  var followsUntil = Int64.min
  /// Draws made for its cruising.
  var cruiseCount: UInt64 = 0
  /// The end of the offline spell that it is in or owes; `Int64.min` = none.
  var offlineUntil = Int64.min
  var shiftEnded = false
  /// Rides boarded in this shift.
  var boardings: Int32 = 0

  /// Where it is: on the straight line of its leg, in proportion to the time.
  package func point(at now: Int64) -> Point {
    guard now < arrivesAt else { return to }
    guard now > departedAt else { return from }
    // A 32-bit fraction: one division for both coordinates.
    let share = (now &- departedAt) << 31 / (arrivesAt &- departedAt)
    let half: Int64 = 1 << 30
    let dx = ((Int64(to.x) &- Int64(from.x)) &* share &+ half) >> 31
    let dy = ((Int64(to.y) &- Int64(from.y)) &* share &+ half) >> 31
    return Point(
      x: from.x &+ Int32(truncatingIfNeeded: dx),
      y: from.y &+ Int32(truncatingIfNeeded: dy)
    )
  }

  mutating func stand(at point: Point, now: Int64) {
    from = point
    to = point
    departedAt = now
    arrivesAt = now
    fix = -1
    legStamp &+= 1
  }
}
