/// What must hold between taxis, rides and offers, whatever the tables hold: a snapshot is checked by
/// this before anything follows its links, so every index is looked at before it is used.
extension Engine {
  /// The first contradiction in kept state, or `nil`. O(*n*).
  func contradiction() -> String? {
    for slot in 0..<fleet.used where fleet[slot].isLive {
      if let wrong = wrong(taxi: slot) { return "\(fleet[slot].id) in slot \(slot): \(wrong)" }
    }
    for slot in offers.records.indices where offers[slot].isLive {
      if let wrong = wrong(offer: slot) { return "\(offers[slot].id) in slot \(slot): \(wrong)" }
    }
    var chained = 0
    for slot in rides.records.indices where rides[slot].isLive {
      if let wrong = wrong(ride: slot) { return "\(rides[slot].id) in slot \(slot): \(wrong)" }
      chained += Int(rides[slot].offersCount)
    }
    return chained == offers.count ? nil : "an offer belongs to no ride"
  }

  private func wrong(taxi slot: Int) -> String? {
    let taxi = fleet[slot]
    guard fleet.find(taxi.id) == slot else { return "not found where it is" }
    guard isParty(taxi.seats, taxi.tags) else { return "seats or tags out of range" }
    guard (taxi.offer >= 0) == (taxi.state == .offered) else { return "state and offer disagree" }
    let isBound = taxi.state == .enroute || taxi.state == .waiting || taxi.state == .occupied
    guard (taxi.ride >= 0) == isBound else { return "state and ride disagree" }
    if taxi.offer >= 0 {
      guard let offer = offer(taxi.offer), offer.state == .open, offer.taxiSlot == Int32(slot)
      else {
        return "its offer is not open or another's"
      }
    }
    if taxi.ride >= 0 {
      guard let ride = ride(taxi.ride), ride.taxi == Int32(slot) else {
        return "it drives for a ride that has another taxi"
      }
      let expected: RideState =
        switch taxi.state {
        case .enroute: .assigned
        case .waiting: .arrived
        default: .onboard
        }
      guard ride.state == expected else { return "it does not do what its ride does" }
    }
    return nil
  }

  private func wrong(offer slot: Int) -> String? {
    let offer = offers[slot]
    let number = Int32(slot)
    guard offers.find(offer.id) == slot else { return "not found where it is" }
    guard offer.id.value <= offerCount else { return "its number is yet to come" }
    guard let ride = ride(offer.ride) else { return "its ride is not there" }
    switch offer.state {
    case .open:
      guard let taxi = taxi(offer.taxiSlot), taxi.id == offer.taxi, taxi.offer == number else {
        return "open, but its taxi does not know"
      }
      guard ride.offer == number else { return "open, but its ride does not know" }
    case .accepted:
      guard let taxi = taxi(offer.taxiSlot), taxi.id == offer.taxi, taxi.ride == offer.ride else {
        return "accepted, but its taxi does not know"
      }
      guard ride.accepted == number, ride.taxi == offer.taxiSlot else {
        return "accepted, but its ride does not know"
      }
    case .declined, .expired, .revoked, .closed, .reassigned: break
    }
    return nil
  }

  private func wrong(ride slot: Int) -> String? {
    let ride = rides[slot]
    guard rides.find(ride.id) == slot else { return "not found where it is" }
    guard isParty(ride.seats, ride.tags) else { return "seats or tags out of range" }
    guard ride.state != .reserved || ride.at != nil else { return "reserved for no time" }
    let isBound = ride.state == .assigned || ride.state == .arrived || ride.state == .onboard
    guard (ride.taxi >= 0) == isBound else { return "state and taxi disagree" }
    if isBound {
      guard taxi(ride.taxi)?.ride == Int32(slot) else { return "its taxi drives for another" }
      guard offer(ride.accepted)?.state == .accepted else { return "bound by no accepted offer" }
    }
    if ride.accepted >= 0 {
      guard let accepted = offer(ride.accepted), accepted.ride == Int32(slot) else {
        return "bound by an offer of another ride"
      }
    }
    guard ride.state != .offered || ride.offer >= 0 else { return "offered, but to nobody" }
    if ride.offer >= 0 {
      guard ride.state == .offered || ride.state == .assigned else { return "an offer too many" }
      guard let open = offer(ride.offer), open.state == .open, open.ride == Int32(slot) else {
        return "its offer is not open or another's"
      }
    }
    var count: Int32 = 0
    var next = ride.offers
    while next >= 0 {
      guard let offer = offer(next), offer.ride == Int32(slot) else {
        return "a stranger's offer is in its list"
      }
      count += 1
      guard count <= ride.offersCount else { return "its list of offers is too long" }
      next = offer.previous
    }
    return count == ride.offersCount ? nil : "its list of offers is too short"
  }

  // A record by a number that may be anything.

  private func taxi(_ slot: Int32) -> TaxiRecord? {
    guard slot >= 0, Int(slot) < fleet.used, fleet[Int(slot)].isLive else { return nil }
    return fleet[Int(slot)]
  }

  private func ride(_ slot: Int32) -> RideRecord? {
    guard slot >= 0, Int(slot) < rides.records.count else { return nil }
    let record = rides[Int(slot)]
    return record.isLive ? record : nil
  }

  private func offer(_ slot: Int32) -> OfferRecord? {
    guard slot >= 0, Int(slot) < offers.records.count else { return nil }
    let record = offers[Int(slot)]
    return record.isLive ? record : nil
  }

  func isParty(_ seats: UInt8, _ tags: UInt32) -> Bool {
    (1...Capabilities.seatsMax).contains(seats) && tags <= Capabilities.tagsMask
  }
}
