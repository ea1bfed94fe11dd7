import Matching
import Spatial
import TripData

extension City {
  /// Prepares the city of a scenario from what was read.
  ///
  /// - Parameters:
  ///   - scenario: draws, warm-up, detour.
  ///   - trips: those of the scenario's span, by (pickupAt, id).
  ///   - shifts: by (taxi, start).
  ///   - taxiNames: by number.
  ///   - projection: of every place in it.
  ///   - roads: fitted with `projection`.
  /// - Returns: the city, with a flow that has learned nothing.
  package static func build(
    _ scenario: Scenario,
    trips: [Trip],
    shifts: [TripData.Shift],
    taxiNames: [String],
    projection: Projection,
    roads: Roads
  ) -> City {
    var rides: [Ride] = []
    rides.reserveCapacity(trips.count)
    for trip in trips {
      let from = projection.project(trip.from)
      let to = projection.project(trip.to)
      rides.append(
        Ride(
          id: trip.id,
          requestedAt: requestTime(of: trip, scenario),
          patience: patience(of: trip.id, scenario),
          duration: Int32(clamping: trip.dropoffAt - trip.pickupAt),
          from: from,
          to: to,
          metres: metres(of: trip, projection, detourPermille: scenario.travel.detourPermille),
          seats: trip.passengers
        )
      )
    }
    rides.sort { ($0.requestedAt, $0.id) < ($1.requestedAt, $1.id) }
    var spells = shifts.map { shift in
      Shift(
        taxi: shift.taxi,
        start: shift.start,
        end: shift.end,
        place: projection.project(shift.place),
        offline: shift.offline
      )
    }
    spells.sort { ($0.start, $0.taxi) < ($1.start, $1.taxi) }
    let box = bounds(of: rides, spells)
    let first = rides.first?.requestedAt ?? 0
    let last = rides.last?.requestedAt ?? 0
    return City(
      projection: projection,
      box: box,
      rides: rides,
      shifts: spells,
      taxiNames: taxiNames,
      travel: roads.model,
      detourPermille: scenario.travel.detourPermille,
      flow: CruiseFlow(box: box),
      measured: min(first + scenario.measure.warmUp, last)..<(last + 1)
    )
  }

  /// The middle of all pickups and drop-offs: where the projection errs least.
  package static func projection(for trips: [Trip]) -> Projection {
    guard let first = trips.first else {
      return Projection(origin: GeoPoint(latitude: 0, longitude: 0))
    }
    var (south, north) = (first.from.latitude, first.from.latitude)
    var (west, east) = (first.from.longitude, first.from.longitude)
    for trip in trips {
      for place in [trip.from, trip.to] {
        south = min(south, place.latitude)
        north = max(north, place.latitude)
        west = min(west, place.longitude)
        east = max(east, place.longitude)
      }
    }
    return Projection(
      origin: GeoPoint(
        latitude: south + (north - south) / 2,
        longitude: west + (east - west) / 2
      )
    )
  }

  /// As recorded, or the straight line × detour.
  private static func metres(
    of trip: Trip,
    _ projection: Projection,
    detourPermille: Int
  ) -> Int32 {
    if let metres = trip.metres { return metres }
    let straight = projection.project(trip.from).distance(to: projection.project(trip.to))
    return Int32(clamping: Int64(straight) * Int64(detourPermille) / 10_000)
  }

  /// What a trip's taxi drove, the same in every world.
  func drivenDecimetres(_ trip: Trip) -> Int64 {
    Int64(Self.metres(of: trip, projection, detourPermille: detourPermille)) * 10
  }

  private static func requestTime(of trip: Trip, _ scenario: Scenario) -> Int64 {
    let known = trip.requestedAt ?? trip.pickupAt
    guard let lead = scenario.demand.lead, lead > 0 else { return known }
    var random = SeededRandom(seed: scenario.seed, purpose: .requestLead, subject: trip.id)
    return known - Int64(random.below(Int(lead) + 1))
  }

  private static func patience(of ride: UInt64, _ scenario: Scenario) -> Int32 {
    let patience = scenario.demand.patience
    guard let spread = scenario.demand.patienceSpreadPermyriad, spread > 0 else {
      return Int32(clamping: patience)
    }
    var random = SeededRandom(seed: scenario.seed, purpose: .patience, subject: ride)
    let reach = patience * Int64(spread) / 10_000
    return Int32(clamping: max(patience - reach + Int64(random.below(Int(2 * reach) + 1)), 1_000))
  }

  /// A box with a hundred metres to spare, as a taxi between two points never leaves it.
  private static func bounds(of rides: [Ride], _ shifts: [Shift]) -> Box {
    guard let first = rides.first?.from ?? shifts.first?.place else {
      return Box(around: Point(x: 0, y: 0), radius: 1_000)
    }
    var (low, high) = (first, first)
    func include(_ point: Point) {
      low = Point(x: min(low.x, point.x), y: min(low.y, point.y))
      high = Point(x: max(high.x, point.x), y: max(high.y, point.y))
    }
    for ride in rides {
      include(ride.from)
      include(ride.to)
    }
    for shift in shifts { include(shift.place) }
    return Box(
      min: Point(x: low.x - 1_000, y: low.y - 1_000),
      max: Point(x: high.x + 1_000, y: high.y + 1_000)
    )
  }
}
