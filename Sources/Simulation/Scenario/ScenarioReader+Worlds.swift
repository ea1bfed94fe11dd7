import Yams

extension ScenarioReader {
  /// A list of names (`recorded`, `nearest`, `batch`) or of maps with a `name`, a `policy` and keys
  /// of ``ScenarioKey/ofWorlds`` that hold in that world only.
  mutating func readWorlds(_ node: Node, at place: ScenarioPlace) {
    var settings: [WorldSettings] = []
    let items: [Node]
    switch node {
    case .sequence(let sequence) where !sequence.isEmpty: items = Array(sequence)
    case .scalar(let scalar) where !scalar.string.isEmpty: items = [node]
    default:
      return report(
        "worlds: a list of names (\(Self.kindNames)), or of maps with a name, a policy and keys of "
          + "the group 'policy'",
        at: valuePlace(node.mark, in: place)
      )
    }
    for item in items {
      let at = valuePlace(item.mark, in: place)
      let before = problems.count
      let world: WorldSettings? =
        if case .mapping(let mapping) = item {
          worldFromMap(mapping, at: at)
        } else {
          kind(item, at: at, as: "worlds").map {
            // Nobody meets a parked taxi by chance: a world without dispatch cruises.
            let idle = $0 == .hail ? .cruise : scenario.drivers.idle
            return WorldSettings(kind: $0, policy: scenario.policy, idle: idle)
          }
        }
      guard let world else {
        if problems.count == before { report("worlds: this world has no name", at: at) }
        continue
      }
      if settings.contains(where: { $0.name == world.name }) {
        report("worlds: '\(world.name)' is given twice; give one of them another name", at: at)
      }
      settings.append(world)
    }
    scenario.worlds = settings
  }

  private static let kindNames = WorldKind.allCases.map(\.rawValue).joined(separator: ", ")

  private mutating func kind(_ node: Node, at place: ScenarioPlace, as name: String) -> WorldKind? {
    do throws(ScenarioFault) {
      return try ScenarioKind<WorldKind>.choice.read(node)
    } catch {
      report("\(name): \(error.text); allowed: one of \(Self.kindNames)", at: place)
      return nil
    }
  }

  private mutating func worldFromMap(
    _ mapping: Node.Mapping,
    at place: ScenarioPlace
  ) -> WorldSettings? {
    var name: String?
    var worldKind: WorldKind?
    var kindWasRefused = false
    var own = scenario
    var firstOverride: ScenarioPlace?
    var seen: Set<String> = []
    for (keyNode, value) in mapping {
      let at = valuePlace(keyNode.mark, in: place)
      let key = DuplicateKeys.original(keyNode.scalar?.string ?? "")
      guard seen.insert(key).inserted else {
        report("'\(key)' is given twice in this world", at: at)
        continue
      }
      switch key {
      case "name": name = worldName(value, at: valuePlace(value.mark, in: place))
      case "policy":
        worldKind = kind(value, at: valuePlace(value.mark, in: place), as: "policy of a world")
        kindWasRefused = worldKind == nil
      default:
        guard let declared = ScenarioKey.ofWorlds.first(where: { $0.name == key }) else {
          let names = ["name", "policy"] + ScenarioKey.ofWorlds.map(\.name)
          let near = nearestWord(to: key, in: names).map { "; did you mean '\($0)'" } ?? ""
          report(
            "unknown key '\(key)' in a world\(near); allowed: \(names.joined(separator: ", "))",
            at: at
          )
          continue
        }
        if firstOverride == nil { firstOverride = at }
        own = applying(declared, value, to: own, at: at, as: "\(key) of a world")
      }
    }
    guard let name else { return nil }
    guard let kind = worldKind ?? WorldKind(rawValue: name) else {
      if !kindWasRefused {
        report("world '\(name)' needs a policy; allowed: one of \(Self.kindNames)", at: place)
      }
      return nil
    }
    if kind == .recorded, let firstOverride {
      report("world '\(name)' is recorded, not simulated: it takes no settings", at: firstOverride)
    }
    var world = WorldSettings(name: name, kind: kind, policy: own.policy, idle: own.drivers.idle)
    if kind == .hail {
      if !seen.contains("idle") { world.idle = .cruise }
      if world.idle == .park {
        report("world '\(name)' has no dispatch: its idle taxis cruise or are guided", at: place)
      }
    }
    if kind != .hail, let stray = ScenarioKey.hail.first(where: { seen.contains($0.name) }) {
      report(
        "world '\(name)': \(stray.name) is only for policy hail, not \(kind.rawValue)",
        at: place
      )
    }
    func isOverridden(_ keys: [ScenarioKey]) -> Bool { keys.contains { seen.contains($0.name) } }
    if isOverridden(ScenarioKey.guidance) { world.guidance = own.guidance }
    if isOverridden(ScenarioKey.hail) { world.hail = own.hail }
    return world
  }

  private mutating func worldName(_ node: Node, at place: ScenarioPlace) -> String? {
    let text = node.scalar?.string ?? ""
    let allowed = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || Array("-_.+".utf8).contains(byte)
    }
    guard allowed, (1...40).contains(text.utf8.count) else {
      report("name of a world: 1 to 40 letters, digits or -_.+, not '\(text)'", at: place)
      return nil
    }
    return text
  }
}

extension ScenarioKey {
  /// What one world may set for itself, by the last part of the path.
  package static let ofWorlds =
    policy + drivers.filter { $0.path == "drivers.idle" }
    // The tables of demand are one for all worlds.
    + guidance.filter { $0.path != "guidance.cell" }
    + hail.filter { $0.path != "hail.walk" }
}
