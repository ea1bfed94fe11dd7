import Spatial

/// Where kept state is written: into bytes for a snapshot, into a number for a digest. One writer
/// serves both, so that what is not saved cannot be part of a digest, nor the other way round.
protocol StateSink {
  mutating func put(_ value: UInt64)
}

extension StateSink {
  mutating func put(_ value: Int32) { put(UInt64(UInt32(bitPattern: value))) }
  mutating func put(_ value: Bool) { put(value ? 1 : 0) }
  mutating func put(_ value: Millis) { put(UInt64(bitPattern: value.count)) }
  mutating func put(_ value: Point) {
    put(UInt64(UInt32(bitPattern: value.x)) << 32 | UInt64(UInt32(bitPattern: value.y)))
  }
  mutating func put(_ value: Point?) {
    put(value != nil)
    put(value ?? Point(x: 0, y: 0))
  }
  mutating func put(_ value: Millis?) {
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
struct ByteSink: StateSink {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

/// Reads what ``ByteSink`` wrote.
struct ByteSource {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func word() throws(SnapshotError) -> UInt64 {
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

  mutating func int32() throws(SnapshotError) -> Int32 {
    Int32(bitPattern: UInt32(truncatingIfNeeded: try word()))
  }

  mutating func bool() throws(SnapshotError) -> Bool { try word() != 0 }

  mutating func millis() throws(SnapshotError) -> Millis {
    Millis(Int64(bitPattern: try word()))
  }

  mutating func point() throws(SnapshotError) -> Point {
    let word = try word()
    return Point(
      x: Int32(truncatingIfNeeded: Int64(bitPattern: word) >> 32),
      y: Int32(truncatingIfNeeded: word))
  }

  mutating func optionalPoint() throws(SnapshotError) -> Point? {
    let isThere = try bool()
    let point = try point()
    return isThere ? point : nil
  }

  mutating func optionalMillis() throws(SnapshotError) -> Millis? {
    let isThere = try bool()
    let millis = try millis()
    return isThere ? millis : nil
  }

  /// A number of things, each of which takes a byte at least.
  mutating func count() throws(SnapshotError) -> Int {
    let count = try word()
    guard count <= UInt64(bytes.count) else {
      throw SnapshotError(offset: offset, reason: "a count of \(count) is beyond its size")
    }
    return Int(count)
  }
}

/// A snapshot that could not be read. Nothing was restored.
public struct SnapshotError: Error, Equatable, Sendable {
  /// Bytes read when it was noticed.
  public var offset: Int
  public var reason: String
}
