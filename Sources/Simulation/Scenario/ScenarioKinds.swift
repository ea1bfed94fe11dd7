import Yams

// The types that a scenario's values have. Each unit is spelt in the file and gone after reading:
// what comes out is a whole number, or the value is refused.

extension ScenarioKind where Value == String {
  static var text: Self { .scalar("text", parse: { $0 }, show: { $0.isEmpty ? "none" : $0 }) }
}

extension ScenarioKind where Value == [String] {
  static var texts: Self {
    Self(
      description: "one text or a list of texts",
      read: { (node: Node) throws(ScenarioFault) in
        try scalarTexts(node).map(\.text)
      },
      show: { $0.isEmpty ? "none" : $0.joined(separator: ", ") }
    )
  }
}

extension ScenarioKind where Value == Bool {
  static var flag: Self {
    .scalar(
      "true or false",
      parse: { ["true": true, "false": false][$0] },
      show: { $0 ? "true" : "false" }
    )
  }
}

extension ScenarioKind
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the cases, by raw value.
  static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    let description = "one of " + words.joined(separator: ", ")
    return .scalar(
      description,
      parse: { (text: String) throws(ScenarioFault) in
        if let value = Value(rawValue: text) { return value }
        let nearest = nearestWord(to: text, in: words).map { "; did you mean '\($0)'" } ?? ""
        throw ScenarioFault(text: "'\(text)' is not known\(nearest)")
      },
      show: \.rawValue
    )
  }
}

extension ScenarioKind where Value == UInt64 {
  static var seed: Self {
    .scalar(
      "whole number, 0 to \(UInt64.max)",
      // Digits alone: UInt64 would take a plus sign too.
      parse: { $0.utf8.allSatisfy { (48...57).contains($0) } ? UInt64($0) : nil },
      show: { String($0) }
    )
  }
}

extension ScenarioKind where Value == Int {
  static func whole(_ range: ClosedRange<Int>) -> Self {
    Self.scalar(
      "whole number",
      parse: { exact($0, times: 1).map { Int($0) } },
      show: { String($0) }
    ).within(range)
  }

  /// A percentage with at most two decimals, in permyriad.
  static func share(_ range: ClosedRange<Int> = 0...10_000) -> Self {
    Self.scalar(
      "share such as 2% or 0.25%",
      parse: { $0.hasSuffix("%") ? exact($0.dropLast(), times: 100).map { Int($0) } : nil },
      show: { decimal(Int64($0), per: 100) + "%" }
    ).within(range)
  }

  /// A factor with at most three decimals, in permille.
  static func factor(_ range: ClosedRange<Int>) -> Self {
    Self.scalar(
      "factor such as 1.3",
      parse: { exact($0, times: 1_000).map { Int($0) } },
      show: { decimal(Int64($0), per: 1_000) }
    ).within(range)
  }
}

extension ScenarioKind where Value == Int64 {
  /// In milliseconds.
  static func duration(_ range: ClosedRange<Int64>) -> Self {
    Self.scalar(
      "duration such as 90s or 10m",
      parse: { quantity($0, units: durationUnits) },
      show: shownDuration
    ).within(range)
  }

  /// In decimetres.
  static func distance(_ range: ClosedRange<Int64>) -> Self {
    Self.scalar(
      "distance such as 80m or 1.5km",
      parse: { quantity($0, units: [("km", 10_000), ("m", 10)]) },
      show: { $0 % 1_000 == 0 ? decimal($0, per: 10_000) + "km" : decimal($0, per: 10) + "m" }
    ).within(range)
  }

  /// In metres an hour.
  static func speed(_ range: ClosedRange<Int64>) -> Self {
    Self.scalar(
      "speed such as 16km/h or 4.5m/s",
      parse: { quantity($0, units: [("km/h", 1_000), ("m/s", 3_600)]) },
      show: { decimal($0, per: 1_000) + "km/h" }
    ).within(range)
  }

  /// Milliseconds after midnight.
  static var clock: Self {
    .scalar(
      "clock time such as 04:00",
      parse: { clockMilliseconds($0) },
      show: { String(LocalTime(milliseconds: $0).description.dropFirst(11).prefix(5)) }
    )
  }
}

