import Foundation
import Simulation
import Testing

@Suite struct ScenarioReferenceTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// With `UPDATE_DOCS=1` in the environment the page is rewritten instead.
  @Test func `the tables of docs-SCENARIO are the declarations`() throws {
    let url = Self.root.appendingPathComponent("docs/SCENARIO.md")
    let page = try String(contentsOf: url, encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- keys: begin -->\n"))
    let end = try #require(page.range(of: "<!-- keys: end -->"))
    let tables = ScenarioReference.markdown()
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
      try page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: tables)
        .write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(
      page[begin.upperBound..<end.lowerBound] == tables,
      "run UPDATE_DOCS=1 scripts/test --filter ScenarioReferenceTests"
    )
  }

  @Test func `a declaration is one line and stands once`() {
    for key in ScenarioKey.all {
      #expect(!key.meaning.contains("\n") && key.meaning.hasSuffix("."), "\(key.path)")
      #expect(!(key.allowed + key.standard + key.meaning).contains("|"), "\(key.path)")
    }
    #expect(Set(ScenarioKey.all.map(\.path)).count == ScenarioKey.all.count)
  }

  @Test func `the scenarios of the repository are well-formed`() throws {
    let folder = Self.root.appendingPathComponent("simulations").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.contains("nyc-2013") && names.contains("sf-2008"))
    for name in names
    where FileManager.default.fileExists(atPath: "\(folder)/\(name)/scenario.yaml") {
      let scenario = try Scenario.load(path: "\(folder)/\(name)/scenario.yaml")
      #expect(!scenario.title.isEmpty, "\(name)")
    }
  }
}
