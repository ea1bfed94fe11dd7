import Foundation

extension Scenario {
  /// Reads a scenario file.
  ///
  /// - Parameters:
  ///   - path: of the YAML file; kept in ``file``, and paths in it are relative to its folder.
  ///   - overrides: `key=value` texts, as given with `--set`; the last one of a key counts.
  /// - Returns: the scenario, every value in its range.
  /// - Throws: every problem of the file and the overrides together.
  public static func load(
    path: String,
    overrides: [String] = []
  ) throws(ScenarioError) -> Scenario {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ScenarioError([
        ScenarioProblem(file: path, place: .whole, text: "cannot be read; is the path right?")
      ])
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw ScenarioError([
        ScenarioProblem(file: path, place: .whole, text: "is not UTF-8 text; save it as UTF-8")
      ])
    }
    return try parse(text, file: path, overrides: overrides)
  }

  /// The same from text; `file` is what problems call it.
  public static func parse(
    _ text: String,
    file: String = "",
    overrides: [String] = []
  ) throws(ScenarioError) -> Scenario {
    var reader = ScenarioReader(file: file)
    reader.readFile(text)
    for (index, override) in overrides.enumerated() {
      reader.readOverride(override, index: index)
    }
    reader.finish()
    guard reader.problems.isEmpty else { throw ScenarioError(reader.problems) }
    return reader.scenario
  }

  /// The folder of the scenario file; empty when that is the current one, or there is no file.
  public var folder: String {
    file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  }
}
