import Matching
import Simulation
import Spatial
import TripData

/// A city on one street, where every time can be worked out in the head: straight lines, 10 m/s, so
/// a metre takes 100 ms. Times are seconds after ``start``, places metres east.
struct DrawnCity {
  static let start: Int64 = 1_000_000_000_000
  var rides: [City.Ride] = []
  var shifts: [City.Shift] = []
  var taxis = 0
  var span: Range<Int64>?
  /// The street's ends, in metres.
  var ends: ClosedRange<Int32> = 0...3_000
  var scenario = Scenario()

  init() {
    scenario.drivers.declinePermyriad = 0
    scenario.drivers.noAnswerPermyriad = 0
    scenario.drivers.answerDelay = 3_000...3_000
  }

  static func instant(_ seconds: Double) -> Int64 { start + Int64((seconds * 1_000).rounded()) }

  static func point(_ metres: Int32) -> Point { Point(x: metres * 10, y: 0) }

  /// Rides are asked for in the order of the calls; ids count from 101.
  mutating func ride(
    at seconds: Double,
    from: Int32,
    to: Int32,
    lasting: Double,
    patience: Double = 600,
    metres: Int32? = nil
  ) {
    rides.append(
      City.Ride(
        id: UInt64(101 + rides.count),
        requestedAt: Self.instant(seconds),
        patience: Int32(patience * 1_000),
        duration: Int32(lasting * 1_000),
        from: Self.point(from),
        to: Self.point(to),
        metres: metres ?? abs(to - from)
      )
    )
  }

  /// A shift of a taxi; taxis are numbered from 0.
  mutating func shift(
    _ taxi: Int32,
    _ from: Double,
    _ to: Double,
    at metres: Int32,
    offline: [ClosedRange<Double>] = []
  ) {
    taxis = max(taxis, Int(taxi) + 1)
    shifts.append(
      City.Shift(
        taxi: taxi,
        start: Self.instant(from),
        end: Self.instant(to),
        place: Self.point(metres),
        offline: offline.map { Self.instant($0.lowerBound)..<Self.instant($0.upperBound) }
      )
    )
  }

  var city: City {
    let box = Box(
      min: Point(x: ends.lowerBound * 10 - 1_000, y: -1_000),
      max: Point(x: ends.upperBound * 10 + 1_000, y: 1_000)
    )
    let last = max(rides.last?.requestedAt ?? Self.start, Self.start)
    return City(
      projection: Projection(origin: GeoPoint(latitude: 0, longitude: 0)),
      box: box,
      rides: rides,
      shifts: shifts.sorted { ($0.start, $0.taxi) < ($1.start, $1.taxi) },
      taxiNames: (0..<taxis).map { "taxi \($0)" },
      travel: StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 10_000),
      detourPermille: 1_000,
      flow: CruiseFlow(box: box),
      measured: span ?? Self.start..<(last + 3_600_000)
    )
  }

  /// Plays a world and checks its identities.
  func play(
    _ kind: WorldKind = .nearest,
    idle: Scenario.Idle = .park,
    policy: Scenario.Policy = .init(),
    in other: City? = nil,
    observe: ((Fact) -> Void)? = nil,
    observeLeg: ((Int, Point, Point, Range<Int64>) -> Void)? = nil
  ) throws -> Played {
    let city = other ?? city
    let settings = WorldSettings(kind: kind, policy: policy, idle: idle)
    var world = World(city: city, settings: settings, scenario: scenario)
    world.observe = observe
    world.observeLeg = observeLeg
    world.run()
    if let failure = world.failure { throw failure }
    world.engine.checkInvariants()
    let figures = Figures(
      world: settings.name,
      shiftRule: .gaps,
      ledger: world.ledger,
      city: city,
      spells: city.shifts.map { ($0.taxi, $0.start, $0.end) },
      waitsAreKnown: true,
      digest: world.engine.digest()
    )
    try Identities.check(figures, ledger: world.ledger, city: city)
    return Played(city: city, ledger: world.ledger, figures: figures)
  }
}

/// What came of a drawn city.
struct Played {
  var city: City
  var ledger: Ledger
  var figures: Figures

  /// Seconds after the start; `nil` for what never happened.
  func seconds(_ instant: Int64) -> Double? {
    instant == .min ? nil : Double(instant - DrawnCity.start) / 1_000
  }

  /// Offered, assigned, boarded, dropped.
  func times(_ ride: Int) -> [Double?] {
    let account = ledger.rides[ride]
    return [account.offeredAt, account.assignedAt, account.boardedAt, account.droppedAt]
      .map(seconds)
  }

  /// Idle, pickup, occupied: seconds of a taxi.
  func time(_ taxi: Int) -> [Double] {
    let time = ledger.taxis[taxi].time
    return [time.idle, time.pickup, time.occupied].map { Double($0) / 1_000 }
  }

  /// Idle, pickup, occupied: metres of a taxi.
  func metres(_ taxi: Int) -> [Double] {
    let distance = ledger.taxis[taxi].distance
    return [distance.idle, distance.pickup, distance.occupied].map { Double($0) / 10 }
  }
}