extension ScenarioKind where Value == ClosedRange<Int64> {
  /// One duration, or two with `..` between them, in milliseconds.
  static func durations(_ range: ClosedRange<Int64>) -> Self {
    let span = "\(shownDuration(range.lowerBound)) to \(shownDuration(range.upperBound))"
    return .scalar(
      "duration such as 3s, or a range such as 1s..5s, \(span)",
      parse: { text in
        let parts = text.replacing("..", with: "\n").split(
          separator: "\n",
          omittingEmptySubsequences: false
        )
        let ends = parts.compactMap { quantity($0, units: durationUnits) }
        guard ends.count == parts.count, ends.count <= 2, let low = ends.first,
          let high = ends.last, low <= high, range.contains(low), range.contains(high)
        else { return nil }
        return low...high
      },
      show: {
        let low = shownDuration($0.lowerBound)
        return $0.lowerBound == $0.upperBound ? low : low + ".." + shownDuration($0.upperBound)
      }
    )
  }
}

extension ScenarioKind where Value == Int32 {
  /// Seconds ahead of UTC. The sign is asked for: "05:00" west or east is a frequent mistake.
  static var utcOffset: Self {
    .scalar(
      "offset with its sign, such as -05:00, -12:00 to +14:00",
      parse: { text in
        guard let sign = text.first, sign == "+" || sign == "-", text.utf8.count == 6,
          let clock = clockMilliseconds(text.dropFirst())
        else { return nil }
        let seconds = Int32(clock / 1_000) * (sign == "-" ? -1 : 1)
        return (-12 * 3_600...14 * 3_600).contains(seconds) ? seconds : nil
      },
      show: {
        let minutes = Int($0.magnitude / 60)
        return ($0 < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
      }
    )
  }

  /// Degrees with at most seven decimals, in ten-millionths.
  static func degrees(_ limit: Int32) -> Self {
    Self.scalar(
      "degrees",
      parse: { text in
        let negative = text.hasPrefix("-")
        guard let count = exact(negative ? text.dropFirst() : text[...], times: 10_000_000)
        else { return nil }
        return Int32(exactly: negative ? -count : count)
      },
      show: { decimal(Int64($0), per: 10_000_000) }
    ).within(-limit * 10_000_000...limit * 10_000_000)
  }
}

extension ScenarioKind where Value == LocalTime {
  static var localTime: Self {
    .scalar(
      "local time such as 2013-01-01T00:30",
      parse: { LocalTime($0) },
      show: \.description
    )
  }
}

extension ScenarioKind where Value == LocalDay {
  static var day: Self {
    .scalar("day such as 2013-01-01", parse: { LocalDay($0) }, show: \.description)
  }
}

extension ScenarioKind where Value == Scenario.LearnFrom {
  static var learnFrom: Self {
    let description = "other-days, or a list of days such as [2008-05-18, 2008-05-19]"
    return Self(
      description: description,
      read: { (node: Node) throws(ScenarioFault) in
        if case .scalar(let scalar) = node, scalar.string == "other-days" { return .otherDays }
        var days: [LocalDay] = []
        for (text, mark) in try scalarTexts(node) {
          guard let day = LocalDay(text) else {
            throw ScenarioFault(text: "'\(text)' is not a day", mark: mark)
          }
          guard !days.contains(day) else {
            throw ScenarioFault(text: "\(day) is listed twice", mark: mark)
          }
          days.append(day)
        }
        guard !days.isEmpty else {
          throw ScenarioFault(text: "the list is empty")
        }
        return .days(days.sorted())
      },
      show: {
        switch $0 {
        case .otherDays: "other-days"
        case .days(let days): "[" + days.map(\.description).joined(separator: ", ") + "]"
        }
      }
    )
  }
}

private let durationUnits: [(suffix: String, scale: Int64)] = [
  ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
]

/// A number and the first unit that it ends in, as a whole number of the smallest.
private func quantity(
  _ text: some StringProtocol,
  units: [(suffix: String, scale: Int64)]
) -> Int64? {
  guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
  return exact(text.dropLast(unit.suffix.count), times: unit.scale)
}

private func shownDuration(_ milliseconds: Int64) -> String {
  if milliseconds == 0 { return "0s" }
  let unit = durationUnits.last { milliseconds % $0.scale == 0 } ?? durationUnits[0]
  return String(milliseconds / unit.scale) + unit.suffix
}
