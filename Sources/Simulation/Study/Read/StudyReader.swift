import Foundation
import Yams

extension Study {
  /// Reads a study and the scenario that it names.
  ///
  /// - Parameters:
  ///   - path: of the YAML file.
  ///   - isSmall: whether the keys of its group `small` count: the quick version.
  /// - Returns: the study, every value in its range.
  /// - Throws: every problem of both files together.
  public static func load(path: String, isSmall: Bool = false) throws(ScenarioError) -> Study {
    let bytes = try read(path)
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw ScenarioError([
        ScenarioProblem(file: path, place: .whole, text: "is not UTF-8 text; save it as UTF-8")
      ])
    }
    return try parse(text, file: path, isSmall: isSmall)
  }

  /// The same from text; the scenario is looked for beside `file`.
  public static func parse(
    _ text: String,
    file: String,
    isSmall: Bool = false
  ) throws(ScenarioError) -> Study {
    var reader = StudyReader(file: file, isSmall: isSmall)
    reader.readFile(text)
    var study = reader.finish()
    guard reader.problems.isEmpty else { throw ScenarioError(reader.problems) }
    study.sources = [Array(text.utf8), try read(study.scenario.file)]
    return study
  }

  private static func read(_ path: String) throws(ScenarioError) -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ScenarioError([
        ScenarioProblem(file: path, place: .whole, text: "cannot be read; is the path right?")
      ])
    }
    return Array(bytes)
  }
}

/// Reads one study file, collecting every problem. Places, words and types of values are those of
/// scenario files; the worlds are read by their reader.
struct StudyReader {
  private var base: ScenarioReader
  private let isSmall: Bool
  private var draft = StudyDraft()
  private var places: [String: ScenarioPlace] = [:]
  private var broken: Set<String> = []
  private var isReadable = false
  private var worlds: (node: Node, place: ScenarioPlace)?
  private var small: Node.Mapping?
  private var fromScenario: [ScenarioProblem] = []

  var problems: [ScenarioProblem] { base.problems + fromScenario }

  init(file: String, isSmall: Bool) {
    base = ScenarioReader(file: file)
    self.isSmall = isSmall
  }

  mutating func readFile(_ text: String) {
    guard let root = base.compose(text) else {
      base.problems = base.problems.map { problem in
        var problem = problem
        problem.text = problem.text.replacing(
          "the scenario is empty; see docs/SCENARIO.md",
          with: "the study is empty; see docs/STUDY.md"
        )
        return problem
      }
      return
    }
    guard case .mapping(let mapping) = root else {
      return base.report("a study is a map of keys; see docs/STUDY.md", at: base.place(of: root))
    }
    isReadable = true
    read(mapping, inSmall: false)
    if isSmall {
      guard let small else {
        return base.report("--small: the study has no group 'small'; give it one", at: .whole)
      }
      read(small, inSmall: true)
    }
  }

  private mutating func read(_ mapping: Node.Mapping, inSmall: Bool) {
    var seen: [String: ScenarioPlace] = [:]
    for (keyNode, value) in mapping {
      let at = base.place(of: keyNode)
      guard case .scalar(let scalar) = keyNode else {
        base.report("a key is one word, not a list or a map", at: at)
        continue
      }
      let name = DuplicateKeys.original(scalar.string)
      if case .file(let line, _) = seen[name] {
        base.report("'\(name)' is given twice; the first is in line \(line)", at: at)
        continue
      }
      seen[name] = at
      switch name {
      case "worlds" where !inSmall: worlds = (value, at)
      case "small" where !inSmall:
        guard case .mapping(let inner) = value else {
          let names = StudyKey.all.filter(\.isSmall).map(\.name).joined(separator: ", ")
          base.report("'small' is a group of keys: \(names)", at: base.place(of: value))
          continue
        }
        small = inner
      default: set(name, value, at: at, inSmall: inSmall)
      }
    }
  }

  private mutating func set(
    _ name: String,
    _ value: Node,
    at place: ScenarioPlace,
    inSmall: Bool
  ) {
    let keys = StudyKey.all.filter { !inSmall || $0.isSmall }
    let path = inSmall ? "small." + name : name
    guard let key = keys.first(where: { $0.name == name }) else {
      let names = keys.map(\.name) + (inSmall ? [] : ["worlds", "small"])
      let near = nearestWord(to: name, in: names).map { "; did you mean '\($0)'" } ?? ""
      return base.report(
        "unknown key '\(name)'\(inSmall ? " in 'small'" : "")\(near); allowed: "
          + names.joined(separator: ", "),
        at: place
      )
    }
    places[name] = place
    do throws(ScenarioFault) {
      let before = draft.overrides
      try key.apply(value, &draft)
      // The quick version adds to the overrides; of one key the last counts.
      if inSmall, name == "set" { draft.overrides = before + draft.overrides }
    } catch {
      broken.insert(name)
      base.report(
        "\(path): \(error.text); allowed: \(key.allowed)",
        at: base.valuePlace(error.mark ?? value.mark, in: place)
      )
    }
  }

