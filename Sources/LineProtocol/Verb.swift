/// What a client can say. The manual of each is in ``Verb/manual``.
public enum Verb: UInt8, CaseIterable, Sendable {
  case on, off, p, busy, free
  case accept, decline, arrive, board, drop, noShow, abort
  case req, change, cancel, quote, advise
  case assign, release, explain, near
  case get, sub, unsub
  case ping, hello, auth, who, stat, help, quit

  public var word: String { Self.words[Int(rawValue)] }

  /// Exactly as the grammar has it, in capitals.
  public init?(word: String) {
    guard let index = Self.words.firstIndex(of: word) else { return nil }
    self.init(rawValue: UInt8(index))
  }

  private static let words = [
    "ON", "OFF", "P", "BUSY", "FREE", "ACCEPT", "DECLINE", "ARRIVE", "BOARD", "DROP", "NOSHOW",
    "ABORT", "REQ", "CHANGE", "CANCEL", "QUOTE", "ADVISE", "ASSIGN", "RELEASE", "EXPLAIN", "NEAR",
    "GET", "SUB", "UNSUB", "PING", "HELLO", "AUTH", "WHO", "STAT", "HELP", "QUIT",
  ]

  /// The verb that was probably meant: one that `word` begins with or that begins with it (three
  /// letters at least), else one at most two edits away. The case of letters does not matter; of
  /// several equally near ones the first in the table.
  public static func nearest(to word: String) -> Verb? {
    let wanted = Array(word.prefix(32).uppercased().utf8)
    var best: (verb: Verb, distance: Int)?
    for verb in allCases {
      let known = Array(verb.word.utf8)
      var distance = editDistance(wanted, known)
      let isPrefix = wanted.starts(with: known) || known.starts(with: wanted)
      if isPrefix && min(wanted.count, known.count) >= 3 { distance = min(distance, 1) }
      // With every other letter changed it is another word.
      let limit = min(2, min(wanted.count, known.count) / 2)
      if distance <= limit && distance < best?.distance ?? .max { best = (verb, distance) }
    }
    return best?.verb
  }
}

/// Insertions, deletions and substitutions of one byte from `a` to `b`: V. I. Levenshtein 1966, by
/// the rows of the table.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, byte) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substituted = diagonal + (byte == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
