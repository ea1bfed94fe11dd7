#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the program.
func leave(_ status: Int32) -> Never { exit(status) }

/// What was asked for, and the rows so far: printed as they come.
struct Report {
  var harness = Harness()
  var parts: [String] = []
  var isJSON = false
  var isList = false
  private(set) var rows: [Row] = []
  private var disagreements = 0

  var isMet: Bool { disagreements == 0 && rows.allSatisfy(\.isMet) }

  /// Whether a benchmark is to be run; prints its name instead under `--list`. A `$` in a part
  /// stands for the end of the name.
  func wants(_ name: String) -> Bool {
    let isWanted = parts.isEmpty || parts.contains { (name + "$").contains($0) }
    if isWanted && isList { print(name) }
    return isWanted && !isList
  }

  /// The median of a row that has been measured before.
  func median(of name: String) -> Double? { rows.first { $0.name == name }?.times.median }

  mutating func begin() {
    guard !isJSON, !isList else { return }
    print(
      pad("benchmark", 46),
      pad("p5 ns", 8, right: true),
      pad("median ns", 10, right: true),
      pad("p99 ns", 8, right: true),
      pad("target", 7, right: true),
      "  compared"
    )
  }

  mutating func add(_ row: Row) {
    rows.append(row)
    guard !isJSON else { return }
    let target = row.target.map { "≤ \(format($0))" } ?? ""
    let notes = row.notes.map { note in
      let limit = note.limit.map { " (≤ \(format($0)))" } ?? ""
      return "\(note.label) \(format(note.value))\(limit)"
    }
    print(
      pad(row.name, 46),
      pad(format(row.times.p5), 8, right: true),
      pad(format(row.times.median), 10, right: true),
      pad(format(row.times.p99), 8, right: true),
      pad(target, 7, right: true),
      row.isMet ? " " : "!",
      notes.joined(separator: ", ")
    )
    fflush(nil)
  }

  /// Two ways of doing the same gave other answers: nothing measured here means anything then.
  mutating func disagree(_ name: String, _ what: String) {
    disagreements += 1
    print("! \(name): \(what) disagree")
  }

  func end() {
    guard isJSON else { return }
    let objects = rows.map { row in
      var fields = [
        "\"name\": \"\(row.name)\"", "\"p5_ns\": \(format(row.times.p5))",
        "\"median_ns\": \(format(row.times.median))", "\"p99_ns\": \(format(row.times.p99))",
      ]
      if let target = row.target { fields.append("\"target_ns\": \(format(target))") }
      if let hash = row.hash { fields.append("\"hash\": \"\(String(hash, radix: 16))\"") }
      for note in row.notes { fields.append("\"\(note.key)\": \(format(note.value))") }
      fields.append("\"met\": \(row.isMet)")
      return "  {" + fields.joined(separator: ", ") + "}"
    }
    print("[\n" + objects.joined(separator: ",\n") + "\n]")
  }

  /// Three digits where that is more than whole numbers.
  private func format(_ value: Double) -> String {
    if value >= 100 || value == value.rounded() { return String(Int(value.rounded())) }
    let scale = value >= 10 ? 10.0 : 100.0
    return String((value * scale).rounded() / scale)
  }

  private func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let blank = String(repeating: " ", count: max(0, width - text.count))
    return right ? blank + text : text + blank
  }
}
