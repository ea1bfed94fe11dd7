/// The reference tables of docs/SCENARIO.md, made from the declarations; a test compares them.
package enum ScenarioReference {
  package static func markdown() -> String {
    var groups: [(name: String, keys: [ScenarioKey])] = []
    for key in ScenarioKey.all {
      // `data.region` is shown inside of its parent.
      let name = String(key.path.split(separator: ".").dropLast().first ?? "")
      if groups.last?.name == name {
        groups[groups.count - 1].keys.append(key)
      } else {
        groups.append((name, [key]))
      }
    }
    return groups.map { group in
      let title = group.name.isEmpty ? "At the top" : "`\(group.name)`"
      let rows = group.keys.map { key in
        "| `\(key.path)` | \(key.allowed) | \(key.standard) | \(key.meaning) |"
      }
      return
        (["### \(title)", "", "| key | value | default | meaning |", "|---|---|---|---|"]
        + rows).joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }
}
