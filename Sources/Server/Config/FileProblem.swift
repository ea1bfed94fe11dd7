/// One thing that is wrong with a file, in words that say how to put it right.
package struct FileProblem: Equatable, Sendable, CustomStringConvertible {
  package var file: String
  /// From 1; 0 = the file as a whole.
  package var line: Int
  package var column: Int
  package var text: String

  package var description: String {
    line > 0 ? "\(file):\(line):\(column): \(text)" : "\(file): \(text)"
  }
}

/// Everything that is wrong with a file, told at once.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// In the order of the file; never empty.
  package let problems: [FileProblem]

  package init(_ problems: [FileProblem]) {
    // The order of finding ends the comparison, so that it is total.
    self.problems = problems.enumerated().sorted { a, b in
      (a.element.line, a.element.column, a.offset) < (b.element.line, b.element.column, b.offset)
    }.map(\.element)
  }

  package init(_ file: String, _ text: String) {
    self.init([FileProblem(file: file, line: 0, column: 0, text: text)])
  }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
