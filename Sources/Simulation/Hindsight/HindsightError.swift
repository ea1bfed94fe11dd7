/// Why no bound can be computed: one sentence that names the thing, the value and what is allowed.
public struct HindsightError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }

  /// Rides above would not fit the solver.
  static let ridesMax = 1 << 24
  /// Slots of time with a travel model of their own.
  static let slotsMax: Int64 = 100_000

  static func check(
    _ rides: [HindsightRide],
    _ travel: HindsightTravel
  ) throws(HindsightError) {
    guard rides.count <= ridesMax else {
      throw HindsightError("\(rides.count) rides; at most \(ridesMax) at a time")
    }
    guard (1_000...5_000).contains(travel.detourPermille) else {
      throw HindsightError("a detour of \(travel.detourPermille) ‰ is not in 1000 … 5000")
    }
    // Far beyond the calendar, so that no sum of the times below overflows.
    let times = -(Int64(1) << 52)...(Int64(1) << 52)
    for (index, ride) in rides.enumerated() {
      guard times.contains(ride.earliest), times.contains(ride.latest),
        (0...(Int64(1) << 40)).contains(ride.duration), ride.earliest <= ride.latest
      else {
        throw HindsightError(
          "ride \(index): earliest \(ride.earliest), latest \(ride.latest), duration "
            + "\(ride.duration) make no sense; times are Unix milliseconds, earliest ≤ latest, "
            + "duration 0 or more"
        )
      }
    }
    if let step = travel.changesEvery {
      guard step >= 1 else {
        throw HindsightError("a model that changes every \(step) ms: give 1 or more, or nil")
      }
      let slots = travel.slotCount(during: HindsightRide.span(of: rides))
      guard slots <= slotsMax else {
        throw HindsightError(
          "the rides span \(slots) slots of \(step) ms, more than \(slotsMax): take fewer days at a "
            + "time"
        )
      }
    }
  }
}
