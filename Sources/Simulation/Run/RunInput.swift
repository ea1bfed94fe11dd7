import Spatial
import TripData

/// What a run works on: read from files or generated, before any world begins.
package struct RunInput {
  /// Those that are played, by (pickupAt, id).
  package var trips: [Trip]
  /// By (taxi, start).
  package var shifts: [TripData.Shift]
  package var taxiNames: [String]
  /// What was read, before `data.from` and `data.to`: a model may learn from all of it; `nil` for a
  /// generated city.
  package var log: TripLog?
  package var description: String
  package var cleaning: [RunSummary.CleaningLine]
  /// The shifts with what was recorded in them, where the log itself cannot tell.
  package var recorded: [RecordedShift]?
  /// Ids of calls that were booked ahead; asked, never walked.
  package var bookings: Set<UInt64> = []
  /// What a reader must know of this input.
  package var notes: [String] = []

  /// Whether the recorded world's waits are known: only a log of calls tells when riders asked.
  package var knowsWaits: Bool { log?.layout == .seoulCallTaxi }

  /// Reads or generates what the scenario names.
  ///
  /// - Throws: ``RunError``, or what the reader or the generator throws.
  package static func load(
    _ scenario: Scenario,
    dataFolder: String?,
    progress: (Double) -> Void
  ) throws -> RunInput {
    if scenario.data.layout == .synthetic { return try generate(scenario) }
    let files = try scenario.files(dataFolder: dataFolder)
    let log = try TripReader.read(
      files: files,
      layout: scenario.data.tripLayout,
      options: options(scenario),
      progress: { progress(Double($0.bytesDone) / Double(max($0.bytesTotal, 1))) }
    )
    if log.layout == .seoulCallTaxi {
      return try replay(log, scenario, files: files.count, cleaning: lines(of: log.report))
    }
    let span = scenario.data.span
    var input = RunInput(
      trips: log.trips,
      shifts: [],
      taxiNames: log.taxis,
      log: log,
      description:
        "\(files.count) file\(files.count == 1 ? "" : "s"), layout \(log.layout.rawValue)",
      cleaning: lines(of: log.report)
    )
    if span != Int64.min..<Int64.max {
      let before = input.trips.count
      input.trips.removeAll { !span.contains($0.pickupAt) }
      input.cleaning.append(
        .init("outside data.from … data.to", before - input.trips.count)
      )
    }
    guard !input.trips.isEmpty else {
      throw RunError("no ride is left after cleaning; `baecha data check` tells what was dropped")
    }
    do {
      input.shifts = try log.shifts(by: scenario.supply.shifts)
    } catch {
      throw RunError("supply.shifts: \(error)")
    }
    input.shifts.removeAll { $0.end <= span.lowerBound || $0.start >= span.upperBound }
    return input
  }

  /// What models may learn from.
  package var lessons: [Trip] { log?.trips ?? trips }

  /// The local days of the played rides, ascending.
  package func days(_ data: Scenario.Data) -> [LocalDay] {
    Set(trips.lazy.map { data.day(of: $0.pickupAt) }).sorted()
  }

  /// `nil` for a generated city.
  var totals: RunSummary.DataTotals? {
    guard let log else { return nil }
    return RunSummary.DataTotals(
      trips: log.trips.count,
      taxis: log.taxis.count,
      shifts: ShiftRule.allCases.compactMap { rule in
        (try? log.figures(by: rule)).map(RunSummary.ShiftTotals.init)
      }
    )
  }

  private static func options(_ scenario: Scenario) -> TripReader.Options {
    var options = TripReader.Options()
    options.utcOffsetSeconds = Int(scenario.data.utcOffset)
    options.gapMax = scenario.supply.absence
    options.absenceMax = scenario.supply.absence
    options.keepFixes = scenario.worlds.contains {
      ($0.idle == .cruise && $0.kind != .recorded) || $0.kind == .hail
    }
    if let corners = scenario.data.region.corners {
      options.region = Region(southWest: corners.southWest, northEast: corners.northEast)
    }
    return options
  }

  private static func lines(of report: CleaningReport) -> [RunSummary.CleaningLine] {
    var lines: [RunSummary.CleaningLine] = [.init("rows read", report.rows, role: .read)]
    for drop in report.drops where drop.cause.dropsRows {
      lines.append(.init("row: \(drop.cause.words)", drop.count))
    }
    lines.append(.init("rides found", report.rides, role: .read))
    for drop in report.drops where !drop.cause.dropsRows {
      lines.append(.init("ride: \(drop.cause.words)", drop.count))
    }
    lines.append(.init("rides kept", report.kept, role: .kept))
    return lines
  }
}

extension Scenario.Data {
  /// The reader's layout; `nil` = told from the files.
  var tripLayout: TripLayout? {
    switch layout {
    case .nycEvents: .nycEvents
    case .tlc: .tlc
    case .seoulCalltaxi: .seoulCallTaxi
    case .generic: .generic
    case .nycFoil: .nycFoil
    case .debs2015: .debs2015
    // Either form of it, told by its first line.
    case .cabspotting, .synthetic: nil
    }
  }
}

extension RunInput {
  private static func generate(_ scenario: Scenario) throws -> RunInput {
    let synthetic = scenario.synthetic
    let plan = try CityPlan.read(districts: scenario.folder + synthetic.districts)
    var parameters = SyntheticCity.Parameters(
      plan: plan,
      taxis: synthetic.taxis,
      ridesPerDay: synthetic.ridesPerDay,
      days: synthetic.days
    )
    parameters.utcOffset = Int64(scenario.data.utcOffset) * 1_000
    parameters.startsAt =
      Int64(synthetic.firstDay.number) * LocalDay.milliseconds + scenario.data.dayStart
      - parameters.utcOffset
    parameters.shortestMetres = Int(synthetic.rideMin / 10)
    let city = try SyntheticCity.generate(parameters: parameters, seed: scenario.seed)
    let digits = String(city.taxiCount).utf8.count
    return RunInput(
      trips: city.trips,
      shifts: city.shifts,
      taxiNames: (0..<city.taxiCount).map { padded($0 + 1, digits) },
      log: nil,
      description: "generated: \(synthetic.taxis) taxis, \(city.trips.count) rides",
      cleaning: [.init("rides generated", city.trips.count, role: .kept)]
    )
  }
}
