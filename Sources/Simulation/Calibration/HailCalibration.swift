import Dispatch

/// Worlds without dispatch held against the record, in three things that they could get wrong: the
/// share of riders served, how long taxis look for the next one, and vacancy by distance.
///
/// The scenario lists the candidates as its worlds; whoever calibrates chooses among them on some
/// days and tells the misses on others.
public struct HailCalibration: Sendable {
  /// What is compared, of one world.
  public struct Row: Sendable, Equatable {
    public var world: String
    /// Decimetres and milliseconds; `nil` in the record.
    public var sight: Int64?
    public var follow: Int64?
    public var requests: Int
    public var served: Int
    /// Metres, without a rider and all.
    public var emptyMetres: Int64
    public var metres: Int64
    /// Milliseconds; `nil` without gaps.
    public var gapMean: Int64?
    public var gap10: Int64?
    public var gap50: Int64?
    public var gap90: Int64?
    /// Kolmogorov's distance of the gaps to the record's, in permyriad.
    public var gapMiss = 0
    /// The record's less the world's, without their signs, in permyriad.
    public var servedMiss = 0
    public var vacancyMiss = 0

    /// The three together, each counting alike.
    public var miss: Int { servedMiss + gapMiss + vacancyMiss }
  }

  public private(set) var recorded: Row
  /// In the scenario's order.
  public private(set) var worlds: [Row]
  /// Unix milliseconds.
  public private(set) var span: Range<Int64>
  public private(set) var utcOffsetSeconds: Int

  /// The world with the least miss, on a tie the first.
  public var best: Row? { worlds.min { $0.miss < $1.miss } }

  /// Plays the worlds without dispatch and books the record by the scenario's rule of shifts.
  ///
  /// - Throws: ``RunError``, or what reading and playing throws.
  public init(
    _ scenario: Scenario,
    dataFolder: String?,
    workers: Int = 2,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws {
    let candidates = scenario.worlds.filter { $0.kind == .hail }
    guard !candidates.isEmpty else {
      throw RunError("there is nothing to calibrate: no world of the scenario has policy hail")
    }
    let input = try RunInput.load(scenario, dataFolder: dataFolder, progress: { _ in })
    let city = try input.prepareCity(scenario).city
    let rule = scenario.supply.shifts
    let record = try SimulationRun.playRecorded(
      scenario,
      input,
      city,
      .init(settings: WorldSettings(kind: .recorded), rule: rule)
    )
    let gaps = EmptyGaps(record.ledger, city)
    let row = Row(record.figures, gaps, nil)
    recorded = row
    span = city.measured
    utcOffsetSeconds = Int(scenario.data.utcOffset)
    let results = Exchange<Result<Row, any Error>>(count: candidates.count)
    let turns = Exchange<Int>(count: 1)
    DispatchQueue.concurrentPerform(iterations: min(max(workers, 1), candidates.count)) { _ in
      while let index = turns.next(below: candidates.count) {
        let settings = candidates[index]
        let result = Result {
          let play = try SimulationRun.playSimulated(
            scenario,
            city,
            .init(settings: settings, rule: rule),
            nil,
            progress: { _ in }
          )
          var own = Row(play.figures, EmptyGaps(play.ledger, city), settings.hail ?? scenario.hail)
          own.compare(to: row, gaps: EmptyGaps(play.ledger, city), with: gaps)
          return own
        }
        results.set(result, at: index)
        progress(Double(results.all.count { $0 != nil }) / Double(candidates.count))
      }
    }
    worlds = try results.all.compactMap { try $0?.get() }
  }
}

extension HailCalibration.Row {
  init(_ figures: Figures, _ gaps: EmptyGaps, _ hail: Scenario.Hail?) {
    self.init(
      world: figures.world,
      sight: hail?.sight,
      follow: hail?.follow,
      requests: figures.service.requests,
      served: figures.service.served,
      emptyMetres: figures.metres.empty,
      metres: figures.metres.total,
      gapMean: gaps.mean,
      gap10: gaps.percentile(10),
      gap50: gaps.percentile(50),
      gap90: gaps.percentile(90)
    )
  }

  mutating func compare(to record: Self, gaps: EmptyGaps, with recorded: EmptyGaps) {
    gapMiss = gaps.distance(to: recorded)
    servedMiss = abs(record.servedPermyriad - servedPermyriad)
    vacancyMiss = abs(record.vacancyPermyriad - vacancyPermyriad)
  }

  private var servedPermyriad: Int { Self.permyriad(Int64(served), Int64(requests)) }
  private var vacancyPermyriad: Int { Self.permyriad(emptyMetres, metres) }

  private static func permyriad(_ part: Int64, _ whole: Int64) -> Int {
    whole > 0 ? Int((part * 10_000 + whole / 2) / whole) : 0
  }
}
