import Matching

/// One line of the journal: a fact, and what the door knows of it that the engine does not, such as
/// names and who asked.
public struct JournalRecord: Equatable, Sendable {
  public var fact: Fact
  /// The fact as a line of the protocol's grammar, without its newline:
  /// `req.queued r77 from=37.5665000,126.9780000 seats=1 b=blue`.
  public var line: [UInt8]
  /// How many bytes of the line a subscriber may read; what follows is kept, never shown.
  public var shownCount: Int
  /// ``Engine/digest()`` after this fact, if one was taken; 0 = none.
  public var digest: UInt64

  /// - Parameters:
  ///   - fact: what became true.
  ///   - line: the same, readable.
  ///   - shownCount: at most `line.count`.
  ///   - digest: of the state after it; 0 = none.
  public init(fact: Fact, line: [UInt8], shownCount: Int, digest: UInt64 = 0) {
    precondition(shownCount <= line.count, "a record shows more than it holds")
    self.fact = fact
    self.line = line
    self.shownCount = shownCount
    self.digest = digest
  }
}
