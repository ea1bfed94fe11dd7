import Yams

/// Reads one scenario file and its overrides, collecting every problem instead of stopping.
struct ScenarioReader {
  var scenario = Scenario()
  var problems: [ScenarioProblem] = []
  /// Where each key was given; what was given last counts.
  var places: [String: ScenarioPlace] = [:]
  /// Keys whose value was refused: checks between keys leave them alone.
  var broken: Set<String> = []
  /// Whether the file was a map of keys: if not, checks between keys would only repeat it.
  private var isReadable = false
  /// The `worlds` that count, read after all that they start from.
  private var worlds: (node: Node, place: ScenarioPlace)?

  init(file: String) { scenario.file = file }

  mutating func report(_ text: String, at place: ScenarioPlace) {
    problems.append(ScenarioProblem(file: scenario.file, place: place, text: text))
  }

  mutating func readFile(_ text: String) {
    guard let root = compose(text) else { return }
    guard case .mapping(let mapping) = root else {
      return report("a scenario is a map of keys; see docs/SCENARIO.md", at: place(of: root))
    }
    isReadable = true
    readGroup("", mapping)
  }

  /// One `--set`: a dotted path, `=` and a value, lists in `[` `]`, maps in `{` `}`.
  mutating func readOverride(_ argument: String, index: Int) {
    let place = ScenarioPlace.override(index, argument)
    guard let equals = argument.firstIndex(of: "=") else {
      return report("write key=value, such as demand.patience=5m", at: place)
    }
    let path = String(argument[..<equals])
    let value = String(argument[argument.index(after: equals)...])
    guard value.hasPrefix("[") || value.hasPrefix("{") else {
      // Not through the YAML parser: there `*.gz` would be an alias and an empty text nothing.
      return set(path, Node(value), at: place)
    }
    do {
      guard let node = try Parser(yaml: value, encoding: .utf8).singleRoot() else { return }
      set(path, node, at: place)
    } catch {
      report("the value is not well-formed: \(yamlProblem(error).text)", at: place)
    }
  }

  /// Reads the worlds, which start from the policy as file and overrides leave it.
  mutating func finish() {
    scenario.worlds = WorldKind.usual.map {
      WorldSettings(kind: $0, policy: scenario.policy, idle: scenario.drivers.idle)
    }
    if let (node, place) = worlds { readWorlds(node, at: place) }
    if isReadable { checkBetweenKeys() }
  }

  /// `group` is its dotted name; empty at the top.
  private mutating func readGroup(_ group: String, _ mapping: Node.Mapping) {
    var firstPlaces: [String: ScenarioPlace] = [:]
    for (keyNode, value) in mapping {
      let at = place(of: keyNode)
      guard case .scalar(let scalar) = keyNode else {
        report("a key is one word, not a list or a map", at: at)
        continue
      }
      let name = DuplicateKeys.original(scalar.string)
      if let first = firstPlaces[name], case .file(let line, _) = first {
        report("'\(name)' is given twice; the first is in line \(line)", at: at)
        continue
      }
      firstPlaces[name] = at
      let path = group.isEmpty ? name : group + "." + name
      if ScenarioKey.groups.contains(path) {
        switch value {
        case .mapping(let inner): readGroup(path, inner)
        // `demand:` with every key commented out is a group left at its defaults.
        case .scalar(let scalar) where scalar.string.isEmpty: break
        default:
          let names = ScenarioKey.members(of: path).joined(separator: ", ")
          report("'\(path)' is a group of keys: \(names)", at: place(of: value))
        }
      } else {
        set(path, value, at: at)
      }
    }
  }

  /// `place` is that of the key in the file, or the override.
  private mutating func set(_ path: String, _ value: Node, at place: ScenarioPlace) {
    if path == "worlds" {
      worlds = (value, place)
      return
    }
    guard let key = ScenarioKey.all.first(where: { $0.path == path }) else {
      return report(Self.unknownKey(path), at: place)
    }
    places[path] = place
    scenario = applying(key, value, to: scenario, at: place, as: path)
  }

  /// `base` with the key's value read into it; unchanged, and a problem told, when it is refused.
  /// `name` is what the problem calls the key.
  mutating func applying(
    _ key: ScenarioKey,
    _ value: Node,
    to base: Scenario,
    at place: ScenarioPlace,
    as name: String
  ) -> Scenario {
    var changed = base
    do throws(ScenarioFault) {
      try key.apply(value, &changed)
      return changed
    } catch {
      broken.insert(name)
      report(
        "\(name): \(error.text); allowed: \(key.allowed)",
        at: valuePlace(error.mark ?? value.mark, in: place)
      )
      return base
    }
  }

  func place(of node: Node) -> ScenarioPlace {
    node.mark.map { .file(line: $0.line, column: $0.column) } ?? .whole
  }

  /// The place of a part of a value. Marks inside of an override's value say nothing in the file.
  func valuePlace(_ mark: Mark?, in place: ScenarioPlace) -> ScenarioPlace {
    guard case .file = place, let mark else { return place }
    return .file(line: mark.line, column: mark.column)
  }

  private static func unknownKey(_ path: String) -> String {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let name = parts.last ?? ""
    let group = parts.dropLast().joined(separator: ".")
    guard group.isEmpty || ScenarioKey.groups.contains(group) else {
      let near = nearestWord(to: group, in: ScenarioKey.groups)
      return "unknown key '\(path)'"
        + (near.map { "; did you mean '\($0).\(name)'" } ?? "")
        + "; groups: " + ScenarioKey.groups.joined(separator: ", ")
    }
    // A key in the wrong group is as likely as a misspelt one.
    let near =
      nearestWord(to: name, in: ScenarioKey.members(of: group))
      ?? ScenarioKey.all.first { $0.name == name }?.path
    return "unknown key '\(name)'" + (group.isEmpty ? "" : " in '\(group)'")
      + (near.map { "; did you mean '\($0)'" } ?? "")
      + "; allowed: " + ScenarioKey.members(of: group).joined(separator: ", ")
  }
}

extension ScenarioKey {
  /// Dotted names of all groups, in the order of the reference.
  static let groups: [String] = {
    var names: [String] = []
    for key in all where !key.group.isEmpty {
      if !names.contains(key.group) { names.append(key.group) }
    }
    return names
  }()

  /// Keys and groups that may stand in a group, by their names in it.
  static func members(of group: String) -> [String] {
    let prefix = group.isEmpty ? "" : group + "."
    let inner = groups.filter {
      $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".")
    }
    return all.filter { $0.group == group }.map(\.name)
      + inner.map { String($0.dropFirst(prefix.count)) } + (group.isEmpty ? ["worlds"] : [])
  }
}
