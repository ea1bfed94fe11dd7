import Simulation
import Testing

@Suite struct CSVWriterTests {
  private final class Sink {
    var pieces: [[UInt8]] = []
    var text: String { String(decoding: pieces.joined(), as: UTF8.self) }
  }

  @Test func `a ride is one line under its header`() throws {
    let sink = Sink()
    var writer = CSVWriter<RideRow>(utcOffsetSeconds: -18_000) { sink.pieces.append($0) }
    try writer.write(
      RideRow(
        id: 12,
        world: "batch",
        requestedAt: OutputFixtures.start,
        offeredAt: OutputFixtures.start + 2_000,
        boardedAt: OutputFixtures.start + 187_450,
        wait: 187_450,
        pickupMetres: 812,
        taxi: "2013000101",
        outcome: .served
      )
    )
    try writer.write(
      RideRow(id: 13, world: "batch", requestedAt: OutputFixtures.start, outcome: .gaveUp)
    )
    try writer.finish()
    let expected = """
      id,world,requested_at,offered_at,assigned_at,boarded_at,dropped_at,wait_s,pickup_m,taxi,outcome
      12,batch,2013-01-01T00:10:00.000-05:00,2013-01-01T00:10:02.000-05:00,,\
      2013-01-01T00:13:07.450-05:00,,187.450,812,2013000101,served
      13,batch,2013-01-01T00:10:00.000-05:00,,,,,,,,gave-up

      """
    #expect(sink.text == expected)
  }

  @Test func `a taxi is one line under its header`() throws {
    let sink = Sink()
    var writer = CSVWriter<TaxiRow>(utcOffsetSeconds: 0) { sink.pieces.append($0) }
    try writer.write(
      TaxiRow(
        taxi: "a",
        world: "nearest",
        time: OutputFixtures.split(1_000, 0, 500, 2_500),
        metres: OutputFixtures.split(1, 2, 3, 4),
        rides: 9
      )
    )
    try writer.finish()
    #expect(sink.text.hasSuffix("a,nearest,4.000,1.000,0.000,0.500,2.500,10,1,2,3,4,9\n"))
    let counts = sink.text.split(separator: "\n").map { $0.filter { $0 == "," }.count }
    #expect(counts == [12, 12])
  }

  @Test func `text is quoted where it must be`() throws {
    let sink = Sink()
    var writer = CSVWriter<TaxiRow>(utcOffsetSeconds: 0) { sink.pieces.append($0) }
    for name in ["a,b", "say \"hi\"", "two\nlines", "plain 서울"] {
      try writer.write(
        TaxiRow(
          taxi: name,
          world: "w",
          time: Figures.Split(),
          metres: Figures.Split(),
          rides: 0
        )
      )
    }
    try writer.finish()
    for quoted in ["\"a,b\",w", "\"say \"\"hi\"\"\",w", "\"two\nlines\",w", "\nplain 서울,w"] {
      #expect(sink.text.contains(quoted))
    }
  }

  @Test func `no rows still make a header`() throws {
    let sink = Sink()
    var writer = CSVWriter<RideRow>(utcOffsetSeconds: 0) { sink.pieces.append($0) }
    try writer.finish()
    #expect(sink.text == RideRow.header.joined(separator: ",") + "\n")
  }

  @Test func `rows leave in pieces of whole lines`() throws {
    let sink = Sink()
    var writer = CSVWriter<RideRow>(utcOffsetSeconds: 0) { sink.pieces.append($0) }
    for id in 0..<5_000 {
      try writer.write(
        RideRow(id: UInt64(id), world: "w", requestedAt: Int64(id) * 977, outcome: .open)
      )
    }
    try writer.finish()
    #expect(sink.pieces.count > 1)
    #expect(sink.pieces.allSatisfy { $0.last == 0x0A && $0.count < 70_000 })
    #expect(sink.text.split(separator: "\n").count == 5_001)
  }

  @Test(arguments: [1, 2] + (0..<4).map { _ in UInt64.random(in: 0...UInt64.max) })
  func `instants and spans equal the slow way`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    for _ in 0..<50 {
      let offset = (random.below(53) - 24) * 1_800
      var line = CSVLine(utcOffsetSeconds: offset)
      var expected: [String] = []
      for _ in 0..<20 {
        let stamp = Int64(random.below(4_000_000_000_000)) - 1_000_000_000_000
        line.instant(stamp)
        expected.append(CivilTime.iso(stamp, utcOffsetSeconds: offset))
        let span = Int64(random.below(100_000_000)) - 1_000_000
        line.seconds(span)
        // The slow way leaves out the sign of what rounds to zero; none does at three decimals.
        expected.append(Decimals.fixed(span, over: 1_000, places: 3) ?? "")
      }
      let text = String(decoding: line.bytes, as: UTF8.self)
      #expect(text == expected.joined(separator: ","), "seed \(seed)")
    }
  }
}
