/// Where in a scenario something stands: problems are told by it.
package enum ScenarioPlace: Equatable, Sendable {
  /// Both from 1; columns count Unicode scalars.
  case file(line: Int, column: Int)
  /// The index of a `--set` and its text.
  case override(Int, String)
  /// Neither: a default, or the file as a whole.
  case whole
}

/// One thing that is wrong with a scenario, in words that say how to put it right.
public struct ScenarioProblem: Equatable, Sendable, CustomStringConvertible {
  package var file: String
  package var place: ScenarioPlace
  package var text: String

  public var description: String {
    switch place {
    case .file(let line, let column): "\(file):\(line):\(column): \(text)"
    case .override(_, let argument): "--set \(argument): \(text)"
    case .whole: "\(file): \(text)"
    }
  }

  /// Lines of the file first, then the overrides, each in their order.
  var order: (Int, Int, Int) {
    switch place {
    case .whole: (0, 0, 0)
    case .file(let line, let column): (1, line, column)
    case .override(let index, _): (2, index, 0)
    }
  }
}

/// Everything that is wrong with a scenario and its overrides, told at once.
public struct ScenarioError: Error, Equatable, CustomStringConvertible {
  /// In the order of the file, then of the overrides; never empty.
  public let problems: [ScenarioProblem]

  init(_ problems: [ScenarioProblem]) {
    self.problems = problems.enumerated().sorted { a, b in
      // The order of finding ends the comparison, so that it is total.
      a.element.order != b.element.order
        ? a.element.order < b.element.order : a.offset < b.offset
    }.map(\.element)
  }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// The word of `words` that `text` was most likely meant to be: fewest edits, the earlier on a tie;
/// `nil` when every word is further off than a third of the longer of the two, or two edits.
package func nearestWord(to text: String, in words: [String]) -> String? {
  var best: (word: String, edits: Int)?
  for word in words {
    let edits = editDistance(Array(text.lowercased().unicodeScalars), Array(word.unicodeScalars))
    let limit = max(2, max(text.unicodeScalars.count, word.unicodeScalars.count) / 3)
    // A short word is within two edits of any other: at least half of it must be right.
    guard edits <= limit, 2 * edits <= word.unicodeScalars.count else { continue }
    if edits < best?.edits ?? .max { best = (word, edits) }
  }
  return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours that make `a` into `b`: the optimal
/// string alignment distance (Damerau 1964), in O(|a| · |b|).
package func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  var twoBack: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var edits = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        edits = min(edits, twoBack[j - 1] + 1)
      }
      row.append(edits)
    }
    (twoBack, last) = (last, row)
  }
  return last[b.count]
}
