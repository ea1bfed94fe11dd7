import CTwins
import LineProtocol
import Matching
import Spatial

/// The line protocol's reader and writer on one core, from bytes in memory to values and back.
enum CodecBenchmarks {
  private static let count = 40_000
  private static let batch = 4_000

  static func run(_ report: inout Report) {
    read(&report)
    write(&report)
  }

  /// A read of a socket as large as many gateways' lines make it: split, checked for control
  /// characters and broken UTF-8, and read.
  private static func read(_ report: inout Report) {
    let name = "codec/read/position"
    guard report.wants(name) else { return }
    let buffers = positions().map { reports in
      var writer = LineWriter()
      for (taxi, report) in reports { writer.position(taxi, report) }
      return writer.bytes
    }
    // Four million lines a second.
    var row = Row(name: name, times: Times(p5: 0, median: 0, p99: 0), target: 250)
    var hash = Hash()
    let pass = { (range: Range<Int>) in hash.add(sum(of: buffers[range.lowerBound / batch])) }
    let times = report.harness.time(
      [Contender(name: "codec", run: pass)],
      operations: count,
      batch: batch
    )
    row.times = times[0]
    hash = Hash()
    for first in stride(from: 0, to: count, by: batch) { pass(first..<first + batch) }
    row.hash = hash.value
    let before = allocation_count()
    for buffer in buffers { sink(sum(of: buffer)) }
    let taken = allocation_count() - before
    if taken >= 0 { row.notes = [.allocations(Double(taken) / Double(count), limit: 0)] }
    let bytes = buffers.reduce(0) { $0 + $1.count }
    row.notes.append(
      Row.Note(label: "bytes a line", key: "line_bytes", value: Double(bytes) / Double(count))
    )
    report.add(row)
  }

  /// Offers, the longest of the lines that a server pushes.
  private static func write(_ report: inout Report) {
    let name = "codec/write/offer"
    guard report.wants(name) else { return }
    let offers = offers()
    var writer = LineWriter(capacity: 1 << 20)
    let pass = { (range: Range<Int>) in
      writer.removeAll()
      for offer in offers[range] { writer.write(offer) }
    }
    let times = report.harness.time(
      [Contender(name: "codec", run: pass)],
      operations: count,
      batch: batch
    )
    var row = Row(name: name, times: times[0], target: 500)
    var hash = Hash()
    let before = allocation_count()
    for first in stride(from: 0, to: count, by: batch) { pass(first..<first + batch) }
    let taken = allocation_count() - before
    for byte in writer.bytes { hash.add(byte) }
    row.hash = hash.value
    if taken >= 0 { row.notes = [.allocations(Double(taken) / Double(count), limit: 0)] }
    report.add(row)
  }

  @inline(never)
  private static func sum(of buffer: [UInt8]) -> Int64 {
    var scanner = LineScanner()
    var at = 0
    var sum: Int64 = 0
    let span = buffer.span
    while let found = scanner.next(in: span, at: &at) {
      guard case .line(let range) = found, let line = PositionLine(span.extracting(range)) else {
        continue
      }
      sum &+= Int64(line.report.place.latitude) &* 31 &+ Int64(line.report.place.longitude)
      sum &+= Int64(line.taxi.count) &+ Int64(line.report.sequence)
      sum &+= line.report.heading?.raw ?? 0
    }
    return sum
  }

  /// In batches, as the 72,000 taxis of Seoul would send them.
  private static func positions() -> [[(Identifier, PositionReportFields)]] {
    var draw = Draw(seed: 4)
    return stride(from: 0, to: count, by: batch).map { _ in
      (0..<batch).map { _ in
        let report = PositionReportFields(
          place: place(&draw),
          sequence: UInt64(draw.below(20_000)),
          heading: Fixed(Int32(draw.below(360))),
          speed: Fixed(raw: Int64(draw.below(200)) * 1_000_000)
        )
        return (Identifier("t", UInt64(draw.below(72_000))), report)
      }
    }
  }

  private static func offers() -> [OfferLine] {
    var draw = Draw(seed: 5)
    return (0..<count).map { index in
      var offer = OfferLine(
        offer: Identifier("o", UInt64(index)),
        taxi: Identifier("t", UInt64(draw.below(72_000))),
        ride: Identifier("r", UInt64(draw.below(1_000_000))),
        from: place(&draw).coarse,
        eta: .seconds(Int64(draw.below(900))),
        ttl: .seconds(12),
        at: FactPosition(epoch: 4, sequence: UInt64(18_000 + index))
      )
      offer.seats = 2
      return offer
    }
  }

  /// In Seoul, with the six decimals that devices send.
  private static func place(_ draw: inout Draw) -> GeoPoint {
    GeoPoint(
      latitude: Int32(draw.within(37_420_000...37_700_000) * 10),
      longitude: Int32(draw.within(126_760_000...127_180_000) * 10)
    )
  }
}
