/// Facts from elsewhere: a journal, or a leader.
extension Engine {
  /// Why a fact could not be replayed: the journal has a gap or belongs to another engine.
  public struct ReplayError: Error, Equatable, Sendable {
    public var fact: UInt64
    public var reason: String
  }

  /// Applies a fact from a journal or a leader.
  ///
  /// - Throws: when its number or its time does not follow, it names what is not there, or the life
  ///   cycle does not lead there from the present state. Nothing has changed then.
  public mutating func replay(_ fact: Fact) throws(ReplayError) {
    guard fact.number == factCount + 1 else {
      throw ReplayError(fact: fact.number, reason: "fact \(factCount + 1) was expected")
    }
    guard fact.at >= now else {
      throw ReplayError(fact: fact.number, reason: "its time lies before the fact before it")
    }
    guard isApplicable(fact.event) else {
      throw ReplayError(
        fact: fact.number,
        reason: "\(fact.event) cannot follow from the state before it"
      )
    }
    now = fact.at
    factAt = fact.at
    apply(fact)
    agenda.putOffUrgent()
  }

  /// Whether the event can follow from the present state: the transitions of docs/ENGINE.md.
  private func isApplicable(_ event: Event) -> Bool {
    switch event {
    case .taxiOn(let id, let seats, let tags, _):
      return fleet.find(id) == nil && fleet.count < options.taxisMax && isParty(seats, tags)
    case .taxiOff(let id, _):
      return taxi(id).map { $0.ride < 0 && $0.offer < 0 } ?? false
    case .taxiBusy(let id, _):
      return taxi(id).map { $0.state == .free || $0.state == .busy } ?? false
    case .taxiFree(let id): return taxi(id)?.state == .busy
    case .taxiLost(let id): return taxi(id)?.isLost == false
    case .taxiBack(let id): return taxi(id)?.isLost == true
    case .rideRequested(let request):
      return rides.find(request.ride) == nil && rides.count < options.ridesMax
        && isParty(request.seats, request.tags)
    case .rideDue(let id): return isRide(id, in: .reserved)
    case .rideChanged(let id, let change):
      guard let ride = ride(id), !ride.state.isTerminal else { return false }
      guard isParty(change.seats ?? 1, 0) else { return false }
      let isFree = ride.state == .reserved || ride.state == .queued
      return isFree || (change.seats == nil && change.at == nil)
    case .rideExpired(let id): return isRide(id, in: .reserved, .queued)
    case .rideCancelled(let id, _):
      return isRide(id, in: .reserved, .queued, .assigned, .arrived) && ride(id)?.offer == -1
    case .rideRequeued(let id, _): return isRide(id, in: .assigned, .arrived)
    case .rideArrived(let id): return isRide(id, in: .assigned) && ride(id)?.offer == -1
    case .rideBoarded(let id), .rideNoShow(let id): return isRide(id, in: .arrived)
    case .rideDropped(let id): return isRide(id, in: .onboard)
    case .rideForgotten(let id): return ride(id)?.state.isTerminal ?? false
    case .offerMade(let made):
      return made.id.value > offerCount && offers.count < offers.capacity
        && isRide(made.ride, in: .queued, .assigned) && ride(made.ride)?.offer == -1
        && taxi(made.taxi)?.state == .free
    case .offerAccepted(let id), .offerDeclined(let id, _), .offerExpired(let id),
      .offerRevoked(let id, _):
      return offers.find(id).map { offers[$0].state == .open } ?? false
    }
  }

  private func taxi(_ id: TaxiID) -> TaxiRecord? { fleet.find(id).map { fleet[$0] } }

  private func ride(_ id: RideID) -> RideRecord? { rides.find(id).map { rides[$0] } }

  private func isRide(_ id: RideID, in states: RideState...) -> Bool {
    ride(id).map { states.contains($0.state) } ?? false
  }
}
