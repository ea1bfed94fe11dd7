import Matching
import Spatial

/// Which session something is bound to; sessions end, so the number says whether it is still the one.
struct SessionReference: Equatable {
  var slot: Int32
  var number: UInt64

  static var none: SessionReference { SessionReference(slot: -1, number: 0) }
}

/// What the door knows of a taxi beside the engine.
struct TaxiRecord {
  var tenant: Int32 = -1
  var session = SessionReference.none
  var place = GeoPoint(latitude: 0, longitude: 0)
  /// Engine time of the last position; 0 = none yet.
  var reportedAt: Int64 = 0
  /// In tenths of a degree, and decimetres a second; -1 = not told.
  var heading: Int16 = -1
  var speed: Int16 = -1
  /// Positions of the present second that went to the engine.
  var budgetSecond: Int32 = 0
  var budgetUsed: UInt8 = 0
  /// Whether the last place has not gone to the engine yet: there were too many in a second.
  var isParked = false
  var isOn = false
  /// Whether it stands in the list of those that went off.
  var isListed = false
  /// Whether its last position was a jump that nothing has confirmed.
  var isSuspect = false
  var seats: UInt8 = 0
  var auto = false
  var tags: UInt32 = 0
  /// Of the last numbered position.
  var sequence: UInt64 = 0
  var offSince: Int64 = 0
  /// Until when the last advice counts; 0 = none, or withdrawn.
  var advisedUntil: Int64 = 0
}

/// What the door knows of a ride beside the engine.
struct RideRecord {
  var tenant: Int32
  var session: SessionReference
  var from: GeoPoint
  var to: GeoPoint?
  var seats: UInt8
  var tags: UInt32
  var note: String?
  /// Of the host's monotonic clock, in nanoseconds; 0 once an offer was made.
  var requestedNanos: UInt64
  /// Which taxi is bound to it, and by which offer; 0 = none.
  var taxi: UInt64 = 0
  var offer: UInt64 = 0
  /// All its offers, by number.
  var offers: [UInt64] = []
}

/// Names of taxis and what is known of them, by dense index.
struct TaxiBook: ~Copyable {
  var names: NameTable
  private let records: UnsafeMutablePointer<TaxiRecord>
  /// Taxis that went off, in that order: their names may be needed for a while, since the engine
  /// still tells them apart from newcomers in rides that they refused.
  /// One entry a taxi, however often it comes and goes.
  private var departed: [(index: Int, id: UInt64, at: Int64)] = []
  private var departedFirst = 0

  init(capacity: Int, seed: UInt64) {
    names = NameTable(capacity: capacity, seed: seed)
    records = .allocate(capacity: capacity)
  }

  deinit { records.deallocate() }

  subscript(index: Int) -> TaxiRecord {
    _read { yield records[index] }
    nonmutating _modify { yield &records[index] }
  }

  /// The record itself, for the path of positions: each access through the book would ask anew
  /// whether anybody else holds it. Valid until the book is gone.
  func record(_ index: Int) -> UnsafeMutablePointer<TaxiRecord> { records + index }

  /// The index of a name, taken in if it is new; `nil` when there is no room. A name that nobody
  /// bound yet has the tenant -1.
  mutating func intern(_ name: Span<UInt8>) -> Int? {
    if let known = names.find(name) { return known }
    if names.count == names.capacity { release(olderThan: .max, atMost: 1) }
    guard let index = names.insert(name) else { return nil }
    (records + index).initialize(to: TaxiRecord())
    return index
  }

  /// Takes in a name under the id that the journal knows it by.
  mutating func adopt(_ name: Span<UInt8>, id: UInt64) -> Int? {
    guard let index = names.adopt(name, id: id) else { return nil }
    (records + index).initialize(to: TaxiRecord())
    return index
  }

  func id(_ index: Int) -> TaxiID { TaxiID(names.id(at: index)) }

  mutating func depart(_ index: Int, at now: Millis) {
    records[index].isOn = false
    records[index].isParked = false
    records[index].offSince = now.count
    guard !records[index].isListed else { return }
    records[index].isListed = true
    departed.append((index, names.id(at: index), now.count))
  }

  /// Forgets taxis that have been off since before `instant`.
  mutating func release(olderThan instant: Int64, atMost limit: Int = .max) {
    var left = limit
    while left > 0, departedFirst < departed.count {
      let (index, id, at) = departed[departedFirst]
      if names.index(of: id) == index {
        if records[index].isOn {
          records[index].isListed = false
        } else if records[index].offSince > at {
          // It was on in between: its time is later.
          departed.append((index, id, records[index].offSince))
        } else {
          guard at < instant else { break }
          names.release(index)
          left -= 1
        }
      }
      departedFirst += 1
    }
    if departedFirst > 1_024, departedFirst * 2 > departed.count {
      departed.removeFirst(departedFirst)
      departedFirst = 0
    }
  }

  /// Forgets a name that was taken in for a line that was refused.
  mutating func discard(_ index: Int) { names.release(index) }
}

/// Names of rides and what is known of them, by dense index.
struct RideBook: ~Copyable {
  var names: NameTable
  private var records: [RideRecord?] = []

  init(capacity: Int, seed: UInt64) { names = NameTable(capacity: capacity, seed: seed) }

  subscript(index: Int) -> RideRecord? {
    get { index < records.count ? records[index] : nil }
    set {
      while records.count <= index { records.append(nil) }
      records[index] = newValue
    }
  }

  func id(_ index: Int) -> RideID { RideID(names.id(at: index)) }

  mutating func release(_ index: Int) {
    names.release(index)
    self[index] = nil
  }
}
