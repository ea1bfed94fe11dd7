import TripData

/// Books every moment and metre of every taxi, clipped to the measured span, and every ride's fate.
/// The figures are a fold over it.
package struct Ledger {
  package struct TaxiAccount {
    package var time = Figures.Split()
    /// Decimetres, so that short legs do not round away.
    package var distance = Figures.Split()
    /// On-shift time by the commands on, off, busy and free: the other side of the first identity.
    package var onShift: Int64 = 0
    package var rides = 0
    package var since: Int64 = 0
    package var onShiftSince = Int64.min
  }

  package enum Outcome: UInt8, Sendable {
    case open
    case served
    case gaveUp
    case expired
  }

  package struct RideAccount {
    package var offeredAt = Int64.min
    package var assignedAt = Int64.min
    package var boardedAt = Int64.min
    package var droppedAt = Int64.min
    package var taxi: Int32 = -1
    /// Decimetres driven to it by the taxi that took it in the end.
    package var pickup: Int64 = 0
    package var outcome = Outcome.open
  }

  package let span: Range<Int64>
  package private(set) var taxis: [TaxiAccount]
  package var rides: [RideAccount]
  package private(set) var hours: [Figures.Hour] = []
  /// Empty decimetres after a shift's first boarding, and later boardings.
  package private(set) var emptyAfterFirst: Int64 = 0
  package private(set) var boardingsAfterFirst = 0
  package var offers = 0
  package var declined = 0
  package var unanswered = 0
  package var reassigned = 0
  /// Recorded rides, or parts of them, outside every shift: they are served, but no shift's time or
  /// distance (milliseconds, decimetres).
  package private(set) var rideTimeOffShift: Int64 = 0
  package private(set) var rideDistanceOffShift: Int64 = 0

  private static let hour: Int64 = 3_600_000

  package init(span: Range<Int64>, taxis: Int, rides: Int, utcOffset: Int64) {
    self.span = span
    self.taxis = Array(repeating: TaxiAccount(), count: taxis)
    self.rides = Array(repeating: RideAccount(), count: rides)
    // Clock hours are local: an offset may be half an hour.
    let first = span.lowerBound - Self.floorRemainder(span.lowerBound + utcOffset, Self.hour)
    hours = stride(from: first, to: max(span.upperBound, first + 1), by: Int(Self.hour))
      .map { Figures.Hour(start: $0) }
  }

  private static func floorRemainder(_ a: Int64, _ b: Int64) -> Int64 { ((a % b) + b) % b }

  /// Books the time since the last booking, up to `now`, as `activity`.
  package mutating func book(_ taxi: Int, as activity: SimulatedTaxi.Activity, until now: Int64) {
    let start = taxis[taxi].since
    taxis[taxi].since = now
    guard activity != .off, activity != .offline else { return }
    let from = max(start, span.lowerBound)
    let to = min(now, span.upperBound)
    guard from < to else { return }
    taxis[taxi].time.add(to - from, activity)
    var begin = from
    while begin < to {
      let index = Int((begin - hours[0].start) / Self.hour)
      let end = min(to, hours[index].start + Self.hour)
      hours[index].time.add(end - begin, activity)
      begin = end
    }
  }

  /// Books a driven distance that took `time`, in proportion to the part inside the span.
  package mutating func book(
    _ taxi: Int,
    decimetres: Int64,
    as activity: SimulatedTaxi.Activity,
    over time: Range<Int64>,
    isAfterFirst: Bool
  ) {
    let share = share(of: decimetres, over: time)
    taxis[taxi].distance.add(share, activity)
    if isAfterFirst, activity != .occupied { emptyAfterFirst += share }
  }

  package mutating func bookBoarding(_ taxi: Int, at now: Int64, isFirst: Bool) {
    guard span.contains(now) else { return }
    taxis[taxi].rides += 1
    if !isFirst { boardingsAfterFirst += 1 }
  }

  package mutating func bookRideOffShift(_ time: Range<Int64>, decimetres: Int64) {
    let inside = time.clamped(to: span)
    rideTimeOffShift += inside.upperBound - inside.lowerBound
    rideDistanceOffShift += share(of: decimetres, over: time)
  }

  /// The part of an evenly driven distance that lies inside the span, rounded down.
  func share(of decimetres: Int64, over time: Range<Int64>) -> Int64 {
    guard !time.isEmpty else { return span.contains(time.lowerBound) ? decimetres : 0 }
    let inside = time.clamped(to: span)
    guard !inside.isEmpty else { return 0 }
    return decimetres * (inside.upperBound - inside.lowerBound)
      / (time.upperBound - time.lowerBound)
  }

  package mutating func openShift(_ taxi: Int, at now: Int64) { taxis[taxi].onShiftSince = now }

  package mutating func closeShift(_ taxi: Int, at now: Int64) {
    let inside = (taxis[taxi].onShiftSince..<max(now, taxis[taxi].onShiftSince)).clamped(to: span)
    taxis[taxi].onShift += inside.upperBound - inside.lowerBound
    taxis[taxi].onShiftSince = .min
  }

  package mutating func countRequest(at now: Int64, isServed: Bool) {
    let index = Int((now - hours[0].start) / Self.hour)
    hours[index].requests += 1
    if isServed { hours[index].served += 1 }
  }
}

extension Figures.Split {
  package mutating func add(_ amount: Int64, _ activity: SimulatedTaxi.Activity) {
    switch activity {
    case .idle: idle += amount
    case .guided: guided += amount
    case .pickup: pickup += amount
    case .occupied: occupied += amount
    case .off, .offline: break
    }
  }
}
