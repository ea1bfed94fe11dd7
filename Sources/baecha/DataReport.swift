import Foundation
import TripData

// MARK: - The report for a person

func printDataReport(_ log: TripLog) {
  let report = log.report
  let files = report.files.count == 1 ? report.files[0] : "\(report.files.count) files"
  print("\(files): layout \(log.layout.rawValue), \(grouped(report.bytes)) bytes")
  print("times without a zone are read as UTC\(offsetText(log.utcOffsetSeconds))")
  if let first = log.trips.first, let last = log.trips.max(by: { $0.dropoffAt < $1.dropoffAt }) {
    let offset = log.utcOffsetSeconds
    print(
      "rides from \(localTime(first.pickupAt, offset)) to \(localTime(last.dropoffAt, offset))"
    )
  }
  print("")
  row("rows", report.rows)
  row("  dropped", report.rowsDropped)
  for drop in report.drops where drop.cause.dropsRows { printDrop(drop) }
  row(log.layout == .seoulCallTaxi ? "calls" : "rides", report.rides)
  row("  dropped", report.ridesDropped)
  for drop in report.drops where !drop.cause.dropsRows { printDrop(drop) }
  row("  kept", report.kept)
  row("taxis", log.taxis.count)
  if report.bookings > 0 { row("bookings ahead", report.bookings) }
  if report.passengersCorrected > 0 { row("passengers read as 1", report.passengersCorrected) }
  if !report.ignoredColumns.isEmpty {
    print("columns not read: \(report.ignoredColumns.joined(separator: ", "))")
  }
  print("")
  printShifts(log)
}

private func printDrop(_ drop: Drop) {
  let example = drop.examples.first.map { "   e.g. \($0)" } ?? ""
  row("    \(drop.cause.words)", drop.count, note: example)
}

private func printShifts(_ log: TripLog) {
  var lines = [["rule", "shifts", "on shift h", "occupied h", "vacancy time", "vacancy distance"]]
  var unanswered: [String] = []
  for rule in ShiftRule.allCases {
    do throws(ShiftRuleError) {
      let figures = try log.figures(by: rule)
      lines.append([
        rule.rawValue, grouped(figures.shifts),
        grouped(Int((figures.onShift + 1_800_000) / 3_600_000)),
        grouped(Int((figures.occupied + 1_800_000) / 3_600_000)),
        figures.vacancyByTime.map { decimal($0 * 100, 2) + " %" } ?? "unknown",
        figures.vacancyByDistance.map { decimal($0 * 100, 2) + " %" } ?? "unknown",
      ])
    } catch {
      unanswered.append("\(error)")
    }
  }
  if lines.count > 1 {
    for line in lines {
      print(line.enumerated().map { pad($0.element, $0.offset == 0 ? -10 : 18) }.joined())
    }
  }
  for reason in unanswered { print(reason) }
  if let trace = log.trace {
    print(
      "\ndriven along the traces: \(grouped(Int(trace.occupiedMetres / 1_000))) km with a rider, "
        + "\(grouped(Int(trace.vacantMetres / 1_000))) km without; "
        + "\(grouped(trace.jumps)) GPS jumps count nothing"
    )
  }
}

private func row(_ name: String, _ count: Int, note: String = "") {
  print(pad(name, -36) + pad(grouped(count), 12) + note)
}

/// Padded with blanks to a width; a negative width pads behind.
private func pad(_ text: String, _ width: Int) -> String {
  let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? text + blanks : blanks + text
}

