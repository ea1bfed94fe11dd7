import TripData

/// One service day of a study: the rides that began in it and the shifts that work in it.
struct DayStage: Sendable {
  var day: LocalDay
  /// Unix milliseconds: from `data.day_start` to the next day's.
  var span: Range<Int64>
  /// By (pickupAt, id).
  var trips: [Trip]
  /// By (taxi, start), cut to the day; no two of one taxi start together.
  var shifts: [Shift]

  /// Cuts a day out of the trips of all days, by (pickupAt, id), and their shifts, by (taxi, start).
  /// `patience` is the longest of a rider's.
  init(day: LocalDay, data: Scenario.Data, trips: [Trip], shifts: [Shift], patience: Int64) {
    self.day = day
    let start =
      Int64(day.number) * LocalDay.milliseconds + data.dayStart - Int64(data.utcOffset) * 1_000
    span = start..<(start + LocalDay.milliseconds)
    let span = span
    self.trips = trips.filter { span.contains($0.pickupAt) }
    // The last rider may still be picked up; what a taxi does later is no concern of this day's.
    let end = (self.trips.last?.pickupAt ?? start) + patience
    var early: [Int32: [Trip]] = [:]
    for trip in trips where trip.pickupAt < start && trip.pickupAt >= start - LocalDay.milliseconds
    {
      early[trip.taxi, default: []].append(trip)
    }
    self.shifts = shifts.compactMap {
      Self.cut($0, from: start, to: end, after: early[$0.taxi] ?? [])
    }
  }

  /// The part of a shift inside the day. One that began earlier goes on from the last drop-off of
  /// its own before the day, and when that ride is over: known by then, so nothing is given away.
  private static func cut(
    _ shift: Shift,
    from start: Int64,
    to end: Int64,
    after earlier: [Trip]
  ) -> Shift? {
    guard shift.start < end, shift.end > start else { return nil }
    var part = shift
    if shift.start < start {
      part.start = start
      if let last = earlier.last(where: { $0.pickupAt >= shift.start }) {
        part.place = last.to
        part.start = max(start, last.dropoffAt)
      }
    }
    part.end = min(shift.end, end)
    guard part.start < part.end else { return nil }
    part.offline = shift.offline.map { $0.clamped(to: part.start..<part.end) }
      .filter { !$0.isEmpty }
    return part
  }
}
