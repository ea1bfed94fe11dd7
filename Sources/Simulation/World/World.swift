import Matching
import Spatial

/// One simulated world: taxis that drive, riders who wait and give up, and between them the engine
/// that the server runs, spoken to only through commands.
///
/// Time jumps from one event to the next. In the same millisecond the engine's own deadlines come
/// first, then the city's events in the order of ``WorldEventKind``, then shifts that begin, then
/// requests, then position reports.
package struct World: ~Copyable {
  package let city: City
  let settings: WorldSettings
  let drivers: Scenario.Drivers
  let guidance: Scenario.Guidance
  let hail: Scenario.Hail
  /// Riders and vacant taxis in each other's sight; `nil` where riders ask the engine.
  var street: Street?
  let noise: DrivingNoise
  let destination: Scenario.Destination
  let seed: UInt64
  /// Stands idle where ``remote`` decides.
  package var engine: Engine
  /// Decides in place of ``engine``: a server over the wire.
  let remote: (any RemoteEngine)?
  package var taxis: [SimulatedTaxi]
  package var ledger: Ledger
  var events = WorldEventQueue()
  var facts: [Fact] = []
  var advice: [Advice] = []
  /// Taxis that a batch of facts left without a ride.
  var released: [Int32] = []
  /// Who is being asked what, by the offer's number; never iterated.
  var openOffers: [UInt64: OpenOffer] = [:]
  package var now: Int64
  /// The ride whose rounds are kept, and what was decided in them.
  let explained: Int?
  package var explanations: [Explanation] = []
  /// Told of each fact as the city takes note of it.
  package var observe: ((Fact) -> Void)?
  /// Told of each leg of a vacant taxi where nobody dispatches: taxi, ends, and from when to when.
  package var observeLeg: ((Int, Point, Point, Range<Int64>) -> Void)?
  /// Why the world had to end early.
  package var failure: RunError?
  /// Beyond this, room for 32 offers a ride would cost gigabytes.
  private static let ridesRoomMax = 4_000_000
  private var nextRide = 0
  private var nextShift = 0
  private var reports: ReportSchedule
  /// Called now and then with the share of the simulated time that is done.
  private let progress: (Double) -> Void

  /// The world before anything has happened; `explained` is an index into `city.rides`.
  package init(
    city: City,
    settings: WorldSettings,
    scenario: Scenario,
    explained: Int? = nil,
    remote: (any RemoteEngine)? = nil,
    progress: @escaping (Double) -> Void = { _ in }
  ) {
    self.city = city
    self.remote = remote
    self.settings = settings
    drivers = scenario.drivers
    guidance = settings.guidance ?? scenario.guidance
    hail = settings.hail ?? scenario.hail
    if settings.kind == .hail {
      street = Street(
        box: city.box,
        sight: hail.sight,
        taxis: city.taxiNames.count,
        rides: city.rides.count
      )
    }
    noise = DrivingNoise(scenario.travel, seed: scenario.seed)
    destination = scenario.demand.destination
    seed = scenario.seed
    self.progress = progress
    self.explained = explained
    let first = min(
      city.rides.first?.requestedAt ?? .max,
      city.shifts.first?.start ?? .max,
      city.measured.lowerBound
    )
    now = first
    taxis = Array(repeating: SimulatedTaxi(), count: city.taxiNames.count)
    ledger = Ledger(
      span: city.measured,
      taxis: city.taxiNames.count,
      rides: city.rides.count,
      utcOffset: Int64(scenario.data.utcOffset) * 1_000
    )
    reports = ReportSchedule(
      taxis: city.taxiNames.count,
      interval: drivers.reportEvery,
      start: first,
      seed: scenario.seed
    )
    var options = Self.options(city: city, settings: settings, drivers: drivers)
    // A ride's rounds are fetched when it ends, so the log need only last that long.
    options.explanationsMax = explained == nil ? 0 : 250_000
    if remote != nil {
      options.taxisMax = 1
      options.ridesMax = 1
    }
    engine = Engine(
      options: options,
      policy: settings.makePolicy(
        settings.learnsOpportunity ? city.opportunity?.table(at: first) : nil
      ),
      travel: city.travel,
      start: Millis(first),
      fleetExpected: max(city.taxiNames.count / 4, 64)
    )
  }

  /// The engine's bounds and timers in a world.
  static func options(city: City, settings: WorldSettings, drivers: Scenario.Drivers) -> Options {
    var options = Options(
      region: city.box,
      taxisMax: max(city.taxiNames.count, 1),
      ridesMax: 1
    )
    // No id comes twice, so ended rides need not be remembered for long.
    options.dedup = .minutes(1)
    // The engine keeps two offers for each ride of its bound, and refuses requests when it has no
    // room: there is room for as many as each ride known at one time may see.
    let ridesAtOnce = city.ridesAtOnce(lingering: options.dedup.count)
    let room = min(ridesAtOnce * options.offersPerRideMax / 2, Self.ridesRoomMax)
    options.ridesMax = max(room, ridesAtOnce, 64)
    options.offerTTL = Millis(drivers.offerTTL)
    options.freshness = Millis(drivers.freshness)
    options.lostAfter = Millis(max(drivers.freshness, options.lostAfter.count))
    // Where nobody dispatches, nobody loses a taxi by its silence.
    if settings.kind == .hail { options.lostAfter = .minutes(10 * 365 * 24 * 60) }
    options.pickupMax = Millis(settings.policy.pickupMax)
    options.waitMax = Millis(.max)
    // The rider's patience goes with the request: a taxi that cannot be there in time is no help.
    options.offersWithinWait = true
    return options
  }

  /// Plays until the last ride has ended and the last taxi has gone home, or, where a ride would
  /// outlast that, until `city.measured` is over and nothing happens any more.
  package mutating func run() {
    let end = max(
      city.measured.upperBound,
      city.rides.last?.requestedAt ?? .min,
      city.shifts.last?.start ?? .min
    )
    let start = now
    var steps = 0
    beginDay()
    while true {
      let due = min(
        min(engineDeadline, events.nextAt),
        min(nextShiftAt, nextRequestAt),
        nextReportAt
      )
      guard due < end || hasWork else { break }
      guard due < Int64.max, failure == nil else { break }
      now = max(now, due)
      steps += 1
      if steps % 65_536 == 0 {
        progress(Double(now - start) / Double(max(end - start, 1)))
      }
      // Deadlines first: what they bring about may void the event.
      if engineDeadline <= now {
        advanceEngine()
      } else if events.nextAt <= now {
        happen(events.pop())
      } else if nextShiftAt <= now {
        startShift(nextShift)
        nextShift += 1
      } else if nextRequestAt <= now {
        request(nextRide)
        nextRide += 1
      } else {
        report()
      }
      if settings.idle == .guided { followAdvice() }
    }
    finish()
  }

  private var nextShiftAt: Int64 {
    nextShift < city.shifts.count ? city.shifts[nextShift].start : .max
  }

  private var nextRequestAt: Int64 {
    nextRide < city.rides.count ? city.rides[nextRide].requestedAt : .max
  }

  /// Positions are for whoever dispatches or advises.
  private var nextReportAt: Int64 {
    street != nil && settings.idle != .guided ? .max : reports.nextAt
  }

  /// Whether something still moves that a figure waits for.
  private var hasWork: Bool { events.nextAt < .max }

  private mutating func happen(_ event: WorldEvent) {
    let subject = Int(event.subject)
    switch event.kind {
    case .arrival: if isCurrent(event) { arrive(subject) }
    case .dropOff: if isCurrent(event) { drop(subject) }
    case .cruiseEnd: if isCurrent(event) { cruiseOn(subject) }
    case .dayStart: beginDay()
    case .accept: answer(event.offer, .accept(OfferID(event.offer)))
    case .decline: answer(event.offer, .decline(OfferID(event.offer), .unstated))
    case .offlineStart: beginOffline(subject, shift: Int32(bitPattern: event.stamp))
    case .offlineEnd: endOffline(subject)
    case .shiftEnd: endShift(subject, shift: Int32(bitPattern: event.stamp))
    case .patienceEnd: giveUp(subject)
    case .meeting: if isCurrent(event) { sight(subject, ride: Int32(event.offer)) }
    case .walkEnd: appear(subject)
    }
  }

  private func isCurrent(_ event: WorldEvent) -> Bool {
    taxis[Int(event.subject)].legStamp == event.stamp
  }

  /// The taxis whose turn it is report where they are.
  private mutating func report() {
    if let remote { return report(reports.take(), to: remote) }
    for taxi in reports.take() where taxis[Int(taxi)].activity != .off {
      let point = taxis[Int(taxi)].point(at: now)
      _ = engine.handle(
        .position(PositionReport(taxi: TaxiID(UInt64(taxi) + 1), point: point)),
        at: Millis(now),
        into: &facts
      )
      if !facts.isEmpty { react() }
    }
  }

  /// Books what is still running.
  private mutating func finish() {
    now = max(now, city.measured.upperBound)
    for taxi in taxis.indices where taxis[taxi].activity != .off {
      let activity = taxis[taxi].activity
      bookLeg(taxi)
      ledger.book(taxi, as: activity, until: now)
      if activity != .offline { ledger.closeShift(taxi, at: now) }
    }
  }
}

