import Matching
import Spatial

// Readers of the grammar's values. Each starts at `at`, moves it behind what it read, and returns
// nothing, with `at` anywhere, when the bytes there are something else. All numbers are bounded in
// length before they are multiplied: nothing overflows.

/// Up to `most` digits, at most 19.
@inline(__always)
func readDigits(_ bytes: Span<UInt8>, _ at: inout Int, most: Int) -> UInt64? {
  let start = at
  var value: UInt64 = 0
  while at < bytes.count {
    let digit = bytes[at] &- 48
    if digit > 9 { break }
    if at - start == most { return nil }
    value = value &* 10 &+ UInt64(digit)
    at += 1
  }
  return at > start ? value : nil
}

/// Up to 20 digits, as far as 64 bits hold them.
func readUInt64(_ bytes: Span<UInt8>, _ at: inout Int) -> UInt64? {
  let start = at
  var value: UInt64 = 0
  while at < bytes.count, isDigit(bytes[at]) {
    let (product, over) = value.multipliedReportingOverflow(by: 10)
    let (sum, carried) = product.addingReportingOverflow(UInt64(bytes[at] - 48))
    if over || carried { return nil }
    value = sum
    at += 1
  }
  return at > start ? value : nil
}

/// `["-"] 1*most DIGIT ["." 1*7DIGIT]`, in ten-millionths; `most` at most 11.
@inline(__always)
func readFixed(_ bytes: Span<UInt8>, _ at: inout Int, most: Int) -> Int64? {
  guard at < bytes.count else { return nil }
  let isNegative = bytes[at] == UInt8(ascii: "-")
  if isNegative { at += 1 }
  guard let whole = readDigits(bytes, &at, most: most) else { return nil }
  var value = Int64(truncatingIfNeeded: whole) &* Fixed.one
  if at < bytes.count && bytes[at] == UInt8(ascii: ".") {
    at += 1
    let start = at
    guard var part = readDigits(bytes, &at, most: 7) else { return nil }
    for _ in at - start..<7 { part = part &* 10 }
    value = value &+ Int64(truncatingIfNeeded: part)
  }
  return isNegative ? -value : value
}

/// `lat,lon` in ten-millionths of a degree, each within ±180: a latitude over 90 may be a longitude
/// that was written first, which only the region can tell. With letters (`37.5N,127.0E`) the order
/// is free, and the letters decide.
package func readPlace(_ bytes: Span<UInt8>, _ at: inout Int) -> GeoPoint? {
  guard let first = readFixed(bytes, &at, most: 3) else { return nil }
  let firstLetter = readHemisphere(bytes, &at)
  guard at < bytes.count, bytes[at] == UInt8(ascii: ",") else { return nil }
  at += 1
  guard let second = readFixed(bytes, &at, most: 3) else { return nil }
  let secondLetter = readHemisphere(bytes, &at)
  let half: Int64 = 180 * Fixed.one
  guard first.magnitude <= half, second.magnitude <= half else { return nil }
  guard let firstLetter, let secondLetter else {
    guard firstLetter == nil, secondLetter == nil else { return nil }
    return GeoPoint(latitude: Int32(first), longitude: Int32(second))
  }
  // Signed letters and a sign are one statement too many.
  guard first >= 0, second >= 0, firstLetter.isLatitude != secondLetter.isLatitude else {
    return nil
  }
  let (latitude, longitude) =
    firstLetter.isLatitude
    ? (first * firstLetter.sign, second * secondLetter.sign)
    : (second * secondLetter.sign, first * firstLetter.sign)
  guard latitude.magnitude <= half / 2 else { return nil }
  return GeoPoint(latitude: Int32(latitude), longitude: Int32(longitude))
}

private func readHemisphere(
  _ bytes: Span<UInt8>,
  _ at: inout Int
) -> (isLatitude: Bool, sign: Int64)? {
  guard at < bytes.count else { return nil }
  let letter: (isLatitude: Bool, sign: Int64)
  switch bytes[at] {
  case UInt8(ascii: "N"): letter = (true, 1)
  case UInt8(ascii: "S"): letter = (true, -1)
  case UInt8(ascii: "E"): letter = (false, 1)
  case UInt8(ascii: "W"): letter = (false, -1)
  default: return nil
  }
  at += 1
  return letter
}

