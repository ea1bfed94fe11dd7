/// From the way to the pickup to the drop-off.
///
/// Each verb names the state that it leads to: a repeat by the same taxi finds it reached and is a
/// duplicate; from another taxi it is refused, whatever the state.
extension Engine {
  mutating func decideArrive(
    _ id: RideID,
    by taxi: TaxiID?,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    guard isBound(ride, to: taxi, &facts) else { return answer(.refused(.wrongTaxi), ride: ride) }
    switch rides[ride].state {
    case .arrived, .onboard: return answer(.duplicate, ride: ride)
    case .assigned: break
    case .reserved, .queued, .offered, .done, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    }
    withdrawOffer(ofRide: ride, .reassigned, &facts)
    emit(.rideArrived(id), &facts)
    return answer(.done, ride: ride)
  }

  mutating func decideBoard(
    _ id: RideID,
    by taxi: TaxiID?,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    guard isBound(ride, to: taxi, &facts) else { return answer(.refused(.wrongTaxi), ride: ride) }
    switch rides[ride].state {
    case .onboard: return answer(.duplicate, ride: ride)
    case .arrived: break
    case .reserved, .queued, .offered, .assigned, .done, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    }
    emit(.rideBoarded(id), &facts)
    return answer(.done, ride: ride)
  }

  mutating func decideDrop(
    _ id: RideID,
    by taxi: TaxiID?,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    guard isBound(ride, to: taxi, &facts) else { return answer(.refused(.wrongTaxi), ride: ride) }
    switch rides[ride].state {
    case .done: return answer(.duplicate, ride: ride)
    case .onboard: break
    case .reserved, .queued, .offered, .assigned, .arrived, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    }
    emit(.rideDropped(id), &facts)
    return answer(.done, ride: ride)
  }

  mutating func decideNoShow(
    _ id: RideID,
    by taxi: TaxiID?,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    guard isBound(ride, to: taxi, &facts) else { return answer(.refused(.wrongTaxi), ride: ride) }
    switch rides[ride].state {
    case .noShow: return answer(.duplicate, ride: ride)
    case .arrived: break
    case .reserved, .queued, .offered, .assigned, .onboard, .done, .expired, .cancelled:
      return answer(.refused(.wrongState), ride: ride)
    }
    let allowedAt = rides[ride].since + options.noShowWait
    guard now >= allowedAt else {
      var early = answer(.refused(.early), ride: ride)
      early.detail = (allowedAt - now).count
      return early
    }
    emit(.rideNoShow(id), &facts)
    return answer(.done, ride: ride)
  }

  mutating func decideAbort(
    _ id: RideID,
    by taxi: TaxiID?,
    _ reason: AbortReason,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let ride = rides.find(id) else { return Answer(.refused(.unknownRide)) }
    guard isBound(ride, to: taxi, &facts) else {
      // Its goal, that this taxi has the ride no more, is reached: a repeat, or too late to matter.
      let isRepeat = taxi.map { hadRide(ride, $0) } ?? false
      return answer(isRepeat ? .duplicate : .refused(.wrongTaxi), ride: ride)
    }
    switch rides[ride].state {
    case .assigned, .arrived: break
    case .reserved, .queued, .offered, .onboard, .done, .expired, .cancelled, .noShow:
      return answer(.refused(.wrongState), ride: ride)
    }
    emit(.rideRequeued(id, .abort), &facts)
    return answer(.done, ride: ride)
  }

  /// Whether `taxi` is the one bound to the ride, now or when the ride ended. `nil` always is. A
  /// taxi that speaks for its ride has been heard.
  private mutating func isBound(
    _ ride: Int,
    to taxi: TaxiID?,
    _ facts: inout [Fact]
  ) -> Bool {
    let accepted = rides[ride].accepted
    let bound = accepted >= 0 ? offers[Int(accepted)].taxi : nil
    guard taxi == nil || taxi == bound else { return false }
    if rides[ride].taxi >= 0 { hear(Int(rides[ride].taxi), &facts) }
    return true
  }

  /// Whether the taxi was once bound to the ride and is no more.
  private func hadRide(_ ride: Int, _ taxi: TaxiID) -> Bool {
    var offer = rides[ride].offers
    while offer >= 0 {
      let record = offers[Int(offer)]
      if record.taxi == taxi, record.state == .closed || record.state == .reassigned { return true }
      offer = record.previous
    }
    return false
  }
}
