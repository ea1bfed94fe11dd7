/// The identities of docs/SIMULATION.md, section 1, recounted from both sides in every run: a figure
/// that breaks one is not printed.
package struct IdentityViolation: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String
}

package enum Identities {
  /// - Throws: the first identity that does not hold, with both of its sides.
  package static func check(
    _ figures: Figures,
    ledger: Ledger,
    city: City
  ) throws(IdentityViolation) {
    for (taxi, account) in ledger.taxis.enumerated()
    where account.time.total != account.onShift {
      throw IdentityViolation(
        description: "world \(figures.world), taxi \(city.taxiNames[taxi]): its activities add up "
          + "to \(account.time.total) ms, its on-shift time is \(account.onShift) ms"
      )
    }
    let service = figures.service
    let ended = service.served + service.expired + service.gaveUp + service.open
    guard ended == service.requests else {
      throw IdentityViolation(
        description: "world \(figures.world): \(service.requests) requests, but \(ended) are "
          + "served, expired, cancelled or open"
      )
    }
    // Only rides of known taxis are on-shift time; the recorded world may hold others.
    var rideTime: Int64 = 0
    for account in ledger.rides where account.taxi >= 0 && account.boardedAt > .min {
      let end = account.droppedAt > .min ? account.droppedAt : ledger.span.upperBound
      let inside = (account.boardedAt..<max(end, account.boardedAt)).clamped(to: ledger.span)
      rideTime += inside.upperBound - inside.lowerBound
    }
    let outside = ledger.rideTimeOffShift
    guard rideTime - outside == figures.time.occupied else {
      throw IdentityViolation(
        description: "world \(figures.world): taxis are occupied for \(figures.time.occupied) ms, "
          + "rides take \(rideTime) ms, \(outside) ms of them off shift"
      )
    }
    let byHour = figures.hours.reduce(0) { $0 + $1.time.total }
    guard byHour == figures.time.total else {
      throw IdentityViolation(
        description: "world \(figures.world): hours add up to \(byHour) ms, "
          + "taxis to \(figures.time.total) ms"
      )
    }
  }
}