/// `1*9DIGIT ("ms" / "s" / "m" / "h")`.
func readSpan(_ bytes: Span<UInt8>, _ at: inout Int) -> Millis? {
  guard let count = readDigits(bytes, &at, most: 9), at < bytes.count else { return nil }
  let unit: Int64
  switch bytes[at] {
  case UInt8(ascii: "s"): unit = 1_000
  case UInt8(ascii: "h"): unit = 3_600_000
  case UInt8(ascii: "m") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "s"):
    at += 1
    unit = 1
  case UInt8(ascii: "m"): unit = 60_000
  default: return nil
  }
  at += 1
  return Millis(Int64(count) * unit)
}

/// An instant since 1970: 13 digits of milliseconds, or RFC 3339 in UTC, `2025-11-22T10:00:00.5Z`.
func readTime(_ bytes: Span<UInt8>, _ at: inout Int) -> Millis? {
  let start = at
  if let millis = readDigits(bytes, &at, most: 13), at - start == 13 {
    return millis >= firstTime ? Millis(Int64(millis)) : nil
  }
  at = start
  guard
    let year = readNumber(bytes, &at, digits: 4, then: "-"),
    let month = readNumber(bytes, &at, digits: 2, then: "-"), (1...12).contains(month),
    let day = readNumber(bytes, &at, digits: 2, then: "T"),
    (1...daysInMonth(month, of: year)).contains(day),
    let hour = readNumber(bytes, &at, digits: 2, then: ":"), hour < 24,
    let minute = readNumber(bytes, &at, digits: 2, then: ":"), minute < 60,
    let second = readNumber(bytes, &at, digits: 2, then: nil), second < 60,
    at < bytes.count
  else { return nil }
  var millis: Int64 = 0
  if bytes[at] == UInt8(ascii: ".") {
    at += 1
    let fraction = at
    guard var part = readDigits(bytes, &at, most: 3) else { return nil }
    for _ in at - fraction..<3 { part *= 10 }
    millis = Int64(part)
  }
  guard at < bytes.count, bytes[at] == UInt8(ascii: "Z") else { return nil }
  at += 1
  let days = daysSince1970(year, month, day)
  let instant = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millis
  return writtenTimes.contains(instant) ? Millis(instant) : nil
}

/// 2001-09-09 to 2286-11-20: other instants have not 13 digits and could not be written again.
private let writtenTimes: ClosedRange<Int64> = 1_000_000_000_000...9_999_999_999_999

/// The first of them.
let firstTime: UInt64 = 1_000_000_000_000

private func readNumber(
  _ bytes: Span<UInt8>,
  _ at: inout Int,
  digits: Int,
  then separator: Unicode.Scalar?
) -> Int64? {
  let start = at
  guard let value = readDigits(bytes, &at, most: digits), at - start == digits else { return nil }
  if let separator {
    guard at < bytes.count, bytes[at] == UInt8(ascii: separator) else { return nil }
    at += 1
  }
  return Int64(value)
}

private func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  if month == 2 { return isLeap ? 29 : 28 }
  return [4, 6, 9, 11].contains(month) ? 30 : 31
}

/// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil; years from 0.
private func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
  // Years begin in March, so that the leap day ends one; 400 more keep everything positive.
  let shifted = (month <= 2 ? year - 1 : year) + 400
  let era = shifted / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return (era - 1) * 146_097 + dayOfEra - 719_468
}

/// `epoch-sequence`.
func readPosition(_ bytes: Span<UInt8>, _ at: inout Int) -> FactPosition? {
  guard let epoch = readUInt64(bytes, &at), at < bytes.count, bytes[at] == UInt8(ascii: "-") else {
    return nil
  }
  at += 1
  guard let sequence = readUInt64(bytes, &at) else { return nil }
  return FactPosition(epoch: epoch, sequence: sequence)
}
