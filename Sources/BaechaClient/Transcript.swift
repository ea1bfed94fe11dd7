import LineProtocol
import Matching

/// A conversation that a server can be held to: `Tests/Transcripts/*.blp`, whose README has the
/// format.
public struct Transcript: Sendable {
  /// The file's name without its ending.
  public var name: String
  public var title = ""
  /// The conformance classes that it is about.
  public var classes: [String] = []
  /// What a server must be started with for it: `keys`, `guidance`.
  public var needs: [String] = []
  public private(set) var steps: [Step] = []

  public struct Step: Sendable {
    /// In the file, from 1.
    public var line: Int
    public var connection: Character
    public var action: Action
  }

  public enum Action: Equatable, Sendable {
    case send(String)
    case expect(LinePattern)
    /// A comment that holds this text.
    case comment(String)
    /// The client's side drops the connection.
    case cut
    /// The server ends the connection.
    case closed
    /// Bytes as they are.
    case bytes([UInt8])
    /// A line of so many bytes.
    case long(Int)
    case pause(Millis)
  }

  /// - Parameters:
  ///   - name: for messages.
  ///   - text: the file.
  /// - Throws: the first line that cannot be understood, and why.
  public init(name: String, text: String) throws(TranscriptError) {
    self.name = name
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.last == "\r" ? raw.dropLast() : raw
      do throws(Fault) {
        try read(String(line), index + 1)
      } catch {
        throw TranscriptError(name: name, line: index + 1, message: error.message)
      }
    }
    if steps.isEmpty { throw TranscriptError(name: name, line: 1, message: "nothing is said") }
  }

  private struct Fault: Error {
    var message: String
  }

  private mutating func read(_ line: String, _ number: Int) throws(Fault) {
    if line.isEmpty || line.hasPrefix(";") { return }
    if line.hasPrefix("%") {
      try readDirective(
        line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init),
        number
      )
      return
    }
    let marks = Array(line.prefix(2))
    guard marks.count == 2, marks[0].isLetter, marks[0].isASCII else {
      throw Fault(message: "a step begins with a connection's letter and >, < or !")
    }
    let rest = String(line.dropFirst(2).drop { $0 == " " })
    // C: and S: are the two sides of the only connection.
    let (connection, mark): (Character, Character) =
      marks[1] == ":" ? ("A", marks[0] == "C" ? ">" : "<") : (marks[0], marks[1])
    let action: Action
    switch mark {
    case ">": action = .send(rest)
    case "<" where rest.hasPrefix(";"):
      action = .comment(String(rest.dropFirst().drop { $0 == " " }))
    case "<": action = .expect(LinePattern(rest))
    case "!": action = try special(rest.split(separator: " ").map(String.init))
    default: throw Fault(message: "a step begins with a connection's letter and >, < or !")
    }
    steps.append(Step(line: number, connection: connection, action: action))
  }

  private mutating func readDirective(_ words: [String], _ number: Int) throws(Fault) {
    guard words.count == 2 else { throw Fault(message: "% and a word and its value") }
    switch words[0] {
    case "title": title = words[1]
    case "needs": needs = words[1].split(separator: " ").map(String.init)
    case "class": classes = words[1].split(separator: " ").map(String.init)
    case "pause":
      guard words[1].hasSuffix("ms"), let count = Int64(words[1].dropLast(2)) else {
        throw Fault(message: "%pause wants milliseconds, such as 200ms")
      }
      steps.append(Step(line: number, connection: "A", action: .pause(Millis(count))))
    default:
      throw Fault(message: "there is no %\(words[0]); there are title, class, needs and pause")
    }
  }

  private func special(_ words: [String]) throws(Fault) -> Action {
    switch words.first {
    case "cut" where words.count == 1: return .cut
    case "closed" where words.count == 1: return .closed
    case "bytes":
      let bytes = words.dropFirst().map { UInt8($0, radix: 16) }
      guard !bytes.isEmpty, !bytes.contains(nil) else {
        throw Fault(message: "! bytes wants pairs of hexadecimal digits")
      }
      return .bytes(bytes.compactMap { $0 })
    case "long":
      guard words.count == 2, let count = Int(words[1]), count > 1 else {
        throw Fault(message: "! long wants a number of bytes")
      }
      return .long(count)
    default: throw Fault(message: "! is followed by cut, closed, bytes or long")
    }
  }
}

/// A transcript that cannot be read.
public struct TranscriptError: Error, CustomStringConvertible {
  public var name: String
  public var line: Int
  public var message: String

  public var description: String { "\(name):\(line): \(message)" }
}

/// A line with holes: `*` is any word or value, `{name}` the same one wherever it stands. Arguments
/// must be there in their order and no others; of pairs those that are named, in any order; `!key`
/// is a pair that must not be there.
public struct LinePattern: Equatable, Sendable {
  public let text: String
  private let words: [String]
  private let pairs: [(key: String, value: String)]
  private let absent: [String]

  public init(_ text: String) {
    self.text = text
    var words: [String] = []
    var pairs: [(key: String, value: String)] = []
    var absent: [String] = []
    for token in text.split(separator: " ") {
      if token.hasPrefix("!") {
        absent.append(String(token.dropFirst()))
      } else if let equals = token.firstIndex(of: "=") {
        pairs.append((String(token[..<equals]), String(token[token.index(after: equals)...])))
      } else {
        words.append(String(token))
      }
    }
    (self.words, self.pairs, self.absent) = (words, pairs, absent)
  }

  public static func == (a: LinePattern, b: LinePattern) -> Bool { a.text == b.text }

  /// The first word behind the tag.
  var word: String { words.first { !$0.hasPrefix("#") } ?? "" }

  /// Whether `line` is such a line. New names are added to `names`, but only then.
  public func matches(_ line: String, _ names: inout [String: String]) -> Bool {
    var found = names
    let tokens = line.split(separator: " ").map(String.init)
    let given = tokens.filter { !$0.contains("=") }
    guard given.count == words.count else { return false }
    for (pattern, word) in zip(words, given) {
      guard Self.fits(pattern, word, &found) else { return false }
    }
    let fields = tokens.filter { $0.contains("=") }
    for (key, value) in pairs {
      guard
        let field = fields.first(where: { $0.hasPrefix(key + "=") }),
        Self.fits(value, String(field.dropFirst(key.count + 1)), &found)
      else { return false }
    }
    for key in absent where fields.contains(where: { $0.hasPrefix(key + "=") }) { return false }
    names = found
    return true
  }

  /// A pattern has at most one hole, with text before and behind it.
  private static func fits(
    _ pattern: String,
    _ word: String,
    _ names: inout [String: String]
  ) -> Bool {
    let filled = filling(pattern, names)
    if let star = filled.firstIndex(of: "*") {
      return hole(word, filled[..<star], filled[filled.index(after: star)...]) != nil
    }
    guard let open = filled.firstIndex(of: "{"), let close = filled.firstIndex(of: "}") else {
      return filled == word
    }
    let (before, after) = (filled[..<open], filled[filled.index(after: close)...])
    guard let value = hole(word, before, after), !value.isEmpty else { return false }
    names[String(filled[filled.index(after: open)..<close])] = String(value)
    return true
  }

  private static func hole(
    _ word: String,
    _ before: Substring,
    _ after: Substring
  ) -> Substring? {
    guard word.count >= before.count + after.count, word.hasPrefix(before), word.hasSuffix(after)
    else { return nil }
    return word.dropFirst(before.count).dropLast(after.count)
  }

  /// `text` with the names that are known in place of their holes.
  static func filling(_ text: String, _ names: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      result += rest[..<open]
      result += names[name] ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
