import Foundation
import Simulation
import Testing

@Suite struct ScenarioFilesTests {
  /// A folder that goes away with the suite's instance, with empty files in it.
  private final class Folder {
    let path = NSTemporaryDirectory() + "scenario-files-" + UUID().uuidString

    init(_ files: [String]) throws {
      for file in files {
        let url = URL(fileURLWithPath: path + "/" + file)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(),
          withIntermediateDirectories: true
        )
        try Foundation.Data().write(to: url)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func found(_ patterns: [String], in folder: Folder) throws -> [String] {
    var scenario = Scenario()
    scenario.data.files = patterns
    return try scenario.files(dataFolder: folder.path).map {
      String($0.dropFirst(folder.path.count + 1))
    }
  }

  @Test func `matches come in byte order, each once, without hidden files and folders`() throws {
    let folder = try Folder(["b.gz", "a10.gz", "a2.gz", ".a.gz", "B.gz", "deep.gz/x", "c.csv"])
    #expect(try found(["*.gz"], in: folder) == ["B.gz", "a10.gz", "a2.gz", "b.gz"])
    #expect(
      try found(["b.gz", "a?.gz", "*.gz"], in: folder) == ["b.gz", "a2.gz", "B.gz", "a10.gz"]
    )
    #expect(try found(["deep.gz/*", ".a*"], in: folder) == ["deep.gz/x", ".a.gz"])
    #expect(try found(["d*/x"], in: folder) == ["deep.gz/x"])
  }

  @Test func `a pattern that matches nothing is told, with where it looked`() throws {
    let folder = try Folder(["a.csv"])
    var scenario = Scenario()
    scenario.file = "s/scenario.yaml"
    scenario.data.files = ["*.gz", "a.csv", "no/*.csv"]
    do {
      let files = try scenario.files(dataFolder: folder.path)
      Issue.record("no problem with \(files)")
    } catch {
      #expect(
        error.problems.map(\.description)
          == ["*.gz", "no/*.csv"].map {
            "s/scenario.yaml: data.files: '\($0)' matches no file in '\(folder.path)'; "
              + "name the folder of the data with --data DIR"
          }
      )
    }
  }

  @Test func `without a data folder, files are looked for beside the scenario`() throws {
    let folder = try Folder(["s.yaml", "rides.csv"])
    var scenario = Scenario()
    scenario.file = folder.path + "/s.yaml"
    scenario.data.files = ["*.csv"]
    #expect(try scenario.files() == [folder.path + "/rides.csv"])
    #expect(Scenario().folder == "")
  }

  @Test func `wildcards match whole names`() {
    let matches = { (pattern: String, name: String) in
      wildcardMatches(Array(pattern.utf8), Array(name.utf8))
    }
    #expect(matches("*", "") && matches("*", "abc") && !matches("*", ".abc"))
    #expect(matches("a*b*c", "aXbXbXc") && !matches("a*b*c", "aXbXbX"))
    #expect(matches("cab_2008-05-??.csv*", "cab_2008-05-17.csv.gz"))
    #expect(!matches("?", "") && !matches("", "a") && matches("", ""))
  }
}
