import Spatial

/// What is kept of a taxi: facts made it, facts change it.
struct TaxiRecord {
  var id: TaxiID
  var generation: UInt32
  var isLive: Bool
  var state: TaxiState
  var isLost: Bool
  var auto: Bool
  var seats: UInt8
  var tags: UInt32
  var busyReason: BusyReason
  /// The ride that it drives to or carries; -1 = none.
  var ride: Int32
  /// The open offer; -1 = none.
  var offer: Int32
  /// The fact that last changed it.
  var changedAt: UInt64
  /// The fact of its joining.
  var joinedAt: UInt64

  @inline(__always) var capabilities: Capabilities { .of(taxiWith: seats, tags: tags) }

  static let vacant = TaxiRecord(
    id: TaxiID(0),
    generation: 0,
    isLive: false,
    state: .free,
    isLost: false,
    auto: false,
    seats: 1,
    tags: 0,
    busyReason: .pause,
    ride: -1,
    offer: -1,
    changedAt: 0,
    joinedAt: 0
  )
}

/// What is known of a taxi but not kept: its last report. With its list links just one cache line, all
/// that a position of a taxi under the engine's eyes has to read.
struct TaxiReport {
  var point: Point
  /// Last position; ``Millis/never`` negated = none since it joined or since a restore.
  var positionAt: Millis
  /// Last line of any kind.
  var heardAt: Millis
  var sequence: UInt64
  /// The silence deadline that counts; ``Millis/never`` = none is in the queue.
  var watchedAt: Millis
  /// Links of the freshness list; -1 = end. `isFresh` = member.
  var previous: Int32
  var next: Int32
  var isFresh: Bool
  var standing: Standing
  private let filler: UInt64 = 0

  /// What a further position means, told from the kept record by `Engine.index(_:)`.
  enum Standing: UInt8 {
    case free
    /// On the way to a pickup, and the policy reassigns.
    case movable
    case lost
    case other
  }

  static let none = TaxiReport(
    point: Point(x: 0, y: 0),
    positionAt: Millis(.min),
    heardAt: Millis(.min),
    sequence: 0,
    watchedAt: .never,
    previous: -1,
    next: -1,
    isFresh: false,
    standing: .other
  )
}

/// Taxis by slot. Slots are reused, latest freed first; a reused slot carries a new generation, so
/// a handle kept past its taxi's departure is recognised instead of naming a stranger.
struct FleetTable: ~Copyable {
  private(set) var records: UnsafeMutablePointer<TaxiRecord>
  let reports: UnsafeMutablePointer<TaxiReport>
  private let reportMemory: UnsafeMutableRawPointer
  let capacity: Int
  /// Slots ever used.
  private(set) var used = 0
  private(set) var freeSlots: [Int32] = []
  private var slots: IDTable
  /// Fresh taxis in the order of their last position: the oldest first.
  private(set) var freshFirst: Int32 = -1
  private var freshLast: Int32 = -1

  init(capacity: Int) {
    self.capacity = capacity
    records = .allocate(capacity: capacity)
    records.initialize(repeating: .vacant, count: capacity)
    reportMemory = .allocate(
      byteCount: capacity * MemoryLayout<TaxiReport>.stride,
      alignment: 64
    )
    reports = reportMemory.bindMemory(to: TaxiReport.self, capacity: capacity)
    reports.initialize(repeating: .none, count: capacity)
    slots = IDTable(bound: capacity)
  }

  deinit {
    records.deallocate()
    reportMemory.deallocate()
  }

  var count: Int { slots.count }

  @inline(__always)
  func find(_ id: TaxiID) -> Int? { slots.find(id.value) }

  subscript(slot: Int) -> TaxiRecord {
    @inline(__always) unsafeAddress { UnsafePointer(records + slot) }
    @inline(__always) nonmutating unsafeMutableAddress { records + slot }
  }

  /// Takes a slot for a taxi that is not there; the caller has checked the bound.
  mutating func add(_ id: TaxiID) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = Int(free)
    } else {
      precondition(used < capacity, "fleet table beyond its bound")
      slot = used
      used += 1
    }
    let generation = records[slot].generation &+ 1
    records[slot] = .vacant
    records[slot].id = id
    records[slot].generation = generation
    records[slot].isLive = true
    reports[slot] = .none
    slots.insert(id.value, slot: slot)
    return slot
  }

  mutating func remove(_ slot: Int) {
    precondition(records[slot].isLive, "stale taxi slot \(slot)")
    makeStale(slot)
    slots.remove(records[slot].id.value)
    records[slot].isLive = false
    freeSlots.append(Int32(slot))
  }

  /// Puts back what a snapshot holds.
  mutating func restore(_ saved: [TaxiRecord], freeSlots saved2: [Int32]) {
    precondition(used == 0 && saved.count <= capacity)
    used = saved.count
    freeSlots = saved2
    for (slot, record) in saved.enumerated() {
      records[slot] = record
      if record.isLive { slots.insert(record.id.value, slot: slot) }
    }
  }

  // MARK: Freshness

  /// Moves the taxi to the young end of the freshness list.
  @inline(__always)
  mutating func makeFresh(_ slot: Int) {
    let me = Int32(truncatingIfNeeded: slot)
    if freshLast == me { return }
    if reports[slot].isFresh { unlink(slot) }
    reports[slot].isFresh = true
    reports[slot].next = -1
    reports[slot].previous = freshLast
    if freshLast >= 0 { reports[Int(freshLast)].next = me } else { freshFirst = me }
    freshLast = me
  }

  mutating func makeStale(_ slot: Int) {
    guard reports[slot].isFresh else { return }
    unlink(slot)
    reports[slot].isFresh = false
  }

  @inline(__always)
  private mutating func unlink(_ slot: Int) {
    let previous = reports[slot].previous
    let next = reports[slot].next
    if previous >= 0 { reports[Int(previous)].next = next } else { freshFirst = next }
    if next >= 0 { reports[Int(next)].previous = previous } else { freshLast = previous }
  }
}