/// An offer that a driver may still answer.
struct OpenOffer {
  var taxi: Int32
  var ride: Int32
}

/// Which taxis report when: each at its own phase of the interval, drawn from the seed, in slices
/// of a second or more, so that one slice is one walk through memory.
struct ReportSchedule {
  private let slices: [[Int32]]
  private let length: Int64
  private var next = 0
  private(set) var nextAt: Int64

  init(taxis: Int, interval: Int64, start: Int64, seed: UInt64) {
    let count = max(min(interval / 1_000, 60), 1)
    var slices = Array(repeating: [Int32](), count: Int(count))
    for taxi in 0..<taxis {
      var random = SeededRandom(seed: seed, purpose: .reportPhase, subject: UInt64(taxi))
      slices[random.below(Int(count))].append(Int32(taxi))
    }
    self.slices = slices
    length = interval / count
    nextAt = start
  }

  mutating func take() -> [Int32] {
    defer {
      next = (next + 1) % slices.count
      nextAt += length
    }
    return slices[next]
  }
}

extension WorldSettings {
  /// The policy, with what taxis are worth if it asks for that.
  func makePolicy(_ opportunity: OpportunityCost? = nil) -> any Matching.Policy {
    switch kind {
    case .hail: return NoDispatch()
    case .recorded, .nearest: return NearestPolicy(retry: Millis(policy.retry))
    case .batch:
      return BatchPolicy(
        .init(
          window: Millis(policy.window),
          candidates: policy.candidates,
          unmatchedPrice: Millis(policy.unmatchedPrice),
          unmatchedRise: Millis(Int64(policy.unmatchedRisePermyriad) / 10),
          reassigns: policy.reassign,
          switchingCost: Millis(policy.switchingCost),
          frozen: Millis(policy.frozen),
          soonFree: Millis(policy.soonFree),
          stepsMax: policy.stepsMax,
          opportunity: policy.opportunity == .learned ? opportunity : nil,
          opportunityPermille: policy.opportunityPermille
        )
      )
    }
  }
}
