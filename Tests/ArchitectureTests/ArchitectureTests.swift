import Foundation
import Testing

/// Reads the sources and holds what docs/ARCHITECTURE.md says about them.
@Suite struct ArchitectureTests {
  @Test func `imports only go down`() throws {
    for floor in Floor.all {
      for source in try Repository.sources(in: floor.folder) {
        report(checkImports(source, of: floor))
      }
    }
  }

  @Test func `below floor 2 nothing lets the same commands give other facts`() throws {
    for floor in Floor.all where floor.floor < 2 {
      let sources = try Repository.sources(in: floor.folder)
      #expect(!sources.isEmpty, "\(floor.folder) has no sources: is the table out of date?")
      for source in sources { report(checkDeterminism(source)) }
    }
  }

  @Test func `files are short, finished and give their reasons`() throws {
    let folders = ["Sources", "Tests", "Benchmarks", "Package.swift"]
    for source in try folders.flatMap({ try Repository.sources(in: $0) }) {
      report(checkEverywhere(source))
    }
  }

  @Test func `the manifest lists what the table lists`() throws {
    let targets = manifestTargets(try Repository.manifest()).filter { !$0.isTest }
    #expect(targets.map(\.name).sorted() == Floor.all.map(\.target).sorted())
    for target in targets {
      guard let floor = Floor.all.first(where: { $0.target == target.name }) else { continue }
      #expect(
        target.dependencies == floor.imports,
        "Package.swift: the dependencies of \(target.name) are not those of its floor"
      )
    }
  }

  @Test func `every folder of sources is on a floor`() throws {
    #expect(
      try Set(Repository.folders(in: "Sources"))
        == Set(Floor.all.filter { $0.folder.hasPrefix("Sources/") }.map(\.target))
    )
  }

  @Test func `the floors of the table themselves only go down`() {
    for floor in Floor.all {
      for lower in Floor.all where floor.imports.contains(lower.target) {
        let isShim = lower.target == "CZlib" && floor.floor == lower.floor
        #expect(
          lower.floor < floor.floor || isShim,
          "\(floor.target) may not stand on \(lower.target)"
        )
      }
    }
  }

  private func report(_ violations: [Violation]) {
    for violation in violations { Issue.record("\(violation)") }
  }
}

/// The working copy that this test was compiled from.
private enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All Swift files of a folder, or the one file, by path.
  static func sources(in folder: String) throws -> [SourceText] {
    let start = root.appendingPathComponent(folder)
    var paths: [String] = []
    if folder.hasSuffix(".swift") {
      paths = [""]
    } else if let walk = FileManager.default.enumerator(atPath: start.path) {
      for case let path as String in walk where path.hasSuffix(".swift") {
        // Build products and checkouts of a nested package are not ours.
        if !("/" + path).contains("/.") { paths.append("/" + path) }
      }
    }
    return try paths.sorted().map { path in
      SourceText(
        path: folder + path,
        text: try String(contentsOfFile: start.path + path, encoding: .utf8)
      )
    }
  }

  static func folders(in folder: String) throws -> [String] {
    let path = root.appendingPathComponent(folder).path
    return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }
  }

  /// The manifest without its comments.
  static func manifest() throws -> String {
    let url = root.appendingPathComponent("Package.swift")
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
      .filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }.joined(separator: "\n")
  }
}
