import Spatial
import TripData

extension SyntheticCity {
  /// A ride's number fits in the low bits of a sort key, its time in the others.
  static let ridesMax = (1 << 28) - 1

  /// Boardings change evenly from the middle of one hour to that of the next, in bins this wide.
  private static let binWidth = 5 * minute
  private static let binCount = 288

  /// After so many candidates the next one stands: a bound on the work for plans in which nearly
  /// every candidate is too far away. Seoul needs nine on average.
  private static let candidatesMax = 500

  static func trips(_ parameters: Parameters, places: PlaceDrawer, seed: UInt64) -> [Trip] {
    let tables = RideTables(parameters.plan, metric: places.metric)
    let hours = parameters.plan.hours
    var trips: [Trip] = []
    let keys = pickupKeys(parameters, seed: seed)
    trips.reserveCapacity(keys.count)
    for key in keys {
      let number = key & UInt64(ridesMax)
      let pickupAt = parameters.startsAt + Int64(key >> 28)
      let clock = Int(localTime(of: pickupAt, parameters) / hour)
      let subject = subject(ride: number, parameters)
      var choices = SeededRandom(seed: seed, purpose: .syntheticDemand, subject: subject)
      var spots = SeededRandom(seed: seed, purpose: .placeInDistrict, subject: subject)
      let origin = tables.origin(hour: clock, from: &choices)
      let from = places.draw(in: origin, from: &spots)
      var to = from
      var distance = 0
      for _ in 0..<candidatesMax {
        let destination = tables.destination(hour: clock, origin: origin, from: &choices)
        to = places.draw(in: destination, from: &spots)
        distance = places.metric.distance(from, to)
        if distance >= parameters.shortestMetres * 10,
          tables.accepts(
            choices.next() >> 32,
            hour: clock,
            origin: origin,
            destination: destination,
            distance: distance
          )
        {
          break
        }
      }
      let metres = distance * parameters.detourPermille / 10_000
      trips.append(
        Trip(
          id: number,
          taxi: -1,
          pickupAt: pickupAt,
          dropoffAt: pickupAt + parameters.boarding
            + driving(metres: metres, speed: hours[clock].speed, from: &choices),
          from: from,
          to: to,
          metres: Int32(metres)
        )
      )
    }
    return trips
  }

  /// Traffic makes a ride take 0.7 to 1.3 times as long as its hour's speed says, most often 1.
  private static func driving(metres: Int, speed: Int, from random: inout SeededRandom) -> Int64 {
    let permille = 700 + random.below(301) + random.below(301)
    return Int64(metres * 3_600 * permille / speed)
  }

  /// Pickups in order: milliseconds after the start << 28 | the ride's number.
  private static func pickupKeys(_ parameters: Parameters, seed: UInt64) -> [UInt64] {
    let totals = binTotals(parameters.plan.hours)
    let dayStart = localTime(of: parameters.startsAt, parameters)
    var keys: [UInt64] = []
    keys.reserveCapacity(parameters.ridesPerDay * parameters.days)
    for number in 0..<UInt64(parameters.ridesPerDay * parameters.days) {
      var random = SeededRandom(
        seed: seed,
        purpose: .syntheticDemand,
        subject: subject(ride: number, parameters),
        attempt: 1
      )
      let bin = pick(in: totals, random.below(totals[binCount - 1]))
      let local = Int64(bin) * binWidth + Int64(random.below(Int(binWidth)))
      let inDay = (local - dayStart + day) % day
      let offset = Int64(number) / Int64(parameters.ridesPerDay) * day + inDay
      keys.append(UInt64(offset) << 28 | number)
    }
    keys.sort()
    return keys
  }

  /// Which stream a ride draws from: its day, and its number within the day, so that neither more
  /// days nor more rides a day change the others.
  private static func subject(ride number: UInt64, _ parameters: Parameters) -> UInt64 {
    let perDay = UInt64(parameters.ridesPerDay)
    return (number / perDay) << 32 | number % perDay
  }

  /// Milliseconds since local midnight.
  static func localTime(of time: Int64, _ parameters: Parameters) -> Int64 {
    let local = (time + parameters.utcOffset) % day
    return local < 0 ? local + day : local
  }

  /// Running totals of the boardings' weight by bin. Each bin is weighed at its middle, where the
  /// hours to either side count in proportion to how near their middles are.
  private static func binTotals(_ hours: [CityPlan.Hour]) -> [Int] {
    var total = 0
    return (0..<binCount).map { bin in
      // In halves of a bin; an hour's middle is 12 of them in.
      let sinceFirstMiddle = (2 * bin + 1 - 12 + 2 * binCount) % (2 * binCount)
      let before = hours[sinceFirstMiddle / 24].rides
      let after = hours[(sinceFirstMiddle / 24 + 1) % 24].rides
      let part = sinceFirstMiddle % 24
      total += before * (24 - part) + after * part
      return total
    }
  }

  private static func pick(in totals: [Int], _ target: Int) -> Int {
    var low = 0
    var high = totals.count - 1
    while low < high {
      let middle = (low + high) / 2
      if totals[middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
