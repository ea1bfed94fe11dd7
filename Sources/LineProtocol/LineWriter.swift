import Matching
import Spatial

/// Writes lines into one buffer that is used again and again: pieces for answers whose keys vary,
/// whole lines for the rest. Once the buffer has grown, writing asks for no memory.
///
/// Every line ends with LF. Nothing that is passed in may hold spaces or control characters, but for
/// free text, which is percent-encoded; ids cannot.
public struct LineWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init(capacity: Int = 4_096) { bytes.reserveCapacity(capacity) }

  /// Empties the buffer and keeps its memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// A copy with no more memory than it needs: the buffer's own has room for many lines, and would stay
  /// with whoever keeps ``bytes``.
  public var copy: [UInt8] { bytes.withUnsafeBufferPointer { Array($0) } }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  // MARK: Pieces

  /// Begins a line with its tag and first word.
  public mutating func begin(_ word: StaticString, tag: Identifier? = nil) {
    if let tag {
      bytes.append(UInt8(ascii: "#"))
      append(tag.text)
      bytes.append(0x20)
    }
    append(word)
  }

  public mutating func end() { bytes.append(10) }

  /// An argument: an id, or another word without spaces.
  public mutating func argument(_ word: String) {
    bytes.append(0x20)
    append(word)
  }

  public mutating func argument(_ id: Identifier) { argument(id.text) }

  public mutating func argument(_ position: FactPosition) {
    bytes.append(0x20)
    append(position)
  }

  public mutating func argument(_ place: GeoPoint) {
    bytes.append(0x20)
    append(place)
  }

  public mutating func field(_ key: StaticString, _ word: String) {
    append(key: key)
    append(word)
  }

  public mutating func field(_ key: StaticString, _ id: Identifier) { field(key, id.text) }

  public mutating func field(_ key: StaticString, _ position: FactPosition) {
    append(key: key)
    append(position)
  }

  public mutating func field(_ key: StaticString, _ place: GeoPoint) {
    append(key: key)
    append(place)
  }

  public mutating func field(_ key: StaticString, _ number: some BinaryInteger) {
    append(key: key)
    append(Int64(clamping: number))
  }

  public mutating func field(_ key: StaticString, _ number: Fixed) {
    append(key: key)
    append(fixed: number.raw)
  }

  /// A span, in seconds where it is whole seconds.
  public mutating func field(_ key: StaticString, span: Millis) {
    append(key: key)
    append(span: span)
  }

  /// An instant, in milliseconds since 1970.
  public mutating func field(_ key: StaticString, time: Millis) { field(key, time.count) }

  public mutating func field(_ key: StaticString, ids: [Identifier]) {
    append(key: key)
    for (index, id) in ids.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(id.text)
    }
  }

  /// Free text.
  public mutating func field(_ key: StaticString, text: String) {
    append(key: key)
    appendPercentEncoded(text, to: &bytes)
  }

  public mutating func field(_ field: Field) {
    bytes.append(0x20)
    append(field.key)
    bytes.append(UInt8(ascii: "="))
    append(field.value)
  }

  /// `key=1` if it holds, nothing otherwise.
  public mutating func flag(_ key: StaticString, _ holds: Bool) {
    if holds { field(key, 1) }
  }

  /// A line that people read and programs pass over: `; text`.
  public mutating func comment(_ text: String) {
    append("; ")
    append(text)
    end()
  }

  /// Bytes written before, such as an event that many subscribers get.
  public mutating func raw(_ other: [UInt8]) { bytes.append(contentsOf: other) }

  // MARK: Bytes

  private mutating func append(key: StaticString) {
    bytes.append(0x20)
    append(key)
    bytes.append(UInt8(ascii: "="))
  }

  mutating func append(_ word: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    )
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    append(UInt64(number.magnitude))
  }

  mutating func append(_ number: UInt64) {
    var power: UInt64 = 1
    while number / power >= 10 { power *= 10 }
    while power > 0 {
      bytes.append(48 + UInt8(truncatingIfNeeded: number / power % 10))
      power /= 10
    }
  }

  /// A span has at most nine digits: beyond them it is written in a coarser unit, rounded down.
  mutating func append(span: Millis) {
    let most: Int64 = 999_999_999
    let count = max(0, span.count)
    if count % 1_000 != 0 && count <= most {
      append(count)
      append("ms")
    } else if count / 1_000 <= most {
      append(count / 1_000)
      append("s")
    } else if count / 60_000 <= most {
      append(count / 60_000)
      append("m")
    } else {
      append(min(most, count / 3_600_000))
      append("h")
    }
  }

  mutating func append(_ position: FactPosition) {
    append(position.epoch)
    bytes.append(UInt8(ascii: "-"))
    append(position.sequence)
  }

  mutating func append(_ place: GeoPoint) {
    append(fixed: Int64(place.latitude))
    bytes.append(UInt8(ascii: ","))
    append(fixed: Int64(place.longitude))
  }

  /// With as many decimals as it has.
  mutating func append(fixed raw: Int64) {
    if raw < 0 { bytes.append(UInt8(ascii: "-")) }
    let one = UInt64(Fixed.one)
    append(raw.magnitude / one)
    var rest = raw.magnitude % one
    guard rest > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var power = one / 10
    while rest > 0 {
      bytes.append(48 + UInt8(truncatingIfNeeded: rest / power))
      rest %= power
      power /= 10
    }
  }
}
