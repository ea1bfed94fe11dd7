/// Where facts are kept before anyone hears of them. The third seam: other people will replace it.
///
/// A store is used from one thread, its host's. It may write elsewhere and later, but calls back on
/// that thread. Batches are kept in the order in which they were given, whole or not at all.
public protocol JournalStore: AnyObject {
  /// What an answer promises.
  var durability: Durability { get }
  /// The number of this leadership; it only grows, and opens every position.
  var epoch: UInt64 { get }
  /// Told each time more is kept: the number of the last kept fact.
  var onKept: ((UInt64) -> Void)? { get set }

  /// Takes the next facts, in order; returns at once.
  func append(_ batch: [JournalRecord])
}

/// What survives what, from least to most; the names are those of the banner.
public enum Durability: String, CaseIterable, Sendable {
  /// Nothing survives the end of the process.
  case memory
  /// Survives the engine; the last two seconds may go with the store or the power.
  case relaxed
  /// Survives the engine, the store and the power.
  case durable
  /// Survives the loss of a machine too.
  case replicated
}

/// Keeps nothing beyond the process: each batch counts as kept at once.
public final class MemoryStore: JournalStore {
  public let durability = Durability.memory
  public let epoch: UInt64
  public var onKept: ((UInt64) -> Void)?

  public init(epoch: UInt64) { self.epoch = epoch }

  public func append(_ batch: [JournalRecord]) {
    guard let last = batch.last else { return }
    onKept?(last.fact.number)
  }
}
