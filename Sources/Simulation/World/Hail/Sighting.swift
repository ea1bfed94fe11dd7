import Spatial

/// When a taxi on its way first comes within sight of a place: exact, in whole numbers.
package enum Sighting {
  /// The first whole millisecond of a leg in which the taxi is within sight of a place.
  ///
  /// The taxi is on the straight line between the leg's ends in proportion to the time, not rounded
  /// to a decimetre; within sight is a distance of at most `sight`. The squared distance is a convex
  /// function of the time, so the first moment lies at the beginning, or before the closest approach,
  /// where the distance falls.
  ///
  /// - Parameters:
  ///   - place: what is to be seen.
  ///   - from: the leg's start; decimetres, like all places.
  ///   - to: its end.
  ///   - duration: of the leg in milliseconds; 0 or less = it stands at `to`.
  ///   - since: milliseconds after the leg's start, from 0 to `duration`, before which nothing counts.
  ///   - sight: decimetres.
  /// - Returns: milliseconds after the leg's start, `since` … `duration`, or `nil`.
  package static func first(
    of place: Point,
    from: Point,
    to: Point,
    duration: Int64,
    since: Int64,
    sight: Int64
  ) -> Int64? {
    guard duration > 0 else {
      return to.squaredDistance(to: place) <= sight * sight ? max(since, 0) : nil
    }
    guard isNear(place, from, to, sight) else { return nil }
    let way = Way(place: place, from: from, to: to, duration: duration, sight: sight)
    if way.isWithin(since) { return since }
    let closest = way.closest(since: since)
    guard closest > since, way.isWithin(closest) else { return nil }
    var (outside, within) = (since, closest)
    while within - outside > 1 {
      let middle = outside + (within - outside) / 2
      if way.isWithin(middle) { within = middle } else { outside = middle }
    }
    return within
  }

  /// Whether the place lies in the leg's box, widened by the sight: most do not.
  @inline(__always)
  private static func isNear(_ place: Point, _ a: Point, _ b: Point, _ sight: Int64) -> Bool {
    let (x, y) = (Int64(place.x), Int64(place.y))
    return x >= Int64(min(a.x, b.x)) - sight && x <= Int64(max(a.x, b.x)) + sight
      && y >= Int64(min(a.y, b.y)) - sight && y <= Int64(max(a.y, b.y)) + sight
  }

  /// A leg seen from a place. 128 bits hold the squares: legs are below 2³¹ dm and 2³¹ ms.
  private struct Way {
    /// From the place to the leg's start, and from there to its end.
    let startX, startY, alongX, alongY: Int128
    let duration: Int128
    let limit: Int128

    init(place: Point, from: Point, to: Point, duration: Int64, sight: Int64) {
      startX = Int128(from.x) - Int128(place.x)
      startY = Int128(from.y) - Int128(place.y)
      alongX = Int128(to.x) - Int128(from.x)
      alongY = Int128(to.y) - Int128(from.y)
      self.duration = Int128(duration)
      let reach = Int128(sight) * Int128(duration)
      limit = reach * reach
    }

    /// `duration²` × the squared distance at a time.
    private func spread(_ time: Int64) -> Int128 {
      let x = startX * duration + alongX * Int128(time)
      let y = startY * duration + alongY * Int128(time)
      return x * x + y * y
    }

    func isWithin(_ time: Int64) -> Bool { spread(time) <= limit }

    /// The millisecond of the closest approach, not before `since`.
    func closest(since: Int64) -> Int64 {
      let along = alongX * alongX + alongY * alongY
      guard along > 0 else { return since }
      let turn = -(startX * alongX + startY * alongY) * duration / along
      let early = Int64(min(max(turn, Int128(since)), duration))
      let late = min(early + 1, Int64(duration))
      return spread(late) < spread(early) ? late : early
    }
  }
}
