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
    try hold(figures, "requests", service.requests, "served, expired, cancelled or open", ended)
    try checkRides(figures, ledger, city)
    try hold(
      figures,
      "milliseconds of taxis",
      figures.time.total,
      "those by hour",
      figures.hours.reduce(0) { $0 + $1.time.total }
    )
    try hold(
      figures,
      "requests",
      service.requests,
      "those by hour",
      figures.hours.reduce(0) { $0 + $1.requests }
    )
    try hold(
      figures,
      "rides served",
      service.served,
      "those by hour",
      figures.hours.reduce(0) { $0 + $1.served }
    )
    try hold(
      figures,
      "rides served",
      service.served,
      "those on the map",
      figures.map.reduce(0) { $0 + $1.pickups }
    )
    if let wait = figures.wait {
      try hold(figures, "rides served", service.served, "waits", wait.histogram.reduce(0, +))
    }
  }

  /// Time and distance with a rider, from the taxis' side and from the rides'.
  private static func checkRides(
    _ figures: Figures,
    _ ledger: Ledger,
    _ city: City
  ) throws(IdentityViolation) {
    var time: Int64 = 0
    var distance: Int64 = 0
    // Only rides of known taxis are on-shift time; the recorded world may hold others.
    for (index, account) in ledger.rides.enumerated()
    where account.taxi >= 0 && account.boardedAt > .min {
      let end = account.droppedAt > .min ? account.droppedAt : ledger.span.upperBound
      let spell = account.boardedAt..<max(end, account.boardedAt)
      let inside = spell.clamped(to: ledger.span)
      time += inside.upperBound - inside.lowerBound
      distance += ledger.share(of: Int64(city.rides[index].metres) * 10, over: spell)
    }
    let driven = ledger.taxis.reduce(0) { $0 + $1.distance.occupied }
    try hold(
      figures,
      "milliseconds of taxis with a rider",
      figures.time.occupied,
      "those of rides on shift",
      time - ledger.rideTimeOffShift
    )
    try hold(
      figures,
      "decimetres of taxis with a rider",
      driven,
      "those of rides on shift",
      distance - ledger.rideDistanceOffShift
    )
  }

  private static func hold<Number: BinaryInteger>(
    _ figures: Figures,
    _ what: String,
    _ one: Number,
    _ otherwise: String,
    _ other: Number
  ) throws(IdentityViolation) {
    guard one != other else { return }
    throw IdentityViolation(
      description: "world \(figures.world): \(what) are \(one), \(otherwise) \(other)"
    )
  }
}
