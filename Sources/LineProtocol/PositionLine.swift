import Matching
import Spatial

/// What a taxi reports beside its name.
public struct PositionReportFields: Hashable, Sendable {
  /// The latitude may be beyond ±90° when the sender wrote the longitude first: see
  /// ``GeoBox/placement(of:)``.
  public var place: GeoPoint
  /// Orders one taxi's positions; 0 = not numbered.
  public var sequence: UInt64
  /// The device's time: it orders positions of one taxi, nothing else.
  public var sentAt: Millis?
  /// Degrees clockwise from north, 0 to 360.
  public var heading: Fixed?
  /// Metres a second.
  public var speed: Fixed?
  /// How far off the place may be, in metres.
  public var accuracy: Fixed?

  public init(
    place: GeoPoint,
    sequence: UInt64 = 0,
    sentAt: Millis? = nil,
    heading: Fixed? = nil,
    speed: Fixed? = nil,
    accuracy: Fixed? = nil
  ) {
    self.place = place
    self.sequence = sequence
    self.sentAt = sentAt
    self.heading = heading
    self.speed = speed
    self.accuracy = accuracy
  }
}

/// A position as it arrives by the hundred thousand a second: read without asking for memory.
///
/// Its slow twin is ``ClientLine``: what is read here is read the same there, and what is rare
/// (tags, hemisphere letters, RFC 3339 times, unknown keys, anything wrong) is left to it.
public struct PositionLine: Hashable, Sendable {
  /// Where in the line the taxi's name stands: 1 to 64 name bytes.
  public var taxi: Range<Int>
  public var report: PositionReportFields

  /// `nil` when the line is no position in its usual form; ``ClientLine`` then says what it is or
  /// what is wrong with it.
  ///
  /// - Parameter line: without its LF, as ``LineScanner`` gives it.
  public init?(_ line: Span<UInt8>) {
    guard line.count > 4, line[0] == UInt8(ascii: "P"), line[1] == 0x20 else { return nil }
    var at = 2
    while at < line.count, isNameByte(line[at]) { at += 1 }
    guard at > 2, at - 2 <= Identifier.lengthMax, at < line.count, line[at] == 0x20 else {
      return nil
    }
    taxi = 2..<at
    at += 1
    guard
      let latitude = readFixed(line, &at, most: 3), latitude.magnitude <= 1_800_000_000,
      at < line.count, line[at] == UInt8(ascii: ",")
    else { return nil }
    at += 1
    guard let longitude = readFixed(line, &at, most: 3), longitude.magnitude <= 1_800_000_000 else {
      return nil
    }
    report = PositionReportFields(
      place: GeoPoint(
        latitude: Int32(truncatingIfNeeded: latitude),
        longitude: Int32(truncatingIfNeeded: longitude)
      )
    )
    var seen: UInt32 = 0
    while at < line.count {
      // A key of one letter, its "=" and at least one byte.
      guard at + 3 < line.count, line[at] == 0x20, line[at + 2] == UInt8(ascii: "=") else {
        return nil
      }
      let key = line[at + 1]
      at += 3
      guard key >= UInt8(ascii: "a"), key <= UInt8(ascii: "z") else { return nil }
      let bit = UInt32(1) << UInt32(key - UInt8(ascii: "a"))
      guard seen & bit == 0 else { return nil }
      seen |= bit
      guard read(key, line, &at) else { return nil }
    }
  }

  @inline(__always)
  private mutating func read(_ key: UInt8, _ line: Span<UInt8>, _ at: inout Int) -> Bool {
    switch key {
    case UInt8(ascii: "n"):
      guard let number = readDigits(line, &at, most: 18) else { return false }
      report.sequence = number
    case UInt8(ascii: "t"):
      let start = at
      guard let time = readDigits(line, &at, most: 13), at - start == 13, time >= firstTime else {
        return false
      }
      report.sentAt = Millis(Int64(time))
    case UInt8(ascii: "h"):
      guard let heading = readFixed(line, &at, most: 3), Self.headings.contains(heading) else {
        return false
      }
      report.heading = Fixed(raw: heading)
    case UInt8(ascii: "s"):
      guard let speed = readFixed(line, &at, most: 11), speed >= 0 else { return false }
      report.speed = Fixed(raw: speed)
    case UInt8(ascii: "a"):
      guard let accuracy = readFixed(line, &at, most: 11), accuracy >= 0 else { return false }
      report.accuracy = Fixed(raw: accuracy)
    default: return false
    }
    return true
  }

  static let headings: ClosedRange<Int64> = 0...3_600_000_000
}
