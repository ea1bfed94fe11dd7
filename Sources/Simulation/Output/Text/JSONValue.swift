/// A JSON document whose keys keep their order, and its text. Small on purpose: the coders of
/// Foundation promise neither the order of keys nor the digits of numbers.
package indirect enum JSONValue: Sendable {
  case null
  case integer(Int64)
  /// Digits that are already right.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// `inline` puts all members on one line.
  case object([(String, JSONValue)], inline: Bool = false)

  /// The document, indented by two spaces a level; arrays of scalars stay on one line.
  package func text() -> String {
    var text = ""
    write(into: &text, indent: "", inline: false)
    return text
  }

  private func write(into text: inout String, indent: String, inline: Bool) {
    switch self {
    case .null: text += "null"
    case .integer(let value): text += String(value)
    case .number(let digits): text += digits
    case .string(let value): text += Self.quote(value)
    case .array(let items):
      let flat = inline || items.allSatisfy(\.isNumber)
      let members = items.map { (key: "", value: $0) }
      Self.list(members, ("[", "]"), into: &text, indent: indent, inline: flat)
    case .object(let members, let ownInline):
      let keyed = members.map { (key: Self.quote($0.0) + ": ", value: $0.1) }
      Self.list(keyed, ("{", "}"), into: &text, indent: indent, inline: inline || ownInline)
    }
  }

  private var isNumber: Bool {
    switch self {
    case .null, .integer, .number: true
    case .string, .array, .object: false
    }
  }

  private static func list(
    _ members: [(key: String, value: JSONValue)],
    _ brackets: (open: String, close: String),
    into text: inout String,
    indent: String,
    inline: Bool
  ) {
    text += brackets.open
    let deeper = indent + "  "
    for (index, member) in members.enumerated() {
      if index > 0 { text += inline ? ", " : "," }
      if !inline { text += "\n" + deeper }
      text += member.key
      member.value.write(into: &text, indent: deeper, inline: inline)
    }
    if !inline, !members.isEmpty { text += "\n" + indent }
    text += brackets.close
  }

  /// A string literal: the escapes that RFC 8259 requires, everything else as it is.
  package static func quote(_ raw: String) -> String {
    var quoted = "\""
    for scalar in raw.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..."\u{1F}":
        let code = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
