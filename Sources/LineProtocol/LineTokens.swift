/// A line cut at its spaces: tag, verb, arguments, pairs. Says what is wrong with an argument by its
/// name, with the verb's form.
struct LineTokens {
  private let bytes: [UInt8]
  private(set) var tag: Identifier?
  /// The first word after the tag; empty if there is none.
  private(set) var word: Range<Int> = 0..<0
  private(set) var arguments: [Range<Int>] = []
  private var pairs: [(key: Range<Int>, value: Range<Int>)] = []
  /// For messages.
  var form = ""

  init(_ line: Span<UInt8>) {
    bytes = [UInt8](unsafeUninitializedCapacity: line.count) { out, count in
      for index in line.indices { out.initializeElement(at: index, to: line[index]) }
      count = line.count
    }
  }

  /// Cuts the line. Apart from `init`, so that what was read before a fault is there for its answer.
  mutating func split() throws(LineError) {
    var at = 0
    while let token = nextToken(&at) {
      if tag == nil && word.isEmpty && bytes[token.lowerBound] == UInt8(ascii: "#") {
        tag = try readTag(token)
      } else if word.isEmpty {
        word = token
      } else if let equals = bytes[token].firstIndex(of: UInt8(ascii: "=")) {
        try add(key: token.lowerBound..<equals, value: equals + 1..<token.upperBound)
      } else {
        guard pairs.isEmpty else {
          throw .syntax("\(shown(token)) stands behind a key=value; arguments come first")
        }
        arguments.append(token)
      }
    }
  }

  private func nextToken(_ at: inout Int) -> Range<Int>? {
    while at < bytes.count, bytes[at] == 0x20 { at += 1 }
    guard at < bytes.count else { return nil }
    let start = at
    while at < bytes.count, bytes[at] != 0x20 { at += 1 }
    return start..<at
  }

  private func readTag(_ token: Range<Int>) throws(LineError) -> Identifier {
    let name = token.lowerBound + 1..<token.upperBound
    let isTag = bytes[name].allSatisfy { isNameByte($0) && !isNamePunctuation($0) }
    guard isTag, name.count <= 16, let tag = Identifier(bytes.span, name) else {
      throw .syntax("a tag is # and 1 to 16 letters and digits")
    }
    return tag
  }

  private mutating func add(key: Range<Int>, value: Range<Int>) throws(LineError) {
    guard isKey(key) else {
      throw .syntax(
        "\(shown(key.lowerBound..<value.upperBound)): a key is a lower-case letter and "
          + "up to 15 of them, digits and _"
      )
    }
    guard !value.isEmpty else {
      throw .value(text(key), "\(text(key))= is empty; leave it out")
    }
    guard !pairs.contains(where: { bytes[$0.key] == bytes[key] }) else {
      throw .syntax("\(text(key))= stands there twice")
    }
    pairs.append((key, value))
  }

  private func isKey(_ key: Range<Int>) -> Bool {
    guard let first = bytes[key].first, key.count <= 16 else { return false }
    let isLower = { (byte: UInt8) in byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    return isLower(first)
      && bytes[key].allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// For a message: short, whatever was sent.
  private func shown(_ range: Range<Int>) -> String {
    let whole = text(range)
    return whole.count > 24 ? whole.prefix(24) + "..." : whole
  }

  /// The pairs as they are, for lines whose keys are open.
  var fields: [Field] { pairs.map { Field(text($0.key), text($0.value)) } }

  // Arguments by their place

  func requireCount(_ counts: ClosedRange<Int>) throws(LineError) {
    if arguments.count > counts.upperBound {
      throw .syntax("\(shown(arguments[counts.upperBound])) is one argument too many: \(form)")
    }
    if arguments.count < counts.lowerBound { throw .syntax("an argument is missing: \(form)") }
  }

  func argument<T>(
    _ index: Int,
    _ name: String,
    as type: ValueKind<T>
  ) throws(LineError) -> T {
    try value(arguments[index], name, type)
  }

  // Pairs by their key

  func optional<T>(_ key: String, as type: ValueKind<T>) throws(LineError) -> T? {
    guard let pair = pairs.first(where: { bytes[$0.key].elementsEqual(key.utf8) }) else {
      return nil
    }
    return try value(pair.value, key, type)
  }

  func required<T>(_ key: String, as type: ValueKind<T>) throws(LineError) -> T {
    guard let found = try optional(key, as: type) else {
      throw .value(key, "\(key)= is missing: \(form)")
    }
    return found
  }

  private func value<T>(
    _ range: Range<Int>,
    _ name: String,
    _ type: ValueKind<T>
  ) throws(LineError) -> T {
    guard let found = type.read(bytes.span, range) else {
      throw .value(name, "\(name) is \(shown(range)); it must be \(type.what)")
    }
    return found
  }
}

private func isNamePunctuation(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
    UInt8(ascii: "~"):
    true
  default: false
  }
}
