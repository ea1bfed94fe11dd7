/// A word or a number of a line of code, with what stands around it.
struct Token: Equatable {
  var text: String
  /// The character right before it; a blank at the start of the line.
  var before: Character
  /// The first character after it that is not a blank; a blank when there is none.
  var after: Character

  var isNumber: Bool { text.first?.isNumber == true }
}

/// Words and numbers of a line of code, from left to right; `1.5` is one number, while `pair.0.1`
/// and `0..<5` hold whole ones.
func tokens(_ line: String) -> [Token] {
  let characters = Array(line)
  var found: [Token] = []
  var index = 0
  func isWord(_ at: Int) -> Bool {
    at < characters.count
      && (characters[at].isLetter || characters[at].isNumber || characters[at] == "_")
  }
  while index < characters.count {
    guard isWord(index) else {
      index += 1
      continue
    }
    let start = index
    let before = start > 0 ? characters[start - 1] : " "
    while isWord(index) { index += 1 }
    if characters[start].isNumber, before != ".", index < characters.count,
      characters[index] == ".", index + 1 < characters.count, characters[index + 1].isNumber
    {
      index += 1
      while isWord(index) { index += 1 }
    }
    let after = characters[index...].first { !$0.isWhitespace } ?? " "
    found.append(
      Token(text: String(characters[start..<index]), before: before, after: after)
    )
  }
  return found
}

/// Whether a line writes the type or the literal of a dictionary: `[Key: Value]`, `[A.B: C]`, `[:]`.
func hasDictionaryBrackets(_ line: String) -> Bool {
  let characters = Array(line).filter { !$0.isWhitespace }
  for index in characters.indices where characters[index] == "[" {
    let rest = characters[(index + 1)...]
    let key = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
    guard rest.dropFirst(key.count).first == ":" else { continue }
    if key.isEmpty || key.first?.isUppercase == true { return true }
  }
  return false
}
