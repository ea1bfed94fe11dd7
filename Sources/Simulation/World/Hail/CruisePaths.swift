import Spatial
import TripData

/// The ways of vacant taxis on other days: a cruising taxi joins one that led past where it is, at
/// about the same hour, and follows it for a while, as fast as it was driven and with its stops.
///
/// So it keeps to streets, knows what its drivers knew of the city, and waits where they waited.
/// A way ends where its taxi took a rider, fell silent, or left the market.
package struct CruisePaths: Sendable {
  /// Two fixes further apart in time, in seconds, have no way between them.
  private static let silence: UInt32 = 180
  /// Metres per second; a faster step is a jump of the receiver.
  private static let speedMax: Int64 = 35
  /// A square's side in decimetres, and how many of them the map may have across.
  private static let side: Int64 = 1_000
  /// Hours of the day, on working days and at weekends.
  private static let hours = 24
  private static let slots = 2 * hours
  /// How often a draw is repeated that fell on the day itself.
  private static let drawsMax = 16

  private let box: Box
  private let columns: Int64
  private let rows: Int64
  private let data: Scenario.Data
  /// Taxi after taxi, in order of time.
  private var points: [Point] = []
  /// From each fix to the next, in milliseconds; 0 = no way leads on.
  private var durations: [UInt32] = []
  /// From each fix to the end of its way, in milliseconds; `UInt32.max` = no rider was found there.
  private var searches: [UInt32] = []
  /// Local day numbers.
  private var days: [Int32] = []
  /// Fixes from which a way leads on, by (square, slot, place in the list), and (square, slot).
  private var order: [Int32] = []
  private var keys: [Int64] = []

  /// - Parameters:
  ///   - log: a trace with its fixes kept.
  ///   - learn: the local days that count; `nil` = all. A taxi that cruises on one of them does not
  ///     use that day's.
  ///   - box: places outside it are left out.
  ///   - projection: of the map.
  ///   - data: offset and beginning of the days.
  ///
  /// `nil` when the log is no trace with its fixes kept.
  package init?(
    learnedFrom log: TripLog,
    days learn: Set<LocalDay>?,
    box: Box,
    projection: Projection,
    data: Scenario.Data
  ) {
    guard let table = log.trace?.fixes, let shifts = try? log.recorded(by: .presence) else {
      return nil
    }
    self.box = box
    self.data = data
    columns = (Int64(box.max.x) - Int64(box.min.x)) / Self.side + 1
    rows = (Int64(box.max.y) - Int64(box.min.y)) / Self.side + 1
    var next = 0
    for taxi in 0..<max(table.starts.count - 1, 0) {
      while next < shifts.count, Int(shifts[next].shift.taxi) < taxi { next += 1 }
      var end = next
      while end < shifts.count, Int(shifts[end].shift.taxi) == taxi { end += 1 }
      add(table.fixes(ofTaxi: taxi), shifts[next..<end], learn, projection)
      next = end
    }
    sort()
  }

  /// Adds the vacant fixes of a taxi that lie in its shifts and outside of its breaks.
  private mutating func add(
    _ fixes: ArraySlice<Fix>,
    _ shifts: ArraySlice<RecordedShift>,
    _ learn: Set<LocalDay>?,
    _ projection: Projection
  ) {
    var shifts = shifts
    var previous: Fix?
    let first = points.count
    defer { search(from: first) }
    for fix in fixes {
      let now = Int64(fix.seconds) * 1_000
      while let first = shifts.first, first.shift.end < now { shifts.removeFirst() }
      let day = data.day(of: now)
      if fix.ride != 0, let before = previous, fix.seconds - before.seconds <= Self.silence {
        searches[searches.count - 1] = 0
      }
      guard fix.ride == 0, let shift = shifts.first?.shift, shift.start <= now,
        !shift.offline.contains(where: { $0.contains(now) }), learn?.contains(day) ?? true
      else {
        previous = nil
        continue
      }
      let point = projection.project(fix.place)
      guard box.contains(point) else {
        previous = nil
        continue
      }
      if let before = previous, let last = points.last, days.last == day.number {
        let seconds = fix.seconds - before.seconds
        if seconds > 0, seconds <= Self.silence,
          Int64(last.distance(to: point)) <= Self.speedMax * 10 * Int64(seconds)
        {
          durations[durations.count - 1] = seconds * 1_000
        }
      }
      points.append(point)
      durations.append(0)
      searches.append(.max)
      days.append(day.number)
      keys.append(Int64(slot(at: now)))
      previous = fix
    }
  }

  /// Tells each fix how long its way still was.
  private mutating func search(from first: Int) {
    for index in points.indices[first...].reversed() where durations[index] > 0 {
      let (sum, overflow) = searches[index + 1].addingReportingOverflow(durations[index])
      searches[index] = overflow ? .max : sum
    }
  }

  private mutating func sort() {
    let slotOf = keys
    let starts = points.indices.filter { durations[$0] > 0 }
    var found = starts.map { index in
      (key: square(of: points[index]) * Int64(Self.slots) + slotOf[index], index: Int32(index))
    }
    found.sort { ($0.key, $0.index) < ($1.key, $1.index) }
    order = found.map(\.index)
    keys = found.map(\.key)
  }

  private func slot(at now: Int64) -> Int {
    let local = now + Int64(data.utcOffset) * 1_000
    let hour = (local / 3_600_000) % Int64(Self.hours)
    // 1 January 1970 was a Thursday.
    let weekday = (Int64(data.day(of: now).number) + 3) % 7
    return (weekday >= 5 ? Self.hours : 0) + Int(hour)
  }

  private func square(of point: Point) -> Int64 {
    let column = (Int64(point.x) - Int64(box.min.x)) / Self.side
    let row = (Int64(point.y) - Int64(box.min.y)) / Self.side
    return min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)
  }

  /// The next stretch of a way.
  package struct Step {
    /// The fix that it leads to.
    package var fix: Int32
    package var to: Point
    /// Milliseconds from the fix before.
    package var duration: Int64
  }

  /// Where the way goes on from a fix; `nil` at its end.
  package func step(from fix: Int32) -> Step? {
    let index = Int(fix)
    guard durations[index] > 0 else { return nil }
    return Step(fix: fix + 1, to: points[index + 1], duration: Int64(durations[index]))
  }

  /// A way past a place, drawn from those of the same kind of day within an hour or so in the same
  /// square of 100 m; else in that square and those around it; else those at any time.
  ///
  /// - Parameters:
  ///   - place: where the taxi is.
  ///   - now: Unix milliseconds.
  ///   - choices: ways drawn; the one that led to a rider soonest is taken, on a tie the first.
  ///   - random: what is drawn from.
  /// - Returns: its next stretch; `nil` when none is known.
  package func join(
    at place: Point,
    now: Int64,
    choices: Int,
    using random: inout SeededRandom
  ) -> Step? {
    var best: Int32?
    for _ in 0..<max(choices, 1) {
      guard let fix = draw(at: place, now: now, using: &random) else { break }
      if best.map({ searches[Int(fix)] < searches[Int($0)] }) ?? true { best = fix }
    }
    return best.flatMap { step(from: $0) }
  }

  private func draw(
    at place: Point,
    now: Int64,
    using random: inout SeededRandom
  ) -> Int32? {
    let slot = slot(at: now)
    let kind = slot / Self.hours * Self.hours
    let near = (max(slot - 1, kind), min(slot + 1, kind + Self.hours - 1))
    return draw(at: place, around: 0, near, now, &random)
      ?? draw(at: place, around: 1, near, now, &random)
      ?? draw(at: place, around: 1, (0, Self.slots - 1), now, &random)
  }

  private func draw(
    at place: Point,
    around: Int64,
    _ slots: (first: Int, last: Int),
    _ now: Int64,
    _ random: inout SeededRandom
  ) -> Int32? {
    var ranges: [Range<Int>] = []
    var sum = 0
    let middle = square(of: place)
    let column = middle % columns
    for row in max(middle / columns - around, 0)...min(middle / columns + around, rows - 1) {
      for column in max(column - around, 0)...min(column + around, columns - 1) {
        let key = (row * columns + column) * Int64(Self.slots)
        let low = lowerBound(key + Int64(slots.first))
        let high = lowerBound(key + Int64(slots.last) + 1)
        guard low < high else { continue }
        ranges.append(low..<high)
        sum += high - low
      }
    }
    guard sum > 0 else { return nil }
    let today = data.day(of: now).number
    for _ in 0..<Self.drawsMax {
      var draw = random.below(sum)
      for range in ranges {
        guard draw >= range.count else {
          let fix = order[range.lowerBound + draw]
          // A taxi does not use the day itself.
          if days[Int(fix)] == today { break }
          return fix
        }
        draw -= range.count
      }
    }
    return nil
  }

  private func lowerBound(_ key: Int64) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
