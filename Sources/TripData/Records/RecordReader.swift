import Spatial

/// Reads layouts with one ride per row: FOIL, DEBS 2015, TLC and generic.
func readRecords(
  _ input: Input,
  _ progress: (ReadProgress) -> Void
) throws(TripFileError) -> TripLog {
  var reader = RecordReader(input)
  try input.scan(into: &reader, progress)
  var log = TripLog(layout: input.layout, options: input.options, report: reader.tally.report)
  for format in input.formats {
    for column in format.unknownColumns where !log.report.ignoredColumns.contains(column) {
      log.report.ignoredColumns.append(column)
    }
  }
  reader.finish(&log)
  return log
}

struct RecordReader: ~Copyable, FileSink {
  var tally: Tally
  private var cleaner: RideCleaner
  private var taxis = NameTable()
  private let utcOffsetSeconds: Int
  private let layout: TripLayout
  private var format = FileFormat(layout: .generic)
  private var headerPending = false
  private var fields = FieldTable()
  private var rowNumber: UInt64 = 0
  // Request ids of the generic layout: seen ones, and whether all could be numbers.
  private var requests = NameTable()
  private var idsAreNumbers = true

  init(_ input: Input) {
    tally = Tally(files: input.files, malformedShareMax: input.options.malformedShareMax)
    cleaner = RideCleaner(input)
    utcOffsetSeconds = input.utcOffsetSeconds
    layout = input.layout
  }

  mutating func begin(_ format: FileFormat) {
    self.format = format
    headerPending = format.hasHeader
  }

  mutating func take(_ line: Field, number: Int) throws(TripFileError) {
    if headerPending {
      headerPending = false
      return
    }
    fields.split(line)
    // A line of blanks alone is no row.
    if fields.count == 1 && fields[0].isEmpty { return }
    tally.row()
    rowNumber += 1
    do throws(FieldFault) {
      try row(line, RowOrigin(file: tally.file, line: number))
    } catch {
      try tally.malformed(
        line: number,
        column: error.column,
        value: error.value,
        problem: error.problem
      )
    }
  }

  private mutating func row(_ line: Field, _ origin: RowOrigin) throws(FieldFault) {
    let plan = format.columns
    try checkCount(line)
    let pickupAt = try time(.pickupAt)
    var trip = Trip(
      id: rowNumber,
      taxi: -1,
      pickupAt: pickupAt,
      dropoffAt: try time(.dropoffAt),
      from: GeoPoint(latitude: 0, longitude: 0),
      to: GeoPoint(latitude: 0, longitude: 0)
    )
    let from = RawPlace(
      latitude: try degrees(.fromLatitude),
      longitude: try degrees(.fromLongitude)
    )
    let to = RawPlace(latitude: try degrees(.toLatitude), longitude: try degrees(.toLongitude))
    trip.passengers = try passengers()
    trip.metres = try metres(duration: trip.dropoffAt - pickupAt)
    if layout == .generic {
      if !field(.requestedAt).isEmpty { trip.requestedAt = try time(.requestedAt) }
      if !field(.assignedAt).isEmpty { trip.assignedAt = try time(.assignedAt) }
      if let id = requestID() {
        trip.id = id
      } else {
        tally.report.rides += 1
        tally.report.drop(.duplicateID, at: origin)
        return
      }
    }
    let taxi = plan[.taxi] < 0 ? Field(start: nil, count: 0) : field(.taxi)
    if !taxi.isEmpty { trip.taxi = taxis.number(of: taxi) }
    cleaner.judge(trip, from: from, to: to, origin: origin, report: &tally.report)
  }

  /// A row has as many fields as the layout; empty ones more are forgiven.
  private func checkCount(_ line: Field) throws(FieldFault) {
    let needed = format.columns.names.count
    guard fields.count != needed else { return }
    var count = fields.count
    while count > needed && count <= FieldTable.capacity && fields[count - 1].isEmpty { count -= 1 }
    guard count == needed else {
      throw FieldFault(
        column: "\(min(count, needed) + 1)",
        value: line,
        problem: "the row has \(fields.count) fields where the layout has \(needed)"
      )
    }
  }

  @inline(__always)
  private func field(_ role: ColumnPlan.Role) -> Field { fields[format.columns[role]] }

  @inline(__always)
  private func time(_ role: ColumnPlan.Role) throws(FieldFault) -> Int64 {
    let text = field(role)
    let parsed =
      layout == .generic
      ? anyTime(text, utcOffsetSeconds: utcOffsetSeconds)
      : isoTime(text, utcOffsetSeconds: utcOffsetSeconds)
    guard let parsed else {
      throw FieldFault(
        column: format.columns.name(of: role),
        value: text,
        problem: layout == .generic
          ? "is neither ISO 8601 nor Unix time" : "is no time like 2013-01-31 23:59:59"
      )
    }
    return parsed
  }

  @inline(__always)
  private func degrees(_ role: ColumnPlan.Role) throws(FieldFault) -> Int64 {
    try coordinate(field(role), format.columns.name(of: role))
  }

  private mutating func passengers() throws(FieldFault) -> UInt8 {
    let text = field(.passengers)
    if text.isEmpty { return 1 }
    guard let told = wholeNumber(text), told >= 0 else {
      throw FieldFault(
        column: format.columns.name(of: .passengers),
        value: text,
        problem: "is no count of passengers"
      )
    }
    let most: Int64 = layout == .generic ? 255 : 9
    if told >= 1 && told <= most { return UInt8(told) }
    tally.report.passengersCorrected += 1
    return 1
  }

  /// The metered distance; `nil` where it is empty, nothing, or more than the speed limit allows.
  private func metres(duration: Int64) throws(FieldFault) -> Int32? {
    let text = field(.distance)
    if text.isEmpty { return nil }
    guard let thousandths = fixedPoint(text, scale: 3) else {
      throw FieldFault(
        column: format.columns.name(of: .distance),
        value: text,
        problem: "is no distance"
      )
    }
    // Above 10⁹ units nothing is believed, and below it the product fits.
    guard thousandths > 0, thousandths < 1_000_000_000_000, duration > 0 else { return nil }
    let millimetres = thousandths * format.columns.millimetresPerUnit / 1_000
    guard millimetres <= 55 * duration else { return nil }
    return Int32(clamping: (millimetres + 500) / 1_000)
  }

  /// The id of the row; `nil` when an earlier row has it.
  private mutating func requestID() -> UInt64? {
    let text = field(.id)
    if text.isEmpty {
      idsAreNumbers = false
      return rowNumber
    }
    let known = requests.count
    if Int(requests.number(of: text)) < known { return nil }
    // "07" and "7" would be one number: with leading zeros ids are text.
    let isCanonical = text.count == 1 || text[0] != 0x30
    if isCanonical, let number = wholeNumber(text), number >= 0, text[0] != 0x2B {
      return UInt64(number)
    }
    idsAreNumbers = false
    return rowNumber
  }

  consuming func finish(_ log: inout TripLog) {
    // One id that is no number makes row numbers of all: order stays that of the rows.
    if layout == .generic && !idsAreNumbers { cleaner.numberByRow() }
    let names = taxis
    cleaner.finish(&log, names: names)
  }
}
