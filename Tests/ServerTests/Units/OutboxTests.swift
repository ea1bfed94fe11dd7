import Server
import Testing

@Suite struct OutboxTests {
  @Test func `bytes leave in order and never before their facts`() {
    var random = SeededGenerator(7)
    for round in 0..<200 {
      var outbox = Outbox()
      var written: [UInt8] = []
      /// The highest fact that each byte, or one before it, speaks of.
      var facts: [UInt64] = []
      var sent: [UInt8] = []
      var kept: UInt64 = 0
      var last: UInt64 = 0
      for _ in 0..<100 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          last += UInt64.random(in: 0...2, using: &random)
          for _ in 0..<Int.random(in: 0...5, using: &random) {
            let byte = UInt8.random(in: .min ... .max, using: &random)
            outbox.bytes.append(byte)
            written.append(byte)
            facts.append(max(last, facts.last ?? 0))
          }
          outbox.seal(after: last, kept: kept)
        case 1:
          kept = min(last, kept + UInt64.random(in: 0...3, using: &random))
          outbox.open(to: kept)
        default: sent += outbox.take()
        }
        #expect(sent == Array(written.prefix(sent.count)))
        #expect(sent.isEmpty || facts[sent.count - 1] <= kept, "round \(round)")
      }
      outbox.open(to: last)
      sent += outbox.take()
      #expect(sent == written)
      #expect(outbox.isEmpty && !outbox.isGated)
    }
  }
}
