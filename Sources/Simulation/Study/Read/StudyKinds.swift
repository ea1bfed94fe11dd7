import Yams

// Lists that only a study has. A list may be written as a range, as its items are mostly regular.

extension ScenarioKind where Value == [LocalDay] {
  /// Ascending, each once.
  static var days: Self {
    list(
      "days such as [2008-05-17, 2008-05-19], or a range such as 2008-05-17..2008-05-23",
      item: { text in
        let ends = rangeEnds(text).map { LocalDay($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
          first <= last, last.number - first.number < 10_000
        else { return nil }
        return (first.number...last.number).map { LocalDay(number: $0) }
      },
      isOrdered: <,
      show: { (days: [LocalDay]) in days.map(\.description).joined(separator: ", ") }
    )
  }
}

extension ScenarioKind where Value == [UInt64] {
  /// Ascending, each once.
  static var seeds: Self {
    list(
      "whole numbers such as [1, 2, 3], or a range such as 1..5",
      item: { text in
        let parts = rangeEnds(text)
        let ends = parts.compactMap { part in
          part.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(part) : nil
        }
        guard ends.count == parts.count, ends.count <= 2, let first = ends.first,
          let last = ends.last, first <= last, last - first < 1_000
        else { return nil }
        return Array(first...last)
      },
      isOrdered: <,
      show: { (seeds: [UInt64]) in
        guard let first = seeds.first, let last = seeds.last, seeds.count > 2,
          last - first == UInt64(seeds.count - 1)
        else { return seeds.map { String($0) }.joined(separator: ", ") }
        return "\(first)..\(last)"
      }
    )
  }
}

extension ScenarioKind where Value == [Int] {
  /// Shares in permyriad, descending, each once.
  static var shares: Self {
    let share = ScenarioKind<Int>.share(100...10_000)
    return list(
      "shares such as [100%, 90%, 80%], or a range such as 100%..40% by 5%, 1% to 100%",
      item: { text in
        func read(_ part: String) -> Int? { try? share.read(Node(part)) }
        let words = text.split(separator: " ").map(String.init)
        if words.count == 1 { return read(words[0]).map { [$0] } }
        guard words.count == 3, words[1] == "by", let step = read(words[2]) else { return nil }
        let ends = rangeEnds(words[0]).compactMap(read)
        guard ends.count == 2, let high = ends.max(), let low = ends.min() else { return nil }
        return Array(stride(from: high, through: low, by: -step))
      },
      isOrdered: >,
      show: { (shares: [Int]) in
        let shown = shares.map { share.show($0) }
        guard shares.count > 3 else { return shown.joined(separator: ", ") }
        let step = shares[0] - shares[1]
        let isRegular = zip(shares, shares.dropFirst()).allSatisfy { $0 - $1 == step }
        return isRegular
          ? "\(shown[0])..\(shown[shown.count - 1]) by \(share.show(step))"
          : shown.joined(separator: ", ")
      }
    )
  }
}

extension ScenarioKind {
  /// A list of texts, each read into one or more items; put into order, and none twice.
  private static func list<Item: Hashable & Sendable>(
    _ description: String,
    item: @escaping @Sendable (String) -> [Item]?,
    isOrdered: @escaping @Sendable (Item, Item) -> Bool,
    show: @escaping @Sendable ([Item]) -> String
  ) -> Self where Value == [Item] {
    Self(
      description: description,
      read: { (node: Node) throws(ScenarioFault) in
        var items: [Item] = []
        for (text, mark) in try scalarTexts(node) {
          guard let found = item(text) else {
            throw ScenarioFault(text: "'\(text)' is not allowed", mark: mark)
          }
          for one in found {
            guard !items.contains(one) else {
              throw ScenarioFault(text: "\(show([one])) is listed twice", mark: mark)
            }
            items.append(one)
          }
        }
        guard !items.isEmpty else { throw ScenarioFault(text: "the list is empty") }
        return items.sorted(by: isOrdered)
      },
      show: { $0.isEmpty ? "none" : show($0) }
    )
  }
}

/// The two sides of `..`, or the whole text.
private func rangeEnds(_ text: String) -> [String] {
  text.replacing("..", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
    .map(String.init)
}