/// Digits in groups of three.
private func grouped(_ count: Int) -> String {
  var text = ""
  for (index, digit) in String(abs(count)).reversed().enumerated() {
    if index > 0 && index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return (count < 0 ? "-" : "") + String(text.reversed())
}

private func decimal(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}

private func offsetText(_ seconds: Int) -> String {
  let minutes = abs(seconds) / 60
  return (seconds < 0 ? "-" : "+") + String(format: "%02d:%02d", minutes / 60, minutes % 60)
}

private func localTime(_ millis: Int64, _ offset: Int) -> String {
  let style = Date.ISO8601FormatStyle(
    dateSeparator: .dash,
    dateTimeSeparator: .space,
    timeSeparator: .colon,
    timeZone: TimeZone(secondsFromGMT: offset) ?? .gmt
  )
  return Date(timeIntervalSince1970: Double(millis) / 1_000)
    .formatted(style.year().month().day().time(includingFractionalSeconds: false))
}

// MARK: - The report for a program

func dataReportJSON(_ log: TripLog) -> DataJSON {
  let report = log.report
  let figures = Dictionary(
    uniqueKeysWithValues: ShiftRule.allCases.map { rule in (rule, try? log.figures(by: rule)) }
  )
  func byRule(_ value: (ShiftFigures) -> DataJSON) -> DataJSON {
    .object(
      ShiftRule.allCases.map { ($0.rawValue, figures[$0].flatMap(\.self).map(value) ?? .null) }
    )
  }
  func hours(_ millis: Int64) -> DataJSON { .number(decimal(Double(millis) / 3_600_000, 3)) }
  func metres(_ value: Int64?) -> DataJSON { value.map { .number("\($0)") } ?? .null }
  func share(_ value: Double?) -> DataJSON { value.map { .number(decimal($0, 6)) } ?? .null }
  let causes = DropCause.allCases.map { ($0.rawValue, DataJSON.count(report.dropped($0))) }
  let examples = report.drops.map {
    ($0.cause.rawValue, DataJSON.array($0.examples.map { .string($0) }))
  }
  return .object([
    ("layout", .string(log.layout.rawValue)),
    ("files", .array(report.files.map { .string($0) })),
    ("utc_offset_seconds", .count(log.utcOffsetSeconds)),
    ("bytes", .count(report.bytes)),
    ("rows", .count(report.rows)),
    ("rows_dropped", .count(report.rowsDropped)),
    ("rides", .count(report.rides)),
    ("rides_dropped", .count(report.ridesDropped)),
    ("kept", .count(report.kept)),
    ("trips", .count(log.trips.count)),
    ("calls", .count(log.calls.count)),
    ("taxis", .count(log.taxis.count)),
    ("dropped", .object(causes)),
    ("examples", .object(examples)),
    ("bookings", .count(report.bookings)),
    ("passengers_corrected", .count(report.passengersCorrected)),
    ("ignored_columns", .array(report.ignoredColumns.map { .string($0) })),
    ("first_pickup_at", log.trips.first.map { .number("\($0.pickupAt)") } ?? .null),
    ("last_dropoff_at", log.trips.map(\.dropoffAt).max().map { .number("\($0)") } ?? .null),
    ("shifts", byRule { .count($0.shifts) }),
    ("rides_in_shifts", byRule { .count($0.rides) }),
    ("on_shift_hours", byRule { hours($0.onShift) }),
    ("occupied_hours", byRule { hours($0.occupied) }),
    ("occupied_metres", byRule { metres($0.occupiedMetres) }),
    ("vacant_metres", byRule { metres($0.vacantMetres) }),
    (
      "vacancy",
      byRule {
        .object([("time", share($0.vacancyByTime)), ("distance", share($0.vacancyByDistance))])
      }
    ),
    (
      "trace",
      log.trace.map {
        .object([
          ("occupied_metres", metres($0.occupiedMetres)),
          ("vacant_metres", metres($0.vacantMetres)), ("jumps", .count($0.jumps)),
        ])
      } ?? .null
    ),
  ])
}

/// JSON whose members stand in the order given, so that equal reports are equal bytes.
indirect enum DataJSON {
  case null
  /// Digits that JSON accepts as they are.
  case number(String)
  case string(String)
  case array([DataJSON])
  case object([(String, DataJSON)])

  static func count(_ value: Int) -> DataJSON { .number("\(value)") }

  var text: String { text(indent: "") }

  private func text(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .number(let digits): return digits
    case .string(let value): return Self.quoted(value)
    case .array(let values):
      return Self.block("[", values.map { $0.text(indent: inner) }, "]", indent)
    case .object(let members):
      let lines = members.map { "\(Self.quoted($0.0)): \($0.1.text(indent: inner))" }
      return Self.block("{", lines, "}", indent)
    }
  }

  private static func block(
    _ open: String,
    _ lines: [String],
    _ close: String,
    _ indent: String
  ) -> String {
    guard !lines.isEmpty else { return open + close }
    return
      "\(open)\n\(lines.map { indent + "  " + $0 }.joined(separator: ",\n"))\n\(indent)\(close)"
  }

  private static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20: text += String(format: "\\u%04x", scalar.value)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
