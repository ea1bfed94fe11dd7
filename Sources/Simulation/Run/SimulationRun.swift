import Dispatch
import Matching
import Spatial
import TripData

/// One run: a scenario's worlds over the same input.
public struct SimulationRun {
  /// What a run is told beside its scenario.
  public struct Options: Sendable {
    /// Where the data files are; `nil` = beside the scenario.
    public var dataFolder: String?
    /// A ride, by its id in the data, whose rounds are to be explained.
    public var explainedRide: UInt64?
    /// How many worlds are played at the same time.
    public var workers = 2
    /// The world whose engine is in a server, and how that is reached on a map; `nil` = every world has
    /// its own. Only that world is played.
    public var through: Through?

    public init() {}
  }

  /// A world that is played against a server.
  public struct Through: Sendable {
    /// `nil` = the only one that can be.
    public var world: String?
    public var connect: @Sendable (Projection) throws(RemoteFault) -> any RemoteEngine

    public init(
      world: String? = nil,
      connect: @escaping @Sendable (Projection) throws(RemoteFault) -> any RemoteEngine
    ) {
      self.world = world
      self.connect = connect
    }
  }

  /// What is under way, and how much of it is done: 0 … 1.
  public struct Progress: Sendable {
    public var phase: String
    public var share: Double
  }

  public var summary: RunSummary
  /// By world, in the order of the summary; empty in a recorded world.
  public var explanations: [[Explanation]]
  /// What the engine was busy with, by world; `nil` in a recorded world.
  public var statistics: [Engine.Statistics?]
  private let isSimulated: [Bool]
  private let city: City
  private let ledgers: [Ledger]

  /// Reads, learns and plays.
  ///
  /// - Throws: ``RunError``, ``ScenarioError``, `TripFileError` or the generator's error.
  public init(
    _ scenario: Scenario,
    options: Options = Options(),
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws {
    var scenario = scenario
    if let through = options.through {
      scenario.worlds = [try scenario.servedWorld(named: through.world)]
    }
    let input = try RunInput.load(scenario, dataFolder: options.dataFolder) {
      progress(Progress(phase: "reading", share: $0))
    }
    let (city, roads) = try input.prepareCity(scenario)
    let explained = try options.explainedRide.map { id throws(RunError) in
      guard let index = city.rides.firstIndex(where: { $0.id == id }) else {
        throw RunError("ride \(id) is not among the \(city.rides.count) rides of this run")
      }
      return index
    }
    if options.through != nil { try scenario.checkServed(scenario.worlds[0], in: city) }
    let plays = try Self.play(scenario, input, city, explained, options, progress)
    self.city = city
    ledgers = plays.map(\.ledger)
    explanations = plays.map(\.explanations)
    statistics = plays.map(\.statistics)
    isSimulated = plays.map(\.isSimulated)
    summary = Self.summary(scenario, input, city, roads, plays.map(\.figures))
    if input.knowsWaits {
      for (world, ledger) in zip(summary.worldKeys, ledgers) {
        let delays = CallTaxiDelays(ledger: ledger, city: city, bookings: input.bookings)
        summary.notes.append(delays.note(world: world))
      }
    }
  }

  struct Play {
    var figures: Figures
    var ledger: Ledger
    var explanations: [Explanation] = []
    var statistics: Engine.Statistics?
    var isSimulated = false
  }

  /// A world to be played; the recorded one may be asked for by either rule.
  struct Part {
    var settings: WorldSettings
    var rule: ShiftRule
  }

  private static func parts(_ scenario: Scenario, _ input: RunInput) -> [Part] {
    let rule = scenario.supply.shifts
    return scenario.worlds.flatMap { settings -> [Part] in
      guard settings.kind == .recorded, input.log?.trace != nil else {
        return [Part(settings: settings, rule: rule)]
      }
      // Where there is a trace, both rules are reported, the scenario's first.
      let other: ShiftRule = rule == .gaps ? .presence : .gaps
      return [Part(settings: settings, rule: rule), Part(settings: settings, rule: other)]
    }
  }

  private static func play(
    _ scenario: Scenario,
    _ input: RunInput,
    _ city: City,
    _ explained: Int?,
    _ options: Options,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) throws -> [Play] {
    let parts = parts(scenario, input)
    let results = Exchange<Result<Play, any Error>>(count: parts.count)
    let shares = Exchange<Double>(count: parts.count)
    let names = parts.map(\.settings.name).joined(separator: ", ")
    let workers = min(max(options.workers, 1), max(parts.count, 1))
    let turns = Exchange<Int>(count: 1)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while let index = turns.next(below: parts.count) {
        let part = parts[index]
        let result = Result {
          part.settings.kind == .recorded
            ? try playRecorded(scenario, input, city, part)
            : try playSimulated(scenario, city, part, explained, options.through) { share in
              shares.set(share, at: index)
              let done = shares.all.reduce(0) { $0 + ($1 ?? 0) }
              progress(Progress(phase: names, share: done / Double(parts.count)))
            }
        }
        results.set(result, at: index)
        shares.set(1, at: index)
      }
    }
    return try results.all.compactMap { try $0?.get() }
  }

