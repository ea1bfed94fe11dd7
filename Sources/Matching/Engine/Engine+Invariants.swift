import Spatial

/// Every relation between the columns, recounted. O(*n*): for tests and `--verify`.
extension Engine {
  /// Stops the program, naming what does not hold, when kept or derived state contradicts itself.
  public func checkInvariants() {
    checkTaxis()
    checkRides()
    checkOffers()
    freeGrid.checkInvariants()
    enrouteGrid.checkInvariants()
    if let next = rides.queue.first {
      precondition(
        nextRound != .never || !urgent.isEmpty, "ride \(rides[Int(next)].id) waits for no round")
    }
  }

  private func checkTaxis() {
    var freeCount = 0
    var enrouteCount = 0
    for slot in 0..<fleet.used where fleet[slot].isLive {
      let taxi = fleet[slot]
      let isFresh = fleet.reports[slot].isFresh
      precondition(fleet.find(taxi.id) == slot, "\(taxi.id) is not found where it is")
      precondition(
        (taxi.offer >= 0) == (taxi.state == .offered), "\(taxi.id) and its offer disagree")
      let isBound =
        taxi.state == .enroute || taxi.state == .waiting || taxi.state == .occupied
      precondition((taxi.ride >= 0) == isBound, "\(taxi.id) and its ride disagree")
      if taxi.ride >= 0 {
        precondition(
          rides[Int(taxi.ride)].isLive && rides[Int(taxi.ride)].taxi == Int32(slot),
          "\(taxi.id) drives for a ride that has another taxi")
      }
      let isCandidate = isFresh && !taxi.isLost && taxi.state == .free
      precondition(
        freeGrid.contains(Int32(slot)) == isCandidate, "\(taxi.id) is in the wrong grid")
      if isCandidate { freeCount += 1 }
      guard needs.reassigns else { continue }
      let isMovable = isFresh && !taxi.isLost && taxi.state == .enroute
      precondition(
        enrouteGrid.contains(Int32(slot)) == isMovable, "\(taxi.id) is in the wrong grid")
      if isMovable { enrouteCount += 1 }
    }
    precondition(freeGrid.count == freeCount, "a taxi that is no candidate is in the grid")
    precondition(enrouteGrid.count == enrouteCount, "a taxi not under way is in the grid")
  }

  private func checkRides() {
    for slot in rides.records.indices where rides[slot].isLive {
      let ride = rides[slot]
      precondition(rides.find(ride.id) == slot, "\(ride.id) is not found where it is")
      let isBound = ride.state == .assigned || ride.state == .arrived || ride.state == .onboard
      precondition((ride.taxi >= 0) == isBound, "\(ride.id) and its taxi disagree")
      if ride.state == .offered { precondition(ride.offer >= 0, "\(ride.id) has no offer") }
      if ride.offer >= 0 {
        precondition(
          ride.state == .offered || ride.state == .assigned, "\(ride.id) has an offer too many")
        precondition(offers[Int(ride.offer)].state == .open, "\(ride.id) holds a closed offer")
      }
      guard ride.taxi >= 0 else { continue }
      let expected: TaxiState =
        switch ride.state {
        case .assigned: .enroute
        case .arrived: .waiting
        default: .occupied
        }
      precondition(
        fleet[Int(ride.taxi)].ride == Int32(slot) && fleet[Int(ride.taxi)].state == expected,
        "\(ride.id) has a taxi that does something else")
      precondition(
        ride.accepted >= 0 && offers[Int(ride.accepted)].state == .accepted,
        "\(ride.id) is bound without an accepted offer")
    }
  }

  private func checkOffers() {
    var chained = 0
    for slot in rides.records.indices where rides[slot].isLive {
      var offer = rides[slot].offers
      var count: Int32 = 0
      while offer >= 0 {
        let record = offers[Int(offer)]
        precondition(
          record.isLive && record.ride == Int32(slot), "offer \(record.id) is in a stranger's list")
        if record.state == .open {
          precondition(
            rides[slot].offer == offer && fleet[Int(record.taxiSlot)].offer == offer,
            "open offer \(record.id) is not known to both sides")
        }
        count += 1
        offer = record.previous
      }
      precondition(count == rides[slot].offersCount, "\(rides[slot].id) miscounts its offers")
      chained += Int(count)
    }
    precondition(chained == offers.count, "an offer belongs to no ride")
  }
}
