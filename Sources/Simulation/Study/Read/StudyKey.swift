import Yams

/// The one declaration of a study's key: reader, error texts and reference table come from it.
package struct StudyKey: Sendable {
  package var name: String
  /// Type and range, as in "share such as 2% or 0.25%, 50% to 100%".
  package var allowed: String
  package var standard: String
  /// One line.
  package var meaning: String
  /// Whether the group `small` may set it too.
  package var isSmall: Bool
  let apply: @Sendable (Node, inout StudyDraft) throws(ScenarioFault) -> Void

  init<Value>(
    _ name: String,
    _ field: WritableKeyPath<StudyDraft, Value> & Sendable,
    _ kind: ScenarioKind<Value>,
    isSmall: Bool = false,
    _ meaning: String
  ) {
    self.name = name
    self.allowed = kind.description
    self.standard = kind.show(StudyDraft()[keyPath: field])
    self.meaning = meaning
    self.isSmall = isSmall
    self.apply = { (node: Node, draft: inout StudyDraft) throws(ScenarioFault) in
      draft[keyPath: field] = try kind.read(node)
    }
  }
}

/// What the keys of a file write; a ``Study`` is made of it when all of them are read.
struct StudyDraft: Sendable {
  var title = ""
  var scenario = ""
  var overrides: [String] = []
  var patience: Int64?
  var learn: [LocalDay] = []
  var test: [LocalDay] = []
  var seeds: [UInt64] = Study().seeds
  var shares = Study().shares
  var level = ServiceLevel()
  var against: [String] = []
  var bound = false
}

extension StudyKey {
  /// Every key but `worlds` and `small`, in the order of the reference.
  package static let all = [
    StudyKey("title", \.title, .text, "Headline of the report."),
    StudyKey(
      "scenario",
      \.scenario,
      .text,
      "The scenario file, relative to the study's folder: data, travel model, drivers, policy."
    ),
    StudyKey(
      "set",
      \.overrides,
      .texts,
      isSmall: true,
      "Overrides of its keys, each `key=value`, as with `--set`."
    ),
    StudyKey(
      "patience",
      \.patience,
      ScenarioKind.duration(1_000...86_400_000).optional,
      "Short for `set: demand.patience=…`; none leaves the scenario's."
    ),
    StudyKey(
      "learn",
      \.learn,
      .days,
      isSmall: true,
      "Days that learned models may see: all earlier than those of `test`."
    ),
    StudyKey("test", \.test, .days, isSmall: true, "Days that the worlds are judged on."),
    StudyKey(
      "seeds",
      \.seeds,
      .seeds,
      isSmall: true,
      "Each draws an order of the shifts, drivers' answers and report times; at least 5, "
        + "fewer in `small`."
    ),
    StudyKey(
      "shares",
      \.shares,
      .shares,
      isSmall: true,
      "Shares of each day's shifts that are played; 100% is among them."
    ),
    StudyKey(
      "served_min",
      \.level.servedMin,
      .share(1...10_000),
      "Least share of the requests that must be served."
    ),
    StudyKey(
      "p95_max",
      \.level.waitMax,
      .duration(1_000...86_400_000),
      "Greatest 95th percentile of the wait, the unserved counting as endless waits."
    ),
    StudyKey(
      "against",
      \.against,
      .texts,
      "Worlds that the others are paired with by day; if none is named, `recorded` and `nearest` "
        + "where they are played, else the first world."
    ),
    StudyKey(
      "bound",
      \.bound,
      .flag,
      isSmall: true,
      "Whether the certified least taxi-hours of each day are found beside the worlds (HINDSIGHT.md)."
    ),
  ]

  /// The reference table of docs/STUDY.md; a test compares them.
  package static func markdown() -> String {
    (["| key | value | default | meaning |", "|---|---|---|---|"]
      + all.map { "| `\($0.name)` | \($0.allowed) | \($0.standard) | \($0.meaning) |" })
      .joined(separator: "\n") + "\n"
  }
}
