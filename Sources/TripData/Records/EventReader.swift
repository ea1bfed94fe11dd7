import Spatial

/// Reads rides told as START and END events.
func readEvents(
  _ input: Input,
  _ progress: (ReadProgress) -> Void
) throws(TripFileError) -> TripLog {
  var reader = EventReader(input)
  try input.scan(into: &reader, progress)
  var log = TripLog(layout: input.layout, options: input.options, report: CleaningReport(files: []))
  reader.finish(&log)
  return log
}

struct EventReader: ~Copyable, FileSink {
  private static let columns = [
    "rideId", "event", "time", "startTime", "startLon", "startLat", "endLon", "endLat",
    "passengers", "taxiId", "driverId",
  ]

  /// A ride between its START and its END.
  private struct Started {
    var taxi: Int32
    var pickupAt: Int64
    var origin: RowOrigin
    var isEnded = false
  }

  var tally: Tally
  private var cleaner: RideCleaner
  private var taxis = NameTable()
  private var fields = FieldTable()
  private let utcOffsetSeconds: Int
  private var started: [Started] = []
  /// Index in `started` by ride id; looked up, never walked.
  private var indices: [UInt64: Int] = [:]

  init(_ input: Input) {
    tally = Tally(files: input.files, malformedShareMax: input.options.malformedShareMax)
    cleaner = RideCleaner(input)
    utcOffsetSeconds = input.utcOffsetSeconds
  }

  mutating func begin(_ format: FileFormat) {}

  mutating func take(_ line: Field, number: Int) throws(TripFileError) {
    tally.row()
    fields.split(line)
    do throws(FieldFault) {
      try event(line, RowOrigin(file: tally.file, line: number))
    } catch {
      try tally.malformed(
        line: number,
        column: error.column,
        value: error.value,
        problem: error.problem
      )
    }
  }

  private mutating func event(_ line: Field, _ origin: RowOrigin) throws(FieldFault) {
    guard fields.count == Self.columns.count else {
      throw FieldFault(
        column: "\(min(fields.count, Self.columns.count) + 1)",
        value: line,
        problem: "the row has \(fields.count) fields where the layout has \(Self.columns.count)"
      )
    }
    guard let id = wholeNumber(fields[0]), id >= 0 else {
      throw FieldFault(column: "rideId", value: fields[0], problem: "is no whole number")
    }
    let at = try time(2)
    let taxiName = fields[9]
    guard !taxiName.isEmpty else {
      throw FieldFault(column: "taxiId", value: taxiName, problem: "is no name")
    }
    switch (fields[1].count, fields[1].first) {
    // START, END
    case (5, 0x53): start(UInt64(id), at, taxiName, origin)
    case (3, 0x45): try end(UInt64(id), at, taxiName, origin)
    default:
      throw FieldFault(column: "event", value: fields[1], problem: "is neither START nor END")
    }
  }

  private mutating func start(
    _ id: UInt64,
    _ at: Int64,
    _ taxiName: Field,
    _ origin: RowOrigin
  ) {
    guard indices[id] == nil else { return drop(.duplicateID, origin) }
    indices[id] = started.count
    started.append(Started(taxi: taxis.number(of: taxiName), pickupAt: at, origin: origin))
  }

  private mutating func end(
    _ id: UInt64,
    _ at: Int64,
    _ taxiName: Field,
    _ origin: RowOrigin
  ) throws(FieldFault) {
    let startAt = try time(3)
    let from = RawPlace(
      latitude: try coordinate(fields[5], "startLat"),
      longitude: try coordinate(fields[4], "startLon")
    )
    let to = RawPlace(
      latitude: try coordinate(fields[7], "endLat"),
      longitude: try coordinate(fields[6], "endLon")
    )
    guard let told = wholeNumber(fields[8]), told >= 0 else {
      throw FieldFault(
        column: "passengers",
        value: fields[8],
        problem: "is no count of passengers"
      )
    }
    guard let index = indices[id] else { return drop(.endWithoutStart, origin) }
    guard !started[index].isEnded else { return drop(.duplicateID, origin) }
    started[index].isEnded = true
    let taxi = started[index].taxi
    guard started[index].pickupAt == startAt, taxis.number(of: taxiName) == taxi else {
      return drop(.mismatchedPair, origin)
    }
    let isCredible = told >= 1 && told <= 9
    if !isCredible { tally.report.passengersCorrected += 1 }
    let trip = Trip(
      id: id,
      taxi: taxi,
      pickupAt: startAt,
      dropoffAt: at,
      from: GeoPoint(latitude: 0, longitude: 0),
      to: GeoPoint(latitude: 0, longitude: 0),
      passengers: isCredible ? UInt8(told) : 1
    )
    cleaner.judge(trip, from: from, to: to, origin: origin, report: &tally.report)
  }

  private mutating func drop(_ cause: DropCause, _ origin: RowOrigin) {
    tally.report.rides += 1
    tally.report.drop(cause, at: origin)
  }

  private func time(_ column: Int) throws(FieldFault) -> Int64 {
    guard let time = isoTime(fields[column], utcOffsetSeconds: utcOffsetSeconds) else {
      throw FieldFault(
        column: Self.columns[column],
        value: fields[column],
        problem: "is no time like 2013-01-31 23:59:59"
      )
    }
    return time
  }

  consuming func finish(_ log: inout TripLog) {
    for ride in started where !ride.isEnded { drop(.startWithoutEnd, ride.origin) }
    log.report = tally.report
    let names = taxis
    cleaner.finish(&log, names: names)
  }
}
