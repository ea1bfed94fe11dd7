import Yams

/// Why a value was refused, in words that follow the key; what is allowed is added to them.
/// `mark` where a part of the value is to blame.
struct ScenarioFault: Error {
  var text: String
  var mark: Mark?
}

/// What a key's value may be: how it is read, shown and described. One for each type of key.
struct ScenarioKind<Value: Sendable>: Sendable {
  /// As in the reference table, with the range: "duration, 1s to 24h".
  var description: String
  var read: @Sendable (Node) throws(ScenarioFault) -> Value
  /// Text that ``read`` takes back to the same value.
  var show: @Sendable (Value) -> String

  /// A value that is one text in YAML; `parse` gives `nil` when the text is no such value.
  static func scalar(
    _ description: String,
    parse: @escaping @Sendable (String) throws(ScenarioFault) -> Value?,
    show: @escaping @Sendable (Value) -> String
  ) -> Self {
    Self(
      description: description,
      read: { (node: Node) throws(ScenarioFault) in
        let text = try scalarText(node)
        guard let value = try parse(text) else {
          throw ScenarioFault(text: "'\(text)' is not allowed")
        }
        return value
      },
      show: show
    )
  }

  /// The value, or `none`.
  var optional: ScenarioKind<Value?> {
    ScenarioKind<Value?>(
      description: description + ", or none",
      read: { (node: Node) throws(ScenarioFault) in
        if case .scalar(let scalar) = node, scalar.string == "none" { return nil }
        return try read(node)
      },
      show: { $0.map(show) ?? "none" }
    )
  }
}

extension ScenarioKind where Value: Comparable {
  /// The same, refused outside of `range`, which becomes part of the description.
  func within(_ range: ClosedRange<Value>) -> Self {
    let span = "\(show(range.lowerBound)) to \(show(range.upperBound))"
    return Self(
      description: "\(description), \(span)",
      read: { (node: Node) throws(ScenarioFault) in
        let value = try read(node)
        guard range.contains(value) else {
          throw ScenarioFault(text: "\(show(value)) is out of range")
        }
        return value
      },
      show: show
    )
  }
}

/// The text of a scalar node.
func scalarText(_ node: Node) throws(ScenarioFault) -> String {
  switch node {
  case .scalar(let scalar):
    guard !scalar.string.isEmpty || scalar.style != .plain else {
      throw ScenarioFault(text: "has no value")
    }
    return scalar.string
  case .mapping: throw ScenarioFault(text: "is a map")
  case .sequence: throw ScenarioFault(text: "is a list")
  case .alias: throw ScenarioFault(text: "is an alias")
  }
}

/// The texts of a list of scalars; one text alone is a list of one.
func scalarTexts(_ node: Node) throws(ScenarioFault) -> [(text: String, at: Mark?)] {
  guard case .sequence(let sequence) = node else {
    return [(try scalarText(node), node.mark)]
  }
  var texts: [(text: String, at: Mark?)] = []
  for item in sequence {
    do throws(ScenarioFault) {
      texts.append((try scalarText(item), item.mark))
    } catch {
      throw ScenarioFault(text: "an item of the list " + error.text, mark: item.mark)
    }
  }
  return texts
}

/// `number` × `scale` as a whole number; `nil` when it is not whole, or no plain decimal number.
/// A sign is not allowed: the kinds that know one take it off first.
func exact(_ number: some StringProtocol, times scale: Int64) -> Int64? {
  let parts = number.split(separator: ".", omittingEmptySubsequences: false)
  guard parts.count <= 2, number.utf8.count <= 20,
    parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
    let whole = Int64(parts[0]), let fraction = parts.count == 2 ? Int64(parts[1]) : 0
  else { return nil }
  var unit: Int64 = 1
  for _ in 0..<(parts.count == 2 ? parts[1].utf8.count : 0) {
    let (next, overflow) = unit.multipliedReportingOverflow(by: 10)
    if overflow { return nil }
    unit = next
  }
  let (units, tooLarge) = whole.multipliedReportingOverflow(by: scale)
  let (parted, tooFine) = fraction.multipliedReportingOverflow(by: scale)
  guard !tooLarge, !tooFine, parted % unit == 0 else { return nil }
  let (sum, overflow) = units.addingReportingOverflow(parted / unit)
  return overflow ? nil : sum
}

/// `count` ÷ `scale` as the shortest decimal number. `scale` is a power of ten.
func decimal(_ count: Int64, per scale: Int64) -> String {
  let sign = count < 0 ? "-" : ""
  let fraction = count.magnitude % scale.magnitude
  guard fraction > 0 else { return sign + String(count.magnitude / scale.magnitude) }
  var digits = padded(Int(fraction), String(scale).utf8.count - 1)
  while digits.hasSuffix("0") { digits.removeLast() }
  return sign + String(count.magnitude / scale.magnitude) + "." + digits
}
