/// A moment as a file tells it.
///
/// Accepts `YYYY-MM-DD` and `HH:MM` or `HH:MM:SS`, a `T` or one blank between them, a fraction of
/// seconds, and a zone (`Z`, `+09:00`, `-0500`); years 1900…2199.
/// Times that name no zone are local, `utcOffsetSeconds` ahead of UTC.
///
/// - Returns: Unix milliseconds; `nil` when the bytes are no such time.
package func isoTime(_ field: Field, utcOffsetSeconds: Int) -> Int64? {
  guard let text = field.baseAddress, field.count >= 16, field.count <= 40 else { return nil }
  guard let date = isoDate(Field(start: text, count: 10)),
    text[10] == 0x20 || text[10] == 0x54 || text[10] == 0x74
  else { return nil }
  return clock(
    Field(start: text + 11, count: field.count - 11),
    date: date,
    utcOffsetSeconds: utcOffsetSeconds
  )
}

/// A date and a time of day that stand in two columns.
func isoTime(date: Field, time: Field, utcOffsetSeconds: Int) -> Int64? {
  guard let day = isoDate(date) else { return nil }
  return clock(time, date: day, utcOffsetSeconds: utcOffsetSeconds)
}

/// Days since 1970-01-01 of `YYYY-MM-DD`.
func isoDate(_ field: Field) -> Int64? {
  guard let text = field.baseAddress, field.count == 10, text[4] == 0x2D, text[7] == 0x2D,
    let century = twoDigits(text), let yearOfCentury = twoDigits(text + 2),
    let month = twoDigits(text + 5), let day = twoDigits(text + 8)
  else { return nil }
  let year = century * 100 + yearOfCentury
  guard year >= 1900, year < 2200, month >= 1, month <= 12, day >= 1,
    day <= daysInMonth(month, year: year)
  else { return nil }
  // Days from the civil date, counting years from March: H. Hinnant, "chrono-Compatible
  // Low-Level Date Algorithms" (2014).
  let y = month <= 2 ? year - 1 : year
  let era = y / 400
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return Int64(era * 146_097 + dayOfEra - 719_468)
}

private func daysInMonth(_ month: Int, year: Int) -> Int {
  switch month {
  case 4, 6, 9, 11: 30
  case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  default: 31
  }
}

@inline(__always)
private func twoDigits(_ text: UnsafeMutablePointer<UInt8>) -> Int? {
  let tens = text[0] &- 0x30
  let ones = text[1] &- 0x30
  guard tens <= 9, ones <= 9 else { return nil }
  return Int(tens) * 10 + Int(ones)
}

private func clock(_ field: Field, date: Int64, utcOffsetSeconds: Int) -> Int64? {
  guard let text = field.baseAddress, field.count >= 5, text[2] == 0x3A,
    let hour = twoDigits(text), let minute = twoDigits(text + 3), hour < 24, minute < 60
  else { return nil }
  var next = 5
  var millis: Int64 = 0
  if field.count >= 8, text[5] == 0x3A {
    guard let second = twoDigits(text + 6), second < 60 else { return nil }
    millis = Int64(second) * 1_000
    next = 8
    if next < field.count, text[next] == 0x2E {
      next += 1
      var weight: Int64 = 100
      let first = next
      while next < field.count, text[next] &- 0x30 <= 9 {
        millis += Int64(text[next] &- 0x30) * weight
        weight /= 10
        next += 1
      }
      guard next > first else { return nil }
    }
  }
  let rest = Field(start: text + next, count: field.count - next)
  guard let offset = zone(rest, otherwise: utcOffsetSeconds) else { return nil }
  let seconds = date * 86_400 + Int64(hour * 3_600 + minute * 60 - offset)
  return seconds * 1_000 + millis
}

/// Seconds that the zone is ahead of UTC; `otherwise` when none is named.
private func zone(_ field: Field, otherwise: Int) -> Int? {
  guard let text = field.baseAddress, field.count > 0 else { return otherwise }
  if field.count == 1 { return text[0] == 0x5A || text[0] == 0x7A ? 0 : nil }
  // "2016-01-01 00:00:00 UTC", as some exports write.
  if field.count == 4, text[0] == 0x20, text[1] == 0x55, text[2] == 0x54, text[3] == 0x43 {
    return 0
  }
  guard text[0] == 0x2B || text[0] == 0x2D, field.count >= 3, let hours = twoDigits(text + 1),
    hours <= 18
  else { return nil }
  var minutes = 0
  if field.count == 6, text[3] == 0x3A, let told = twoDigits(text + 4) {
    minutes = told
  } else if field.count == 5, let told = twoDigits(text + 3) {
    minutes = told
  } else if field.count != 3 {
    return nil
  }
  guard minutes < 60 else { return nil }
  let offset = hours * 3_600 + minutes * 60
  return text[0] == 0x2D ? -offset : offset
}

/// ISO 8601, or Unix seconds (with a fraction or without), or Unix milliseconds: a bare number of
/// 10¹¹ and more is milliseconds (as seconds it would be past the year 5100).
package func anyTime(_ field: Field, utcOffsetSeconds: Int) -> Int64? {
  if field.count >= 16, let time = isoTime(field, utcOffsetSeconds: utcOffsetSeconds) {
    return time
  }
  guard let thousandths = fixedPoint(field, scale: 3) else { return nil }
  let isMillis = abs(thousandths) >= 100_000_000_000_000
  let millis = isMillis ? thousandths / 1_000 : thousandths
  // The same years as above.
  return millis >= -2_208_988_800_000 && millis < 7_258_118_400_000 ? millis : nil
}
