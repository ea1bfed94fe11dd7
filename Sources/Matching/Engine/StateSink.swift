import Spatial

/// Where kept state is written: into bytes for a snapshot, into a number for a digest. One writer
/// serves both, so that what is not saved cannot be part of a digest, nor the other way round.
package protocol StateSink {
  mutating func put(_ value: UInt64)
}

extension StateSink {
  package mutating func put(_ value: Int32) { put(UInt64(UInt32(bitPattern: value))) }
  package mutating func put(_ value: Bool) { put(value ? 1 : 0) }
  package mutating func put(_ value: Millis) { put(UInt64(bitPattern: value.count)) }
  package mutating func put(_ value: Point) {
    put(UInt64(UInt32(bitPattern: value.x)) << 32 | UInt64(UInt32(bitPattern: value.y)))
  }
  package mutating func put(_ value: Point?) {
    put(value != nil)
    put(value ?? Point(x: 0, y: 0))
  }
  package mutating func put(_ value: Millis?) {
    put(value != nil)
    put(value ?? Millis(0))
  }
}

/// A 64-bit digest: each word is mixed in by SplitMix64's finaliser. It tells states apart; it does
/// not protect against an adversary.
struct DigestSink: StateSink {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func put(_ word: UInt64) {
    var z = (value ^ word) &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    value = z ^ (z >> 31)
  }
}

/// Little-endian base-128 numbers: kept state is mostly small numbers.
package struct ByteSink: StateSink {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Bytes with their number before them.
  package mutating func put(bytes more: some Collection<UInt8>) {
    put(UInt64(more.count))
    bytes.append(contentsOf: more)
  }
}

/// Reads what ``ByteSink`` wrote.
package struct ByteSource {
  private let bytes: [UInt8]
  package private(set) var offset = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }

  /// What was put with its number before it.
  package mutating func run() throws(SnapshotError) -> ArraySlice<UInt8> {
    let count = try word()
    guard count <= UInt64(bytes.count - offset) else {
      throw SnapshotError(offset: offset, reason: "\(count) bytes are more than are left")
    }
    defer { offset += Int(count) }
    return bytes[offset..<(offset + Int(count))]
  }

  package mutating func word() throws(SnapshotError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.count, shift < 64 {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    throw SnapshotError(offset: offset, reason: "the snapshot ends in the middle of a number")
  }

  package mutating func int32() throws(SnapshotError) -> Int32 { Int32(bitPattern: try uint32()) }

  package mutating func uint32() throws(SnapshotError) -> UInt32 {
    UInt32(try word(below: 1 << 32))
  }

  package mutating func uint8() throws(SnapshotError) -> UInt8 { UInt8(try word(below: 1 << 8)) }

  package mutating func bool() throws(SnapshotError) -> Bool { try word(below: 2) == 1 }

  private mutating func word(below bound: UInt64) throws(SnapshotError) -> UInt64 {
    let word = try word()
    guard word < bound else {
      throw SnapshotError(offset: offset, reason: "\(word) is not below \(bound)")
    }
    return word
  }

  package mutating func millis() throws(SnapshotError) -> Millis {
    Millis(Int64(bitPattern: try word()))
  }

  package mutating func point() throws(SnapshotError) -> Point {
    let word = try word()
    return Point(
      x: Int32(truncatingIfNeeded: Int64(bitPattern: word) >> 32),
      y: Int32(truncatingIfNeeded: word)
    )
  }

  package mutating func optionalPoint() throws(SnapshotError) -> Point? {
    let isThere = try bool()
    let point = try point()
    return isThere ? point : nil
  }

  package mutating func optionalMillis() throws(SnapshotError) -> Millis? {
    let isThere = try bool()
    let millis = try millis()
    return isThere ? millis : nil
  }

  /// A number of things, each of which takes a byte at least.
  package mutating func count() throws(SnapshotError) -> Int {
    let count = try word()
    guard count <= UInt64(bytes.count) else {
      throw SnapshotError(offset: offset, reason: "a count of \(count) is beyond its size")
    }
    return Int(count)
  }
}

/// A checksum after the bytes, so that damage is noticed before anything is read from them.
package enum SnapshotSeal {
  private static var length: Int { 8 }

  package static func sealed(_ content: [UInt8]) -> [UInt8] {
    var bytes = content
    let checksum = checksum(of: content[...])
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt64(shift)))
    }
    return bytes
  }

  /// What was sealed.
  package static func opened(_ bytes: [UInt8]) throws(SnapshotError) -> [UInt8] {
    guard bytes.count >= length else {
      throw SnapshotError(offset: bytes.count, reason: "\(bytes.count) bytes are no snapshot")
    }
    let content = bytes.dropLast(length)
    var found: UInt64 = 0
    for byte in bytes.suffix(length).reversed() { found = found << 8 | UInt64(byte) }
    guard found == checksum(of: content) else {
      throw SnapshotError(
        offset: content.count,
        reason: "the checksum does not fit: the bytes are damaged or cut off"
      )
    }
    return Array(content)
  }

  private static func checksum(of content: ArraySlice<UInt8>) -> UInt64 {
    var sink = DigestSink()
    var word: UInt64 = 0
    for (index, byte) in content.enumerated() {
      word |= UInt64(byte) << UInt64(index % 8 * 8)
      guard index % 8 == 7 else { continue }
      sink.put(word)
      word = 0
    }
    sink.put(word)
    sink.put(UInt64(content.count))
    return sink.value
  }
}

/// A snapshot that could not be read. Nothing was restored.
public struct SnapshotError: Error, Equatable, Sendable {
  /// Bytes read when it was noticed.
  public var offset: Int
  public var reason: String

  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}
