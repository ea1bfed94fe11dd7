/// Numbers as text, the same on every machine: no locale, no C library, whole-number arithmetic
/// wherever the number is a ratio of whole numbers.
package enum Decimals {
  /// `numerator ÷ denominator` with exactly `places` decimals, rounded half away from zero.
  /// `nil` when the denominator is not positive.
  package static func fixed(_ numerator: Int64, over denominator: Int64, places: Int) -> String? {
    guard denominator > 0 else { return nil }
    let scaled = Int128(numerator) * Int128(powerOfTen(places))
    let half = Int128(denominator) / 2
    let whole = (scaled.magnitude + half.magnitude) / Int128(denominator).magnitude
    return place(point: places, in: whole, negative: numerator < 0)
  }

  package static func fixed(_ ratio: Ratio, places: Int) -> String? {
    fixed(ratio.numerator, over: ratio.denominator, places: places)
  }

  /// A floating-point number with exactly `places` decimals, rounded half away from zero; `nil`
  /// when it is not finite or too large to be exact.
  package static func fixed(_ value: Double, places: Int) -> String? {
    let scaled = (value * Double(powerOfTen(places))).rounded()
    guard scaled.isFinite, scaled.magnitude < 1e15 else { return nil }
    let whole = Int64(scaled)
    return place(point: places, in: UInt128(whole.magnitude), negative: whole < 0)
  }

  /// The shortest text with at most two decimals, for coordinates in drawings.
  package static func coordinate(_ value: Double) -> String {
    guard var text = fixed(value, places: 2) else { return "0" }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A whole number with a comma between each three digits.
  package static func grouped(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "\u{2212}" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  package static func grouped(_ value: Int) -> String { grouped(Int64(value)) }

  /// A share in per cent with one decimal and no unit.
  package static func percent(_ ratio: Ratio, places: Int = 1) -> String? {
    guard ratio.numerator.magnitude < UInt64(Int64.max) / 100 else { return nil }
    return fixed(ratio.numerator * 100, over: ratio.denominator, places: places)
  }

  /// The change from `base` to `value` as signed per cent: one decimal below 10 %, none from
  /// there on. `nil` when either is unknown or the base is zero.
  package static func change(from base: Double?, to value: Double?) -> String? {
    guard let base, let value, base > 0 else { return nil }
    let percent = (value / base - 1) * 100
    let places = percent.magnitude < 9.95 ? 1 : 0
    guard let text = fixed(percent.magnitude, places: places) else { return nil }
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    if isZero { return "\u{00B1}0 %" }
    return (percent < 0 ? "\u{2212}" : "+") + text + " %"
  }

  /// A span as minutes and seconds, `3:07`, rounded to the second; hours are not split off.
  package static func clock(_ milliseconds: Int64) -> String {
    let seconds = (milliseconds + 500) / 1_000
    let rest = seconds % 60
    return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func powerOfTen(_ places: Int) -> Int64 {
    var power: Int64 = 1
    for _ in 0..<max(0, places) { power *= 10 }
    return power
  }

  private static func place(point places: Int, in whole: UInt128, negative: Bool) -> String {
    var digits = String(whole)
    if digits.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.count) + digits
    }
    if places > 0 { digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places)) }
    return negative && whole > 0 ? "-" + digits : digits
  }
}
