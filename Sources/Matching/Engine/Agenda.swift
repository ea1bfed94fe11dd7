/// What the next round is about. A round costs as much as has changed since the last one, however
/// large the city is: a ride that found no taxi in reach is looked at again when one comes near, and
/// a taxi under way is left alone until a ride or a taxi beside it changes.
struct Agenda {
  /// Rides to be matched at the end of this command: the policy has no window.
  var urgent = SlotSet()
  /// Rides that began to wait since the last round, or found taxis in it but got none.
  var due = SlotSet()
  /// Taxis that became candidates, or moved as such, while someone was waiting.
  var arrivals = SlotSet()

  /// What was urgent waits for the next round: there was no command whose end it could be matched at.
  mutating func putOffUrgent() {
    for slot in urgent.members { due.insert(Int(slot)) }
    urgent.removeAll()
  }
}

extension Engine {
  /// Whether the next round has anything to do: at every such moment it is scheduled.
  var isRoundNeeded: Bool { !agenda.due.isEmpty || !agenda.arrivals.isEmpty }

  /// Sets the next round, if one is needed, to the next multiple of the period.
  mutating func scheduleRound() {
    guard nextRound == .never, isRoundNeeded else { return }
    let period = max(needs.period.count, 1)
    nextRound = now + Millis(period - floorModulo(now.count, period))
  }

  /// A free taxi stands where none stood before.
  mutating func noteArrival(_ taxi: Int) {
    guard !rides.queue.isEmpty || (needs.reassigns && !rides.assigned.isEmpty) else { return }
    agenda.arrivals.insert(taxi)
    scheduleRound()
  }

  /// Puts the ride's pickup into the grid, and the ride on the agenda, as its state demands.
  mutating func index(ride slot: Int) {
    let ride = rides[slot]
    let number = Int32(slot)
    let stage: PickupStage? =
      switch ride.state {
      case .queued: .waiting
      case .assigned: needs.reassigns ? .assigned : nil
      default: nil
      }
    if let stage {
      if pickupGrid.contains(number) {
        pickupGrid.setMask(number, to: stage.rawValue)
      } else {
        pickupGrid.insert(number, at: ride.from, mask: stage.rawValue)
      }
    } else if pickupGrid.contains(number) {
      pickupGrid.remove(number)
    }
    guard ride.state == .queued else {
      agenda.urgent.remove(slot)
      agenda.due.remove(slot)
      return
    }
    if needs.window.count == 0 {
      agenda.urgent.insert(slot)
    } else {
      agenda.due.insert(slot)
      scheduleRound()
    }
  }
}

/// The masks of the pickup grid.
enum PickupStage: UInt32 {
  case waiting = 1
  case assigned = 2
}
