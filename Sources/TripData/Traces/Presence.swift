import Spatial

/// The shifts of one taxi by the rule of presence (docs/SIMULATION.md, 2).
///
/// Outside of rides, an *absence* is a silence of `silenceMin` or more, or a vacant stop of
/// `stopMin` or more: consecutive vacant fixes, with no such silence among them, within `stopRadius`
/// of their first. Absences that touch are one. An absence above `absenceMax` ends a shift, and the
/// next begins at the first vacant fix after it; a shorter one is an offline spell. Silence inside
/// a ride is no absence: a ride that spans one stays whole (rides are cut at `rideSilence` before).
///
/// The fixes are in order of time, marked with the kept ride or 0: those of dropped rides are vacant.
///
/// - Returns: in order of time; shifts without duration are left out.
func presenceShifts(
  _ fixes: [RawFix],
  taxi: Int32,
  path: DrivenPath,
  options: TripReader.Options
) -> [RecordedShift] {
  let absences = fixes.withUnsafeBufferPointer { findAbsences($0, options) }
  let absenceMax = options.absenceMax
  var shifts: [RecordedShift] = []
  var first = 0
  var offline: [ClosedRange<Int>] = []
  for absence in absences {
    let length = time(fixes[absence.upperBound]) - time(fixes[absence.lowerBound])
    if length > absenceMax {
      if let shift = close(fixes, first...absence.lowerBound, offline, taxi, path) {
        shifts.append(shift)
      }
      first = absence.upperBound
      offline.removeAll(keepingCapacity: true)
    } else {
      offline.append(absence)
    }
  }
  if let shift = close(fixes, first...(fixes.count - 1), offline, taxi, path) {
    shifts.append(shift)
  }
  return shifts
}

private func time(_ fix: RawFix) -> Int64 { Int64(fix.seconds) * 1_000 }

/// Spells of absence as ranges of fixes, in order; none touches the next.
private func findAbsences(
  _ fixes: UnsafeBufferPointer<RawFix>,
  _ options: TripReader.Options
) -> [ClosedRange<Int>] {
  let silence = UInt32(clamping: options.silenceMin / 1_000)
  let stop = UInt32(clamping: options.stopMin / 1_000)
  let radius = options.stopRadius * 10
  var found: [ClosedRange<Int>] = []
  var index = 0
  while index + 1 < fixes.count {
    var end = index
    if fixes[index].mark == 0 {
      let circle = Circle(centre: fixes[index].place, radius: radius)
      while end + 1 < fixes.count, fixes[end + 1].mark == 0,
        fixes[end + 1].seconds - fixes[end].seconds < silence,
        circle.contains(fixes[end + 1].place)
      {
        end += 1
      }
      if fixes[end].seconds - fixes[index].seconds < stop { end = index }
    }
    let isWithinRide =
      fixes[index].mark != 0 && fixes[index].mark == fixes[index + 1].mark
    if end == index, !isWithinRide, fixes[index + 1].seconds - fixes[index].seconds >= silence {
      end = index + 1
    }
    guard end > index else {
      index += 1
      continue
    }
    if let last = found.last, last.upperBound == index {
      found[found.count - 1] = last.lowerBound...end
    } else {
      found.append(index...end)
    }
    index = end
  }
  return found
}

/// The shift over a range of fixes, from its first vacant fix on; offline spells at its very ends
/// are cut off. `nil` when no time is left.
private func close(
  _ fixes: [RawFix],
  _ range: ClosedRange<Int>,
  _ offline: [ClosedRange<Int>],
  _ taxi: Int32,
  _ path: DrivenPath
) -> RecordedShift? {
  var first = range.lowerBound
  var last = range.upperBound
  var spells = offline[...]
  while true {
    while first < last && fixes[first].mark != 0 { first += 1 }
    while let spell = spells.first, spell.lowerBound < first { spells = spells.dropFirst() }
    guard let spell = spells.first, spell.lowerBound == first else { break }
    first = spell.upperBound
    spells = spells.dropFirst()
  }
  while let spell = spells.last, spell.upperBound >= last {
    last = min(last, spell.lowerBound)
    spells = spells.dropLast()
  }
  guard first < last else { return nil }
  var shift = RecordedShift(
    shift: Shift(
      taxi: taxi,
      start: time(fixes[first]),
      end: time(fixes[last]),
      place: fixes[first].place,
      offline: spells.map { time(fixes[$0.lowerBound])..<time(fixes[$0.upperBound]) }
    )
  )
  var index = first
  while index <= last {
    let ride = fixes[index].mark
    guard ride != 0 else {
      index += 1
      continue
    }
    let pickup = index
    while index < last && fixes[index + 1].mark == ride { index += 1 }
    shift.rides += 1
    shift.occupied += time(fixes[index]) - time(fixes[pickup])
    index += 1
  }
  var occupied = path.occupied(first, last)
  var vacant = path.vacant(first, last)
  for spell in spells {
    occupied -= path.occupied(spell.lowerBound, spell.upperBound)
    vacant -= path.vacant(spell.lowerBound, spell.upperBound)
  }
  shift.occupiedMetres = (occupied + 5) / 10
  shift.vacantMetres = (vacant + 5) / 10
  return shift
}
