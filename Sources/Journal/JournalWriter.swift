import Matching

/// From facts to batches in the store, each kept exactly once: group commit, without any input or
/// output of its own.
///
/// Facts wait while batches are on their way, and leave together when one returns; so a commit costs
/// one flush of the disk however many facts it holds. After a failure or a cut connection the *same*
/// batches are sent again: the store answers that it has them, or takes them. Replies come in the
/// order of sending.
public struct JournalWriter {
  /// One batch for the store.
  public struct Append: Equatable, Sendable {
    public var epoch: UInt64
    /// Where the journal must end for the batch to follow, and where it ends after it.
    public var previous: FactPosition
    public var position: FactPosition
    public var bytes: [UInt8]
    /// The checksum of everything up to the end of this batch.
    public var chain: UInt32
  }

  /// What the store said to a batch.
  public enum Reply: Equatable, Sendable {
    case kept
    /// It had it already.
    case duplicate
    /// Another leadership began: nothing of this one is taken any more.
    case fenced(epoch: UInt64)
    /// The journal ends elsewhere.
    case gap(FactPosition)
    /// It could not be written now: no memory, no disk, still loading.
    case failed(String)
  }

  public enum Outcome: Equatable, Sendable {
    /// Kept up to this fact.
    case kept(UInt64)
    /// To be sent again after a pause, with all that was sent behind it.
    case again(String)
    case fenced(epoch: UInt64)
    /// The store has lost what it had acknowledged, or something else wrote into it.
    case lost(storeEnd: FactPosition, needed: FactPosition)
    /// The reply to a batch that failed along with one before it.
    case nothing
  }

  public static let recordsMax = 512
  public static let bytesMax = 65_536
  public static let inFlightMax = 2

  public let epoch: UInt64
  /// Where the journal ends once all that was cut into batches is kept.
  private(set) var head: FactPosition
  private var chain: UInt32
  private var waiting: [JournalRecord] = []
  private var waitingFirst = 0
  /// Cut, not kept; the first ``sent`` of them are on their way.
  private var batches: [Append] = []
  private var sent = 0
  /// Replies still to come to batches that failed along with one before them.
  private var ignored = 0

  /// - Parameters:
  ///   - epoch: of this leadership.
  ///   - head: where the journal ends.
  ///   - chain: its checksum there.
  public init(epoch: UInt64, head: FactPosition, chain: UInt32) {
    self.epoch = epoch
    self.head = head
    self.chain = chain
  }

  /// Facts that are not kept yet.
  public var backlog: Int {
    let cut = batches.reduce(0) { $0 + Int($1.position.sequence - $1.previous.sequence) }
    return waiting.count - waitingFirst + cut
  }

  public var isIdle: Bool { batches.isEmpty && waitingFirst == waiting.count }

  public mutating func add(_ records: [JournalRecord]) { waiting.append(contentsOf: records) }

  /// The next batch to send; `nil` = none for now. Calling it means that it is sent.
  public mutating func next() -> Append? {
    guard ignored == 0, sent < Self.inFlightMax else { return nil }
    if sent == batches.count { cut() }
    guard sent < batches.count else { return nil }
    sent += 1
    return batches[sent - 1]
  }

  private mutating func cut() {
    guard waitingFirst < waiting.count else { return }
    var end = waitingFirst
    var size = 0
    while end < waiting.count, end - waitingFirst < Self.recordsMax, size < Self.bytesMax {
      size += waiting[end].line.count + 24
      end += 1
      if waiting[end - 1].digest != 0 { break }
    }
    let batch = JournalBatch(Array(waiting[waitingFirst..<end]))
    waitingFirst = end
    if waitingFirst == waiting.count || waitingFirst > 65_536 {
      waiting.removeFirst(waitingFirst)
      waitingFirst = 0
    }
    let bytes = batch.bytes
    let position = FactPosition(epoch: epoch, sequence: batch.last)
    chain = CRC32C.sum(bytes, after: chain)
    batches.append(
      Append(epoch: epoch, previous: head, position: position, bytes: bytes, chain: chain)
    )
    head = position
  }

  /// Takes the reply to the oldest batch that is on its way.
  public mutating func receive(_ reply: Reply) -> Outcome {
    if ignored > 0 {
      ignored -= 1
      return .nothing
    }
    precondition(sent > 0, "a reply to nothing")
    switch reply {
    case .kept, .duplicate:
      sent -= 1
      return .kept(batches.removeFirst().position.sequence)
    case .fenced(let epoch): return .fenced(epoch: epoch)
    case .gap(let end): return .lost(storeEnd: end, needed: batches[0].previous)
    case .failed(let reason):
      ignored = sent - 1
      sent = 0
      return .again(reason)
    }
  }

  /// The connection was cut: replies to what was sent will not come, and all of it is sent again.
  public mutating func disconnected() {
    sent = 0
    ignored = 0
  }
}
