/// A target, where it stands and what it may use: the table of docs/ARCHITECTURE.md. Imports only
/// go down.
struct Floor {
  var target: String
  var floor: Int
  /// Other targets and products that it may import; the manifest must list the same.
  var imports: Set<String>
  /// Modules of the system that it may import.
  var system: Set<String> = []
  var folder: String { target == "MatchingTestSupport" ? "Tests/\(target)" : "Sources/\(target)" }

  static let anySystem: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Musl", "Dispatch", "Synchronization",
    "Observation",
  ]

  static let all = [
    Floor(target: "Spatial", floor: 0, imports: []),
    Floor(target: "Assignment", floor: 0, imports: []),
    Floor(target: "Matching", floor: 1, imports: ["Spatial", "Assignment"]),
    Floor(target: "LineProtocol", floor: 2, imports: ["Spatial", "Matching"]),
    Floor(target: "Journal", floor: 2, imports: ["Spatial", "Matching"]),
    Floor(target: "CZlib", floor: 2, imports: []),
    Floor(target: "CHiredis", floor: 2, imports: []),
    // Its own thread, and the file of the witness.
    Floor(
      target: "RedisJournal",
      floor: 3,
      imports: ["Matching", "Journal", "CHiredis"],
      system: anySystem
    ),
    // For files only.
    Floor(
      target: "TripData",
      floor: 2,
      imports: ["Spatial", "CZlib"],
      system: ["Foundation", "FoundationEssentials"]
    ),
    Floor(
      target: "Simulation",
      floor: 3,
      imports: ["Spatial", "Assignment", "Matching", "TripData", "Yams"],
      system: anySystem
    ),
    // Of swift-service-lifecycle's package: ServiceLifecycle and UnixSignals.
    Floor(
      target: "Server",
      floor: 3,
      imports: [
        "Spatial", "Assignment", "Matching", "LineProtocol", "Journal", "Yams", "NIOCore",
        "NIOPosix", "NIOSSL", "Logging", "ServiceLifecycle", "UnixSignals", "Hummingbird",
      ],
      system: anySystem
    ),
    Floor(
      target: "BaechaClient",
      floor: 3,
      imports: ["Spatial", "Matching", "LineProtocol", "NIOCore", "NIOPosix", "NIOSSL"],
      system: anySystem
    ),
    Floor(
      target: "LoadGenerator",
      floor: 3,
      imports: ["Spatial", "Matching", "LineProtocol", "NIOCore", "NIOPosix", "Histogram"],
      system: anySystem
    ),
    Floor(
      target: "baecha",
      floor: 4,
      imports: [
        "Spatial", "Assignment", "Matching", "TripData", "Simulation", "Server", "Journal",
        "RedisJournal", "LineProtocol", "BaechaClient", "LoadGenerator", "ArgumentParser",
      ],
      system: anySystem
    ),
    // Stands beside the tests, above the floors that it draws towns for; reads its seeds from the
    // environment.
    Floor(
      target: "MatchingTestSupport",
      floor: 2,
      imports: ["Spatial", "Assignment", "Matching"],
      system: ["Foundation"]
    ),
  ]
}

/// Imports that a target's place does not allow.
func checkImports(_ source: SourceText, of floor: Floor) -> [Violation] {
  source.code.indices.compactMap { line in
    guard let module = importedModule(source.code[line]) else { return nil }
    guard !floor.imports.contains(module), !floor.system.contains(module) else { return nil }
    let allowed = (floor.imports.union(floor.system)).sorted()
    return Violation(
      path: source.path,
      line: line + 1,
      rule: "\(floor.target) stands on floor \(floor.floor) and may not import \(module)",
      fix: allowed.isEmpty
        ? "It uses the standard library alone"
        : "It may import \(allowed.joined(separator: ", "))"
    )
  }
}

/// The module of an import declaration, whatever stands before and after it; `nil` for other lines.
func importedModule(_ code: String) -> String? {
  var words = tokens(code)
  guard let at = words.firstIndex(where: { $0.text == "import" }) else { return nil }
  let modifiers: Set<String> = [
    "public", "package", "internal", "fileprivate", "private", "testable", "preconcurrency",
    "implementationOnly", "exported", "_exported", "_implementationOnly", "safe", "unsafe",
  ]
  guard words[..<at].allSatisfy({ modifiers.contains($0.text) }) else { return nil }
  words.removeFirst(at + 1)
  let kinds: Set<String> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
  ]
  if let first = words.first, kinds.contains(first.text) { words.removeFirst() }
  return words.first?.text
}

/// A target of a package manifest.
struct ManifestTarget: Equatable {
  var name: String
  var isTest: Bool
  var dependencies: Set<String>
}

/// The targets of a manifest's text, by its punctuation. Comments must already be out of it.
func manifestTargets(_ manifest: String) -> [ManifestTarget] {
  let kinds = [
    "executableTarget(": false, "systemLibrary(": false, "target(": false, "testTarget(": true,
  ]
  var found: [ManifestTarget] = []
  var rest = manifest[...]
  while let dot = rest.firstIndex(of: ".") {
    rest = rest[rest.index(after: dot)...]
    guard let kind = kinds.first(where: { rest.hasPrefix($0.key) }) else { continue }
    let body = enclosed(rest, "(", ")")
    // A target named among the dependencies of another is no target of its own.
    rest = body.endIndex < rest.endIndex ? rest[body.endIndex...] : ""
    guard let name = quoted(after: "name:", in: body) else { continue }
    var dependencies: Set<String> = []
    if let list = body.firstRange(of: "dependencies:") {
      let items = enclosed(body[list.upperBound...], "[", "]")
      // A product stands in parentheses with its package, whose name is no dependency; a target that
      // only some traits need stands there with its condition.
      for item in items.split(separator: ",") where !item.contains("package:") {
        let parts = item.split(separator: "\"", omittingEmptySubsequences: false)
        if parts.count >= 2 { dependencies.insert(String(parts[1])) }
      }
    }
    found.append(ManifestTarget(name: name, isTest: kind.value, dependencies: dependencies))
  }
  return found
}

/// What stands between the first `open` and the `close` that belongs to it.
private func enclosed(_ text: Substring, _ open: Character, _ close: Character) -> Substring {
  guard let start = text.firstIndex(of: open) else { return "" }
  var depth = 0
  var index = start
  while index < text.endIndex {
    if text[index] == open { depth += 1 }
    if text[index] == close { depth -= 1 }
    if depth == 0 { return text[text.index(after: start)..<index] }
    index = text.index(after: index)
  }
  return ""
}

private func quoted(after label: String, in text: Substring) -> String? {
  guard let range = text.firstRange(of: label) else { return nil }
  let parts = text[range.upperBound...].split(separator: "\"", maxSplits: 2)
  return parts.count >= 2 ? String(parts[1]) : nil
}
