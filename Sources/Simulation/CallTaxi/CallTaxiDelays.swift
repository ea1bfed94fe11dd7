/// Request to assignment and assignment to boarding, world by world: the two delays that a call-taxi
/// log records, and so the only ones in which a simulation can be held against a real dispatcher.
struct CallTaxiDelays: Equatable {
  /// Milliseconds; `nil` without rides.
  struct Spread: Equatable {
    var median: Int64
    var p90: Int64

    /// Nearest rank, as everywhere.
    init?(_ values: [Int64]) {
      guard !values.isEmpty else { return nil }
      let sorted = values.sorted()
      median = sorted[(sorted.count + 1) / 2 - 1]
      p90 = sorted[(sorted.count * 9 + 9) / 10 - 1]
    }
  }

  var rides: Int
  var toAssignment: Spread?
  var toBoarding: Spread?
  var whole: Spread?

  /// Over the served requests of the measured span that were not booked ahead: a booking is assigned
  /// before its time, which the simulated worlds do not do.
  init(ledger: Ledger, city: City, bookings: Set<UInt64>) {
    var first: [Int64] = []
    var second: [Int64] = []
    var both: [Int64] = []
    for (index, ride) in city.rides.enumerated() {
      let account = ledger.rides[index]
      guard ledger.span.contains(ride.requestedAt), account.outcome == .served,
        account.assignedAt > .min, !bookings.contains(ride.id)
      else { continue }
      first.append(account.assignedAt - ride.requestedAt)
      second.append(account.boardedAt - account.assignedAt)
      both.append(account.boardedAt - ride.requestedAt)
    }
    rides = first.count
    toAssignment = Spread(first)
    toBoarding = Spread(second)
    whole = Spread(both)
  }

  /// One sentence for the report.
  func note(world: String) -> String {
    func text(_ spread: Spread?) -> String {
      guard let spread else { return "unknown" }
      return "\(Decimals.clock(spread.median)) (\(Decimals.clock(spread.p90)))"
    }
    return "\(world), \(Decimals.grouped(rides)) rides not booked ahead, median (90 %) in min:s: "
      + "request to assignment \(text(toAssignment)), assignment to boarding \(text(toBoarding)), "
      + "both \(text(whole))."
  }
}
