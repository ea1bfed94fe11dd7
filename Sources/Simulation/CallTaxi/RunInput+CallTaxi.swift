import Spatial
import TripData

extension RunInput {
  /// What a run of a call-taxi log works on.
  ///
  /// - Throws: ``RunError``, or ``CityFileError`` of the places.
  static func replay(
    _ log: TripLog,
    _ scenario: Scenario,
    files: Int,
    cleaning: [RunSummary.CleaningLine]
  ) throws -> RunInput {
    let map = try NeighbourhoodMap(path: scenario.folder + scenario.callTaxi.places)
    let span = scenario.data.span
    let calls = log.calls.filter { span.contains($0.requestedAt) }
    let replay = CallTaxiReplay(calls, map, scenario)
    guard !replay.trips.isEmpty else {
      throw RunError(
        "no call is left: of \(log.calls.count) calls \(calls.count) lie between data.from and "
          + "data.to, and \(replay.unknownPlaces) of these name places that "
          + "'\(scenario.callTaxi.places)' does not know"
      )
    }
    var input = RunInput(
      trips: replay.trips,
      shifts: replay.recorded.map(\.shift),
      taxiNames: log.taxis,
      log: log,
      description: "\(files) file\(files == 1 ? "" : "s"), layout \(log.layout.rawValue)",
      cleaning: cleaning
    )
    input.recorded = replay.recorded
    input.bookings = Set(calls.lazy.filter(\.isBooking).map(\.id))
    if calls.count < log.calls.count {
      input.cleaning.append(.init("outside data.from … data.to", log.calls.count - calls.count))
    }
    input.cleaning.append(.init("call: place not among calltaxi.places", replay.unknownPlaces))
    input.cleaning.append(.init("call: another rider boarded it then", replay.simultaneous))
    input.cleaning.append(.init("calls replayed", replay.trips.count, role: .kept))
    input.notes = [
      "Places are drawn inside the neighbourhoods that the log names; drop-offs are not in it: rides "
        + "take the travel model's time and calltaxi.alighting. \(replay.cut) of "
        + "\(replay.trips.count) are cut at their vehicle's next assignment.",
      "Breaks shorter than supply.absence cannot be told from waiting, so the simulated worlds have "
        + "vehicles that the real dispatchers had not; any vehicle may take any rider.",
    ]
    return input
  }
}
