/// Free text with all but letters, digits and `- . _ ~ /` as `%XX` of its UTF-8: RFC 3986. An empty
/// text becomes `%20`, as a value has at least one character.
public func percentEncoded(_ text: String) -> String {
  var bytes: [UInt8] = []
  appendPercentEncoded(text, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

func appendPercentEncoded(_ text: String, to bytes: inout [UInt8]) {
  if text.isEmpty { bytes.append(contentsOf: [0x25, 0x32, 0x30]) }
  for byte in text.utf8 {
    if isPlainInText(byte) {
      bytes.append(byte)
    } else {
      bytes.append(0x25)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 15))
    }
  }
}

/// The free text behind a value; `nil` when a `%` is not followed by two hexadecimal digits, when
/// the bytes are not UTF-8, or when a control character was hidden in it.
public func percentDecoded(_ value: String) -> String? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(value.utf8.count)
  var rest = value.utf8.makeIterator()
  while let byte = rest.next() {
    guard byte == 0x25 else {
      bytes.append(byte)
      continue
    }
    guard
      let high = rest.next().flatMap(hexValue),
      let low = rest.next().flatMap(hexValue)
    else { return nil }
    bytes.append(high << 4 | low)
  }
  let span = bytes.span
  var at = 0
  while at < span.count {
    // What C0 and DEL may not do in a line, they may not do in a log either.
    guard span[at] >= 0x20, span[at] != 0x7F else { return nil }
    let length = scalarLength(span, at, span.count)
    guard length > 0 else { return nil }
    at += length
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func isPlainInText(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "/") || (isNameByte(byte) && byte != UInt8(ascii: ":"))
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

private func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
  default: nil
  }
}
