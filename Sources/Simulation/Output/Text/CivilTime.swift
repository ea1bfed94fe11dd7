/// A clock time of a place, from Unix milliseconds and its distance from UTC: the proleptic
/// Gregorian calendar, no time zone data, no locale.
///
/// Source of the day arithmetic: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
package struct CivilTime: Equatable, Sendable {
  package var year: Int64
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var millisecond: Int
  /// 0 is Monday.
  package var weekday: Int

  package init(unixMilliseconds: Int64, utcOffsetSeconds: Int) {
    let local = unixMilliseconds.addingReportingOverflow(Int64(utcOffsetSeconds) * 1_000)
    let stamp = local.overflow ? unixMilliseconds : local.partialValue
    let days = Self.floorDivide(stamp, 86_400_000)
    let remainder = Int(stamp % 86_400_000)
    let inDay = remainder < 0 ? remainder + 86_400_000 : remainder
    hour = inDay / 3_600_000
    minute = inDay / 60_000 % 60
    second = inDay / 1_000 % 60
    millisecond = inDay % 1_000
    let sinceMonday = (days + 3) % 7
    weekday = Int(sinceMonday < 0 ? sinceMonday + 7 : sinceMonday)

    let shifted = days + 719_468
    let era = Self.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `1 Jan 2013`.
  package var date: String { "\(day) \(Self.months[month - 1]) \(year)" }
  /// `Tue 1 Jan`.
  package var dayLabel: String { "\(Self.weekdays[weekday]) \(day) \(Self.months[month - 1])" }
  /// `00:10`.
  package var time: String { "\(Self.pad(hour)):\(Self.pad(minute))" }

  /// ISO 8601 with milliseconds and the offset, `2013-01-01T00:10:00.000-05:00`.
  public static func iso(_ unixMilliseconds: Int64, utcOffsetSeconds: Int) -> String {
    let civil = CivilTime(unixMilliseconds: unixMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
    let year = pad(Int(civil.year), 4)
    let date = "\(year)-\(pad(civil.month))-\(pad(civil.day))"
    let clock = "\(civil.time):\(pad(civil.second)).\(pad(civil.millisecond, 3))"
    return "\(date)T\(clock)\(offset(utcOffsetSeconds, minus: "-"))"
  }

  /// The measured span in words: the date once when it begins and ends on the same day.
  package static func span(from start: Int64, to end: Int64, utcOffsetSeconds: Int) -> String {
    let first = CivilTime(unixMilliseconds: start, utcOffsetSeconds: utcOffsetSeconds)
    let last = CivilTime(unixMilliseconds: end, utcOffsetSeconds: utcOffsetSeconds)
    let zone = "UTC" + offset(utcOffsetSeconds, minus: "\u{2212}")
    if first.date == last.date { return "\(first.date), \(first.time)–\(last.time) (\(zone))" }
    return "\(first.date), \(first.time) – \(last.date), \(last.time) (\(zone))"
  }

  private static func offset(_ seconds: Int, minus: String) -> String {
    let minutes = abs(seconds) / 60
    return "\(seconds < 0 ? minus : "+")\(pad(minutes / 60)):\(pad(minutes % 60))"
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    value >= 0 ? value / by : -((-(value + 1)) / by) - 1
  }

  private static func pad(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
