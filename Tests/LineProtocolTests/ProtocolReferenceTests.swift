import Foundation
import LineProtocol
import Testing

/// Holds docs/PROTOCOL.md to what the code says.
@Suite struct ProtocolReferenceTests {
  private static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/PROTOCOL.md")

  @Test func `the tables of verbs and errors are those of the code`() throws {
    let page = try String(contentsOf: Self.path, encoding: .utf8)
    let written = replacing("errors", with: errors, in: replacing("verbs", with: verbs, in: page))
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
      try written.write(to: Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(page == written, "run UPDATE_DOCS=1 scripts/test --filter ProtocolReferenceTests")
    }
  }

  private func replacing(_ name: String, with table: String, in page: String) -> String {
    guard
      let start = page.range(of: "<!-- \(name) -->\n"),
      let end = page.range(of: "<!-- /\(name) -->")
    else {
      Issue.record("docs/PROTOCOL.md has no place for the table of \(name)")
      return page
    }
    return page.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
  }

  private var verbs: String {
    "| form | who | effect | its own errors |\n|---|---|---|---|\n"
      + Verb.allCases.map { verb in
        let form = verb.manual.form.replacingOccurrences(of: "|", with: "\\|")
        let effect = verb.manual.effect.replacingOccurrences(of: "|", with: "\\|")
        let letters =
          verb.roles == .all
          ? "all"
          : verb.roles.roles.map { String($0.word.prefix(1)) }
            .joined(separator: " ")
        let errors = verb.manual.errors.map { "\($0.code) \($0.word)" }.joined(separator: ", ")
        return "| `\(form)` | \(letters) | \(effect) | \(errors) |\n"
      }.joined()
  }

  private var errors: String {
    "| code | name | retry | closes | when |\n|---|---|---|---|---|\n"
      + ErrorName.all.map { name in
        "| \(name.code) | \(name.word) | \(retry(name)) | \(name.closes ? "yes" : "") | "
          + "\(name.meaning) |\n"
      }.joined()
  }

  private func retry(_ name: ErrorName) -> String {
    switch name.retry {
    case .never: "never"
    case .same: "same"
    case .after: "after"
    case .elsewhere: "elsewhere"
    case .refresh: "refresh"
    }
  }
}
