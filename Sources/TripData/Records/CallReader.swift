/// One call of a call-taxi log: who was asked when, from where to where by neighbourhood. Such a log
/// knows no coordinates and no drop-off, so it holds no ``Trip``.
public struct CallTaxiRecord: Hashable, Sendable {
  /// Counted from 1 over the rows of all files.
  public var id: UInt64
  /// Index into ``TripLog/taxis``: the vehicle number.
  public var taxi: Int32
  /// As written, blanks taken out: the same kind is spelled with and without.
  public var vehicleType: String
  public var from: Neighbourhood
  public var to: Neighbourhood
  /// Unix milliseconds. A booking is assigned before it is requested (the request time of a
  /// booking is the time for which it was made).
  public var requestedAt: Int64
  public var assignedAt: Int64
  public var boardedAt: Int64

  public var isBooking: Bool { assignedAt < requestedAt }
}

/// A place by the names of its district (구) and neighbourhood (동).
public struct Neighbourhood: Hashable, Sendable {
  public var district: String
  public var neighbourhood: String

  public init(district: String, neighbourhood: String) {
    self.district = district
    self.neighbourhood = neighbourhood
  }
}

/// Reads Seoul's call-taxi log.
func readCalls(
  _ input: Input,
  _ progress: (ReadProgress) -> Void
) throws(TripFileError) -> TripLog {
  var reader = CallReader(input)
  try input.scan(into: &reader, progress)
  var log = TripLog(layout: input.layout, options: input.options, report: reader.tally.report)
  reader.finish(&log)
  return log
}

struct CallReader: ~Copyable, FileSink {
  static let columns = [
    "no", "cartype", "startpos1", "startpos2", "endpos1", "endpos2", "receipttime_date",
    "receipttime_time", "settime_date", "settime_time", "ridetime_date", "ridetime_time",
  ]

  var tally: Tally
  private var fields = FieldTable()
  private var vehicles = NameTable()
  private var calls: [CallTaxiRecord] = []
  /// Rows seen, without their ids; asked, never walked.
  private var seen: Set<CallTaxiRecord> = []
  private let utcOffsetSeconds: Int
  private var format = FileFormat(layout: .seoulCallTaxi)
  private var headerPending = false
  private var rowNumber: UInt64 = 0

  init(_ input: Input) {
    tally = Tally(files: input.files, malformedShareMax: input.options.malformedShareMax)
    utcOffsetSeconds = input.utcOffsetSeconds
  }

  mutating func begin(_ format: FileFormat) {
    self.format = format
    headerPending = true
  }

  mutating func take(_ line: Field, number: Int) throws(TripFileError) {
    if headerPending {
      headerPending = false
      return
    }
    tally.row()
    rowNumber += 1
    fields.split(line)
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
    guard fields.count == Self.columns.count else {
      throw FieldFault(
        column: "\(min(fields.count, Self.columns.count) + 1)",
        value: line,
        problem: "the row has \(fields.count) fields where the layout has \(Self.columns.count)"
      )
    }
    guard !fields[0].isEmpty else {
      throw FieldFault(column: "no", value: fields[0], problem: "is no vehicle number")
    }
    var call = CallTaxiRecord(
      id: 0,
      taxi: vehicles.number(of: fields[0]),
      vehicleType: String(try text(1).filter { $0 != " " }),
      from: Neighbourhood(district: try text(2), neighbourhood: try text(3)),
      to: Neighbourhood(district: try text(4), neighbourhood: try text(5)),
      requestedAt: try time(6),
      assignedAt: try time(8),
      boardedAt: try time(10)
    )
    guard seen.insert(call).inserted else {
      tally.report.drop(.duplicateRow, at: origin)
      return
    }
    call.id = rowNumber
    tally.report.rides += 1
    guard call.boardedAt >= call.assignedAt else {
      tally.report.drop(.timeReversed, at: origin)
      return
    }
    if call.isBooking { tally.report.bookings += 1 }
    tally.report.kept += 1
    calls.append(call)
  }

  private func text(_ column: Int) throws(FieldFault) -> String {
    let decoded =
      format.isCP949
      ? decodeCP949(fields[column]) : String(validating: fields[column], as: UTF8.self)
    guard let decoded else {
      throw FieldFault(
        column: Self.columns[column],
        value: fields[column],
        problem: "is no text in \(format.isCP949 ? "CP949" : "UTF-8")"
      )
    }
    return decoded
  }

  private func time(_ column: Int) throws(FieldFault) -> Int64 {
    let parsed = isoTime(
      date: fields[column],
      time: fields[column + 1],
      utcOffsetSeconds: utcOffsetSeconds
    )
    guard let parsed else {
      throw FieldFault(
        column: Self.columns[column],
        value: fields[column + 1],
        problem: "date and time are not like 2021-09-01 and 08:30:00"
      )
    }
    return parsed
  }

  consuming func finish(_ log: inout TripLog) {
    let ranks = vehicles.ranks
    log.taxis = vehicles.names.enumerated().sorted { ranks[$0.offset] < ranks[$1.offset] }
      .map(\.element)
    log.calls = calls
    log.report = tally.report
    for index in log.calls.indices {
      log.calls[index].taxi = ranks[Int(log.calls[index].taxi)]
    }
  }
}
