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
  /// Where idle taxis cruise.
  public var flow: CruiseFlow
  /// What the figures cover: requests in it, and the time and distance inside it.
  public var measured: Range<Int64>

  /// Driven metres between two points off the record.
  func drivenDecimetres(_ a: Point, _ b: Point) -> Int64 {
    Int64(a.distance(to: b)) * Int64(detourPermille) / 1_000
  }
}
