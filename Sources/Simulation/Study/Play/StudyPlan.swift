/// What every shard of a study agrees on, and all that its report says beside the figures. Written
/// into the folder of results, so that shards can be merged where the data is not.
package struct StudyPlan: Equatable, Sendable {
  package struct World: Equatable, Sendable {
    package enum Kind: String, Sendable {
      case recorded
      case simulated
      /// No world, but the least taxi-hours that any could need: ``StudyStage``.
      case hindsight
    }

    package var name: String
    package var kind: Kind
    /// Policy and what idle taxis do, in words.
    package var words: String

    package init(name: String, kind: Kind, words: String) {
      self.name = name
      self.kind = kind
      self.words = words
    }

    /// Neither seeds nor shares change it: one cell a day.
    package var isFixed: Bool { kind != .simulated }
  }

  package static let format = "baecha-study/1"

  package var title = ""
  /// The last folder and the name of the study file.
  package var name = ""
  /// Of both files and the data: ``StudyHash``.
  package var hash = ""
  package var isSmall = false
  package var level = ServiceLevel()
  package var learn: [LocalDay] = []
  package var test: [LocalDay] = []
  package var seeds: [UInt64] = []
  package var shares: [Int] = []
  package var worlds: [World] = []
  /// Places in ``worlds``.
  package var against: [Int] = []
  /// Data, travel model, assumptions, in words; known when the data has been read.
  package var words: [RunSummary.Setting] = []
  package var cleaning: [RunSummary.CleaningLine] = []

  package init() {}

  package init(_ study: Study, hash: String) {
    title = study.title
    name = study.file.split(separator: "/").suffix(2).joined(separator: "/")
    self.hash = hash
    isSmall = study.isSmall
    level = study.level
    learn = study.learn
    test = study.test
    seeds = study.seeds
    shares = study.shares
    worlds = study.worlds.map {
      World(
        name: $0.name,
        kind: $0.kind == .recorded ? .recorded : .simulated,
        words: $0.kind == .recorded
          ? "straight from the data" : $0.words(in: study.scenario)
      )
    }
    if study.bound {
      worlds.append(
        World(
          name: "hindsight",
          kind: .hindsight,
          words: "no world: certified least taxi-hours for the same rides, all known in advance"
        )
      )
    }
    against = study.against.compactMap { name in worlds.firstIndex { $0.name == name } }
  }
}

extension StudyPlan {
  /// One line a value, its key first, separated by tabs.
  package var text: String {
    var lines: [[String]] = [
      ["format", Self.format], ["title", title], ["name", name], ["hash", hash],
      ["small", isSmall ? "true" : "false"], ["served_min", String(level.servedMin)],
      ["p95_max", String(level.waitMax)], ["learn"] + learn.map(\.description),
      ["test"] + test.map(\.description), ["seeds"] + seeds.map { String($0) },
      ["shares"] + shares.map { String($0) }, ["against"] + against.map { String($0) },
    ]
    lines += worlds.map { ["world", $0.name, $0.kind.rawValue, $0.words] }
    lines += words.map { ["word", $0.label, $0.value] }
    lines += cleaning.map { ["cleaning", $0.role.rawValue, String($0.count), $0.label] }
    return lines.map { $0.map(Self.plain).joined(separator: "\t") + "\n" }.joined()
  }

  /// From ``text``; `nil` when it is not exactly that.
  package init?(text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard read(parts[0], Array(parts.dropFirst())) else { return nil }
    }
    guard self.text == text, !worlds.isEmpty, !test.isEmpty, !seeds.isEmpty, !shares.isEmpty,
      against.allSatisfy(worlds.indices.contains)
    else { return nil }
  }

  private mutating func read(_ key: String, _ values: [String]) -> Bool {
    let first = values.first ?? ""
    switch (key, values.count) {
    case ("format", 1): return first == Self.format
    case ("title", 1): title = first
    case ("name", 1): name = first
    case ("hash", 1): hash = first
    case ("small", 1): isSmall = first == "true"
    case ("served_min", 1): level.servedMin = Int(first) ?? -1
    case ("p95_max", 1): level.waitMax = Int64(first) ?? -1
    case ("learn", _): learn = values.compactMap { LocalDay($0) }
    case ("test", _): test = values.compactMap { LocalDay($0) }
    case ("seeds", _): seeds = values.compactMap { UInt64($0) }
    case ("shares", _): shares = values.compactMap { Int($0) }
    case ("against", _): against = values.compactMap { Int($0) }
    case ("world", 3):
      guard let kind = World.Kind(rawValue: values[1]) else { return false }
      worlds.append(World(name: first, kind: kind, words: values[2]))
    case ("word", 2): words.append(.init(first, values[1]))
    case ("cleaning", 3):
      guard let role = RunSummary.CleaningLine.Role(rawValue: first), let count = Int(values[1])
      else { return false }
      cleaning.append(.init(values[2], count, role: role))
    default: return false
    }
    return true
  }

  /// A text that keeps to its field.
  private static func plain(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }
}
