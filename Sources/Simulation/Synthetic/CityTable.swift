import Foundation

/// A small comma-separated file with a header: names in any order, `#` opens a comment line, blanks
/// around a field do not count, fields hold no commas and no quotes. Numbers are read as integers of
/// a stated number of decimals, so no machine rounds them differently.
struct CityTable {
  struct Field {
    var text: Substring
    var line: Int
    var column: Int
  }

  let file: String
  private let columns: [String: Int]
  private let headerLine: Int
  private(set) var rows: [[Field]] = []

  /// Reads a whole table. The required columns must be there and the optional ones may be; any
  /// further one is refused, so that a misspelt name is not taken for a missing column.
  init(
    _ text: String,
    file: String,
    required: [String],
    optional: [String] = []
  ) throws(CityFileError) {
    self.file = file
    var header: [Field] = []
    var number = 0
    for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let line = raw.hasSuffix("\r") ? raw.dropLast() : raw
      let first = line.first { !$0.isWhitespace }
      if first == nil || first == "#" { continue }
      let fields = Self.fields(of: line, number: number)
      if header.isEmpty {
        header = fields
        continue
      }
      if fields.count != header.count {
        throw CityFileError(
          file: file,
          line: number,
          column: 1,
          value: "\(fields.count) fields",
          fix: "write \(header.count) fields, as in the header"
        )
      }
      rows.append(fields)
    }
    headerLine = header.first?.line ?? 0
    var columns: [String: Int] = [:]
    for (index, field) in header.enumerated() {
      let name = String(field.text)
      guard required.contains(name) || optional.contains(name) else {
        throw Self.error(
          file,
          field,
          "no such column; known: \((required + optional).joined(separator: ", "))"
        )
      }
      guard columns.updateValue(index, forKey: name) == nil else {
        throw Self.error(file, field, "the column stands twice; keep one")
      }
    }
    self.columns = columns
    for name in required where columns[name] == nil {
      throw CityFileError(
        file: file,
        line: headerLine,
        column: headerLine > 0 ? 1 : 0,
        value: "",
        fix: "the header lacks the column '\(name)'; add it"
      )
    }
    if rows.isEmpty {
      throw CityFileError(file: file, line: 0, column: 0, value: "", fix: "no rows; add some")
    }
  }

  /// The field of a column in a row; `nil` for an optional column that is not there.
  func field(_ row: Int, _ column: String) -> Field? { columns[column].map { rows[row][$0] } }

  func text(_ row: Int, _ column: String) throws(CityFileError) -> String {
    guard let field = field(row, column), !field.text.isEmpty else {
      throw CityFileError(
        file: file,
        line: rows[row].first?.line ?? 0,
        column: field(row, column)?.column ?? 1,
        value: "",
        fix: "'\(column)' is empty; write something"
      )
    }
    return String(field.text)
  }

  /// A number in `range`, times 10^`decimals`.
  func number(
    _ row: Int,
    _ column: String,
    in range: ClosedRange<Int>,
    decimals: Int = 0
  ) throws(CityFileError) -> Int {
    guard let field = field(row, column) else {
      throw CityFileError(
        file: file,
        line: headerLine,
        column: 1,
        value: "",
        fix: "add the column '\(column)'"
      )
    }
    return try number(field, column, in: range, decimals: decimals)
  }

  func number(
    _ field: Field,
    _ name: String,
    in range: ClosedRange<Int>,
    decimals: Int
  ) throws(CityFileError) -> Int {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    guard let value = Self.fixedPoint(field.text, decimals: decimals),
      range.lowerBound * scale <= value, value <= range.upperBound * scale
    else {
      let kind = decimals == 0 ? "a whole number" : "a number of at most \(decimals) decimals"
      throw error(field, "'\(name)' is \(kind) from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func error(_ field: Field, _ fix: String) -> CityFileError { Self.error(file, field, fix) }

  /// The parts of a field between `separator`s, each with its own place in the file.
  func parts(of field: Field, separator: Character) -> [Field] {
    Self.split(field.text, line: field.line, column: field.column, separator: separator)
  }

  /// - Throws: when the file cannot be read or is not UTF-8.
  static func contents(of path: String) throws(CityFileError) -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw CityFileError(
        file: path,
        line: 0,
        column: 0,
        value: "",
        fix: "cannot be read; check that the file is there and readable"
      )
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw CityFileError(
        file: path,
        line: 0,
        column: 0,
        value: "",
        fix: "is not UTF-8; save it as UTF-8"
      )
    }
    return text
  }

  private static func error(_ file: String, _ field: Field, _ fix: String) -> CityFileError {
    CityFileError(
      file: file,
      line: field.line,
      column: field.column,
      value: String(field.text),
      fix: fix
    )
  }

  private static func fields(of line: Substring, number: Int) -> [Field] {
    split(line, line: number, column: 1, separator: ",")
  }

  private static func split(
    _ text: Substring,
    line: Int,
    column: Int,
    separator: Character
  ) -> [Field] {
    var fields: [Field] = []
    var column = column
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      let body = part.drop { $0 == " " || $0 == "\t" }
      let lead = part.utf8.count - body.utf8.count
      var trimmed = body
      while let last = trimmed.last, last == " " || last == "\t" { trimmed.removeLast() }
      fields.append(Field(text: trimmed, line: line, column: column + lead))
      column += part.utf8.count + 1
    }
    return fields
  }

  /// `37.5` with 7 decimals is 375,000,000; `nil` for anything that is not such a number.
  private static func fixedPoint(_ text: Substring, decimals: Int) -> Int? {
    var value = 0
    var digits = 0
    var fraction: Int?
    var negative = false
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where index == 0: negative = true
      case UInt8(ascii: ".") where fraction == nil && decimals > 0: fraction = 0
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        guard digits <= 16, (fraction ?? 0) < decimals || fraction == nil else { return nil }
        fraction = fraction.map { $0 + 1 }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      default: return nil
      }
    }
    guard digits > 0, digits - (fraction ?? 0) + decimals <= 18 else { return nil }
    for _ in (fraction ?? 0)..<decimals { value *= 10 }
    return negative ? -value : value
  }
}
