import Matching
import Spatial

/// How a kind of value is read, and what to say when it is not there.
struct ValueKind<T> {
  /// "it must be …"
  var what: String
  /// `nil` unless the whole range is such a value.
  var read: (Span<UInt8>, Range<Int>) -> T?
}

extension ValueKind {
  /// From a reader that may stop before the end of its bytes.
  fileprivate static func whole(
    _ what: String,
    _ read: @escaping (Span<UInt8>, inout Int) -> T?
  ) -> ValueKind {
    ValueKind(what: what) { bytes, range in
      let part = bytes.extracting(range)
      var at = 0
      guard let value = read(part, &at), at == part.count else { return nil }
      return value
    }
  }

  fileprivate static func text(_ what: String, _ make: @escaping (String) -> T?) -> ValueKind {
    ValueKind(what: what) { bytes, range in
      make(String(decoding: range.map { bytes[$0] }, as: UTF8.self))
    }
  }
}

extension ValueKind<Identifier> {
  static var name: Self {
    ValueKind(what: "1 to 64 letters, digits and - . _ : ~") { Identifier($0, $1) }
  }

  static var digest: Self {
    ValueKind(what: "64 lower-case hexadecimal digits") { bytes, range in
      guard range.count == 64 else { return nil }
      for index in range {
        let byte = bytes[index]
        guard isDigit(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")) else {
          return nil
        }
      }
      return Identifier(bytes, range)
    }
  }
}

extension ValueKind<[Identifier]> {
  static var names: Self {
    .text("names with commas between them, each once") { text in
      var names: [Identifier] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = Identifier(String(part)), !names.contains(name) else { return nil }
        names.append(name)
      }
      return names
    }
  }
}

extension ValueKind<GeoPoint> {
  static var place: Self { .whole("lat,lon in degrees, such as 37.5665,126.9780", readPlace) }
}

extension ValueKind<GeoBox> {
  static var box: Self {
    .whole("south,west,north,east in degrees") { bytes, at in
      guard
        let low = readPlace(bytes, &at), at < bytes.count, bytes[at] == UInt8(ascii: ",")
      else { return nil }
      at += 1
      guard
        let high = readPlace(bytes, &at), low.latitude <= high.latitude,
        low.longitude <= high.longitude
      else { return nil }
      return GeoBox(
        south: low.latitude,
        west: low.longitude,
        north: high.latitude,
        east: high.longitude
      )
    }
  }
}

extension ValueKind<Millis> {
  static var span: Self { .whole("a time span such as 90s, 5m or 250ms", readSpan) }

  static var time: Self {
    .whole("13 digits of milliseconds since 1970, or such as 2025-11-22T10:00:00Z", readTime)
  }
}

extension ValueKind<Fixed> {
  static var metres: Self {
    .whole("a number of at least 0, with up to 7 decimals") { bytes, at in
      readFixed(bytes, &at, most: 11).flatMap { $0 >= 0 ? Fixed(raw: $0) : nil }
    }
  }

  static var heading: Self {
    .whole("degrees from north, 0 to 360") { bytes, at in
      readFixed(bytes, &at, most: 3).flatMap {
        PositionLine.headings.contains($0) ? Fixed(raw: $0) : nil
      }
    }
  }
}

extension ValueKind<UInt64> {
  static var number: Self {
    .whole("a whole number of up to 18 digits") { readDigits($0, &$1, most: 18) }
  }
}

extension ValueKind where T: FixedWidthInteger {
  static func whole(_ range: ClosedRange<T>) -> Self {
    .whole("a whole number from \(range.lowerBound) to \(range.upperBound)") { bytes, at in
      readDigits(bytes, &at, most: 18).flatMap { T(exactly: $0) }
        .flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind<Bool> {
  static var flag: Self {
    .text("1 or 0") { $0 == "1" ? true : $0 == "0" ? false : nil }
  }
}

extension ValueKind<String> {
  static var word: Self {
    .text("1 to 64 visible characters") { $0.utf8.count <= 64 ? $0 : nil }
  }

  static var freeText: Self {
    .text("text with %XX for what is no letter, digit or - . _ ~ /", percentDecoded)
  }
}

extension ValueKind<FactPosition> {
  static var position: Self { .whole("a position such as 4-18230", readPosition) }
}

extension ValueKind<StreamStart> {
  static var start: Self {
    .text("now, first, snap or a position such as 4-18230") { text in
      switch text {
      case "now": .now
      case "first": .first
      case "snap": .snapshot
      default: FactPosition(text).map { .after($0) }
      }
    }
  }
}

extension ValueKind<KindSet> {
  static var kinds: Self {
    .text("kinds such as req.*,taxi.lost,pos") { KindSet(list: $0) }
  }
}

extension ValueKind {
  /// One of the values that have a word on the wire.
  static func oneOf(_ values: [T], _ word: @escaping (T) -> String) -> Self {
    .text("one of " + values.map(word).joined(separator: ", ")) { text in
      values.first { word($0) == text }
    }
  }
}
