import Spatial

/// The benches on which rounds are prepared: kept between rounds, so that a round of a size seen
/// before allocates nothing.
struct RoundWorkshop {
  var round = Round()
  var plan = Plan()
  /// Slots of the round's rides and taxis, parallel to `round.rides` and `round.taxis`.
  var rideSlots: [Int32] = []
  var taxiSlots: [Int32] = []
  /// By ride of the round: the index of the taxi bound to it, or -1.
  var ownTaxis: [Int32] = []
  /// By taxi of the round: the index of the ride it drives to, or -1; and the ride planned for it.
  var ownRides: [Int32] = []
  var plannedRides: [Int32] = []
  /// By ride of the round: whether its part of the plan can be carried out at once.
  var verdicts: [Verdict] = []

  /// Rides under way that an arrival concerns.
  var assignedSlots: [Int32] = []
  /// Arrivals around which nothing is left to look at.
  var lookedAround: [Int32] = []
  var order: [RequestOrder] = []

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
  private var rideStamps: [UInt32] = []
  /// By taxi slot: the taxi's index in the round, valid where the stamp is the round's.
  private var columns: [Int32] = []
  private var stamps: [UInt32] = []
  private var stamp: UInt32 = 0

  // One ride's search.
  var neighbors: [Neighbor] = []
  var origins: [Point] = []
  var times: [Int32] = []
  var found: [Int32] = []
  var excluded: [Int32] = []
  /// Rides from which some are picked in turn.
  var turned: [Int32] = []

  enum Verdict: UInt8 {
    case unknown
    case underway
    /// Nobody has to be asked, and no promised rider is left alone.
    case immediate
    case notNow
  }

  mutating func begin(taxiSlots bound: Int, rideSlots rideBound: Int) {
    round.removeAll()
    rideSlots.removeAll(keepingCapacity: true)
    taxiSlots.removeAll(keepingCapacity: true)
    ownTaxis.removeAll(keepingCapacity: true)
    ownRides.removeAll(keepingCapacity: true)
    assignedSlots.removeAll(keepingCapacity: true)
    lookedAround.removeAll(keepingCapacity: true)
    if rideStamps.count < rideBound {
      rideStamps.append(contentsOf: repeatElement(0, count: rideBound - rideStamps.count))
    }
    if columns.count < bound {
      columns.append(contentsOf: repeatElement(-1, count: bound - columns.count))
      stamps.append(contentsOf: repeatElement(0, count: bound - stamps.count))
    }
    stamp &+= 1
    if stamp == 0 {
      for index in stamps.indices { stamps[index] = 0 }
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
    stamps[Int(slot)] == stamp ? columns[Int(slot)] : nil
  }

  mutating func addColumn(for slot: Int32, _ taxi: Round.Taxi, ownRide: Int32) -> Int32 {
    let column = Int32(round.taxis.count)
    columns[Int(slot)] = column
    stamps[Int(slot)] = stamp
    round.taxis.append(taxi)
    taxiSlots.append(slot)
    ownRides.append(ownRide)
    return column
  }

  /// Sorts what one search found by (driving time, taxi slot) and drops what is beyond `timeMax`:
  /// insertion, as there are few and they come almost sorted.
  mutating func rank(timeMax: Int32, keeping limit: Int) {
    for index in times.indices.dropFirst() {
      var place = index
      while place > 0,
        (times[place], found[place]) < (times[place - 1], found[place - 1])
      {
        times.swapAt(place, place - 1)
        found.swapAt(place, place - 1)
        place -= 1
      }
    }
    while let last = times.last, last > timeMax || times.count > limit {
      times.removeLast()
      found.removeLast()
    }
  }
}
