import Matching
import Spatial
import TripData

/// A call-taxi log as rides and shifts that the worlds can play.
///
/// - **Places** are drawn in the neighbourhoods that the log names, by the seed and the call.
/// - **A ride** takes its travel time (`travel`) and `calltaxi.alighting`, but no longer than to the
///   vehicle's next assignment: a vehicle is assigned when it is free.
/// - **A request** appears at its recorded time, or at its boarding if that was earlier.
/// - **A shift**, one a vehicle, lasts from the vehicle's first assignment to the end of its last
///   ride. A gap above `supply.absence` between the end of a ride and the next assignment is a break.
///   It begins in a neighbourhood drawn from all pickups of the day: the place of the vehicle's own
///   first pickup would hand it what only the real driver knew.
struct CallTaxiReplay {
  private(set) var trips: [Trip] = []
  /// By (taxi, start).
  private(set) var recorded: [RecordedShift] = []
  /// Calls with a place that the map does not know.
  private(set) var unknownPlaces = 0
  /// Calls of a vehicle that boarded another rider at the same time.
  private(set) var simultaneous = 0
  /// Rides cut at the vehicle's next assignment.
  private(set) var cut = 0

  /// A ride lasts a second at least.
  private static let rideMin: Int64 = 1_000
  private static let pickup: UInt64 = 1
  private static let destination: UInt64 = 2
  private static let start: UInt64 = 3

  init(_ calls: [CallTaxiRecord], _ map: NeighbourhoodMap, _ scenario: Scenario) {
    let driving = Roads.straight(scenario)
    var legs: [(call: CallTaxiRecord, from: GeoPoint, to: GeoPoint)] = []
    for call in calls.sorted(by: { ($0.taxi, $0.boardedAt, $0.id) < ($1.taxi, $1.boardedAt, $1.id) }
    ) {
      guard let from = draw(call.from, map, scenario.seed, call.id, Self.pickup),
        let to = draw(call.to, map, scenario.seed, call.id, Self.destination)
      else {
        unknownPlaces += 1
        continue
      }
      guard legs.last?.call.taxi != call.taxi || legs.last?.call.boardedAt != call.boardedAt else {
        simultaneous += 1
        continue
      }
      legs.append((call, from, to))
    }
    for (index, leg) in legs.enumerated() {
      let call = leg.call
      let projection = Projection(origin: leg.from)
      let time = driving.time(
        from: projection.project(leg.from),
        to: projection.project(leg.to),
        departure: Millis(call.boardedAt)
      )
      var dropoff = call.boardedAt + max(Int64(time) + scenario.callTaxi.alighting, Self.rideMin)
      let next = legs.dropFirst(index + 1).first.flatMap { $0.call.taxi == call.taxi ? $0 : nil }
      if let next {
        let free =
          next.call.assignedAt >= call.boardedAt + Self.rideMin
          ? next.call.assignedAt : next.call.boardedAt
        if free < dropoff { cut += 1 }
        dropoff = min(dropoff, free)
      }
      trips.append(
        Trip(
          id: call.id,
          taxi: call.taxi,
          pickupAt: call.boardedAt,
          dropoffAt: dropoff,
          from: leg.from,
          to: leg.to,
          requestedAt: min(call.requestedAt, call.boardedAt),
          assignedAt: call.assignedAt
        )
      )
    }
    findShifts(calls, map, scenario)
    trips.sort { ($0.pickupAt, $0.id) < ($1.pickupAt, $1.id) }
  }

  private func draw(
    _ name: Neighbourhood,
    _ map: NeighbourhoodMap,
    _ seed: UInt64,
    _ subject: UInt64,
    _ what: UInt64
  ) -> GeoPoint? {
    var random = SeededRandom(
      seed: seed,
      purpose: .placeInDistrict,
      subject: subject,
      attempt: what
    )
    return map.draw(name, using: &random)
  }

  /// `trips` are in order of (taxi, pickupAt).
  private mutating func findShifts(
    _ calls: [CallTaxiRecord],
    _ map: NeighbourhoodMap,
    _ scenario: Scenario
  ) {
    var index = 0
    while index < trips.count {
      let first = trips[index]
      var end = index
      var shift = TripData.Shift(
        taxi: first.taxi,
        start: min(first.assignedAt ?? first.pickupAt, first.pickupAt),
        end: first.dropoffAt,
        place: first.from
      )
      var occupied: Int64 = 0
      while end < trips.count, trips[end].taxi == first.taxi {
        let trip = trips[end]
        let assigned = min(trip.assignedAt ?? trip.pickupAt, trip.pickupAt)
        if assigned - shift.end > scenario.supply.absence {
          shift.offline.append(shift.end..<assigned)
        }
        occupied += trip.dropoffAt - trip.pickupAt
        shift.end = trip.dropoffAt
        end += 1
      }
      var random = SeededRandom(
        seed: scenario.seed,
        purpose: .placeInDistrict,
        subject: UInt64(first.taxi),
        attempt: Self.start
      )
      let home = calls[random.below(calls.count)].from
      shift.place = map.draw(home, using: &random) ?? shift.place
      recorded.append(RecordedShift(shift: shift, rides: end - index, occupied: occupied))
      index = end
    }
  }
}
