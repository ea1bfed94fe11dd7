/// Something that a rule does not allow, with where it stands and how to put it right.
struct Violation: Equatable, CustomStringConvertible {
  var path: String
  /// From 1.
  var line: Int
  var rule: String
  var fix: String

  var description: String { "\(path):\(line): \(rule). \(fix)" }
}

/// What no source file may hold, wherever it stands.
func checkEverywhere(_ source: SourceText) -> [Violation] {
  var found: [Violation] = []
  func report(_ line: Int, _ rule: String, _ fix: String) {
    found.append(Violation(path: source.path, line: line + 1, rule: rule, fix: fix))
  }
  if source.code.count > SourceRules.linesMax + 1 {
    report(
      SourceRules.linesMax,
      "a file has at most \(SourceRules.linesMax) lines, this one \(source.code.count - 1)",
      "Split it where its second idea begins"
    )
  }
  for line in source.code.indices {
    for note in SourceRules.leftovers where source.comments[line].contains(note) {
      report(line, "no \(note) is left in the sources", "Do it, or open an issue")
    }
    let words = tokens(source.code[line]).map(\.text)
    if words.contains("unchecked"), words.contains("Sendable"),
      source.comment(around: line).isEmpty,
      // The reason may also open the body.
      line + 1 == source.comments.count || source.comments[line + 1].isEmpty
    {
      report(
        line,
        "an unchecked Sendable gives its reason",
        "Say in a comment at it what keeps it free of races"
      )
    }
    if words.contains("import"), source.code[line].contains("@testable") {
      report(
        line,
        "tests run in release mode, where nothing is testable",
        "Make what the test needs 'package' or 'public'"
      )
    }
  }
  return found
}

/// What the floors below 2 may not hold: with any of it, the same commands could give other facts.
func checkDeterminism(_ source: SourceText) -> [Violation] {
  var found: [Violation] = []
  func report(_ line: Int, _ rule: String, _ fix: String) {
    found.append(Violation(path: source.path, line: line + 1, rule: rule, fix: fix))
  }
  for line in source.code.indices {
    for token in tokens(source.code[line]) {
      if let ban = SourceRules.bans.first(where: { $0.matches(token) }) {
        report(line, "'\(token.text)': \(ban.rule) below floor 2", ban.fix)
      }
      if SourceRules.sorting.contains(token.text), token.before == ".",
        "({".contains(token.after),
        !SourceRules.endsWithID(source.closure(from: line)),
        !SourceRules.namesItsOrder(source.comment(around: line))
      {
        report(
          line,
          "'\(token.text)': a sort below floor 2 says why its order is total",
          "End the comparison with the id, or say in a comment above what makes ties impossible"
        )
      }
    }
    if hasDictionaryBrackets(source.code[line]) {
      report(
        line,
        "a dictionary: no hash order below floor 2",
        "Use an array by slot, or the engine's own table"
      )
    }
  }
  return found
}

enum SourceRules {
  static let linesMax = 400
  /// Put together, so that this file does not hold them.
  static let leftovers = ["TO" + "DO", "FIX" + "ME"]
  static let sorting: Set<String> = ["sort", "sorted"]

  struct Ban {
    var rule: String
    var fix: String
    var words: Set<String>
    /// Whether the words are only meant as members: `.random`.
    var afterDot = false

    func matches(_ token: Token) -> Bool {
      words.contains(token.text) && (!afterDot || token.before == ".")
        || words.contains("1.5") && token.isNumber && token.text.contains(".")
    }
  }

  static let bans = [
    Ban(
      rule: "no clock",
      fix: "Take the time as an argument: the engine is told it",
      words: [
        "ContinuousClock", "SuspendingClock", "Clock", "Date", "DispatchTime", "DispatchWallTime",
        "clock_gettime", "gettimeofday",
      ]
    ),
    Ban(
      rule: "no randomness",
      fix: "Take drawn values as arguments",
      words: ["SystemRandomNumberGenerator", "RandomNumberGenerator", "arc4random"]
    ),
    Ban(
      rule: "no randomness",
      fix: "Take drawn values as arguments",
      words: ["random", "randomElement", "shuffle", "shuffled"],
      afterDot: true
    ),
    Ban(
      rule: "no floating point",
      fix: "Count in whole units: decimetres, milliseconds, permille",
      words: ["Float", "Double", "Float16", "Float32", "Float64", "Float80", "CGFloat", "1.5"]
    ),
    Ban(
      rule: "no hash order",
      fix: "Use an array by slot, or the engine's own table",
      words: ["Dictionary", "Set", "Hasher"]
    ),
    Ban(
      rule: "no concurrency",
      fix: "Leave tasks, threads and locks to the host above",
      words: [
        "async", "await", "actor", "Task", "TaskGroup", "Thread", "DispatchQueue", "Mutex",
        "NSLock", "Atomic", "pthread_create", "pthread_mutex_t",
      ]
    ),
  ]

  /// Whether what a sort compares last is an id, a slot or an index: no two elements share one.
  static func endsWithID(_ closure: String) -> Bool {
    let identities: Set<String> = ["id", "slot", "index"]
    let words = tokens(closure).map(\.text).filter { $0 != "value" && $0 != "element" }
    // One on each side of the comparison, with the name of the element and its path between them.
    return words.suffix(6).count { identities.contains($0) } >= 2
  }

  /// Whether a comment on a sort names what makes its order total.
  static func namesItsOrder(_ comment: String) -> Bool {
    let words = tokens(comment.lowercased()).map(\.text)
    return ["tie", "ties", "total", "unique", "distinct"].contains { words.contains($0) }
  }
}
