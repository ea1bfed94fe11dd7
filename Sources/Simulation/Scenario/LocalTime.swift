/// A day of the local calendar, counted from 1 January 1970.
public struct LocalDay: Hashable, Comparable, Sendable {
  public static let milliseconds: Int64 = 86_400_000

  public var number: Int32

  public init(number: Int32) { self.number = number }

  /// From `YYYY-MM-DD`, years 1970 to 2199; `nil` when there is no such day.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3,
      let year = wholeNumber(parts[0], digits: 4, in: 1_970...2_199),
      let month = wholeNumber(parts[1], digits: 2, in: 1...12),
      let day = wholeNumber(parts[2], digits: 2, in: 1...31)
    else { return nil }
    // Days before a year that starts in March, so that the leap day is its last: H. Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms" (2013), days_from_civil.
    let shifted = month > 2 ? year : year - 1
    let fromMarch = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    self.number = Int32(
      shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + fromMarch + day - 1 - 719_468
    )
    // The 31st of a short month would come out as a day of the next.
    guard description == text else { return nil }
  }

  public static func < (a: LocalDay, b: LocalDay) -> Bool { a.number < b.number }
}

extension LocalDay: CustomStringConvertible {
  /// `YYYY-MM-DD`. Same source, civil_from_days.
  public var description: String {
    let days = Int(number) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return padded(year, 4) + "-" + padded(month, 2) + "-"
      + padded(dayOfYear - (153 * fromMarch + 2) / 5 + 1, 2)
  }
}

/// A reading of the local calendar and clock, without a time zone.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// Since 1 January 1970, 00:00 local time.
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// From `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS`; a blank may stand for the T.
  public init?(_ text: String) {
    guard let day = LocalDay(String(text.prefix(10))) else { return nil }
    var milliseconds = Int64(day.number) * LocalDay.milliseconds
    let rest = text.dropFirst(10)
    if let separator = rest.first {
      guard separator == "T" || separator == " ", let clock = clockMilliseconds(rest.dropFirst())
      else { return nil }
      milliseconds += clock
    }
    self.milliseconds = milliseconds
  }

  /// Where local time is `utcOffset` seconds ahead of UTC.
  public func unixMilliseconds(utcOffset: Int32) -> Int64 {
    milliseconds - Int64(utcOffset) * 1_000
  }

  public static func < (a: LocalTime, b: LocalTime) -> Bool { a.milliseconds < b.milliseconds }
}

extension LocalTime: CustomStringConvertible {
  /// `YYYY-MM-DDTHH:MM:SS`, in whole seconds.
  public var description: String {
    let length = LocalDay.milliseconds
    let clock = ((milliseconds % length) + length) % length
    let day = LocalDay(number: Int32((milliseconds - clock) / length))
    let seconds = Int(clock / 1_000)
    return "\(day)T" + padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
      + padded(seconds % 60, 2)
  }
}

/// Milliseconds after midnight from `HH:MM` or `HH:MM:SS`.
func clockMilliseconds(_ text: some StringProtocol) -> Int64? {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2 || parts.count == 3,
    let hour = wholeNumber(parts[0], digits: 2, in: 0...23),
    let minute = wholeNumber(parts[1], digits: 2, in: 0...59),
    let second = parts.count == 2 ? 0 : wholeNumber(parts[2], digits: 2, in: 0...59)
  else { return nil }
  return Int64(hour * 3_600 + minute * 60 + second) * 1_000
}

func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Exactly `digits` decimal digits, without a sign.
private func wholeNumber(
  _ text: some StringProtocol,
  digits: Int,
  in range: ClosedRange<Int>
) -> Int? {
  guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }),
    let number = Int(text), range.contains(number)
  else { return nil }
  return number
}
