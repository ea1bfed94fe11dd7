/// Why a file was refused: where, what was found, and what to do about it.
public struct TripFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Fault: String, Sendable {
    case cannotOpen
    case empty
    case binary
    case damagedGzip
    case truncatedGzip
    case unknownLayout
    case wrongLayout
    case missingColumn
    case noCoordinates
    case tooManyBrokenRows
    case lineTooLong
    case badOption
  }

  public var fault: Fault
  public var file: String
  /// Counted from 1; `nil` when the whole file is meant.
  public var line: Int?
  /// Name or number of the column.
  public var column: String?
  /// What was found there, shortened.
  public var value: String?
  public var problem: String
  public var fix: String

  public init(
    _ fault: Fault,
    file: String,
    line: Int? = nil,
    column: String? = nil,
    value: String? = nil,
    problem: String,
    fix: String
  ) {
    self.fault = fault
    self.file = file
    self.line = line
    self.column = column
    self.value = value
    self.problem = problem
    self.fix = fix
  }

  /// `file:line: column C: "value": problem; fix`, without the parts that are unknown.
  public var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if let column { text += ": column \(column)" }
    if let value { text += ": \"\(value)\"" }
    return text + ": \(problem); \(fix)"
  }
}
