import Journal
import Matching
import MatchingTestSupport
import Spatial
import Testing

/// What is written into the journal is read as the same, and nothing else is.
@Suite struct CodecTests {
  private static func draw(_ generator: inout some RandomNumberGenerator) -> Matching.Event {
    func id() -> UInt64 { generator.next() >> UInt64.random(in: 0...63, using: &generator) }
    func flip() -> Bool { Bool.random(using: &generator) }
    func any<Case: CaseIterable>(_: Case.Type) -> Case {
      let index = Int.random(in: 0..<Case.allCases.count, using: &generator)
      return Case.allCases[Case.allCases.index(Case.allCases.startIndex, offsetBy: index)]
    }
    func point() -> Point {
      Point(
        x: .random(in: .min ... .max, using: &generator),
        y: .random(in: .min ... .max, using: &generator)
      )
    }
    func time() -> Millis { Millis(.random(in: -1_000...2_000_000_000_000, using: &generator)) }
    let ride = RideID(id())
    let taxi = TaxiID(id())
    let offer = OfferID(id())
    switch Int.random(in: 0..<22, using: &generator) {
    case 0:
      return .taxiOn(
        taxi,
        seats: .random(in: 1...8, using: &generator),
        tags: .random(in: 0..<(1 << 24), using: &generator),
        auto: flip()
      )
    case 1: return .taxiOff(taxi, any(OffReason.self))
    case 2: return .taxiBusy(taxi, any(BusyReason.self))
    case 3: return .taxiFree(taxi)
    case 4: return .taxiLost(taxi)
    case 5: return .taxiBack(taxi)
    case 6:
      return .rideRequested(
        Request(
          ride: ride,
          from: point(),
          to: flip() ? point() : nil,
          seats: .random(in: 1...8, using: &generator),
          tags: .random(in: 0..<(1 << 24), using: &generator),
          wait: time(),
          at: flip() ? time() : nil,
          sentAt: flip() ? time() : nil
        )
      )
    case 7: return .rideDue(ride)
    case 8:
      return .rideChanged(
        ride,
        RideChange(
          to: flip() ? point() : nil,
          seats: flip() ? .random(in: 1...8, using: &generator) : nil,
          at: flip() ? time() : nil
        )
      )
    case 9: return .rideExpired(ride)
    case 10: return .rideCancelled(ride, any(CancelledBy.self))
    case 11: return .rideRequeued(ride, any(RequeueReason.self))
    case 12: return .rideArrived(ride)
    case 13: return .rideBoarded(ride)
    case 14: return .rideDropped(ride)
    case 15: return .rideNoShow(ride)
    case 16: return .rideForgotten(ride)
    case 17:
      return .offerMade(
        Offer(
          id: offer,
          ride: ride,
          taxi: taxi,
          eta: .random(in: 0 ... .max, using: &generator),
          ttl: time()
        )
      )
    case 18: return .offerAccepted(offer)
    case 19: return .offerDeclined(offer, any(DeclineReason.self))
    case 20: return .offerExpired(offer)
    default: return .offerRevoked(offer, any(RevokeReason.self))
    }
  }

  static func batch(_ seed: UInt64) -> JournalBatch {
    var generator = Draw(seed: seed)
    let first = UInt64.random(in: 1...1_000_000_000, using: &generator)
    var time: Int64 = 1_763_805_600_000
    let records = (0..<UInt64.random(in: 1...40, using: &generator)).map { index in
      time += .random(in: 0...5_000, using: &generator)
      let line = Array("req.queued r\(index) from=37.5665,126.978 b=blue".utf8)
      return JournalRecord(
        fact: Fact(number: first + index, at: Millis(time), event: draw(&generator)),
        line: line,
        shownCount: .random(in: 0...line.count, using: &generator)
      )
    }
    var batch = JournalBatch(records)
    if Bool.random(using: &generator) { batch.records[records.count - 1].digest = generator.next() }
    return batch
  }

  @Test func `every kind of fact is read as it was written`() throws {
    for seed in UInt64(0)..<2_000 {
      let batch = Self.batch(seed)
      let read = try JournalBatch(bytes: batch.bytes)
      #expect(read == batch, "seed \(seed)")
    }
  }

  @Test func `cut or damaged bytes are refused or read as something else, and never trap`() {
    for seed in UInt64(0)..<200 {
      let batch = Self.batch(seed)
      let bytes = batch.bytes
      for length in 0..<bytes.count {
        #expect(throws: SnapshotError.self) { _ = try JournalBatch(bytes: Array(bytes[..<length])) }
      }
      var generator = Draw(seed: seed &+ 99)
      for _ in 0..<200 {
        var damaged = bytes
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        // The checksum that stands beside it is what tells; reading it must only not trap.
        _ = try? JournalBatch(bytes: damaged)
        #expect(CRC32C.sum(damaged) != CRC32C.sum(bytes))
      }
    }
  }

  @Test func `the checksum is Castagnoli's, and a chain of it that of all bytes`() {
    // RFC 3720, appendix B.4, and the usual check value.
    #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.sum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.sum(Array("6789".utf8), after: CRC32C.sum(Array("12345".utf8))) == 0xE306_9283)
  }

  @Test func `eight bytes at a time come to what single bits come to`() {
    var draw = Draw(seed: 11)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &draw) }
      let before = UInt32.random(in: .min ... .max, using: &draw)
      var slow = ~before
      for byte in bytes {
        slow ^= UInt32(byte)
        for _ in 0..<8 { slow = slow & 1 == 1 ? (slow >> 1) ^ 0x82F6_3B78 : slow >> 1 }
      }
      #expect(CRC32C.sum(bytes, after: before) == ~slow)
    }
  }

  @Test func `positions are read as they are written, and nothing else is one`() {
    for text in ["0-0", "4-18230", "18446744073709551615-18446744073709551615"] {
      #expect(FactPosition(text)?.description == text)
    }
    for text in ["", "4", "4-", "-4", "4-1-2", "a-b", "+4-1", "4-+1", "18446744073709551616-0"] {
      #expect(FactPosition(text) == nil)
    }
  }
}
