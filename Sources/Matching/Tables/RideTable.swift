import Spatial

/// What is kept of a ride: facts made it, facts change it.
struct RideRecord {
  var id: RideID
  var generation: UInt32
  var isLive: Bool
  var state: RideState
  var from: Point
  var to: Point?
  var seats: UInt8
  var tags: UInt32
  var requestedAt: Millis
  /// A reservation's time.
  var at: Millis?
  var wait: Millis
  /// When it expires if no taxi is bound to it by then.
  var expiresAt: Millis
  /// When it entered its present state.
  var since: Millis
  var version: UInt32
  /// What the request said, to tell a repeat from a conflict.
  var requestDigest: UInt64
  /// What the last change said.
  var changeDigest: UInt64
  /// The fact of the request, and the one that last changed the ride.
  var requestedFact: UInt64
  var changedFact: UInt64
  /// The taxi bound to it; -1 = none.
  var taxi: Int32
  /// The accepted offer behind `taxi`; -1 = none.
  var accepted: Int32
  /// The open offer; -1 = none. An assigned ride may have one: a better taxi is being asked.
  var offer: Int32
  /// The latest of its offers, each of which links to the one before; -1 = none.
  var offers: Int32
  var offersCount: Int32

  @inline(__always) var need: Capabilities { .of(rideWith: seats, tags: tags) }

  static let vacant = RideRecord(
    id: RideID(0),
    generation: 0,
    isLive: false,
    state: .queued,
    from: Point(x: 0, y: 0),
    to: nil,
    seats: 1,
    tags: 0,
    requestedAt: Millis(0),
    at: nil,
    wait: Millis(0),
    expiresAt: Millis(0),
    since: Millis(0),
    version: 1,
    requestDigest: 0,
    changeDigest: 0,
    requestedFact: 0,
    changedFact: 0,
    taxi: -1,
    accepted: -1,
    offer: -1,
    offers: -1,
    offersCount: 0
  )
}

/// Rides by slot, ended ones until they are forgotten; and the queue of those that wait.
struct RideTable: ~Copyable {
  let capacity: Int
  /// Room for `capacity` records; memory never used is never touched.
  private let base: UnsafeMutablePointer<RideRecord>
  /// Slots ever used.
  private(set) var used = 0
  private(set) var freeSlots: [Int32] = []
  private var slots: IDTable
  private var queuedSet = SlotSet()
  private var assignedSet = SlotSet()

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
    slots = IDTable(bound: capacity)
  }

  deinit { base.deallocate() }

  var count: Int { slots.count }

  /// All records up to the last slot ever used, vacant ones too.
  var records: UnsafeBufferPointer<RideRecord> { UnsafeBufferPointer(start: base, count: used) }

  /// Rides in state `queued`, in no meaningful order: a round sorts what it takes.
  var queue: [Int32] { queuedSet.members }
  /// Rides in state `assigned`, likewise.
  var assigned: [Int32] { assignedSet.members }

  func find(_ id: RideID) -> Int? { slots.find(id.value) }

  subscript(slot: Int) -> RideRecord {
    @inline(__always) unsafeAddress { UnsafePointer(base + slot) }
    @inline(__always) unsafeMutableAddress { base + slot }
  }

  mutating func add(_ id: RideID) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = Int(free)
    } else {
      precondition(used < capacity, "ride table beyond its bound")
      slot = used
      used += 1
      (base + slot).initialize(to: .vacant)
    }
    let generation = base[slot].generation &+ 1
    base[slot] = .vacant
    base[slot].id = id
    base[slot].generation = generation
    base[slot].isLive = true
    slots.insert(id.value, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    precondition(base[slot].isLive, "ride slot \(slot) cannot be removed")
    slots.remove(base[slot].id.value)
    base[slot].isLive = false
    freeSlots.append(Int32(slot))
  }

  /// The only way in which a ride's state changes: keeps the queues in step.
  mutating func setState(_ slot: Int, _ state: RideState) {
    let before = base[slot].state
    base[slot].state = state
    guard before != state else { return }
    if before == .queued { queuedSet.remove(slot) }
    if before == .assigned { assignedSet.remove(slot) }
    enter(slot)
  }

  /// A new ride's first state.
  mutating func setFirstState(_ slot: Int, _ state: RideState) {
    base[slot].state = state
    enter(slot)
  }

  mutating func restore(_ saved: [RideRecord], freeSlots saved2: [Int32]) {
    precondition(used == 0 && saved.count <= capacity)
    used = saved.count
    freeSlots = saved2
    for (slot, record) in saved.enumerated() {
      (base + slot).initialize(to: record)
      guard record.isLive else { continue }
      slots.insert(record.id.value, slot: slot)
      enter(slot)
    }
  }

  private mutating func enter(_ slot: Int) {
    if base[slot].state == .queued { queuedSet.insert(slot) }
    if base[slot].state == .assigned { assignedSet.insert(slot) }
  }
}
