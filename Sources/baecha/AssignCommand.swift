import ArgumentParser
import Assignment
import Foundation

/// `baecha assign`: the solver by itself, for comparing it with others.
struct AssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Solve assignment problems given as text: the least cost, its proof, the pairs.",
    discussion: """
      INPUT is lines of words. Empty lines and what follows a '#' are skipped.

        problem NAME              begins a problem (not needed for the first)
        columns COUNT             these columns exist even if no arc names them
        row PRICE COLUMN:COST ... what leaving this row unmatched costs; its arcs

      Rows and columns count from 0. Each row gets at most one column, each
      column at most one row; the costs of the pairs plus the prices of the
      other rows are made least. PRICE and COST are whole numbers within
      +-1073741823, COLUMN is below 16777216. Of several arcs from a row to one
      column the cheapest counts. Among matchings of equal cost, row 0 gets its
      lowest column, then row 1, and so on; unmatched comes last.

      OUTPUT for each problem: its size, the cost, the bound (no solution costs
      less), the steps, and for each row 'pair ROW COLUMN' or 'unmatched ROW'.
      With --json one object; its "problems" have the same under plain names.

      EXIT CODES: 0 all problems solved; 64 wrong usage; 65 malformed input,
      named FILE:LINE:COLUMN; 66 the file cannot be read.
      """
  )

  @Argument(help: "The file to read, '-' for standard input.")
  var file = "-"

  @Flag(help: "Print one JSON object instead of lines.")
  var json = false

  @Flag(help: "Greedy matching by greatest saving instead of the optimum.")
  var greedy = false

  @Flag(inversion: .prefixedNo, help: "Print what each row got.")
  var pairs = true

  @Option(help: "Stop the search for the optimum after so many counted steps.")
  var steps: Int?

  @Option(
    name: .customLong("time"),
    help: ArgumentHelp(
      "Solve each problem so often again and print the median CPU milliseconds of solving.",
      valueName: "repeat"
    )
  )
  var repeatCount = 0

  func validate() throws {
    if let steps, steps < 0 { throw ValidationError("--steps \(steps): must be 0 or more.") }
    if repeatCount < 0 { throw ValidationError("--time \(repeatCount): must be 0 or more.") }
  }

  func run() throws {
    let name = file == "-" ? "standard input" : file
    let bytes: [UInt8]
    do {
      bytes = try read()
    } catch {
      fail("\(name): cannot be read: \(error.localizedDescription)")
      throw ExitCode(66)
    }
    var reader = AssignmentTextReader(bytes)
    let problem = AssignmentProblem()
    let solver = AssignmentSolver()
    var output = AssignmentOutput(json: json, pairs: pairs)
    do {
      while let title = try reader.next(into: problem) {
        let outcome = solve(problem, with: solver)
        let times = (0..<repeatCount).map { _ in milliseconds { _ = solve(problem, with: solver) } }
        output.add(title, problem, solver, outcome, times: times)
      }
    } catch {
      // What was solved before the fault is not thrown away, but half a JSON object helps nobody.
      if !json { output.flush() }
      fail("\(name):\(error.line):\(error.column): \(error.message)")
      throw ExitCode(65)
    }
    output.end()
  }

  private func solve(_ problem: AssignmentProblem, with solver: AssignmentSolver)
    -> AssignmentOutcome
  {
    greedy ? solver.greedy(problem) : solver.solve(problem, stepBudget: steps ?? .max)
  }

  /// The thread's own time, as a machine that others use too would otherwise measure them.
  private func milliseconds(_ body: () -> Void) -> Double {
    var start = timespec()
    var end = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    body()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    return Double(end.tv_sec - start.tv_sec) * 1e3 + Double(end.tv_nsec - start.tv_nsec) / 1e6
  }

  private func read() throws -> [UInt8] {
    if file == "-" { return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data()) }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  private func fail(_ message: String) {
    FileHandle.standardError.write(Data("Error: \(message)\n".utf8))
  }
}

/// Why the text form could not be read, and where: lines and columns count from 1.
struct AssignmentTextError: Error {
  var line: Int
  var column: Int
  var message: String
}

/// Reads the problems of a text one after the other.
struct AssignmentTextReader {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  /// The name on a `problem` line that has been read but not yet returned.
  private var pendingName: String?
  private var count = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Fills `problem` with the next problem and returns its name, without one its number from 1, or
  /// `nil` at the end of the text.
  mutating func next(into problem: AssignmentProblem) throws(AssignmentTextError) -> String? {
    problem.removeAll()
    var name = pendingName
    pendingName = nil
    var hasContent = name != nil
    while position < bytes.count {
      skipBlanks()
      let start = position
      let word = takeWord()
      if word.isEmpty {
        try endLine()
        continue
      }
      switch String(decoding: word, as: UTF8.self) {
      case "problem":
        skipBlanks()
        let title = takeToEndOfLine()
        try endLine()
        if hasContent {
          pendingName = title
          return finish(name)
        }
        name = title
      case "columns":
        skipBlanks()
        let count = try number("a count of columns", in: 0...Int64(AssignmentProblem.columnLimit))
        problem.requireColumns(Int(count))
        try endLine()
      case "row":
        try readRow(into: problem)
      case let other:
        throw fault(
          at: start,
          "unknown word '\(other)'; a line begins with 'problem', 'columns' or 'row'"
        )
      }
      hasContent = true
    }
    return hasContent ? finish(name) : nil
  }

  private mutating func finish(_ name: String?) -> String {
    count += 1
    guard let name, !name.isEmpty else { return "\(count)" }
    return name
  }

