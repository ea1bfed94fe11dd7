import Spatial

/// What riders and bookers ask for.
extension Engine {
  mutating func decideRequest(_ request: Request, _ facts: inout [Fact]) -> Answer {
    guard isWellFormed(request) else { return Answer(.refused(.badValue)) }
    guard options.region.contains(request.from), request.to.map(options.region.contains) ?? true
    else { return Answer(.refused(.outside)) }
    if let slot = rides.find(request.ride) {
      guard rides[slot].requestDigest == digest(of: request) else {
        return answer(.refused(.conflict), ride: slot)
      }
      return answer(.duplicate, ride: slot, at: rides[slot].requestedFact)
    }
    if let sentAt = request.sentAt {
      guard sentAt + options.sentAgeMax >= now else { return Answer(.refused(.stale)) }
      guard sentAt <= now + options.sentAgeMax else { return Answer(.refused(.skew)) }
    }
    if let at = request.at, at > now + options.reservationMax {
      return Answer(.refused(.badValue))
    }
    guard rides.count < options.ridesMax, offers.count + 1 < offers.capacity else {
      return Answer(.refused(.full))
    }
    emit(.rideRequested(request), &facts)
    noteDemand(at: request.from)
    guard let slot = rides.find(request.ride) else { return Answer(.refused(.unknownRide)) }
    return answer(.done, ride: slot)
  }

  private func isWellFormed(_ request: Request) -> Bool {
    isParty(request.seats, request.tags) && request.wait > Millis(0)
      && request.wait <= options.waitMax
  }

  /// A number that tells a repeat from another request under the same id. The sending time is not
  /// part of it: a client may stamp each try.
  func digest(of request: Request) -> UInt64 {
    var sink = DigestSink()
    sink.put(request.from)
    sink.put(request.to)
    sink.put(UInt64(request.seats))
    sink.put(UInt64(request.tags))
    sink.put(request.wait)
    sink.put(request.at ?? .never)
    return sink.value
  }

  func digest(of change: RideChange) -> UInt64 {
    var sink = DigestSink()
    sink.put(change.to)
    sink.put(UInt64(change.seats ?? 0))
    sink.put(change.at ?? .never)
    return sink.value
  }

  mutating func decideChange(
    _ id: RideID,
    version: UInt32,
    _ change: RideChange,
    _ facts: inout [Fact]
  ) -> Answer {
    if let seats = change.seats, !(1...Capabilities.seatsMax).contains(seats) {
      return Answer(.refused(.badValue))
    }
    if let at = change.at, at > now + options.reservationMax { return Answer(.refused(.badValue)) }
    if let to = change.to, !options.region.contains(to) { return Answer(.refused(.outside)) }
    guard let slot = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    let ride = rides[slot]
    if ride.version != version {
      if ride.version == version &+ 1, ride.changeDigest == digest(of: change) {
        return answer(.duplicate, ride: slot)
      }
      var refused = answer(.refused(.wrongVersion), ride: slot)
      refused.detail = Int64(ride.version)
      return refused
    }
    let touchesMatch = change.seats != nil || change.at != nil
    let isFree = ride.state == .reserved || ride.state == .queued
    guard !ride.state.isTerminal, isFree || !touchesMatch else {
      return answer(.refused(.wrongState), ride: slot)
    }
    guard ride.version <= options.changesPerRideMax else {
      return answer(.refused(.full), ride: slot)
    }
    emit(.rideChanged(id, change), &facts)
    return answer(.done, ride: slot)
  }

  mutating func decideCancel(
    _ id: RideID,
    _ by: CancelledBy,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let slot = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    switch rides[slot].state {
    case .cancelled: return answer(.duplicate, ride: slot)
    case .onboard, .done: return answer(.refused(.tooLate), ride: slot)
    case .expired, .noShow: return answer(.refused(.wrongState), ride: slot)
    case .reserved, .queued, .offered, .assigned, .arrived: break
    }
    withdrawOffer(ofRide: slot, .cancelled, &facts)
    emit(.rideCancelled(id, by), &facts)
    return answer(.done, ride: slot)
  }

  /// Takes the open offer of a ride back, if there is one.
  mutating func withdrawOffer(
    ofRide slot: Int,
    _ reason: RevokeReason,
    _ facts: inout [Fact]
  ) {
    let offer = rides[slot].offer
    guard offer >= 0 else { return }
    emit(.offerRevoked(offers[Int(offer)].id, reason), &facts)
  }
}
