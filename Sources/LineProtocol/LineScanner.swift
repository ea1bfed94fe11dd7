/// Splits what a socket hands over into lines, without copying: one scanner a connection.
///
/// The caller keeps the bytes behind the last LF and presents them again, with what came since, from
/// their first byte. A line longer than ``lineMax`` is reported once, as soon as that is known, and
/// its remaining bytes are skipped over as many reads as it takes, so that a caller never has to
/// keep more than ``lineMax`` bytes. Empty lines and comments are passed over.
public struct LineScanner: Sendable {
  /// Bytes a line may have, its LF included.
  public let lineMax: Int
  private var isSkipping = false

  public static let lineMaxDefault = 1_024

  public init(lineMax: Int = LineScanner.lineMaxDefault) { self.lineMax = max(2, lineMax) }

  public enum Found: Equatable, Sendable {
    /// A line's bytes in the buffer, without its LF and a CR before it: visible characters and
    /// spaces, valid UTF-8, at least one byte.
    case line(Range<Int>)
    /// A line over ``lineMax`` began. What follows, up to its LF, is skipped.
    case tooLong
    /// A line with a control character or broken UTF-8, with the offset of the first bad byte in
    /// the buffer. The connection is to be closed.
    case badByte(Int)
  }

  /// The next line of `buffer` from `at` on. Moves `at` behind what was found; when nothing is
  /// found, the bytes from `at` on are an unfinished line: fewer than ``lineMax``.
  public mutating func next(in buffer: Span<UInt8>, at: inout Int) -> Found? {
    while at < buffer.count {
      if isSkipping {
        at = lineEnd(buffer, at)
        guard at < buffer.count else { return nil }
        at += 1
        isSkipping = false
        continue
      }
      let start = at
      let end = lineEnd(buffer, start)
      if end - start >= lineMax {
        isSkipping = true
        at = end
        return .tooLong
      }
      guard end < buffer.count else { return nil }
      at = end + 1
      var last = end
      if last > start && buffer[last - 1] == 13 { last -= 1 }
      if let bad = firstBadByte(buffer, start..<last) { return .badByte(bad) }
      if last > start && buffer[start] != UInt8(ascii: ";") { return .line(start..<last) }
    }
    return nil
  }
}

/// The index of the first LF from `start` on, or the count.
private func lineEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
  // Eight bytes at a time: the low byte of x - 1 & ~x has its high bit set where x is zero
  // (H. S. Warren, "Hacker's Delight", 6-1).
  let ones: UInt64 = 0x0101_0101_0101_0101
  let highs: UInt64 = 0x8080_8080_8080_8080
  return bytes.withUnsafeBytes { raw in
    var at = start
    while at + 8 <= raw.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let differing = word ^ (ones &* 10)
      let zeros = (differing &- ones) & ~differing & highs
      if zeros != 0 { return at + zeros.trailingZeroBitCount / 8 }
      at += 8
    }
    while at < raw.count && raw[at] != 10 { at += 1 }
    return at
  }
}

/// The first control character, DEL included, or byte that is not valid UTF-8.
private func firstBadByte(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
  let highs: UInt64 = 0x8080_8080_8080_8080
  let isPlain = bytes.withUnsafeBytes { raw in
    var at = range.lowerBound
    // Plain words have no byte under 0x20, none over 0x7E: adding 1 sets the high bit of DEL, and
    // subtracting 0x20 borrows into that of a control character. A carry or a borrow into the next
    // byte needs a byte that is not plain, so a plain verdict is always right.
    while at + 8 <= range.upperBound {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let up = word &+ 0x0101_0101_0101_0101
      let down = word &- 0x2020_2020_2020_2020
      if (word | up | down) & highs != 0 { return false }
      at += 8
    }
    while at < range.upperBound {
      if raw[at] < 0x20 || raw[at] > 0x7E { return false }
      at += 1
    }
    return true
  }
  return isPlain ? nil : firstBadByteSlowly(bytes, range)
}

private func firstBadByteSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
  var at = range.lowerBound
  while at < range.upperBound {
    if bytes[at] < 0x20 || bytes[at] == 0x7F { return at }
    let length = scalarLength(bytes, at, range.upperBound)
    if length == 0 { return at }
    at += length
  }
  return nil
}

/// The bytes of the well-formed UTF-8 scalar at `at`, or 0: the table of RFC 3629, section 4.
func scalarLength(_ bytes: Span<UInt8>, _ at: Int, _ end: Int) -> Int {
  let first = bytes[at]
  if first < 0x80 { return 1 }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  guard first >= 0xC2, first <= 0xF4, at + length <= end else { return 0 }
  let second = bytes[at + 1]
  let lowest: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
  let highest: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
  guard second >= lowest, second <= highest else { return 0 }
  for index in at + 2..<max(at + 2, at + length) where bytes[index] & 0xC0 != 0x80 { return 0 }
  return length
}
