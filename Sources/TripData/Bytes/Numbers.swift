/// A decimal number times 10 to the power `scale`, rounded half away from zero: "37.75" at scale 7
/// is 377,500,000. Accepts a sign, a fraction and an exponent of ten; a fraction's digits beyond
/// the 17th significant one are cut.
/// The scale is 0…12.
///
/// - Returns: `nil` when the bytes are no number or the result leaves ±10¹⁷.
package func fixedPoint(_ field: Field, scale: Int) -> Int64? {
  guard var next = field.baseAddress, field.count > 0 else { return nil }
  let end = next + field.count
  let negative = next.pointee == 0x2D
  if negative { next += 1 }
  let start = next
  var value = digits(&next, end, 0)
  let whole = next - start
  guard whole <= 5, scale <= 7 else { return anyFixedPoint(field, scale: scale) }
  var places = 0
  var rounding: Int64 = 0
  if next < end && next.pointee == 0x2E {
    next += 1
    let point = next
    value = digits(&next, end - next > scale ? next + scale : end, value)
    places = next - point
    if next < end && next.pointee &- 0x30 <= 9 {
      rounding = next.pointee >= 0x35 ? 1 : 0
      while next < end && next.pointee &- 0x30 <= 9 { next += 1 }
    }
  }
  // A plus sign, an exponent, or no number at all: the long way tells.
  guard next == end, whole + places > 0 else { return anyFixedPoint(field, scale: scale) }
  value = value &* powersOfTen[scale - places] &+ rounding
  return negative ? -value : value
}

package let powersOfTen: InlineArray<8, Int64> = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000,
]

/// The digits from `next` on, which stops at the first other byte, appended to `value`; more than
/// 18 overflow, so the caller counts them.
@inline(__always)
func digits(
  _ next: inout UnsafeMutablePointer<UInt8>,
  _ end: UnsafeMutablePointer<UInt8>,
  _ value: Int64
) -> Int64 {
  var value = value
  while next < end {
    let digit = next.pointee &- 0x30
    guard digit <= 9 else { break }
    value = value &* 10 &+ Int64(digit)
    next += 1
  }
  return value
}

/// ``fixedPoint(_:scale:)`` for numbers of every form: the long way, byte by byte.
package func anyFixedPoint(_ field: Field, scale: Int) -> Int64? {
  guard var next = field.baseAddress, field.count > 0 else { return nil }
  let end = next + field.count
  let negative = next.pointee == 0x2D
  if negative || next.pointee == 0x2B { next += 1 }
  var value: Int64 = 0
  var digits = 0
  // The power of ten that `value` still has to be multiplied by.
  var shift = scale
  var fraction = false
  while next < end {
    let byte = next.pointee
    let digit = byte &- 0x30
    if digit <= 9 {
      digits += 1
      if value < 10_000_000_000_000_000 {
        value = value &* 10 &+ Int64(digit)
        if fraction { shift -= 1 }
      } else if !fraction {
        return nil
      }
    } else if byte == 0x2E && !fraction {
      fraction = true
    } else if byte | 0x20 == 0x65 {
      guard let power = wholeNumber(Field(start: next + 1, count: end - next - 1)),
        abs(power) <= 40
      else { return nil }
      shift += Int(power)
      break
    } else {
      return nil
    }
    next += 1
  }
  guard digits > 0, let result = scaled(value, by: shift) else { return nil }
  return negative ? -result : result
}

/// A value of 0 and more times ten to a power, rounded half up; `nil` beyond 10¹⁷.
private func scaled(_ value: Int64, by power: Int) -> Int64? {
  var value = value
  var power = power
  while power > 0 && value != 0 {
    guard value < 10_000_000_000_000_000 else { return nil }
    value &*= 10
    power -= 1
  }
  guard power < 0 else { return value }
  while power < -1 && value != 0 {
    value /= 10
    power += 1
  }
  return (value + 5) / 10
}

/// A whole number with an optional sign, at most 18 digits; `nil` for anything else.
package func wholeNumber(_ field: Field) -> Int64? {
  guard var next = field.baseAddress, field.count > 0, field.count <= 19 else { return nil }
  let end = next + field.count
  let negative = next.pointee == 0x2D
  if negative || next.pointee == 0x2B { next += 1 }
  guard next < end, end - next <= 18 else { return nil }
  var value: Int64 = 0
  while next < end {
    let digit = next.pointee &- 0x30
    guard digit <= 9 else { return nil }
    value = value &* 10 &+ Int64(digit)
    next += 1
  }
  return negative ? -value : value
}
