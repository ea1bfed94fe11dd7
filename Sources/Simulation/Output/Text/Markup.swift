/// Text that may stand in HTML or SVG as it is. A `String` interpolated into it is escaped, so
/// nothing from a file or a scenario can become a tag by being forgotten; only literals, numbers
/// and other `Markup` pass unchanged.
///
/// What it builds is well-formed XML as well as HTML: characters that XML forbids are replaced.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
  package private(set) var text: String

  package init() { text = "" }
  package init(stringLiteral value: String) { text = value }
  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  package static func += (left: inout Markup, right: Markup) { left.text += right.text }

  /// Strings that are known to be safe: style sheets and numbers made by this module.
  package static func trusted(_ text: String) -> Markup { Markup(stringLiteral: text) }

  package static func joined(_ parts: [Markup]) -> Markup {
    var all = Markup()
    for part in parts { all += part }
    return all
  }

  package static func escape(_ raw: String) -> String {
    var safe = ""
    safe.reserveCapacity(raw.utf8.count)
    for scalar in raw.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case "\t", "\n", "\r": safe.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text: String

    package init(literalCapacity: Int, interpolationCount: Int) {
      text = ""
      text.reserveCapacity(literalCapacity + interpolationCount * 8)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }
    package mutating func appendInterpolation(_ raw: String) { text += Markup.escape(raw) }
    package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
    package mutating func appendInterpolation(_ number: Double) {
      text += Decimals.coordinate(number)
    }
  }
}
