import Matching

/// Where facts are kept before anyone hears of them. The third seam: other people will replace it.
///
/// A store is used from one thread, its host's. It may write elsewhere and later, but calls back on
/// that thread. Batches are kept in the order in which they were given, whole or not at all.
public protocol JournalStore: AnyObject {
  /// What an answer promises.
  var durability: Durability { get }
  /// The number of the present leadership; it only grows, and opens every position.
  var epoch: UInt64 { get }
  /// Why facts cannot be kept just now, for people; `nil` = they can.
  var fault: String? { get }
  /// Whether this process leads from the start, with nothing to recover.
  var leadsAtOnce: Bool { get }
  /// Told each time more is kept: the number of the last kept fact.
  var onKept: ((UInt64) -> Void)? { get set }
  /// Told of everything else that happens to the journal.
  var onNews: ((JournalNews) -> Void)? { get set }

  /// Begins to work, once all that its host needs is there.
  func start()
  /// Takes the next facts, in order; returns at once.
  func append(_ batch: [JournalRecord])
  /// Takes the whole state after a fact that was appended; returns at once. A store that keeps
  /// nothing may ignore it.
  func publish(snapshot: [UInt8], upTo fact: UInt64)
  /// Whether a view would be taken now: `false` for stores that show none, and while the last one is
  /// under way.
  var takesView: Bool { get }
  /// Takes what other software may read, to be shown once all facts that it speaks of are kept.
  func show(_ view: LiveView)
}

extension JournalStore {
  public var fault: String? { nil }
  public var leadsAtOnce: Bool { true }
  public var onNews: ((JournalNews) -> Void)? {
    get { nil }
    set {}
  }

  public func start() {}
  public func publish(snapshot: [UInt8], upTo fact: UInt64) {}

  public var takesView: Bool { false }
  public func show(_ view: LiveView) {}
}

/// What a store that outlives its process has to tell.
public enum JournalNews: Sendable {
  /// Everything known is void; what follows begins from this state, or from nothing.
  case restart(snapshot: [UInt8]?)
  /// The next entries of the journal, written by whoever led.
  case entries([JournalEntry])
  /// Another process leads; where its clients reach it.
  case follows(leader: String)
  /// This process leads from now on, and knows all that is kept.
  case leads(epoch: UInt64)
  /// It led, and another process does now.
  case fenced
  /// ``JournalStore/fault`` or ``JournalStore/durability`` has changed.
  case changed
  /// The last position could not be noted outside of the store; facts are kept all the same.
  case witnessFailed(String)
  /// What other software may read could not be written; facts are kept all the same.
  case viewFailed(String)
  /// It is time for a snapshot.
  case snapshotDue
  /// The process must not go on: what a person needs to know.
  case ended(JournalEnd)
}

/// Why a process must not go on with a journal.
public struct JournalEnd: Error, Sendable, CustomStringConvertible {
  /// For the process's exit.
  public enum Code: Int32, Sendable {
    /// The store cannot be used as it is: the message says what to change.
    case unusable = 11
    /// The store has less than it had acknowledged.
    case lostTail = 12
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

/// What survives what, from least to most; the names are those of the banner.
public enum Durability: String, CaseIterable, Comparable, Sendable {
  /// Nothing survives the end of the process.
  case memory
  /// Survives the engine; the last two seconds may go with the store or the power.
  case relaxed
  /// Survives the engine, the store and the power.
  case durable
  /// Survives the loss of a machine too.
  case replicated

  private var rank: Int {
    switch self {
    case .memory: 0
    case .relaxed: 1
    case .durable: 2
    case .replicated: 3
    }
  }

  public static func < (a: Durability, b: Durability) -> Bool { a.rank < b.rank }
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
