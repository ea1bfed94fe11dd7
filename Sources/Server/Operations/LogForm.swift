import Foundation
import Logging

/// The log's two forms on standard error: lines for people, or JSON objects for collectors. Nothing at
/// `info` or above has a coordinate in it.
package struct LogForm: LogHandler {
  package var logLevel: Logger.Level = .info
  package var metadata: Logger.Metadata = [:]
  private let isJSON: Bool

  package init(isJSON: Bool) { self.isJSON = isJSON }

  package static func logger(_ settings: ServerSettings) throws(FileError) -> Logger {
    let isJSON = try settings.choice("log", of: ["text", "json"]) == "json"
    let levels = ["debug", "info", "notice", "warning", "error"]
    let level = try settings.choice("log_level", of: levels)
    var logger = Logger(label: "baecha") { _ in LogForm(isJSON: isJSON) }
    logger.logLevel = Logger.Level(rawValue: level) ?? .info
    return logger
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let pairs = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let time = ISO8601DateFormatter.string(
      from: Date(),
      timeZone: .gmt,
      formatOptions: [.withInternetDateTime, .withFractionalSeconds]
    )
    var line: String
    if isJSON {
      line =
        "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"msg\":\(Self.quoted("\(event.message)"))"
      for (key, value) in pairs { line += ",\(Self.quoted(key)):\(Self.quoted("\(value)"))" }
      line += "}\n"
    } else {
      line = "\(time) \(event.level) \(event.message)"
      for (key, value) in pairs { line += " \(key)=\(value)" }
      line += "\n"
    }
    FileHandle.standardError.write(Data(line.utf8))
  }

  /// As a JSON text.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20:
        out += "\\u00" + hex([UInt8(truncatingIfNeeded: scalar.value)])
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
