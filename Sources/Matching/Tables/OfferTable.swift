/// What is kept of an offer, until its ride is forgotten: a late answer is told what became of it,
/// and no taxi is asked twice for the same ride.
struct OfferRecord {
  var id: OfferID
  var state: OfferState
  var ride: Int32
  var taxi: TaxiID
  var taxiSlot: Int32
  var eta: Int32
  var expiresAt: Millis
  /// The fact that last changed it.
  var changedFact: UInt64
  /// The offer before this one of the same ride; -1 = none.
  var previous: Int32
  var isLive: Bool

  static let vacant = OfferRecord(
    id: OfferID(0),
    state: .closed,
    ride: -1,
    taxi: TaxiID(0),
    taxiSlot: -1,
    eta: 0,
    expiresAt: Millis(0),
    changedFact: 0,
    previous: -1,
    isLive: false
  )
}

struct OfferTable: ~Copyable {
  let capacity: Int
  private(set) var records: [OfferRecord] = []
  private(set) var freeSlots: [Int32] = []
  private var slots: IDTable

  init(capacity: Int) {
    self.capacity = capacity
    slots = IDTable(bound: capacity)
  }

  var count: Int { slots.count }

  func find(_ id: OfferID) -> Int? { slots.find(id.value) }

  subscript(slot: Int) -> OfferRecord {
    _read { yield records[slot] }
    _modify { yield &records[slot] }
  }

  mutating func add(_ id: OfferID) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = Int(free)
    } else {
      precondition(records.count < capacity, "offer table beyond its bound")
      slot = records.count
      records.append(.vacant)
    }
    records[slot] = .vacant
    records[slot].id = id
    records[slot].isLive = true
    slots.insert(id.value, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    slots.remove(records[slot].id.value)
    records[slot].isLive = false
    freeSlots.append(Int32(slot))
  }

  mutating func restore(_ saved: [OfferRecord], freeSlots saved2: [Int32]) {
    precondition(records.isEmpty && saved.count <= capacity)
    records = saved
    freeSlots = saved2
    for (slot, record) in saved.enumerated() where record.isLive {
      slots.insert(record.id.value, slot: slot)
    }
  }
}
