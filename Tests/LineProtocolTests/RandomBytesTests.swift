import LineProtocol
import MatchingTestSupport
import Spatial
import Testing

@Suite struct RandomBytesTests {
  /// Everything that reads is given `bytes`; returns how many lines could be read.
  private func readAll(_ bytes: [UInt8]) -> Int {
    var scanner = LineScanner(lineMax: 256)
    var at = 0
    var count = 0
    while let found = scanner.next(in: bytes.span, at: &at) {
      guard case .line(let range) = found else { continue }
      count += (try? ServerLine(bytes.span.extracting(range))) == nil ? 0 : 1
      let line = bytes.span.extracting(range)
      let slow = try? ClientLine(line)
      if slow != nil { count += 1 }
      guard let fast = PositionLine(line) else { continue }
      let taxi = Identifier(line, fast.taxi)
      #expect(
        taxi.map { ClientLine(.position($0, fast.report)) } == slow,
        "\(String(decoding: bytes[range], as: UTF8.self))"
      )
    }
    return count
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `random bytes are read or refused and nothing traps`(seed: UInt64) {
    var draw = Draw(seed: seed)
    let alphabet = Array("P 0123456789.,-=#nthsa\n\r%ZT:;ROKERQN".utf8)
    for _ in 0..<5_000 {
      let isText = draw.happens(permille: 700)
      let bytes = (0..<draw.below(300)).map { _ in
        isText ? draw.pick(alphabet) : UInt8(truncatingIfNeeded: draw.next())
      }
      _ = readAll(bytes)
    }
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `damaged lines are read the same both ways or refused`(seed: UInt64) {
    var draw = Draw(seed: seed)
    var random = RandomLines(seed: seed)
    var writer = LineWriter()
    var read = 0
    for round in 0..<10_000 {
      writer.removeAll()
      if round % 3 == 0 {
        writer.write(random.server())
      } else if round % 3 == 1 {
        writer.write(random.client())
      } else {
        let (taxi, report) = random.position()
        writer.position(taxi, report)
      }
      var bytes = writer.bytes
      for _ in 0..<draw.below(4) {
        let index = draw.below(bytes.count)
        switch draw.below(4) {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: draw.next())
        case 1: bytes.insert(draw.pick(Array("0-.,= \n\r#%Nn".utf8)), at: index)
        case 2: bytes[index] = draw.pick(bytes)
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      read += readAll(bytes)
    }
    #expect(read > 3_000, "too few lines are read for the comparison to mean anything: \(read)")
  }
}