  /// Loads the scenario and checks what must agree. The result counts only without problems.
  mutating func finish() -> Study {
    var study = Study()
    guard isReadable else { return study }
    study.title = draft.title
    study.file = base.scenario.file
    study.isSmall = isSmall
    study.learn = draft.learn
    study.test = draft.test
    study.seeds = draft.seeds
    study.shares = draft.shares
    study.level = draft.level
    study.bound = draft.bound
    if let scenario = loadScenario(beside: study.folder) {
      study.scenario = scenario
      readWorlds(into: &study)
      if study.title.isEmpty { study.title = scenario.title }
      checkScenario(&study)
    }
    checkLists(study)
    return study
  }

  private mutating func loadScenario(beside folder: String) -> Scenario? {
    guard !draft.scenario.isEmpty else {
      if !broken.contains("scenario") {
        base.report("scenario is missing: the path of a scenario file", at: .whole)
      }
      return nil
    }
    let path = draft.scenario.hasPrefix("/") ? draft.scenario : folder + draft.scenario
    var overrides = draft.overrides
    if let patience = draft.patience {
      overrides.append("demand.patience=\(ScenarioKind<Int64>.duration(0...0).show(patience))")
    }
    do throws(ScenarioError) {
      return try Scenario.load(path: path, overrides: overrides)
    } catch {
      // An override stands in this file, not on the command line.
      fromScenario += error.problems.map { problem in
        guard case .override(_, let argument) = problem.place else { return problem }
        return ScenarioProblem(
          file: base.scenario.file,
          place: places["set"] ?? places["patience"] ?? .whole,
          text: "set '\(argument)': \(problem.text)"
        )
      }
      return nil
    }
  }

  /// The worlds start from the policy of the scenario, and say so in this file's lines.
  private mutating func readWorlds(into study: inout Study) {
    guard let (node, place) = worlds else { return }
    let file = base.scenario.file
    base.scenario = study.scenario
    base.scenario.file = file
    let before = base.problems.count
    base.readWorlds(node, at: place)
    if base.problems.count > before { broken.insert("worlds") }
    study.scenario.worlds = base.scenario.worlds
    base.scenario = Scenario()
    base.scenario.file = file
  }
}

extension StudyReader {
  fileprivate mutating func checkScenario(_ study: inout Study) {
    let names = study.worlds.map(\.name)
    for name in draft.against where !names.contains(name) {
      let near = nearestWord(to: name, in: names).map { "; did you mean '\($0)'" } ?? ""
      base.report(
        "against: no world is called '\(name)'\(near); worlds: \(names.joined(separator: ", "))",
        at: places["against"] ?? .whole
      )
    }
    let usual = ["recorded", "nearest"].filter(names.contains)
    study.against =
      !draft.against.isEmpty ? draft.against : usual.isEmpty ? Array(names.prefix(1)) : usual
    if study.bound, names.contains("hindsight") {
      base.report(
        "worlds: with a bound 'hindsight' is its name; give the world another one",
        at: worlds?.place ?? .whole
      )
    }
    if study.worlds.allSatisfy({ $0.kind == .recorded }), !broken.contains("worlds") {
      base.report("worlds: a study needs a simulated world", at: worlds?.place ?? .whole)
    }
    if [.synthetic, .seoulCalltaxi].contains(study.scenario.data.layout) {
      base.report(
        "scenario: data.layout \(study.scenario.data.layout.rawValue) has no recorded days of taxis "
          + "to study",
        at: places["scenario"] ?? .whole
      )
    }
    if study.scenario.travel.model == .learned, study.learn.isEmpty, !broken.contains("learn") {
      base.report(
        "learn is missing: travel.model learned needs days before those of test",
        at: places["test"] ?? .whole
      )
    }
    // For every model of the study, also that of demand.
    study.scenario.travel.learnFrom = .days(study.learn)
  }

  fileprivate mutating func checkLists(_ study: Study) {
    if study.test.isEmpty, !broken.contains("test") {
      base.report("test is missing: the days that the worlds are judged on", at: .whole)
    }
    if let last = study.learn.last, let first = study.test.first, last >= first {
      base.report(
        "learn: \(last) is not before the first day of test, \(first)",
        at: places["learn"] ?? .whole
      )
    }
    if !isSmall, study.seeds.count < Study.seedsMin {
      base.report(
        "seeds: \(study.seeds.count) are too few, give at least \(Study.seedsMin)",
        at: places["seeds"] ?? .whole
      )
    }
    if study.shares.first != 10_000 {
      base.report("shares: 100% must be among them", at: places["shares"] ?? .whole)
    }
  }
}

extension Study {
  /// The folder of the study file; empty when that is the current one.
  var folder: String { file.lastIndex(of: "/").map { String(file[...$0]) } ?? "" }
}
