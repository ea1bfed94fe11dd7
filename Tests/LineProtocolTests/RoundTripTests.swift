import LineProtocol
import MatchingTestSupport
import Spatial
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `what a client writes is read as what it meant`(seed: UInt64) throws {
    var random = RandomLines(seed: seed)
    var writer = LineWriter()
    for _ in 0..<10_000 {
      let line = random.client()
      writer.removeAll()
      writer.write(line)
      let bytes = Array(writer.bytes.dropLast())
      #expect(readClient(bytes) == .success(line), "seed \(seed): \(writer.text)")
    }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `what a server writes is read as what it meant`(seed: UInt64) throws {
    var random = RandomLines(seed: seed)
    var writer = LineWriter()
    for _ in 0..<10_000 {
      let line = random.server()
      writer.removeAll()
      writer.write(line)
      let bytes = Array(writer.bytes.dropLast())
      #expect(readServer(bytes) == .success(line), "seed \(seed): \(writer.text)")
    }
  }

  @Test func `a position is read the fast way as the slow way reads it`() throws {
    var random = RandomLines(seed: 9)
    var writer = LineWriter()
    for _ in 0..<20_000 {
      let (taxi, report) = random.position()
      writer.removeAll()
      writer.position(taxi, report)
      let bytes = Array(writer.bytes.dropLast())
      let fast = try #require(readPosition(bytes), "\(writer.text)")
      #expect(String(decoding: bytes[fast.taxi], as: UTF8.self) == taxi.text)
      #expect(fast.report == report, "\(writer.text)")
      #expect(readClient(bytes) == .success(ClientLine(.position(taxi, report))))
    }
  }

  @Test func `every split of a line over two reads gives the same line`() throws {
    var random = RandomLines(seed: 10)
    var writer = LineWriter()
    for verb in Verb.allCases {
      for _ in 0..<20 {
        writer.removeAll()
        writer.write(random.command(verb))
        writer.write(random.server())
        let bytes = writer.bytes
        var whole = LineScanner()
        var at = 0
        let expected = lines(of: &whole, bytes, at: &at)
        #expect(expected.count == 2 && at == bytes.count)
        for split in 0...bytes.count {
          var scanner = LineScanner()
          var at = 0
          let first = Array(bytes[..<split])
          var found = lines(of: &scanner, first, at: &at)
          let second = Array(first[at...]) + bytes[split...]
          at = 0
          found += lines(of: &scanner, second, at: &at)
          #expect(found == expected, "split at \(split) of \(writer.text)")
          #expect(at == second.count)
        }
      }
    }
  }
}
