/// Offers and their answers, and matches made by hand.
extension Engine {
  mutating func decideAccept(_ id: OfferID, _ facts: inout [Fact]) -> Answer {
    guard let slot = offers.find(id) else { return Answer(.refused(.unknownOffer)) }
    hearTaxi(ofOffer: slot, &facts)
    let offer = offers[slot]
    switch offer.state {
    case .accepted: return answer(.duplicate, ride: Int(offer.ride), at: offer.changedFact)
    case .expired: return answer(.refused(.offerExpired), ride: Int(offer.ride))
    case .declined, .revoked, .closed, .reassigned:
      return answer(.refused(.offerClosed), ride: Int(offer.ride))
    case .open: break
    }
    // The timer has fired if it was due, but an answer never depends on that.
    guard now < offer.expiresAt else {
      return answer(.refused(.offerExpired), ride: Int(offer.ride))
    }
    emit(.offerAccepted(id), &facts)
    return answer(.done, ride: Int(offer.ride))
  }

  mutating func decideDecline(
    _ id: OfferID,
    _ reason: DeclineReason,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let slot = offers.find(id) else { return Answer(.refused(.unknownOffer)) }
    hearTaxi(ofOffer: slot, &facts)
    let offer = offers[slot]
    switch offer.state {
    case .declined: return answer(.duplicate, ride: Int(offer.ride), at: offer.changedFact)
    case .expired: return answer(.refused(.offerExpired), ride: Int(offer.ride))
    // An accepted offer is given up by aborting the ride, not by declining.
    case .accepted, .revoked, .closed, .reassigned:
      return answer(.refused(.offerClosed), ride: Int(offer.ride))
    case .open: break
    }
    emit(.offerDeclined(id, reason), &facts)
    return answer(.done, ride: Int(offer.ride), at: factCount)
  }

  mutating func decideAssign(
    _ id: RideID,
    _ taxiID: TaxiID,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let taxi = fleet.find(taxiID) else { return Answer(.refused(.unknownTaxi)) }
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    if rides[ride].taxi == Int32(taxi) { return answer(.duplicate, ride: ride) }
    switch rides[ride].state {
    case .reserved, .queued, .offered: break
    case .assigned, .arrived, .onboard, .done, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    }
    let isOurs = fleet[taxi].offer >= 0 && fleet[taxi].offer == rides[ride].offer
    // Nobody would tell the driver of a lost taxi.
    guard fleet[taxi].state == .free || isOurs, !fleet[taxi].isLost else {
      return answer(.refused(.wrongState), ride: ride)
    }
    guard fleet[taxi].capabilities.covers(rides[ride].need) else {
      return answer(.refused(.unfit), ride: ride)
    }
    guard rides[ride].offersCount < options.offersPerRideMax, offers.count < offers.capacity else {
      return answer(.refused(.full), ride: ride)
    }
    if rides[ride].state == .reserved { emit(.rideDue(id), &facts) }
    withdrawOffer(ofRide: ride, .reassigned, &facts)
    makeOffer(ride: ride, taxi: taxi, eta: eta(from: taxi, to: ride), accepted: true, &facts)
    return answer(.done, ride: ride)
  }

  mutating func decideRelease(_ id: RideID, _ facts: inout [Fact]) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    switch rides[ride].state {
    case .queued, .reserved: return answer(.duplicate, ride: ride)
    case .onboard, .done, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    case .offered, .assigned, .arrived: break
    }
    let wasBound = rides[ride].taxi >= 0
    withdrawOffer(ofRide: ride, .released, &facts)
    if wasBound { emit(.rideRequeued(id, .release), &facts) }
    return answer(.done, ride: ride)
  }

  /// Offers a ride to a taxi; `accepted` when the driver need not be asked.
  mutating func makeOffer(
    ride: Int,
    taxi: Int,
    eta: Int32,
    accepted: Bool,
    _ facts: inout [Fact]
  ) {
    let offer = Offer(
      id: OfferID(offerCount + 1),
      ride: rides[ride].id,
      taxi: fleet[taxi].id,
      eta: eta,
      ttl: options.offerTTL
    )
    emit(.offerMade(offer), &facts)
    if accepted || fleet[taxi].auto { emit(.offerAccepted(offer.id), &facts) }
  }

  /// Driving time to the pickup in milliseconds; 0 when the taxi's place is unknown.
  func eta(from taxi: Int, to ride: Int) -> Int32 {
    guard fleet.reports[taxi].positionAt > Millis(.min) else { return 0 }
    return travel.time(
      from: fleet.reports[taxi].point,
      to: rides[ride].from,
      departure: now
    )
  }

  private mutating func hearTaxi(ofOffer slot: Int, _ facts: inout [Fact]) {
    // By id: since then the taxi may have left, and joined again in another slot.
    if let taxi = fleet.find(offers[slot].taxi) { hear(taxi, &facts) }
  }
}
