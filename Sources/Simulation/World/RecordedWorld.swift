import Spatial
import TripData

/// The recorded world: no simulation, the data's own shifts and rides booked as they were.
///
/// Empty metres between rides are the trace's where there is one, and otherwise the straight line
/// between drop-off and next pickup × detour: less than was really driven.
package enum RecordedWorld {
  package static func ledger(
    city: City,
    trips: [Trip],
    shifts: [RecordedShift],
    utcOffset: Int64
  ) -> Ledger {
    var ledger = Ledger(
      span: city.measured,
      taxis: city.taxiNames.count,
      rides: city.rides.count,
      utcOffset: utcOffset
    )
    var byTaxi = Array(repeating: [Int](), count: city.taxiNames.count)
    for (index, trip) in trips.enumerated() where trip.taxi >= 0 {
      byTaxi[Int(trip.taxi)].append(index)
    }
    var next = Array(repeating: 0, count: city.taxiNames.count)
    for recorded in shifts {
      let taxi = Int(recorded.shift.taxi)
      // Rides that began before the shift belong to none: they are not on-shift time.
      while next[taxi] < byTaxi[taxi].count,
        trips[byTaxi[taxi][next[taxi]]].pickupAt < recorded.shift.start
      {
        let trip = trips[byTaxi[taxi][next[taxi]]]
        bookOffShift(trip, city: city, into: &ledger)
        next[taxi] += 1
      }
      var own: [Trip] = []
      while next[taxi] < byTaxi[taxi].count,
        trips[byTaxi[taxi][next[taxi]]].pickupAt <= recorded.shift.end
      {
        own.append(trips[byTaxi[taxi][next[taxi]]])
        next[taxi] += 1
      }
      book(recorded, own, city: city, into: &ledger)
    }
    for taxi in byTaxi.indices {
      for index in byTaxi[taxi][next[taxi]...] {
        bookOffShift(trips[index], city: city, into: &ledger)
      }
    }
    let served = Dictionary(uniqueKeysWithValues: trips.map { ($0.id, $0) })
    for (index, ride) in city.rides.enumerated() {
      guard let trip = served[ride.id] else { continue }
      ledger.rides[index].taxi = trip.taxi
      ledger.rides[index].assignedAt = trip.assignedAt ?? .min
      ledger.rides[index].boardedAt = trip.pickupAt
      ledger.rides[index].droppedAt = trip.dropoffAt
      ledger.rides[index].outcome = .served
    }
    return ledger
  }

  private static func bookOffShift(_ trip: Trip, city: City, into ledger: inout Ledger) {
    ledger.bookRideOffShift(
      trip.pickupAt..<trip.dropoffAt,
      decimetres: city.drivenDecimetres(trip)
    )
  }

  private static func book(
    _ recorded: RecordedShift,
    _ trips: [Trip],
    city: City,
    into ledger: inout Ledger
  ) {
    let shift = recorded.shift
    let taxi = Int(shift.taxi)
    let end = max(shift.end, trips.last?.dropoffAt ?? shift.end)
    ledger.book(taxi, as: .off, until: shift.start)
    ledger.openShift(taxi, at: shift.start)
    var offline = shift.offline[...]
    func bookVacant(until time: Int64, _ ledger: inout Ledger) {
      while let spell = offline.first, spell.lowerBound < time {
        ledger.book(taxi, as: .idle, until: spell.lowerBound)
        ledger.closeShift(taxi, at: spell.lowerBound)
        ledger.book(taxi, as: .offline, until: spell.upperBound)
        ledger.openShift(taxi, at: spell.upperBound)
        offline.removeFirst()
      }
      ledger.book(taxi, as: .idle, until: time)
    }
    var previous: Trip?
    let hasTrace = recorded.vacantMetres != nil
    for trip in trips {
      bookVacant(until: trip.pickupAt, &ledger)
      ledger.book(taxi, as: .occupied, until: trip.dropoffAt)
      let from = city.projection.project(trip.from)
      ledger.book(
        taxi,
        decimetres: city.drivenDecimetres(trip),
        as: .occupied,
        over: trip.pickupAt..<trip.dropoffAt,
        isAfterFirst: false
      )
      if !hasTrace, let previous {
        ledger.book(
          taxi,
          decimetres: city.drivenDecimetres(city.projection.project(previous.to), from),
          as: .idle,
          over: previous.dropoffAt..<trip.pickupAt,
          isAfterFirst: true
        )
      }
      ledger.bookBoarding(taxi, at: trip.pickupAt, isFirst: previous == nil)
      previous = trip
    }
    bookVacant(until: end, &ledger)
    ledger.closeShift(taxi, at: end)
    if let vacant = recorded.vacantMetres {
      // The trace tells how far it was, not when: it is spread over the shift, and the part before
      // the first ride is taken to be as long as that time's share.
      let firstPickup = trips.first?.pickupAt ?? end
      let share =
        end > shift.start ? Double(firstPickup - shift.start) / Double(end - shift.start) : 0
      let before = Int64(Double(vacant * 10) * share)
      ledger.book(
        taxi,
        decimetres: before,
        as: .idle,
        over: shift.start..<firstPickup,
        isAfterFirst: false
      )
      ledger.book(
        taxi,
        decimetres: vacant * 10 - before,
        as: .idle,
        over: firstPickup..<end,
        isAfterFirst: true
      )
    }
  }
}
