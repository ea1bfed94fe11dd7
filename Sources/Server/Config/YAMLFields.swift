import Matching
import Yams

/// The values of a YAML file of sections and keys, taken out one by one by their paths, such as
/// `timers.offer_ttl`. What is wrong with one value is noted, and the reading goes on.
struct YAMLFields {
  /// A value and where it stands.
  struct Value {
    var text: String
    var items: [String]?
    var line: Int
    var column: Int
  }

  let file: String
  private(set) var problems: [FileProblem] = []
  /// By path; read by key only, but for the paths that nobody asked for, which are sorted.
  private var values: [String: Value] = [:]
  private var asked: Set<String> = []

  /// - Parameters:
  ///   - text: the file's text.
  ///   - file: its name, for messages.
  init(_ text: String, file: String) {
    self.file = file
    do {
      guard let root = try Yams.compose(yaml: text) else { return }
      flatten(root, path: "")
    } catch {
      let (words, mark) = Self.describe(error)
      problems.append(
        FileProblem(
          file: file,
          line: mark?.line ?? 0,
          column: mark?.column ?? 0,
          text: "not well-formed YAML: \(words)"
        )
      )
    }
  }

  private static func describe(_ error: any Error) -> (String, Mark?) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (problem, mark)
    case .duplicatedKeysInMapping(let names, let context):
      ("given twice: \(names.joined(separator: ", "))", context.mark)
    default: ("\(error)", nil)
    }
  }

  private mutating func flatten(_ node: Node, path: String) {
    let (line, column) = (node.mark?.line ?? 0, node.mark?.column ?? 0)
    switch node {
    case .scalar(let scalar):
      values[path] = Value(
        text: scalar.string,
        items: nil,
        line: line,
        column: column
      )
    case .sequence(let sequence):
      values[path] = Value(
        text: "",
        items: sequence.compactMap { $0.scalar?.string },
        line: line,
        column: column
      )
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? "?"
        flatten(value, path: path.isEmpty ? name : "\(path).\(name)")
      }
    case .alias:
      problems.append(
        FileProblem(
          file: file,
          line: line,
          column: column,
          text: "aliases (*) are not read; write the value out"
        )
      )
    }
  }

  // MARK: Taking values

  /// Throws all that was wrong, unknown keys included.
  mutating func finish() throws(FileError) {
    for path in values.keys.sorted() where !asked.contains(path) {
      let near = nearestName(to: path, in: asked.sorted()).map { "; did you mean \($0)?" } ?? ""
      report("there is no key \(path)\(near)", at: path)
    }
    if !problems.isEmpty { throw FileError(problems) }
  }

  mutating func report(_ text: String, at path: String) {
    let value = values[path]
    problems.append(
      FileProblem(file: file, line: value?.line ?? 0, column: value?.column ?? 0, text: text)
    )
  }

  mutating func isGiven(_ path: String) -> Bool {
    asked.insert(path)
    return values[path] != nil
  }

  /// The value of `path` in one of the forms below; `nil` when it is not given, or is refused.
  private mutating func take<Result>(
    _ path: String,
    _ wanted: String,
    _ read: (Value) -> Result?
  ) -> Result? {
    asked.insert(path)
    guard let value = values[path] else { return nil }
    if let result = read(value) { return result }
    let shown = value.items.map { "[\($0.joined(separator: ", "))]" } ?? "'\(value.text)'"
    report("\(path): \(shown) is not \(wanted)", at: path)
    return nil
  }

  mutating func text(_ path: String) -> String? {
    take(path, "a text") { $0.items == nil ? $0.text : nil }
  }

  mutating func flag(_ path: String) -> Bool? {
    take(path, "true or false") { ["true": true, "false": false][$0.text] }
  }

  mutating func count(_ path: String, in range: ClosedRange<Int>) -> Int? {
    take(path, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      Int(value.text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ path: String,
    _ kind: Choice.Type
  ) -> Choice? {
    take(path, "one of " + kind.allCases.map(\.rawValue).joined(separator: ", ")) {
      Choice(rawValue: $0.text)
    }
  }

  /// Such as `12s`, `1.5m`, `250ms`.
  mutating func span(_ path: String, in range: ClosedRange<Millis>) -> Millis? {
    let wanted = "a span from \(Spans.text(range.lowerBound)) to \(Spans.text(range.upperBound))"
    return take(path, wanted + ", such as 12s, 5m or 250ms") { value in
      Spans.read(value.text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Degrees, as ten-millionths.
  mutating func degrees(_ path: String, within limit: Int64) -> Int32? {
    take(path, "degrees from -\(limit) to \(limit), with at most seven decimals") { value in
      guard let number = Spans.decimal(value.text, decimals: 7) else { return nil }
      return number.magnitude <= UInt64(limit) * 10_000_000 ? Int32(exactly: number) : nil
    }
  }

  /// A number with up to three decimals, in thousandths.
  mutating func thousandths(_ path: String, in range: ClosedRange<Int64>) -> Int64? {
    let wanted =
      "a number from \(Double(range.lowerBound) / 1_000) to "
      + "\(Double(range.upperBound) / 1_000) with at most three decimals"
    return take(path, wanted) { value in
      Spans.decimal(value.text, decimals: 3).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func names(_ path: String, atMost limit: Int) -> [String]? {
    take(path, "a list of at most \(limit) different names in small letters and digits") { value in
      guard let items = value.items, items.count <= limit, Set(items).count == items.count,
        items.allSatisfy({ Spans.isName($0) })
      else { return nil }
      return items
    }
  }
}

/// Values as they are written in files and flags.
enum Spans {
  static func read(_ text: String) -> Millis? {
    let units: [(String, Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = decimal(String(text.dropLast(unit.utf8.count)), decimals: 3),
      number >= 0, number < 1 << 40
    else { return nil }
    return Millis(number * factor / 1_000)
  }

  static func text(_ span: Millis) -> String {
    let units: [(String, Int64)] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000)]
    for (unit, factor) in units where span.count >= factor && span.count % factor == 0 {
      return "\(span.count / factor)\(unit)"
    }
    return "\(span.count)ms"
  }

  /// A decimal number times ten to the `decimals`; `nil` for anything else, more decimals too.
  static func decimal(_ text: String, decimals: Int) -> Int64? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = parts.first, !whole.isEmpty,
      whole.utf8.count <= 10, digits.utf8.allSatisfy({ $0 == 46 || (48...57).contains($0) })
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.utf8.count <= decimals, parts.count == 1 || !fraction.isEmpty else { return nil }
    let padded = whole + fraction + String(repeating: "0", count: decimals - fraction.utf8.count)
    return Int64(padded).map { isNegative ? -$0 : $0 }
  }

  static func isName(_ text: String) -> Bool {
    (1...16).contains(text.utf8.count)
      && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

/// The name that is nearest in its letters, with at most two of them wrong or a third; `nil` for
/// none. The earlier on a tie.
package func nearestName(to name: String, in names: [String]) -> String? {
  var best: (name: String, edits: Int)?
  for candidate in names {
    let edits = editCount(Array(name.utf8), Array(candidate.utf8))
    guard edits <= max(2, candidate.utf8.count / 3), edits < best?.edits ?? .max else { continue }
    best = (candidate, edits)
  }
  return best?.name
}

/// Insertions, deletions and replacements that make `a` into `b`: Levenshtein's distance.
private func editCount(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      row.append(min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1)))
    }
    last = row
  }
  return last[b.count]
}
