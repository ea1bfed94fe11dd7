import Yams

extension ScenarioReader {
  /// The document as nodes; `nil`, and a problem told, when it is no YAML, or nothing at all.
  mutating func compose(_ text: String) -> Node? {
    var marked = text
    for round in 0... {
      do {
        let root = try Parser(yaml: marked, encoding: .utf8).singleRoot()
        if root == nil { report("the scenario is empty; see docs/SCENARIO.md", at: .whole) }
        return root
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        // The parser gives up on the whole document. Marking the first of the two lets it go on, so
        // that the second is told together with everything else that is wrong.
        guard
          let next = DuplicateKeys.marking(
            marked,
            names: names,
            at: context.mark,
            round: round
          )
        else {
          report(
            "given twice: \(names.joined(separator: ", "))",
            at: .file(line: context.mark.line, column: context.mark.column)
          )
          return nil
        }
        marked = next
      } catch {
        let problem = yamlProblem(error)
        report(
          "not well-formed YAML: \(problem.text)",
          at: problem.mark.map { .file(line: $0.line, column: $0.column) } ?? .whole
        )
        return nil
      }
    }
    return nil
  }
}

/// The parser's own words for what it stumbled on, and where.
func yamlProblem(_ error: any Error) -> (text: String, mark: Mark?) {
  switch error as? YamlError {
  case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
    .composer(_, let problem, let mark, _):
    (problem, mark)
  case .reader(let problem, _, _, _): (problem, nil)
  default: ("\(error)", nil)
  }
}

/// Repeated keys of a map, told apart by a character of Unicode's private use plane that takes the
/// place of the first one's first letter: it holds the letter and the round, and moves no column.
enum DuplicateKeys {
  private static let plane: UInt32 = 0xF_0000
  /// Rounds of 128 letters that the plane has room for.
  private static let roundsMax = 500

  /// The text with the key at `mark` marked; `names` are the keys of its map that are repeated.
  /// `nil` when none of them stands there in plain letters, or after more repeats than anyone makes.
  static func marking(_ text: String, names: [String], at mark: Mark, round: Int) -> String? {
    var scalars = Array(text.unicodeScalars)
    var line = 1
    var index = 0
    while line < mark.line, index < scalars.count {
      if scalars[index] == "\n" { line += 1 }
      index += 1
    }
    index += mark.column - 1
    guard round < roundsMax, index < scalars.count, scalars[index].isASCII,
      names.contains(where: { scalars[index...].starts(with: $0.unicodeScalars) }),
      let marker = Unicode.Scalar(plane + UInt32(round) * 128 + scalars[index].value)
    else { return nil }
    scalars[index] = marker
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  /// The key as it stands in the file.
  static func original(_ key: String) -> String {
    guard let marker = key.unicodeScalars.first, marker.value >= plane,
      marker.value < plane + 0x1_0000, let letter = Unicode.Scalar((marker.value - plane) % 128)
    else { return key }
    return String(letter) + String(key.unicodeScalars.dropFirst())
  }
}
