/// One Swift file, each line split into what the compiler reads and what people read, so that a
/// rule about code is not set off by a word in a comment or in a text.
struct SourceText {
  /// Relative to the root of the repository.
  var path: String
  /// Line by line: code with comments and the contents of texts blanked out.
  var code: [String]
  /// Line by line: comments only.
  var comments: [String]

  /// Known not to be told apart: a regular expression literal that holds a quotation mark.
  init(path: String, text: String) {
    self.path = path
    var splitter = Splitter(text)
    splitter.run()
    code = splitter.code
    comments = splitter.comments
  }

  /// Comments on a line and on the unbroken run of comment lines above it.
  func comment(around line: Int) -> String {
    var words = comments[line]
    var above = line - 1
    while above >= 0, code[above].allSatisfy(\.isWhitespace), !comments[above].isEmpty {
      words += " " + comments[above]
      above -= 1
    }
    return words
  }
}

extension SourceText {
  /// The code from a line on to the end of the braces that it opens; the line alone if it opens none.
  func closure(from line: Int) -> String {
    var words = ""
    var depth = 0
    for next in code[line...] {
      words += next + "\n"
      depth += next.count { $0 == "{" } - next.count { $0 == "}" }
      if depth <= 0 { break }
    }
    return words
  }
}

/// A state machine over the text; what it is inside of is a stack, because an interpolation is code
/// inside of a text inside of code.
private struct Splitter {
  enum Inside {
    /// `parentheses`: how many are open, to know where an interpolation ends.
    case code(parentheses: Int)
    case text(hashes: Int, isMultiline: Bool)
    case blockComment(depth: Int)
    case lineComment
  }

  var code: [String] = []
  var comments: [String] = []
  private var codeLine = ""
  private var commentLine = ""
  private let characters: [Character]
  private var index = 0
  private var stack: [Inside] = [.code(parentheses: 0)]

  init(_ text: String) { characters = Array(text) }

  mutating func run() {
    while index < characters.count {
      if characters[index].isNewline {
        endLine()
        index += 1
        continue
      }
      switch stack.last ?? .code(parentheses: 0) {
      case .code(let parentheses): stepCode(parentheses)
      case .text(let hashes, let isMultiline): stepText(hashes, isMultiline)
      case .blockComment(let depth): stepBlockComment(depth)
      case .lineComment: takeComment()
      }
    }
    endLine()
  }

  private mutating func endLine() {
    code.append(codeLine)
    comments.append(commentLine)
    codeLine = ""
    commentLine = ""
    switch stack.last {
    case .lineComment, .text(_, isMultiline: false): stack.removeLast()
    default: break
    }
  }

  private func follows(_ word: String, at offset: Int = 0) -> Bool {
    characters[min(index + offset, characters.count)...].starts(with: word)
  }

  private mutating func take(_ count: Int = 1) {
    codeLine += String(characters[index..<min(index + count, characters.count)])
    index += count
  }

  private mutating func takeComment() {
    commentLine.append(characters[index])
    index += 1
  }

  private mutating func stepCode(_ parentheses: Int) {
    if follows("//") {
      stack.append(.lineComment)
      return
    }
    if follows("/*") {
      stack.append(.blockComment(depth: 1))
      index += 2
      return
    }
    let hashes = characters[index...].prefix { $0 == "#" }.count
    if follows("\"", at: hashes) {
      let isMultiline = follows("\"\"\"", at: hashes)
      stack.append(.text(hashes: hashes, isMultiline: isMultiline))
      take(hashes + (isMultiline ? 3 : 1))
      return
    }
    switch characters[index] {
    case "(": stack[stack.count - 1] = .code(parentheses: parentheses + 1)
    case ")" where parentheses == 0 && stack.count > 1: stack.removeLast()
    case ")": stack[stack.count - 1] = .code(parentheses: max(0, parentheses - 1))
    default: break
    }
    take()
  }

  private mutating func stepText(_ hashes: Int, _ isMultiline: Bool) {
    let marks = String(repeating: "#", count: hashes)
    if follows("\\" + marks + "(") {
      take(hashes + 2)
      stack.append(.code(parentheses: 0))
    } else if follows("\\" + marks) {
      index += hashes + 2
    } else if follows((isMultiline ? "\"\"\"" : "\"") + marks) {
      take((isMultiline ? 3 : 1) + hashes)
      stack.removeLast()
    } else {
      index += 1
    }
  }

  private mutating func stepBlockComment(_ depth: Int) {
    if follows("*/") {
      index += 2
      if depth == 1 {
        stack.removeLast()
      } else {
        stack[stack.count - 1] = .blockComment(depth: depth - 1)
      }
    } else if follows("/*") {
      index += 2
      stack[stack.count - 1] = .blockComment(depth: depth + 1)
    } else {
      takeComment()
    }
  }
}
