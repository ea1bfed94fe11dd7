import Journal
import Matching
import MatchingTestSupport
import Testing

/// Group commit against a store that takes a batch once, refuses it for a while, or loses its
/// connection before or after taking it.
@Suite struct JournalWriterTests {
  private static func record(_ number: UInt64) -> JournalRecord {
    JournalRecord(
      fact: Fact(number: number, at: Millis(Int64(number)), event: .taxiFree(TaxiID(number))),
      line: Array("taxi.free t\(number)".utf8),
      shownCount: 0
    )
  }

  /// What `baecha_append` does.
  private struct Store {
    var end = FactPosition(epoch: 3, sequence: 0)
    var chain: UInt32 = 7
    var facts: [UInt64] = []

    mutating func append(_ batch: JournalWriter.Append) throws -> JournalWriter.Reply {
      if batch.previous != end {
        return end.sequence >= batch.position.sequence ? .duplicate : .gap(end)
      }
      let read = try JournalBatch(bytes: batch.bytes)
      chain = CRC32C.sum(batch.bytes, after: chain)
      #expect(chain == batch.chain)
      facts += read.records.map(\.fact.number)
      end = batch.position
      return .kept
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func `each fact is kept once and in order, whatever the connection does`(seed: UInt64) throws {
    var generator = Draw(seed: seed)
    var store = Store()
    var writer = JournalWriter(epoch: 3, head: store.end, chain: store.chain)
    var given: UInt64 = 0
    var kept: UInt64 = 0
    /// Replies on their way.
    var replies: [JournalWriter.Reply] = []
    func takeReplies() {
      while !replies.isEmpty {
        switch writer.receive(replies.removeFirst()) {
        case .kept(let fact):
          #expect(fact > kept && fact <= given)
          kept = fact
        case .again, .nothing: break
        case .fenced, .lost: Issue.record("seed \(seed): lost or fenced")
        }
      }
    }
    for _ in 0..<400 {
      let count = UInt64.random(in: 0...900, using: &generator)
      if given < 5_000, Bool.random(using: &generator) {
        writer.add((given + 1...given + max(count, 1)).map(Self.record))
        given += max(count, 1)
      }
      while let batch = writer.next() {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: replies.append(.failed("OOM"))
        case 1:
          // Cut before the store has it.
          writer.disconnected()
          replies = []
        case 2:
          // Cut after the store has it.
          _ = try store.append(batch)
          writer.disconnected()
          replies = []
        default:
          let reply = try store.append(batch)
          // Behind a batch that failed, the next one does not follow.
          replies.append(reply)
        }
      }
      takeReplies()
    }
    while !writer.isIdle {
      while let batch = writer.next() { replies.append(try store.append(batch)) }
      takeReplies()
    }
    #expect(kept == given)
    #expect(store.facts == Array(1..<(given + 1)), "seed \(seed)")
    #expect(writer.backlog == 0)
  }

  @Test func `a batch ends at a digest, at 512 facts and at 64 KiB`() {
    var writer = JournalWriter(epoch: 1, head: .start, chain: 0)
    var records = (UInt64(1)...1_000).map(Self.record)
    records[9].digest = 5
    writer.add(records)
    #expect(writer.next()?.position.sequence == 10)
    #expect(writer.next()?.position.sequence == 522)
    // Two are on their way.
    #expect(writer.next() == nil)
    #expect(writer.receive(.kept) == .kept(10))
    #expect(writer.next()?.position.sequence == 1_000)
    #expect(writer.backlog == 990)
  }

  @Test func `a store that ends elsewhere is a loss, and an older leadership is told so`() {
    var writer = JournalWriter(epoch: 4, head: FactPosition(epoch: 3, sequence: 9), chain: 0)
    writer.add([Self.record(10)])
    _ = writer.next()
    let end = FactPosition(epoch: 3, sequence: 7)
    #expect(
      writer.receive(.gap(end))
        == .lost(storeEnd: end, needed: FactPosition(epoch: 3, sequence: 9))
    )
    var other = JournalWriter(epoch: 4, head: .start, chain: 0)
    other.add([Self.record(1)])
    _ = other.next()
    #expect(other.receive(.fenced(epoch: 5)) == .fenced(epoch: 5))
  }
}
