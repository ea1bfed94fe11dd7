import Spatial

/// Taxis come, go, move and pause.
extension Engine {
  @inline(__always)
  mutating func decidePosition(_ report: PositionReport, _ facts: inout [Fact]) -> Answer {
    guard options.region.contains(report.point) else { return Answer(.refused(.outside)) }
    guard let slot = fleet.find(report.taxi) else { return Answer(.refused(.unknownTaxi)) }
    statistics.positions &+= 1
    if report.sequence != 0 {
      guard report.sequence > fleet.reports[slot].sequence else {
        statistics.latePositions &+= 1
        hear(slot, &facts)
        return Answer(.refused(.latePosition))
      }
      fleet.reports[slot].sequence = report.sequence
    }
    locate(slot, at: report.point, &facts)
    return Answer(.done)
  }

  /// Takes note of where a taxi is, now.
  @inline(__always)
  mutating func locate(_ slot: Int, at point: Point, _ facts: inout [Fact]) {
    let wasFresh = fleet.reports[slot].isFresh
    let hasMoved = fleet.reports[slot].point != point
    fleet.reports[slot].point = point
    fleet.reports[slot].positionAt = now
    fleet.reports[slot].heardAt = now
    fleet.makeFresh(slot)
    guard wasFresh else {
      if fleet[slot].isLost { emit(.taxiBack(fleet[slot].id), &facts) }
      return index(slot)
    }
    let number = Int32(truncatingIfNeeded: slot)
    switch fleet.reports[slot].standing {
    case .free where hasMoved:
      freeGrid.move(number, to: point)
      noteArrival(slot)
    case .movable where hasMoved: enrouteGrid.move(number, to: point)
    case .lost: emit(.taxiBack(fleet[slot].id), &facts)
    case .free, .movable, .other: break
    }
  }

  /// A line from the taxi that is not a position: it is there, but where is as old as before.
  mutating func hear(_ slot: Int, _ facts: inout [Fact]) {
    fleet.reports[slot].heardAt = now
    if fleet[slot].isLost { emit(.taxiBack(fleet[slot].id), &facts) }
    if !fleet.reports[slot].isFresh { watch(slot) }
  }

  /// Puts the taxi into the grid in which its state and freshness say that it belongs, and out of
  /// the other.
  mutating func index(_ slot: Int) {
    let taxi = fleet[slot]
    let isPlaced = taxi.isLive && fleet.reports[slot].isFresh && !taxi.isLost
    let number = Int32(truncatingIfNeeded: slot)
    let isFree = isPlaced && taxi.state == .free
    let isMovable = isPlaced && needs.reassigns && taxi.state == .enroute
    fleet.reports[slot].standing =
      isFree ? .free : isMovable ? .movable : taxi.isLost ? .lost : .other
    if isFree != freeGrid.contains(number) {
      if isFree {
        freeGrid.insert(
          number,
          at: fleet.reports[slot].point,
          mask: taxi.capabilities.bits
        )
        noteArrival(slot)
      } else {
        freeGrid.remove(number)
        agenda.arrivals.remove(slot)
      }
    }
    guard needs.reassigns else { return }
    if isMovable != enrouteGrid.contains(number) {
      if isMovable {
        enrouteGrid.insert(
          number,
          at: fleet.reports[slot].point,
          mask: taxi.capabilities.bits
        )
      } else {
        enrouteGrid.remove(number)
      }
    }
  }

  mutating func decideTaxiOn(_ on: TaxiOn, _ facts: inout [Fact]) -> Answer {
    guard isParty(on.seats, on.tags) else { return Answer(.refused(.badValue)) }
    guard options.region.contains(on.point) else { return Answer(.refused(.outside)) }
    if let slot = fleet.find(on.taxi) {
      let taxi = fleet[slot]
      guard taxi.seats == on.seats, taxi.tags == on.tags, taxi.auto == on.auto else {
        return answer(.refused(.conflict), taxi: slot)
      }
      // A device that joins again numbers its reports anew.
      fleet.reports[slot].sequence = 0
      locate(slot, at: on.point, &facts)
      return answer(.duplicate, taxi: slot, at: taxi.joinedAt)
    }
    guard fleet.count < options.taxisMax else { return Answer(.refused(.full)) }
    emit(.taxiOn(on.taxi, seats: on.seats, tags: on.tags, auto: on.auto), &facts)
    guard let slot = fleet.find(on.taxi) else { return Answer(.refused(.unknownTaxi)) }
    locate(slot, at: on.point, &facts)
    return answer(.done, taxi: slot)
  }

  mutating func decideTaxiOff(
    _ id: TaxiID,
    force: Bool,
    _ facts: inout [Fact]
  ) -> Answer {
    // Off is what unknown means, so a repeat finds its goal reached.
    guard let slot = fleet.find(id) else { return Answer(.duplicate) }
    let ride = fleet[slot].ride
    guard ride < 0 || force else {
      hear(slot, &facts)
      return answer(.refused(.wrongState), taxi: slot)
    }
    depart(slot, force ? .forced : .driver, &facts)
    return Answer(.done, at: factCount)
  }

  /// Ends all that binds a taxi, then the taxi. A boarded ride ends as done: its rider is in a car
  /// that the engine no longer knows.
  mutating func depart(_ slot: Int, _ reason: OffReason, _ facts: inout [Fact]) {
    if fleet[slot].offer >= 0 {
      emit(.offerRevoked(offers[Int(fleet[slot].offer)].id, .off), &facts)
    }
    if fleet[slot].ride >= 0 {
      let ride = Int(fleet[slot].ride)
      if rides[ride].state == .onboard {
        emit(.rideDropped(rides[ride].id), &facts)
      } else {
        emit(.rideRequeued(rides[ride].id, .taxiOff), &facts)
      }
    }
    emit(.taxiOff(fleet[slot].id, reason), &facts)
  }

  mutating func decideBusy(
    _ id: TaxiID,
    _ reason: BusyReason,
    _ facts: inout [Fact]
  ) -> Answer {
    guard let slot = fleet.find(id) else { return Answer(.refused(.unknownTaxi)) }
    hear(slot, &facts)
    switch fleet[slot].state {
    case .busy where fleet[slot].busyReason == reason:
      return answer(.duplicate, taxi: slot)
    case .free, .busy: break
    case .offered: emit(.offerRevoked(offers[Int(fleet[slot].offer)].id, .busy), &facts)
    case .enroute, .waiting, .occupied: return answer(.refused(.wrongState), taxi: slot)
    }
    emit(.taxiBusy(id, reason), &facts)
    return answer(.done, taxi: slot)
  }

  mutating func decideFree(_ id: TaxiID, _ facts: inout [Fact]) -> Answer {
    guard let slot = fleet.find(id) else { return Answer(.refused(.unknownTaxi)) }
    hear(slot, &facts)
    switch fleet[slot].state {
    case .free, .offered: return answer(.duplicate, taxi: slot)
    case .enroute, .waiting, .occupied: return answer(.refused(.wrongState), taxi: slot)
    case .busy:
      emit(.taxiFree(id), &facts)
      return answer(.done, taxi: slot)
    }
  }
}
