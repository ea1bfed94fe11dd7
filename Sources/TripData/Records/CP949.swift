/// Decodes CP949 (Microsoft's Unified Hangul Code): ASCII, all 11,172 syllables of Hangul, and the
/// punctuation that stands in names of places.
///
/// The 2,350 syllables of KS X 1001 stand in two-byte cells from B0A1 on, 94 a row, in order of
/// Unicode; the other 8,822 fill the remaining cells from 8141 on, in order of Unicode as well. So
/// one bit per syllable, "is in KS X 1001", is the whole table.
///
/// - Returns: `nil` when a byte pair is no such character (Hanja are not decoded).
package func decodeCP949(_ field: Field) -> String? {
  var text = String.UnicodeScalarView()
  var index = 0
  while index < field.count {
    let lead = field[index]
    index += 1
    if lead < 0x80 {
      text.append(Unicode.Scalar(lead))
      continue
    }
    guard index < field.count, let scalar = CP949.shared.scalar(lead, field[index]) else {
      return nil
    }
    index += 1
    text.append(scalar)
  }
  return String(text)
}

private struct CP949 {
  static let shared = CP949()

  /// Syllables in order of their cells, less U+AC00.
  private var standard: [UInt16] = []
  private var extended: [UInt16] = []

  private init() {
    var position: UInt16 = 0
    var bits: UInt32 = 0
    var have = 0
    for byte in standardSyllables.utf8 {
      guard let six = base64Value(byte) else { continue }
      bits = bits << 6 | six
      have += 6
      guard have >= 8 else { continue }
      have -= 8
      let octet = UInt8(truncatingIfNeeded: bits >> UInt32(have))
      for bit in 0..<8 where position < 11_172 {
        if octet >> UInt8(bit) & 1 == 1 {
          standard.append(position)
        } else {
          extended.append(position)
        }
        position += 1
      }
    }
  }

  func scalar(_ lead: UInt8, _ trail: UInt8) -> Unicode.Scalar? {
    if trail >= 0xA1 && trail < 0xFF && lead >= 0xA1 {
      if lead == 0xA1, let punctuation = punctuation(trail) { return punctuation }
      guard lead >= 0xB0 && lead <= 0xC8 else { return nil }
      return syllable(standard, (Int(lead) - 0xB0) * 94 + Int(trail) - 0xA1)
    }
    // Trail bytes run over both cases of Latin letters, then over the upper half.
    let column: Int
    switch trail {
    case 0x41...0x5A: column = Int(trail) - 0x41
    case 0x61...0x7A: column = Int(trail) - 0x61 + 26
    case 0x81...0xFE: column = Int(trail) - 0x81 + 52
    default: return nil
    }
    // Rows up to A0 are 178 cells wide, the rest end where KS X 1001 begins: 84 cells.
    switch lead {
    case 0x81...0xA0: return syllable(extended, (Int(lead) - 0x81) * 178 + column)
    case 0xA1...0xC6: return syllable(extended, 32 * 178 + (Int(lead) - 0xA1) * 84 + column)
    default: return nil
    }
  }

  private func syllable(_ table: [UInt16], _ index: Int) -> Unicode.Scalar? {
    guard table.indices.contains(index) else { return nil }
    return Unicode.Scalar(0xAC00 + UInt32(table[index]))
  }

  private func punctuation(_ trail: UInt8) -> Unicode.Scalar? {
    switch trail {
    case 0xA1: "\u{3000}"
    case 0xA4: "\u{00B7}"
    case 0xA9: "\u{00AD}"
    default: nil
    }
  }
}

private func base64Value(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 0x41...0x5A: UInt32(byte) - 0x41
  case 0x61...0x7A: UInt32(byte) - 0x61 + 26
  case 0x30...0x39: UInt32(byte) - 0x30 + 52
  case 0x2B: 62
  case 0x2F: 63
  default: nil
  }
}

