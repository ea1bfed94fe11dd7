import Spatial
import TripData

extension SyntheticCity {
  /// Who works when. A taxi belongs to one group for good and starts where its home is: a place by
  /// the districts' home weights, the same for all its shifts.
  static func shifts(_ parameters: Parameters, places: PlaceDrawer, seed: UInt64) -> [Shift] {
    let homes = homeTotals(parameters.plan.districts)
    var shifts: [Shift] = []
    var first = 0
    var permyriad = 0
    for group in parameters.plan.groups {
      permyriad += group.permyriad
      let end = parameters.taxis * permyriad / 10_000
      for taxi in first..<end {
        var random = SeededRandom(seed: seed, purpose: .syntheticSupply, subject: UInt64(taxi))
        let district = home(homes, from: &random)
        let roster = Roster(
          group: group,
          taxi: taxi,
          numberInGroup: taxi - first,
          start: Int64(group.start) * minute + Int64(random.below(group.startSpread * 60_000 + 1)),
          place: places.draw(in: district, from: &random)
        )
        append(roster, parameters, seed: seed, to: &shifts)
      }
      first = end
    }
    return shifts
  }

  /// What stays the same for a taxi from day to day.
  private struct Roster {
    var group: CityPlan.ShiftGroup
    var taxi: Int
    var numberInGroup: Int
    /// After local midnight, of the first shift of a working day.
    var start: Int64
    var place: GeoPoint
  }

  private static func append(
    _ roster: Roster,
    _ parameters: Parameters,
    seed: UInt64,
    to shifts: inout [Shift]
  ) {
    let group = roster.group
    let window =
      parameters.startsAt..<parameters.startsAt + Int64(parameters.days) * day
    let midnight = parameters.startsAt - localTime(of: parameters.startsAt, parameters)
    let spacing = day / Int64(group.shiftsPerDay)
    // A shift lasts a day at most and starts up to a day and a half after its midnight.
    for date in -2...parameters.days {
      let turn = (date + 2 + roster.numberInGroup) % group.daysOf
      guard turn < group.daysOn else { continue }
      var random = SeededRandom(
        seed: seed,
        purpose: .syntheticSupply,
        subject: UInt64(roster.taxi),
        attempt: UInt64(date + 3)
      )
      for part in 0..<group.shiftsPerDay {
        let usual = midnight + Int64(date) * day + roster.start + Int64(part) * spacing
        let start = usual + Int64(random.below(Int(startJitter)))
        let length =
          Int64(group.length) * minute + Int64(random.below(group.lengthSpread * 60_000 + 1))
        // The next shift of this taxi starts no earlier than this.
        let end = min(start + length, usual + spacing)
        let rest = breakTime(
          start..<end,
          minutes: group.breakMinutes,
          parameters,
          from: &random
        )
        if let shift = clip(start..<end, rest: rest, to: window, roster) { shifts.append(shift) }
      }
    }
  }

  /// Drivers rest when it is quiet: of two moments drawn between a fifth and four fifths of the
  /// shift, the one in the hour with the fewest boardings, the first drawn on a tie.
  private static func breakTime(
    _ shift: Range<Int64>,
    minutes: Int,
    _ parameters: Parameters,
    from random: inout SeededRandom
  ) -> Range<Int64> {
    let length = shift.upperBound - shift.lowerBound
    var best = shift.lowerBound
    var fewest = Int.max
    for _ in 0..<2 {
      let start = shift.lowerBound + length * Int64(200 + random.below(601)) / 1_000
      let rides = parameters.plan.hours[Int(localTime(of: start, parameters) / hour)].rides
      if rides < fewest {
        fewest = rides
        best = start
      }
    }
    return best..<min(best + Int64(minutes) * minute, shift.upperBound)
  }

  private static func clip(
    _ shift: Range<Int64>,
    rest: Range<Int64>,
    to window: Range<Int64>,
    _ roster: Roster
  ) -> Shift? {
    let kept = shift.clamped(to: window)
    guard kept.upperBound - kept.lowerBound >= shortestShift else { return nil }
    let rest = rest.clamped(to: kept)
    return Shift(
      taxi: Int32(roster.taxi),
      start: kept.lowerBound,
      end: kept.upperBound,
      place: roster.place,
      offline: rest.isEmpty ? [] : [rest]
    )
  }

  private static func homeTotals(_ districts: [CityPlan.District]) -> [Int] {
    var total = 0
    return districts.map { district in
      total += district.home
      return total
    }
  }

  private static func home(_ totals: [Int], from random: inout SeededRandom) -> Int {
    guard let total = totals.last, total > 0 else { return 0 }
    let target = random.below(total)
    return totals.firstIndex { target < $0 } ?? 0
  }
}
