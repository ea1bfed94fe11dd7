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
  /// Room for `capacity` records; memory never used is never touched.
  private let base: UnsafeMutablePointer<OfferRecord>
  /// Slots ever used.
  private(set) var used = 0
  private(set) var freeSlots: [Int32] = []
  private var slots: IDTable

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
    slots = IDTable(bound: capacity)
  }

  deinit { base.deallocate() }

  var count: Int { slots.count }

  /// All records up to the last slot ever used, vacant ones too.
  var records: UnsafeBufferPointer<OfferRecord> { UnsafeBufferPointer(start: base, count: used) }

  func find(_ id: OfferID) -> Int? { slots.find(id.value) }

  subscript(slot: Int) -> OfferRecord {
    @inline(__always) unsafeAddress { UnsafePointer(base + slot) }
    @inline(__always) unsafeMutableAddress { base + slot }
  }

  mutating func add(_ id: OfferID) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = Int(free)
    } else {
      precondition(used < capacity, "offer table beyond its bound")
      slot = used
      used += 1
      (base + slot).initialize(to: .vacant)
    }
    base[slot] = .vacant
    base[slot].id = id
    base[slot].isLive = true
    slots.insert(id.value, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    slots.remove(base[slot].id.value)
    base[slot].isLive = false
    freeSlots.append(Int32(slot))
  }

  mutating func restore(_ saved: [OfferRecord], freeSlots saved2: [Int32]) {
    precondition(used == 0 && saved.count <= capacity)
    used = saved.count
    freeSlots = saved2
    for (slot, record) in saved.enumerated() {
      (base + slot).initialize(to: record)
      guard record.isLive else { continue }
      slots.insert(record.id.value, slot: slot)
    }
  }
}
