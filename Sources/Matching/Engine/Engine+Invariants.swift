import Spatial

/// Every relation between the columns, recounted. O(*n*): for tests and `--verify`.
extension Engine {
  /// Stops the program, naming what does not hold, when kept or derived state contradicts itself.
  public func checkInvariants() {
    if let contradiction = contradiction() { preconditionFailure(contradiction) }
    checkAgenda()
    checkGrids()
    checkFreshness()
    precondition(nextRound != .never || !isRoundNeeded, "rides wait for no round")
    precondition(nextRound > now || nextRound == .never, "a round is overdue")
    precondition(agenda.urgent.isEmpty, "a ride that was to be matched at once was not")
    precondition(
      rides.queue.count == rides.records.count { $0.isLive && $0.state == .queued },
      "the queue drifted"
    )
    precondition(
      rides.assigned.count == rides.records.count { $0.isLive && $0.state == .assigned },
      "the list of assigned rides drifted"
    )
    let deadlinesMax = 4 * (rides.count + fleet.count) + 64
    precondition(deadlines.count <= deadlinesMax + fleet.count, "deadlines pile up")
  }

  private func checkAgenda() {
    for slot in agenda.due.members {
      precondition(
        rides[Int(slot)].state == .queued,
        "\(rides[Int(slot)].id) is due but not waiting"
      )
    }
    for slot in agenda.arrivals.members {
      precondition(freeGrid.contains(slot), "\(fleet[Int(slot)].id) arrives but is no candidate")
    }
    for slot in rides.queue {
      precondition(
        waitingGrid.contains(slot) && waitingGrid.mask(of: slot) == ~rides[Int(slot)].need.bits
          && waitingGrid.point(of: slot) == rides[Int(slot)].from,
        "\(rides[Int(slot)].id) waits where nobody looks"
      )
    }
    precondition(waitingGrid.count == rides.queue.count, "a ride that does not wait is sought")
    precondition(
      assignedGrid.count == (needs.reassigns ? rides.assigned.count : 0),
      "a ride not under way is sought"
    )
  }

  private func checkGrids() {
    var freeCount = 0
    var enrouteCount = 0
    for slot in 0..<fleet.used where fleet[slot].isLive {
      let taxi = fleet[slot]
      let number = Int32(slot)
      let point = fleet.reports[slot].point
      let isCandidate = fleet.reports[slot].isFresh && !taxi.isLost && taxi.state == .free
      precondition(freeGrid.contains(number) == isCandidate, "\(taxi.id) is in the wrong grid")
      if isCandidate {
        freeCount += 1
        precondition(freeGrid.point(of: number) == point, "\(taxi.id) is sought elsewhere")
        precondition(
          freeGrid.mask(of: number) == taxi.capabilities.bits,
          "\(taxi.id) has another's seats"
        )
      }
      guard needs.reassigns else { continue }
      let isMovable = fleet.reports[slot].isFresh && !taxi.isLost && taxi.state == .enroute
      precondition(enrouteGrid.contains(number) == isMovable, "\(taxi.id) is in the wrong grid")
      if isMovable {
        enrouteCount += 1
        precondition(enrouteGrid.point(of: number) == point, "\(taxi.id) is sought elsewhere")
      }
    }
    precondition(freeGrid.count == freeCount, "a taxi that is no candidate is in the grid")
    precondition(enrouteGrid.count == enrouteCount, "a taxi not under way is in the grid")
    freeGrid.checkInvariants()
    enrouteGrid.checkInvariants()
    waitingGrid.checkInvariants()
    assignedGrid.checkInvariants()
  }

  /// The freshness list holds each fresh taxi once, the oldest position first; every other taxi is
  /// watched, but for those that carry a rider out of sight.
  private func checkFreshness() {
    var listed = 0
    var before: Int32 = -1
    var next = fleet.freshFirst
    while next >= 0 {
      let slot = Int(next)
      let report = fleet.reports[slot]
      precondition(fleet[slot].isLive && report.isFresh, "a taxi that is not fresh is listed so")
      precondition(report.previous == before, "the freshness list is broken")
      if before >= 0 {
        precondition(
          fleet.reports[Int(before)].positionAt <= report.positionAt,
          "freshness out of order"
        )
      }
      precondition(report.positionAt + options.freshness > now, "a stale position counts as fresh")
      listed += 1
      precondition(listed <= fleet.count, "the freshness list has a loop")
      before = next
      next = report.next
    }
    for slot in 0..<fleet.used where fleet[slot].isLive {
      if fleet.reports[slot].isFresh {
        listed -= 1
        precondition(!fleet[slot].isLost, "\(fleet[slot].id) is lost with a fresh position")
      } else {
        let isOutOfSight = fleet[slot].isLost && fleet[slot].state == .occupied
        precondition(
          fleet.reports[slot].watchedAt < .never || isOutOfSight,
          "nobody watches \(fleet[slot].id)"
        )
      }
    }
    precondition(listed == 0, "a fresh taxi is not listed")
  }
}

extension Engine {
  /// Entries in the deadline queue, and the room in each array that a position could make grow: for
  /// tests that show that nothing piles up.
  package var footprint: (deadlines: Int, capacities: [Int]) {
    (
      deadlines.count,
      [
        deadlines.capacity, agenda.due.members.capacity, fleet.freeSlots.capacity,
        workshop.rideSlots.capacity, workshop.times.capacity, workshop.found.capacity,
        workshop.round.candidates.capacity,
      ]
    )
  }
}
