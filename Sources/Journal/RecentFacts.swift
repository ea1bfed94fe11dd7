/// The latest entries of a journal, for those who come back: numbered without gaps, the oldest gone
/// first, at most `capacity` of them. Appending and reading by number cost O(1).
public struct RecentFacts<Entry> {
  public let capacity: Int
  /// The number of the oldest entry that is still there; one more than ``last`` when there is none.
  public private(set) var first: UInt64
  /// The number of the latest entry, or of the last before the first.
  public private(set) var last: UInt64
  private var entries: [Entry] = []
  /// The number of the first entry that was ever added.
  private let origin: UInt64

  /// - Parameters:
  ///   - capacity: 1 or more.
  ///   - last: the number after which entries follow.
  public init(capacity: Int, after last: UInt64 = 0) {
    precondition(capacity > 0, "no room for any fact")
    self.capacity = capacity
    self.last = last
    first = last + 1
    origin = first
  }

  public var isEmpty: Bool { first > last }

  /// Adds the entry with the number ``last`` + 1.
  public mutating func append(_ entry: Entry) {
    last += 1
    if entries.count < capacity {
      entries.append(entry)
    } else {
      entries[place(of: last)] = entry
      first += 1
    }
  }

  /// The entry of a number; `nil` when it is gone or not yet there.
  public subscript(number: UInt64) -> Entry? {
    guard number >= first, number <= last else { return nil }
    return entries[place(of: number)]
  }

  /// Entries are stored from the first that was ever added, round and round.
  private func place(of number: UInt64) -> Int { Int((number - origin) % UInt64(capacity)) }
}
