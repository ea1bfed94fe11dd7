/// A place in the journal: the leadership that wrote a fact, and the fact's number. Written
/// `4-18230`, which is also the id of the entry in the store. Ordered by epoch, then number.
public struct JournalPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var epoch: UInt64
  public var sequence: UInt64

  public init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  /// Before everything.
  public static var start: JournalPosition { JournalPosition(epoch: 0, sequence: 0) }

  /// `nil` when `text` is no position.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = UInt64(parts[0]), let sequence = UInt64(parts[1]) else {
      return nil
    }
    self.init(epoch: epoch, sequence: sequence)
  }

  public static func < (a: JournalPosition, b: JournalPosition) -> Bool {
    (a.epoch, a.sequence) < (b.epoch, b.sequence)
  }

  public var description: String { "\(epoch)-\(sequence)" }
}
