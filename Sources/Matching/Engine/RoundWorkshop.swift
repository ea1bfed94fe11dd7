import Spatial

/// The benches on which rounds are prepared: kept between rounds, so that a round of a size seen
/// before allocates nothing.
struct RoundWorkshop: ~Copyable {
  var round = Round()
  var plan = Plan()
  /// Slots of the round's rides and taxis, parallel to `round.rides` and `round.taxis`.
  var rideSlots = Pile<Int32>()
  var taxiSlots = Pile<Int32>()
  /// By ride of the round: the index of the taxi bound to it, or -1.
  var ownTaxis = Pile<Int32>()
  /// By taxi of the round: the index of the ride it drives to, or -1; and the ride planned for it.
  var ownRides = Pile<Int32>()
  var plannedRides = Pile<Int32>()
  /// By ride of the round: whether its part of the plan can be carried out at once.
  var verdicts = Pile<Verdict>()

  /// Rides under way that an arrival concerns.
  var assignedSlots = Pile<Int32>()
  /// By ride of the round that has a taxi, after those that wait: that taxi's driving time.
  var ownTimes = Pile<Int32>()
  /// Arrivals around which nothing is left to look at.
  var lookedAround = Pile<Int32>()
  var order = Pile<RequestOrder>()

  /// The longest waiting first, ties by id.
  struct RequestOrder {
    var requestedAt: Millis
    var id: RideID
    var slot: Int32

    func precedes(_ other: Self) -> Bool {
      if requestedAt != other.requestedAt { return requestedAt < other.requestedAt }
      return id.value < other.id.value
    }
  }

  /// By ride slot: on the bench already, where the stamp is the round's.
  private var rideStamps = Pile<UInt32>()
  /// By taxi slot.
  private var columns = Pile<Column>()
  private var stamp: UInt32 = 0

  struct Column {
    /// The taxi's index in the round, valid where the stamp is the round's.
    var index: Int32
    var stamp: UInt32
  }

  // One ride's search.
  var neighbors: [Neighbor] = []
  /// Taxi slots, where they are, how long they drive, and both in one number to sort by.
  var found = Pile<Int32>()
  var origins = Pile<Point>()
  var times = Pile<Int32>()
  var ranked = Pile<Ranked>()
  var excluded = Pile<Int32>()
  /// Rides from which some are picked in turn.
  var turned = Pile<Int32>()

  /// A driving time above a taxi slot, which is never negative: ordered by both.
  struct Ranked {
    private var key: Int64

    init(time: Int32, slot: Int32) { key = Int64(time) << 32 | Int64(slot) }

    var time: Int32 { Int32(truncatingIfNeeded: key >> 32) }
    var slot: Int32 { Int32(truncatingIfNeeded: key) }

    static func < (a: Self, b: Self) -> Bool { a.key < b.key }
  }

  enum Verdict: UInt8 {
    case unknown
    case underway
    /// Nobody has to be asked, and no promised rider is left alone.
    case immediate
    case notNow
  }

  mutating func begin(taxiSlots bound: Int, rideSlots rideBound: Int) {
    round.removeAll()
    rideSlots.removeAll()
    taxiSlots.removeAll()
    ownTaxis.removeAll()
    ownRides.removeAll()
    ownTimes.removeAll()
    assignedSlots.removeAll()
    lookedAround.removeAll()
    if rideStamps.count < rideBound { rideStamps.resize(to: rideBound, filling: 0) }
    if columns.count < bound { columns.resize(to: bound, filling: Column(index: -1, stamp: 0)) }
    stamp &+= 1
    if stamp == 0 {
      for index in columns.indices { columns[index].stamp = 0 }
      for index in rideStamps.indices { rideStamps[index] = 0 }
      stamp = 1
    }
  }

  /// Puts a waiting ride on the bench, once.
  mutating func take(_ ride: Int32) {
    guard rideStamps[Int(ride)] != stamp else { return }
    rideStamps[Int(ride)] = stamp
    rideSlots.append(ride)
  }

  /// The taxi's index in this round, or `nil`.
  func column(of slot: Int32) -> Int32? {
    let column = columns[Int(slot)]
    return column.stamp == stamp ? column.index : nil
  }

  mutating func addColumn(for slot: Int32, _ taxi: Round.Taxi, ownRide: Int32) -> Int32 {
    let column = Int32(round.taxis.count)
    columns[Int(slot)] = Column(index: column, stamp: stamp)
    round.taxis.append(taxi)
    taxiSlots.append(slot)
    ownRides.append(ownRide)
    return column
  }

  /// Sorts what one search found by (driving time, taxi slot), without what is beyond `timeMax`, and
  /// keeps the first `limit`: insertion, as there are few and they come almost sorted.
  mutating func rank(timeMax: Int32, keeping limit: Int) {
    ranked.removeAll()
    for index in found.indices where times[index] <= timeMax {
      let entry = Ranked(time: times[index], slot: found[index])
      ranked.append(entry)
      var place = ranked.count - 1
      while place > 0, entry < ranked[place - 1] {
        ranked[place] = ranked[place - 1]
        place -= 1
      }
      ranked[place] = entry
    }
    if ranked.count > limit { ranked.resize(to: limit, filling: Ranked(time: 0, slot: 0)) }
  }
}
