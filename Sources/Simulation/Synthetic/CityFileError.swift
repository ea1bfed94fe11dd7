/// What is wrong with a file that describes a city, and how to put it right.
public struct CityFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Both from 1; 0 where the fault has no place in the file (it is missing, or empty). The column
  /// counts bytes, as compilers do.
  public var line: Int
  public var column: Int
  /// What stands there, as written.
  public var value: String
  /// What to write instead.
  public var fix: String

  public init(file: String, line: Int, column: Int, value: String, fix: String) {
    self.file = file
    self.line = line
    self.column = column
    self.value = value
    self.fix = fix
  }

  public var description: String {
    let place = line > 0 ? "\(file):\(line):\(column)" : file
    return value.isEmpty ? "\(place): \(fix)" : "\(place): '\(value)': \(fix)"
  }
}
