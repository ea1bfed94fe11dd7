/// Shifts by the rule of gaps: from a taxi's first pickup to its last drop-off, cut where the next
/// pickup is more than `gapMax` milliseconds after the last drop-off (docs/SIMULATION.md, 2).
/// The trips are in order of (pickupAt, id), and those of one taxi do not overlap; trips without a
/// taxi are left out.
///
/// - Returns: in order of (taxi, start).
func gapShifts(
  of trips: [Trip],
  taxis: Int,
  gapMax: Int64,
  trace: TraceFigures?
) -> [RecordedShift] {
  // The open shift of each taxi, and the closed ones; sorted once at the end.
  var open = [RecordedShift?](repeating: nil, count: taxis)
  var closed: [RecordedShift] = []
  for (index, trip) in trips.enumerated() where trip.taxi >= 0 {
    let taxi = Int(trip.taxi)
    let duration = trip.dropoffAt - trip.pickupAt
    if var shift = open[taxi], trip.pickupAt - shift.shift.end <= gapMax {
      shift.shift.end = max(shift.shift.end, trip.dropoffAt)
      shift.rides += 1
      shift.occupied += duration
      shift.occupiedMetres = sum(shift.occupiedMetres, trip.metres)
      shift.vacantMetres = sum(shift.vacantMetres, trace?.emptyMetresBefore[index])
      open[taxi] = shift
    } else {
      if let shift = open[taxi] { closed.append(shift) }
      open[taxi] = RecordedShift(
        shift: Shift(
          taxi: trip.taxi,
          start: trip.pickupAt,
          end: trip.dropoffAt,
          place: trip.from
        ),
        rides: 1,
        occupied: duration,
        occupiedMetres: trip.metres.map(Int64.init),
        vacantMetres: trace == nil ? nil : 0
      )
    }
  }
  closed.append(contentsOf: open.compactMap(\.self))
  return closed.sorted { ($0.shift.taxi, $0.shift.start) < ($1.shift.taxi, $1.shift.start) }
}

/// The sum where both are known.
private func sum(_ total: Int64?, _ more: Int32?) -> Int64? {
  guard let total, let more else { return nil }
  return total + Int64(more)
}
