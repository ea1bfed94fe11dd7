import Matching
import Spatial

/// What all worlds of a run share: who wants to go where, which taxis work when, the map and the
/// roads. Prepared once, never changed; a world adds only what it decides.
public struct City: Sendable {
  /// One rider. Rides are numbered by their place in ``City/rides``; the engine knows ride *i* as
  /// `RideID(i + 1)`.
  public struct Ride: Sendable {
    /// The id in the data.
    public var id: UInt64
    public var requestedAt: Int64
    /// Milliseconds from the request until the rider, not yet on board, cancels.
    public var patience: Int32
    /// The recorded duration, in milliseconds: the ride takes this long in every world.
    public var duration: Int32
    public var from: Point
    public var to: Point
    /// Driven distance from `from` to `to`, in metres: recorded, or by the detour.
    public var metres: Int32
    public var seats: UInt8

    package init(
      id: UInt64,
      requestedAt: Int64,
      patience: Int32,
      duration: Int32,
      from: Point,
      to: Point,
      metres: Int32,
      seats: UInt8 = 1
    ) {
      self.id = id
      self.requestedAt = requestedAt
      self.patience = patience
      self.duration = duration
      self.from = from
      self.to = to
      self.metres = metres
      self.seats = seats
    }
  }

  /// One spell of work. Taxis are numbered as in the data; the engine knows taxi *i* as
  /// `TaxiID(i + 1)`.
  public struct Shift: Sendable {
    public var taxi: Int32
    public var start: Int64
    public var end: Int64
    public var place: Point
    /// Spells inside it without offers, in order, disjoint.
    public var offline: [Range<Int64>]

    package init(
      taxi: Int32,
      start: Int64,
      end: Int64,
      place: Point,
      offline: [Range<Int64>] = []
    ) {
      self.taxi = taxi
      self.start = start
      self.end = end
      self.place = place
      self.offline = offline
    }
  }

  public var projection: Projection
  /// Holds every point of rides and shifts.
  public var box: Box
  /// By (requestedAt, id).
  public var rides: [Ride]
  /// By (start, taxi); those of one taxi do not overlap.
  public var shifts: [Shift]
  /// Outside names of the taxis, by number.
  public var taxiNames: [String]
  public var travel: any TravelModel
  /// Driven ÷ straight-line distance, in thousandths.
  public var detourPermille: Int
  /// What guidance learns from; `nil` where no world is guided.
  var demand: CityDemand?
  /// What taxis are worth; `nil` where no world's policy asks.
  var opportunity: CityOpportunity?
  /// Where idle taxis cruise.
  public var flow: CruiseFlow
  /// The same where nobody dispatches: whole ways; `nil` = ``flow`` stands in for them.
  package var paths: CruisePaths?
  /// Where advised riders walk to.
  package var spots: RiderSpots.Table = [:]
  /// What the figures cover: requests in it, and the time and distance inside it.
  public var measured: Range<Int64>

  package init(
    projection: Projection,
    box: Box,
    rides: [Ride],
    shifts: [Shift],
    taxiNames: [String],
    travel: any TravelModel,
    detourPermille: Int,
    flow: CruiseFlow,
    measured: Range<Int64>
  ) {
    self.projection = projection
    self.box = box
    self.rides = rides
    self.shifts = shifts
    self.taxiNames = taxiNames
    self.travel = travel
    self.detourPermille = detourPermille
    self.flow = flow
    self.measured = measured
  }

  /// The most rides between their request and `linger` milliseconds after the last moment at which
  /// they can end.
  package func ridesAtOnce(lingering linger: Int64) -> Int {
    let ends = rides.map {
      $0.requestedAt + Int64($0.patience) + Int64($0.duration) + linger
    }.sorted()
    var most = 0
    var ended = 0
    for (index, ride) in rides.enumerated() {
      while ends[ended] < ride.requestedAt { ended += 1 }
      most = max(most, index + 1 - ended)
    }
    return most
  }

  /// Driven decimetres between two points off the record.
  package func drivenDecimetres(_ a: Point, _ b: Point) -> Int64 {
    Int64(a.distance(to: b)) * Int64(detourPermille) / 1_000
  }
}
