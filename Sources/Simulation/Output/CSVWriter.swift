/// A row type of ``CSVWriter``: its header and how its fields are written, in the same order.
public protocol CSVRow {
  /// Names of the columns; part of the file format (docs/REPORT.md).
  static var header: [String] { get }
  func write(into line: inout CSVLine)
}

/// The fields of one line. Quoted as RFC 4180 asks where needed; lines end in a single newline.
public struct CSVLine {
  fileprivate var bytes: [UInt8] = []
  private var isFirst = true
  private let utcOffsetSeconds: Int

  fileprivate init(utcOffsetSeconds: Int) { self.utcOffsetSeconds = utcOffsetSeconds }

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
    let text = CivilTime.iso(unixMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
    bytes.append(contentsOf: text.utf8)
  }

  /// A span in milliseconds, printed as seconds with three decimals.
  public mutating func seconds(_ milliseconds: Int64?) {
    separate()
    guard let milliseconds else { return }
    let text = Decimals.fixed(milliseconds, over: 1_000, places: 3) ?? ""
    bytes.append(contentsOf: text.utf8)
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