  static func playRecorded(
    _ scenario: Scenario,
    _ input: RunInput,
    _ city: City,
    _ part: Part
  ) throws -> Play {
    guard let log = input.log, !log.taxis.isEmpty else {
      throw RunError(
        "world '\(part.settings.name)' needs recorded taxis; this data has none. "
          + "Leave it out of worlds"
      )
    }
    let span = scenario.data.span
    let shifts = try (input.recorded ?? log.recorded(by: part.rule)).filter {
      $0.shift.end > span.lowerBound && $0.shift.start < span.upperBound
    }
    let ledger = RecordedWorld.ledger(
      city: city,
      trips: input.trips,
      shifts: shifts,
      utcOffset: Int64(scenario.data.utcOffset) * 1_000
    )
    let figures = Figures(
      world: part.settings.name,
      shiftRule: part.rule,
      ledger: ledger,
      city: city,
      spells: shifts.map { ($0.shift.taxi, $0.shift.start, $0.shift.end) },
      waitsAreKnown: input.knowsWaits
    )
    try Identities.check(figures, ledger: ledger, city: city)
    return Play(figures: figures, ledger: ledger)
  }

  static func playSimulated(
    _ scenario: Scenario,
    _ city: City,
    _ part: Part,
    _ explained: Int?,
    _ through: Through? = nil,
    progress: @escaping (Double) -> Void
  ) throws -> Play {
    let remote = try through?.connect(city.projection)
    var world = World(
      city: city,
      settings: part.settings,
      scenario: scenario,
      explained: explained,
      remote: remote,
      progress: progress
    )
    world.run()
    if let failure = world.failure { throw failure }
    let figures = Figures(
      world: part.settings.name,
      shiftRule: part.rule,
      ledger: world.ledger,
      city: city,
      spells: city.shifts.map { ($0.taxi, $0.start, $0.end) },
      waitsAreKnown: true,
      digest: remote == nil ? world.engine.digest() : nil
    )
    try Identities.check(figures, ledger: world.ledger, city: city)
    return Play(
      figures: figures,
      ledger: world.ledger,
      explanations: world.explanations,
      statistics: remote == nil ? world.engine.statistics : nil,
      isSimulated: true
    )
  }

  // MARK: Rows

  /// Every request of the measured span in every world, world after world, for `CSVWriter`.
  public func forEachRide(_ body: (RideRow) throws -> Void) rethrows {
    for (world, ledger) in ledgers.enumerated() {
      let key = summary.worldKeys[world]
      let knowsWaits = summary.worlds[world].wait != nil
      let isSimulated = self.isSimulated[world]
      for (index, ride) in city.rides.enumerated()
      where ledger.span.contains(ride.requestedAt) {
        let account = ledger.rides[index]
        try body(
          RideRow(
            id: ride.id,
            world: key,
            requestedAt: ride.requestedAt,
            offeredAt: account.offeredAt.known,
            assignedAt: account.assignedAt.known,
            boardedAt: account.boardedAt.known,
            droppedAt: account.droppedAt.known,
            wait: knowsWaits ? account.boardedAt.known.map { $0 - ride.requestedAt } : nil,
            pickupMetres: isSimulated && account.boardedAt.known != nil ? account.pickup / 10 : nil,
            taxi: account.taxi >= 0 ? city.taxiNames[Int(account.taxi)] : nil,
            outcome: account.outcome.row
          )
        )
      }
    }
  }

  /// Every taxi of every world, for `CSVWriter`.
  public func forEachTaxi(_ body: (TaxiRow) throws -> Void) rethrows {
    for (world, ledger) in ledgers.enumerated() {
      for (taxi, account) in ledger.taxis.enumerated() where account.time.total > 0 {
        try body(
          TaxiRow(
            taxi: city.taxiNames[taxi],
            world: summary.worldKeys[world],
            time: account.time,
            metres: account.distance.inMetres,
            rides: account.rides
          )
        )
      }
    }
  }

  /// The taxi's name in the data.
  public func name(of taxi: TaxiID) -> String { city.taxiNames[Int(taxi.value) - 1] }

  /// The ride's id in the data.
  public func id(of ride: RideID) -> UInt64 { city.rides[Int(ride.value) - 1].id }
}

extension Int64 {
  /// `nil` for what never happened.
  fileprivate var known: Int64? { self == .min ? nil : self }
}

extension Ledger.Outcome {
  fileprivate var row: RideRow.Outcome {
    switch self {
    case .open: .open
    case .served: .served
    case .gaveUp: .gaveUp
    case .expired: .expired
    }
  }
}
