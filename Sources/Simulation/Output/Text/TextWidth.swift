/// How much room text takes: in columns of a terminal, and roughly in a drawing, whose font is the
/// reader's. Labels are placed and cut by these, so that none runs into another.
package enum TextWidth {
  /// Terminal columns: two for the wide characters of East Asian scripts and emoji, none for
  /// combining marks, one for the rest.
  package static func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
  }

  /// An upper estimate of the width in pixels in a sans-serif font of `size` pixels.
  package static func pixels(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var em = 0.0
    for character in text {
      switch character {
      case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ", "(", ")", "f", "t", "r":
        em += 0.36
      case "m", "w", "M", "W", "%", "@", "\u{2014}":
        em += 0.92
      case "A"..."Z", "\u{2212}", "+", "=":
        em += 0.72
      default:
        em += columns(of: character) > 1 ? 1.02 : 0.61
      }
    }
    return em * size * (isBold ? 1.14 : 1)
  }

  /// `text`, cut with an ellipsis when it is wider than `limit` by `measure`.
  package static func cut(_ text: String, to limit: Double, by measure: (String) -> Double)
    -> String
  {
    guard measure(text) > limit else { return text }
    var kept = text
    while !kept.isEmpty {
      kept.removeLast()
      while kept.hasSuffix(" ") { kept.removeLast() }
      if measure(kept + "…") <= limit { return kept + "…" }
    }
    return "…"
  }

  /// `text`, cut to `room` pixels in a bold font of `size` pixels.
  package static func label(_ text: String, room: Double, size: Double = 13) -> String {
    cut(text, to: room) { pixels($0, size: size, isBold: true) }
  }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: return 0
    case 0x300..<0x370, 0x200B..<0x2010: return 0
    case 0x1100..<0x1160, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFE30..<0xFE70,
      0xFF00..<0xFF61, 0xFFE0..<0xFFE7, 0x1F300..<0x1FA00, 0x20000..<0x3FFFE:
      return 2
    default: return 1
    }
  }
}
