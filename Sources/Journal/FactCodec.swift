import Matching
import Spatial

/// Facts as bytes: a number for the kind of event, then its fields in the order of ``Event``, as
/// base-128 numbers. Numbers of kinds are written to journals: append, never renumber.
extension ByteSink {
  mutating func put(_ event: Matching.Event) {
    switch event {
    case .taxiOn(let id, let seats, let tags, let auto):
      put(kind: 1, id.value)
      put(UInt64(seats))
      put(UInt64(tags))
      put(auto)
    case .taxiOff(let id, let reason): put(kind: 2, id.value, UInt64(reason.rawValue))
    case .taxiBusy(let id, let reason): put(kind: 3, id.value, UInt64(reason.rawValue))
    case .taxiFree(let id): put(kind: 4, id.value)
    case .taxiLost(let id): put(kind: 5, id.value)
    case .taxiBack(let id): put(kind: 6, id.value)
    case .rideRequested(let request):
      put(kind: 7, request.ride.value)
      put(request.from)
      put(request.to)
      put(UInt64(request.seats))
      put(UInt64(request.tags))
      put(request.wait)
      put(request.at)
      put(request.sentAt)
    case .rideDue(let id): put(kind: 8, id.value)
    case .rideChanged(let id, let change):
      put(kind: 9, id.value)
      put(change.to)
      put(UInt64(change.seats ?? 0))
      put(change.at)
    case .rideExpired(let id): put(kind: 10, id.value)
    case .rideCancelled(let id, let by): put(kind: 11, id.value, UInt64(by.rawValue))
    case .rideRequeued(let id, let reason): put(kind: 12, id.value, UInt64(reason.rawValue))
    case .rideArrived(let id): put(kind: 13, id.value)
    case .rideBoarded(let id): put(kind: 14, id.value)
    case .rideDropped(let id): put(kind: 15, id.value)
    case .rideNoShow(let id): put(kind: 16, id.value)
    case .rideForgotten(let id): put(kind: 17, id.value)
    case .offerMade(let offer):
      put(kind: 18, offer.id.value, offer.ride.value)
      put(offer.taxi.value)
      put(offer.eta)
      put(offer.ttl)
    case .offerAccepted(let id): put(kind: 19, id.value)
    case .offerDeclined(let id, let reason): put(kind: 20, id.value, UInt64(reason.rawValue))
    case .offerExpired(let id): put(kind: 21, id.value)
    case .offerRevoked(let id, let reason): put(kind: 22, id.value, UInt64(reason.rawValue))
    }
  }

  private mutating func put(kind: UInt64, _ words: UInt64...) {
    put(kind)
    for word in words { put(word) }
  }
}

extension ByteSource {
  mutating func event() throws(SnapshotError) -> Matching.Event {
    let kind = try word()
    let id = try word()
    switch kind {
    case 1:
      return .taxiOn(TaxiID(id), seats: try uint8(), tags: try uint32(), auto: try bool())
    case 2: return .taxiOff(TaxiID(id), try reason())
    case 3: return .taxiBusy(TaxiID(id), try reason())
    case 4: return .taxiFree(TaxiID(id))
    case 5: return .taxiLost(TaxiID(id))
    case 6: return .taxiBack(TaxiID(id))
    case 7:
      return .rideRequested(
        Request(
          ride: RideID(id),
          from: try point(),
          to: try optionalPoint(),
          seats: try uint8(),
          tags: try uint32(),
          wait: try millis(),
          at: try optionalMillis(),
          sentAt: try optionalMillis()
        )
      )
    case 8: return .rideDue(RideID(id))
    case 9:
      let to = try optionalPoint()
      let seats = try uint8()
      return .rideChanged(
        RideID(id),
        RideChange(to: to, seats: seats == 0 ? nil : seats, at: try optionalMillis())
      )
    case 10: return .rideExpired(RideID(id))
    case 11: return .rideCancelled(RideID(id), try reason())
    case 12: return .rideRequeued(RideID(id), try reason())
    case 13: return .rideArrived(RideID(id))
    case 14: return .rideBoarded(RideID(id))
    case 15: return .rideDropped(RideID(id))
    case 16: return .rideNoShow(RideID(id))
    case 17: return .rideForgotten(RideID(id))
    case 18:
      return .offerMade(
        Offer(
          id: OfferID(id),
          ride: RideID(try word()),
          taxi: TaxiID(try word()),
          eta: try int32(),
          ttl: try millis()
        )
      )
    case 19: return .offerAccepted(OfferID(id))
    case 20: return .offerDeclined(OfferID(id), try reason())
    case 21: return .offerExpired(OfferID(id))
    case 22: return .offerRevoked(OfferID(id), try reason())
    default:
      throw SnapshotError(offset: offset, reason: "\(kind) is no kind of fact known here")
    }
  }

  private mutating func reason<Reason: RawRepresentable<UInt8>>() throws(SnapshotError) -> Reason {
    let raw = try uint8()
    guard let reason = Reason(rawValue: raw) else {
      throw SnapshotError(offset: offset, reason: "\(raw) is no \(Reason.self)")
    }
    return reason
  }
}
