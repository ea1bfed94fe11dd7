import CTwins
import Matching
import Spatial

/// An engine with a fleet, in a box that closures can hold, and the clock that it is told.
///
/// Taxis count as fresh for ever, unless they report; an ended ride is forgotten after a second, so
/// that the same rides can be asked for again.
final class EngineCity {
  var engine: Engine
  private var now = Millis(0)
  private var facts: [Fact] = []
  /// By ride: the number of the last offer made for it, and the taxi.
  private var offers: [OfferID]
  private(set) var offered: [TaxiID] = []
  /// Rides on their way to a pickup, oldest first, and where the queue begins.
  private var underway: [UInt64] = []
  private var underwayStart = 0
  private var nextRide: UInt64 = 0

  static let ridesMax = 200_000

  /// - Parameters:
  ///   - fleet: every one of its taxis joins.
  ///   - policy: who gets whom.
  ///   - free: every how manieth taxi is free; the others are busy.
  ///   - isAuto: whether drivers accept without being asked.
  init(_ fleet: Fleet, policy: some Policy, oneFreeIn free: Int = 1, isAuto: Bool = false) {
    var options = Options(region: Fleet.box, taxisMax: fleet.points.count)
    options.ridesMax = Self.ridesMax
    options.freshness = .minutes(1_000_000)
    options.lostAfter = .minutes(1_000_000)
    options.offerTTL = .minutes(1_000)
    options.dedup = .seconds(1)
    engine = Engine(
      options: options,
      policy: policy,
      travel: StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 6_700)
    )
    offers = []
    for (slot, point) in fleet.points.enumerated() {
      let on = TaxiOn(taxi: TaxiID(UInt64(slot) + 1), point: point, auto: isAuto)
      _ = engine.handle(.taxiOn(on), at: now, into: &facts)
      if slot % free != 0 { _ = engine.handle(.busy(on.taxi, .pause), at: now, into: &facts) }
    }
    facts.removeAll(keepingCapacity: true)
  }

  /// How many rides have been asked for and not ended.
  var open: Int { underway.count - underwayStart }

  // MARK: Positions

  func report(_ drives: [Drive], _ range: Range<Int>) {
    // 72,000 taxis every 15 s: 4.8 a millisecond.
    now = now + Millis(Int64(range.count * 15_000 / 72_000))
    Self.report(&engine, drives, range, now, &facts)
  }

  private static func report(
    _ engine: inout Engine,
    _ drives: [Drive],
    _ range: Range<Int>,
    _ now: Millis,
    _ facts: inout [Fact]
  ) {
    var sum: UInt64 = 0
    for index in range {
      let report = PositionReport(
        taxi: TaxiID(UInt64(drives[index].slot) + 1),
        point: drives[index].to
      )
      sum &+= engine.handle(.position(report), at: now, into: &facts).at
    }
    sink(sum)
  }

  // MARK: Rides

  /// Asks for a ride from each of the places; with a window of 0 each is offered to someone.
  func request(_ places: [Point], _ range: Range<Int>) {
    offers.removeAll(keepingCapacity: true)
    offered.removeAll(keepingCapacity: true)
    facts.removeAll(keepingCapacity: true)
    let first = nextRide
    nextRide += UInt64(range.count)
    Self.request(&engine, places, range, first, now, &facts)
    for ride in first..<nextRide { underway.append(ride) }
    takeOffers()
  }

  private static func request(
    _ engine: inout Engine,
    _ places: [Point],
    _ range: Range<Int>,
    _ first: UInt64,
    _ now: Millis,
    _ facts: inout [Fact]
  ) {
    var sum: UInt64 = 0
    for index in range {
      let ride = RideID(first + UInt64(index - range.lowerBound) + 1)
      let request = Request(ride: ride, from: places[index], wait: .minutes(60))
      sum &+= engine.handle(.request(request), at: now, into: &facts).at
    }
    sink(sum)
  }

  private func takeOffers() {
    for fact in facts {
      guard case .offerMade(let offer) = fact.event else { continue }
      offers.append(offer.id)
      offered.append(offer.taxi)
    }
    facts.removeAll(keepingCapacity: true)
  }

  /// Accepts the offers of the last requests.
  func accept(_ range: Range<Int>) { Self.accept(&engine, offers, now, &facts) }

  private static func accept(
    _ engine: inout Engine,
    _ offers: [OfferID],
    _ now: Millis,
    _ facts: inout [Fact]
  ) {
    var sum: UInt64 = 0
    for offer in offers { sum &+= engine.handle(.accept(offer), at: now, into: &facts).at }
    sink(sum)
  }

  /// The last `range.count` rides arrive, board and drop.
  func finish(_ range: Range<Int>) {
    let first = nextRide - UInt64(range.count)
    Self.finish(&engine, first..<nextRide, now, &facts)
    underway.removeLast(range.count)
  }

  private static func finish(
    _ engine: inout Engine,
    _ rides: Range<UInt64>,
    _ now: Millis,
    _ facts: inout [Fact]
  ) {
    var sum: UInt64 = 0
    for ride in rides {
      let id = RideID(ride + 1)
      sum &+= engine.handle(.arrive(id, by: nil), at: now, into: &facts).at
      sum &+= engine.handle(.board(id, by: nil), at: now, into: &facts).at
      sum &+= engine.handle(.drop(id, by: nil), at: now, into: &facts).at
    }
    sink(sum)
  }

  /// The last `range.count` rides are cancelled, and everything about them forgotten.
  func cancel(_ range: Range<Int>) {
    for ride in nextRide - UInt64(range.count)..<nextRide {
      _ = engine.handle(.cancel(RideID(ride + 1), .rider), at: now, into: &facts)
    }
    underway.removeLast(range.count)
    forget()
  }

  /// Lets what has ended be forgotten.
  func forget() {
    now = now + .seconds(2)
    engine.advance(to: now, into: &facts)
    facts.removeAll(keepingCapacity: true)
  }

  // MARK: Rounds

  /// Up to and with the next round.
  func advanceWindow() {
    now = now + .seconds(2)
    Self.advance(&engine, now, &facts)
  }

  private static func advance(_ engine: inout Engine, _ now: Millis, _ facts: inout [Fact]) {
    engine.advance(to: now, into: &facts)
  }

  /// Ends the oldest rides; their taxis are free again where they were.
  func finishOldest(downTo count: Int) {
    facts.removeAll(keepingCapacity: true)
    while open > count {
      let ride = underway[underwayStart]
      underwayStart += 1
      let id = RideID(ride + 1)
      _ = engine.handle(.arrive(id, by: nil), at: now, into: &facts)
      _ = engine.handle(.board(id, by: nil), at: now, into: &facts)
      _ = engine.handle(.drop(id, by: nil), at: now, into: &facts)
      _ = engine.handle(.cancel(id, .rider), at: now, into: &facts)
    }
    facts.removeAll(keepingCapacity: true)
  }

  // MARK: Counting

  /// How often one of `count` operations asks for memory, on average.
  func allocations(over count: Int, _ run: (Range<Int>) -> Void) -> Double {
    let before = allocation_count()
    run(0..<count)
    return before < 0 ? 0 : Double(allocation_count() - before) / Double(count)
  }

  /// A hash of who was offered what by the last requests.
  func offeredTaxis() -> UInt64 {
    var hash = Hash()
    for taxi in offered { hash.add(taxi.value) }
    return hash.value
  }
}