/// Bit i of byte j, in Base64: U+AC00 + 8j + i is a syllable of KS X 1001.
private let standardSyllables = """
  kwf/PhGwAxMBKBARAACTBXseEbADlwE7EhGgAJOVazBRsAIRATIwEbACEQEKMHm4BhMBMBAAgAAT
  AQsQEQAAkwMrEAAAAJMFa3RRsCMTATswEAAAAAAAcBGwAxMAKRARgCEBAAAwFbAOAwEwMAAAAhEB
  IxAAAAATgWsQEAADEwETEBEwAAEAADBVuCIAAAAwEbAClwf7OhGwAxMBIQAAAAAbDTs4EbADEwEz
  EQEAABMFKxwRAAEAAAAQEbAAEwEqMBmwAgEAEBAAAAARAQMwEDACEwdrFBEAABMFK3T5uI8TATsQ
  AAAAAAAAcNmwShMBOxARAAMRAAAwWbEqEQEAEAAAAREBCxAAAAATASsQAAABAQAgEBGgAhEBITBZ
  sAIBAAAwGbAHEwE7OBGwAwAAAAAAAAATDTs4EbADAQAQAAAAABMBIBAQAAABAAAQAQAAAAAAMBEY
  AgAAABAAAAARASMAAAAAkwELEBEwABEBKzARsMcTATswAYACAAAAMBGwgxMBKzARsAMRAAowEbAC
  EQAgAAAAAREBKxARoAITASsQAAABAQAAMBGQAhMBKzARsGYAAAAwEbAC0wdrOhGwBwMBIAAAAAAT
  BWs4EbADEwG4EAAAABsFKxABAAMAAAAQEaACEQEKcHmwohEBChAAAAARAQAQEZAAEQEJAAAAAJMF
  u/L5sCITATsyASAAAAAAMFmwBpMBOzARoCMRAABwEbACEQAQEAAAARMBAxABAACTBysWEAABAQAA
  MBEAAhEBKTARsAAAAAAwUbAOEwU7OBGwAwMAAQAAAACTATkQAAACAwA7AAAAABMBIwAAAAAAAAAQ
  AAAAAQAgMBGQAgAAAAAAAAAAAAAQAAACEQEDAAAAABMBK7B5sCMTATswEbACEQEh8NmwQxMBOzAR
  sAMRASBwUbAiEwEgEBGQAREBCzARsAKTAasWAAABEwEhMBGwAgMBKTAxsAIAAAAwGbhCGwEzOBEw
  AwAAIAAAAAATBTMQEQAAAAAAAAEAAJMFIzABAAEBABAQETAAAQAAMBEwAgEAEBAAAAARAAAAAAAC
  E4UDEBEQABMBKzB3uGMTATswkbCiEQECMHvwVxMBK3DR8OMRARswcbkKEwE7MAGQAhMBKzARsAIT
  ByswETADEwEjMBGwAhMBqzARtP4RAQkwcbhH0wV7MBGwA1MBIRARAAATBWswEbACEQEzEAAAABMF
  6zgQoAIBADAQEbACEwAgMHGwAgEAEBAAAAATAQsQERAAEwErAAAAAJMFazaVsAMTATsQAQACAAAA
  MBGwAwEAIBAAAAEAAAAwEbAKAwEQEAAAAREBAwAAAAITASMQAAADAAAAEAAAAAEAABAAkAIAAAAw
  ETCGUwF7MBGwA1EBIQAAAAATATswEbACEQAQEAEAAhMBKxARAAIAAAAQEbACAQABMBGwAgEAEBAB
  AAARASsQERACEwErAAAAAJMDKzARsAITATswAAACAAAAMBmwAxMBKxARsAMBAAAwEbACEwEhEAAA
  AgEBABAAAAATASsQEQACAQAgMBGwAhEBATARMAIAAAAwEbACEwM7MBGwAwEAIAAAAAATBTswEbAC
  EQAQEAEAABMBKxQBAAABAAAQAYACAQAAMBGwAgEAEBAAAAATASMQERACkwULEBEwABMBK3BRsCMT
  ATswAAAAAAAAMBGwAxMBKxARMAMBAQowEbACAQAgAAAAABEAABARoACTBSsQAAACAAAAEBGQABEB
  KRARsAAAAAAwEbACEyErMBGwAwEAIAAAAAATBSswEbACEwE7EBEgABMhKzIRgAITACgwEaACEQEK
  MBGSAhEBITARAAITASswEZAC0wMrEhEwAhMBKwA=
  """
