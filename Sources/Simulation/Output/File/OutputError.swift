import Foundation

/// Why a file could not be written: what was tried, on which path, and the system's reason.
public struct OutputError: Error, Equatable, CustomStringConvertible, Sendable {
  public var action: String
  public var path: String
  /// The system's error number, for example `ENOSPC`.
  public var code: Int32

  public init(action: String, path: String, code: Int32) {
    self.action = action
    self.path = path
    self.code = code
  }

  public var description: String { "cannot \(action) \(path): \(String(cString: strerror(code)))" }
}
