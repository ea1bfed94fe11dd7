/// A row type of ``CSVWriter``: its header and how its fields are written, in the same order.
public protocol CSVRow {
  /// Names of the columns; part of the file format (docs/REPORT.md).
  static var header: [String] { get }
  func write(into line: inout CSVLine)
}

/// The fields of one line. Quoted as RFC 4180 asks where needed; lines end in a single newline.
public struct CSVLine {
  package fileprivate(set) var bytes: [UInt8] = []
  private var isFirst = true
  private let utcOffsetSeconds: Int
  /// The local day of the last instant, counted from 1970, and its `2013-01-01T`: rows come nearly
  /// in time order, so a date is worked out once a day and not once a field.
  private var day = Int64.min
  private var dayText: [UInt8] = []
  private let offsetText: [UInt8]

  package init(utcOffsetSeconds: Int) {
    self.utcOffsetSeconds = utcOffsetSeconds
    offsetText = Array(CivilTime.iso(0, utcOffsetSeconds: utcOffsetSeconds).utf8.dropFirst(23))
  }

  /// Text; `nil` is an empty field.
  public mutating func field(_ text: String?) {
    separate()
    guard let text else { return }
    let special = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard special else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  public mutating func field(_ number: Int64?) {
    separate()
    if let number { bytes.append(contentsOf: String(number).utf8) }
  }

  /// An instant in Unix milliseconds, printed as local ISO 8601 with its offset.
  public mutating func instant(_ unixMilliseconds: Int64?) {
    separate()
    guard let unixMilliseconds else { return }
    // Outside the years 1970 to 9999 the slow way is good enough.
    let local = unixMilliseconds.addingReportingOverflow(Int64(utcOffsetSeconds) * 1_000)
    guard !local.overflow, local.partialValue >= 0, local.partialValue < 253_402_300_800_000 else {
      let text = CivilTime.iso(unixMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
      return bytes.append(contentsOf: text.utf8)
    }
    let (today, inDay) = local.partialValue.quotientAndRemainder(dividingBy: 86_400_000)
    if today != day {
      let text = CivilTime.iso(unixMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
      dayText = Array(text.utf8.prefix(11))
      day = today
    }
    bytes.append(contentsOf: dayText)
    digits(inDay / 3_600_000, 2)
    bytes.append(0x3A)
    digits(inDay / 60_000 % 60, 2)
    bytes.append(0x3A)
    digits(inDay / 1_000 % 60, 2)
    bytes.append(0x2E)
    digits(inDay % 1_000, 3)
    bytes.append(contentsOf: offsetText)
  }

  /// A span in milliseconds, printed as seconds with three decimals.
  public mutating func seconds(_ milliseconds: Int64?) {
    separate()
    guard let milliseconds else { return }
    if milliseconds < 0 { bytes.append(0x2D) }
    let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1_000)
    bytes.append(contentsOf: String(whole).utf8)
    bytes.append(0x2E)
    digits(Int64(rest), 3)
  }

  /// `number` with leading zeros; it must fit.
  private mutating func digits(_ number: Int64, _ width: Int) {
    if width > 2 { bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / 100 % 10)) }
    bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / 10 % 10))
    bytes.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
  }

  fileprivate mutating func end() {
    bytes.append(0x0A)
    isFirst = true
  }

  fileprivate mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  private mutating func separate() {
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
  }
}

/// Rows as CSV, streamed: bytes go to `sink` in pieces of about 64 KiB, whole lines only.
/// Call ``finish()`` at the end; the header is there even when no row is.
public struct CSVWriter<Row: CSVRow> {
  private var line: CSVLine
  private let sink: ([UInt8]) throws -> Void

  /// A writer whose instants are printed `utcOffsetSeconds` ahead of UTC.
  public init(utcOffsetSeconds: Int, sink: @escaping ([UInt8]) throws -> Void) {
    line = CSVLine(utcOffsetSeconds: utcOffsetSeconds)
    self.sink = sink
    for name in Row.header { line.field(name) }
    line.end()
  }

  public mutating func write(_ row: Row) throws {
    row.write(into: &line)
    line.end()
    if line.bytes.count >= 1 << 16 { try flush() }
  }

  /// Hands over what is left.
  public mutating func finish() throws { try flush() }

  private mutating func flush() throws {
    guard !line.bytes.isEmpty else { return }
    try sink(line.bytes)
    line.clear()
  }
}
