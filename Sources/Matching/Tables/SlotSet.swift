/// A set of slots as a dense list, in an order that only depends on what was done to it.
package struct SlotSet {
  package private(set) var members: [Int32] = []
  /// Where in `members` a slot stands; -1 = it does not.
  private var places: [Int32] = []

  package init() {}

  package var isEmpty: Bool { members.isEmpty }

  package func contains(_ slot: Int) -> Bool { slot < places.count && places[slot] >= 0 }

  package mutating func insert(_ slot: Int) {
    if slot >= places.count {
      places.append(contentsOf: repeatElement(-1, count: slot + 1 - places.count))
    }
    guard places[slot] < 0 else { return }
    places[slot] = Int32(members.count)
    members.append(Int32(slot))
  }

  package mutating func remove(_ slot: Int) {
    guard contains(slot) else { return }
    let place = Int(places[slot])
    let last = members.removeLast()
    if Int(last) != slot {
      members[place] = last
      places[Int(last)] = Int32(place)
    }
    places[slot] = -1
  }

  package mutating func removeAll() {
    for slot in members { places[Int(slot)] = -1 }
    members.removeAll(keepingCapacity: true)
  }
}
