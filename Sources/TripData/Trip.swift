import Spatial

/// One ride as a data set recorded it. Times are Unix milliseconds.
public struct Trip: Hashable, Sendable {
  /// Unique in its log; ties in time are broken by it.
  public var id: UInt64
  /// Index into ``TripLog/taxis``, or -1 where the data names no taxi.
  public var taxi: Int32
  public var pickupAt: Int64
  public var dropoffAt: Int64
  public var from: GeoPoint
  public var to: GeoPoint
  public var passengers: UInt8
  /// When the rider asked and when a vehicle was assigned; `nil` where the data does not know.
  public var requestedAt: Int64?
  public var assignedAt: Int64?
  /// Driven distance by the meter or the trace; `nil` where the data does not know.
  public var metres: Int32?

  public init(
    id: UInt64,
    taxi: Int32,
    pickupAt: Int64,
    dropoffAt: Int64,
    from: GeoPoint,
    to: GeoPoint,
    passengers: UInt8 = 1,
    requestedAt: Int64? = nil,
    assignedAt: Int64? = nil,
    metres: Int32? = nil
  ) {
    self.id = id
    self.taxi = taxi
    self.pickupAt = pickupAt
    self.dropoffAt = dropoffAt
    self.from = from
    self.to = to
    self.passengers = passengers
    self.requestedAt = requestedAt
    self.assignedAt = assignedAt
    self.metres = metres
  }
}

/// A spell of work of one taxi, in Unix milliseconds, by one of the rules of docs/SIMULATION.md.
public struct Shift: Hashable, Sendable {
  public var taxi: Int32
  public var start: Int64
  public var end: Int64
  /// Where the taxi stood at `start`.
  public var place: GeoPoint
  /// Spells inside the shift when the taxi could not be offered a ride, in order, disjoint.
  public var offline: [Range<Int64>]

  public init(taxi: Int32, start: Int64, end: Int64, place: GeoPoint, offline: [Range<Int64>] = [])
  {
    self.taxi = taxi
    self.start = start
    self.end = end
    self.place = place
    self.offline = offline
  }

  /// On-shift time: the span less the offline spells.
  public var onShift: Int64 { offline.reduce(end - start) { $0 - ($1.upperBound - $1.lowerBound) } }
}

/// How on-shift time is read off the data (docs/SIMULATION.md, section 2).
public enum ShiftRule: String, CaseIterable, Sendable {
  case gaps
  case presence
}
