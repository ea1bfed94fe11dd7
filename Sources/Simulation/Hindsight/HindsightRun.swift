import Matching
import TripData

/// A scenario as the bound sees it: its city, the chains of the record, and those of its worlds.
public struct HindsightRun: Sendable {
  public let scenario: Scenario
  public let city: City
  /// What was read, in words.
  public let data: String
  /// The travel model in words.
  public let travelModel: String
  /// What the taxis of the record did; `nil` where the data names no taxis.
  public let recorded: HindsightChains?

  /// Of a city that is there already; the record's chains are left out.
  package init(_ scenario: Scenario, city: City) {
    self.scenario = scenario
    self.city = city
    data = ""
    travelModel = ""
    recorded = nil
  }

  /// Reads and learns as ``SimulationRun`` does.
  ///
  /// - Throws: ``RunError``, ``ScenarioError``, `TripFileError` or the generator's error.
  public init(
    _ scenario: Scenario,
    dataFolder: String? = nil,
    progress: (Double) -> Void = { _ in }
  ) throws {
    let input = try RunInput.load(scenario, dataFolder: dataFolder, progress: progress)
    let (city, roads) = try input.prepareCity(scenario)
    self.scenario = scenario
    self.city = city
    data = input.description
    travelModel = roads.description
    recorded =
      input.log.map { $0.taxis.isEmpty ? nil : Self.recorded(input.trips, city: city) } ?? nil
  }

  /// The record's chains: consecutive rides of one taxi that begin in the same shift. A ride outside
  /// every shift is a chain of its own.
  private static func recorded(_ trips: [Trip], city: City) -> HindsightChains {
    var indices: [UInt64: Int] = [:]
    for (index, ride) in city.rides.enumerated() { indices[ride.id] = index }
    var visits: [HindsightChains.Visit] = []
    for trip in trips {
      guard let ride = indices[trip.id] else { continue }
      visits.append(.init(taxi: trip.taxi, boardedAt: trip.pickupAt, ride: ride))
    }
    return HindsightChains(visits, shifts: city.shifts)
  }

  /// The rides of chains, or all, as a bound takes them.
  public func rides(
    of chains: HindsightChains? = nil,
    window: City.HindsightWindow
  ) -> [HindsightRide] {
    city.hindsightRides(chains?.rides, window: window)
  }

  /// How empty taxis can drive in the scenario's worlds at best.
  ///
  /// `legsAreWhole` takes the model's time of each leg: tighter where the model is faster on long
  /// legs, and no bound for worlds in which a leg is broken off.
  public func travel(legsAreWhole: Bool = false) -> HindsightTravel {
    var travel = HindsightTravel(model: city.travel, detourPermille: city.detourPermille)
    let worlds = scenario.worlds.filter { $0.kind != .recorded }
    if !(city.travel is StraightLineModel) {
      // Local hours and local days begin at multiples of it.
      let hour: Int64 = 3_600_000
      let offset = Int64(scenario.data.utcOffset) * 1_000
      travel.changesEvery = gcd(gcd(hour, offset), scenario.data.dayStart)
    }
    if legsAreWhole {
      travel.legs = .whole
      return travel
    }
    // No taxi is sent farther away, but for what a position may be out of date.
    let late = 3 * (scenario.drivers.freshness + scenario.drivers.offerTTL)
    var legMax = worlds.map(\.policy.pickupMax).max() ?? scenario.policy.pickupMax
    for world in worlds where world.idle == .guided {
      legMax = max(legMax, (world.guidance ?? scenario.guidance).driveMax)
    }
    let longest = travel.reach(
      within: Int32(clamping: legMax + late),
      during: HindsightRide.span(of: rides(window: .patience))
    )
    travel.legs = .broken(longest: longest)
    if worlds.contains(where: { $0.idle == .cruise }) {
      travel.roamingSpeed = scenario.drivers.cruiseSpeedMetresPerHour
    }
    return travel
  }

  /// What a world did.
  public struct Played: Sendable {
    public var world: String
    public var chains: HindsightChains
    /// Decimetres driven empty after a shift's first boarding, whatever for; at least the chains'
    /// legs, less what rounding leaves off each.
    public var driven: Int64
    public var requests: Int
  }

  /// Plays one of the scenario's simulated worlds, all of it measured.
  public func play(
    _ world: WorldSettings,
    progress: @escaping (Double) -> Void = { _ in }
  ) -> Played {
    var city = city
    let first = min(city.rides.first?.requestedAt ?? 0, city.shifts.first?.start ?? .max)
    let last = max(city.rides.last?.requestedAt ?? 0, city.shifts.map(\.end).max() ?? 0)
    let longest = city.rides.reduce(0) { max($0, Int64($1.patience) + Int64($1.duration)) }
    city.measured = first..<(last + longest + 1)
    var play = World(city: city, settings: world, scenario: scenario, progress: progress)
    play.run()
    var visits: [HindsightChains.Visit] = []
    for (ride, account) in play.ledger.rides.enumerated() where account.outcome == .served {
      visits.append(.init(taxi: account.taxi, boardedAt: account.boardedAt, ride: ride))
    }
    return Played(
      world: world.name,
      chains: HindsightChains(visits, shifts: city.shifts),
      driven: play.ledger.emptyAfterFirst,
      requests: city.rides.count
    )
  }
}

extension HindsightChains {
  /// One ride of one taxi.
  struct Visit {
    /// -1 = unknown: a chain of its own.
    var taxi: Int32
    var boardedAt: Int64
    var ride: Int
  }

  /// Chains of what taxis did, cut where a shift begins. Cutting is always allowed: it makes more
  /// chains and leaves a leg out, and the bound for so many chains covers that too.
  init(_ visits: [Visit], shifts: [City.Shift]) {
    var starts: [Int32: [Int64]] = [:]
    for shift in shifts { starts[shift.taxi, default: []].append(shift.start) }
    let ordered = visits.sorted {
      ($0.taxi, $0.boardedAt, $0.ride) < ($1.taxi, $1.boardedAt, $1.ride)
    }
    var chains: [[Int]] = []
    var taxi: Int32 = -1
    var shift = -1
    for visit in ordered {
      let own = starts[visit.taxi, default: []]
      let current = (own.firstIndex { $0 > visit.boardedAt } ?? own.count) - 1
      if visit.taxi >= 0, visit.taxi == taxi, current == shift, !chains.isEmpty {
        chains[chains.count - 1].append(visit.ride)
      } else {
        chains.append([visit.ride])
      }
      taxi = visit.taxi
      shift = current
    }
    self.init(chains)
  }
}

extension HindsightTravel {
  /// The greatest straight-line distance in decimetres driven within `time` at any departure of the
  /// span. `Int32.max`, which no leg exceeds, when the span has more slots than a bound takes.
  package func reach(within time: Int32, during span: Range<Int64>) -> Int32 {
    guard slotCount(during: span) <= HindsightError.slotsMax else { return .max }
    return slots(during: span).reduce(0) {
      max($0, model.reach(within: time, departure: Millis($1)))
    }
  }
}

/// The greatest common divisor, of magnitudes; of a number and 0 the number.
private func gcd(_ a: Int64, _ b: Int64) -> Int64 { b == 0 ? abs(a) : gcd(b, a % b) }
