/// An outside name of a taxi, a ride, an offer, a session, a subscription or a key: 1 to 64
/// letters, digits and `- . _ : ~`. The alphabet is closed, so that no name can put anything into a
/// log, a metric, a page or another store's keys.
///
/// Up to 15 bytes are kept inside the value; longer ones share a heap object.
public struct Identifier: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public static let lengthMax = 64

  /// `nil` when `text` is no name.
  public init?(_ text: String) {
    let utf8 = text.utf8
    guard !utf8.isEmpty, utf8.count <= Self.lengthMax, utf8.allSatisfy(isNameByte) else {
      return nil
    }
    self.text = text
  }

  /// `nil` when the bytes of `range` are no name.
  public init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty, range.count <= Self.lengthMax else { return nil }
    for index in range where !isNameByte(bytes[index]) { return nil }
    text = String(unsafeUninitializedCapacity: range.count) { out in
      for (offset, index) in range.enumerated() { out[offset] = bytes[index] }
      return range.count
    }
  }

  /// The server's own names: a letter and a number, such as `o9` for the ninth offer.
  public init(_ letter: Unicode.Scalar, _ number: UInt64) {
    precondition(letter.isASCII && isNameByte(UInt8(ascii: letter)), "no letter: \(letter)")
    text = String(Character(letter)) + String(number)
  }

  /// The number of one of the server's own names; `nil` when this is not such a name. Leading zeros
  /// make it another name, not the same one.
  public func number(after letter: Unicode.Scalar) -> UInt64? {
    guard text.unicodeScalars.first == letter else { return nil }
    let digits = text.utf8.dropFirst()
    guard digits.first != UInt8(ascii: "0"), digits.allSatisfy(isDigit) else { return nil }
    return UInt64(text.dropFirst())
  }

  public var description: String { text }
}

/// A number with up to seven decimals, in ten-millionths: metres, metres a second, degrees. Fixed
/// point, so that every machine reads and writes the same.
public struct Fixed: Hashable, Comparable, Sendable {
  /// Ten-millionths; the wire carries less than 10¹⁸ of them.
  public var raw: Int64

  public static let one: Int64 = 10_000_000

  public init(raw: Int64) { self.raw = raw }

  public init(_ whole: Int32) { raw = Int64(whole) * Self.one }

  /// Tenths, towards zero: decimetres of a number of metres.
  public var tenths: Int64 { raw / (Self.one / 10) }

  public static func < (a: Fixed, b: Fixed) -> Bool { a.raw < b.raw }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

/// One test of a bit in place of a chain of comparisons: this runs for every byte of an id.
@inline(__always)
func isNameByte(_ byte: UInt8) -> Bool {
  // Bits are bytes 0…63: - . 0…9 : and 64…127: A…Z _ a…z ~
  let low: UInt64 = 0x07FF_6000_0000_0000
  let high: UInt64 = 0x47FF_FFFE_87FF_FFFE
  if byte >= 128 { return false }
  let bits = byte < 64 ? low : high
  return (bits >> UInt64(byte & 63)) & 1 == 1
}