  private mutating func readRow(into problem: AssignmentProblem) throws(AssignmentTextError) {
    let range = AssignmentProblem.costRange
    let costs = Int64(range.lowerBound)...Int64(range.upperBound)
    skipBlanks()
    let price = try number("the price of leaving the row unmatched", in: costs)
    problem.beginRow(unmatchedCost: Int32(price))
    while true {
      skipBlanks()
      if atEndOfLine { break }
      let column = try number("a column", in: 0...Int64(AssignmentProblem.columnLimit - 1))
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
        throw fault(at: position, "expected ':' and a cost after the column")
      }
      position += 1
      let cost = try number("a cost", in: costs)
      problem.addArc(column: Int(column), cost: Int32(cost))
    }
    try endLine()
  }

  /// A whole number that ends at a blank, a colon or the end of the line.
  private mutating func number(_ what: String, in range: ClosedRange<Int64>)
    throws(AssignmentTextError) -> Int64
  {
    let start = position
    while position < bytes.count, !atEndOfLine, !isBlank(bytes[position]),
      bytes[position] != UInt8(ascii: ":")
    {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Int64(word), range.contains(value) else {
      throw fault(
        at: start,
        "expected \(what), a whole number from \(range.lowerBound) to \(range.upperBound), "
          + (word.isEmpty ? "found nothing" : "found '\(word)'")
      )
    }
    return value
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private var atEndOfLine: Bool {
    position >= bytes.count || bytes[position] == UInt8(ascii: "\n")
      || bytes[position] == UInt8(ascii: "#")
  }

  private mutating func skipBlanks() {
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
  }

  private mutating func takeWord() -> ArraySlice<UInt8> {
    let start = position
    while !atEndOfLine, !isBlank(bytes[position]) { position += 1 }
    return bytes[start..<position]
  }

  private mutating func takeToEndOfLine() -> String {
    let start = position
    while !atEndOfLine { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
      .trimmingCharacters(in: .whitespaces)
  }

  /// Passes over a comment and the line's end.
  private mutating func endLine() throws(AssignmentTextError) {
    skipBlanks()
    guard atEndOfLine else {
      throw fault(
        at: position,
        "expected the end of the line, found '\(String(decoding: takeWord(), as: UTF8.self))'"
      )
    }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    if position < bytes.count {
      position += 1
      line += 1
      lineStart = position
    }
  }

  private func fault(at position: Int, _ message: String) -> AssignmentTextError {
    AssignmentTextError(line: line, column: position - lineStart + 1, message: message)
  }
}

/// Collects what is printed and writes it in large pieces.
struct AssignmentOutput {
  let json: Bool
  let pairs: Bool
  private var text = ""
  private var count = 0

  init(json: Bool, pairs: Bool) {
    self.json = json
    self.pairs = pairs
  }

  mutating func add(
    _ title: String,
    _ problem: AssignmentProblem,
    _ solver: AssignmentSolver,
    _ outcome: AssignmentOutcome,
    times: [Double]
  ) {
    let median = times.isEmpty ? nil : times.sorted()[times.count / 2]
    if json {
      addJSON(title, problem, solver, outcome, median)
    } else {
      addLines(title, problem, solver, outcome, median)
    }
    count += 1
    if text.utf8.count > 1 << 20 { flush() }
  }

  private mutating func addLines(
    _ title: String,
    _ problem: AssignmentProblem,
    _ solver: AssignmentSolver,
    _ outcome: AssignmentOutcome,
    _ median: Double?
  ) {
    text += "problem \(title)\n"
    text += "rows \(problem.rowCount) columns \(problem.columnCount) arcs \(problem.arcCount)\n"
    text += "cost \(outcome.cost)\n"
    text += "bound \(outcome.lowerBound)\(outcome.isOptimal ? " optimal" : "")\n"
    text += "matched \(outcome.matchedCount)\n"
    text += "steps \(outcome.steps)\n"
    if let median { text += "median_ms \(String(format: "%.4f", median))\n" }
    guard pairs else { return }
    for (row, column) in solver.columnOfRow.enumerated() {
      text += column < 0 ? "unmatched \(row)\n" : "pair \(row) \(column)\n"
    }
  }

  private mutating func addJSON(
    _ title: String,
    _ problem: AssignmentProblem,
    _ solver: AssignmentSolver,
    _ outcome: AssignmentOutcome,
    _ median: Double?
  ) {
    text += count == 0 ? "{\"problems\": [\n" : ",\n"
    text += "{\"name\": \(quoted(title)), \"rows\": \(problem.rowCount)"
    text += ", \"columns\": \(problem.columnCount), \"arcs\": \(problem.arcCount)"
    text += ", \"cost\": \(outcome.cost), \"bound\": \(outcome.lowerBound)"
    text += ", \"optimal\": \(outcome.isOptimal), \"matched\": \(outcome.matchedCount)"
    text += ", \"steps\": \(outcome.steps), \"ties_resolved\": \(outcome.tiesAreResolved)"
    if let median { text += ", \"median_ms\": \(String(format: "%.4f", median))" }
    if pairs {
      let columns = solver.columnOfRow.map { $0 < 0 ? "null" : "\($0)" }
      text += ", \"column_of_row\": [" + columns.joined(separator: ", ") + "]"
    }
    text += "}"
  }

  private func quoted(_ name: String) -> String {
    var result = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  mutating func end() {
    if json { text += count == 0 ? "{\"problems\": []}\n" : "\n]}\n" }
    flush()
  }

  mutating func flush() {
    FileHandle.standardOutput.write(Data(text.utf8))
    text = ""
  }
}
