import LineProtocol
import Matching
import Server
import Testing

@Suite struct FigureTests {
  @Test func `a quantile is at most a fifth above the truth and never below it`() {
    var random = SeededGenerator(5)
    var histogram = Histogram()
    var values: [UInt64] = []
    for _ in 0..<5_000 {
      let value = UInt64.random(
        in: 1_000...(1_000 << UInt64.random(in: 0...20, using: &random)),
        using: &random
      )
      histogram.add(value)
      values.append(value)
    }
    values.sort()
    for permille in [1, 250, 500, 900, 990, 999, 1_000] {
      let truth = values[max((values.count * permille + 999) / 1_000 - 1, 0)]
      let told = histogram.quantile(permille: UInt64(permille))
      #expect(told >= truth && Double(told) <= Double(truth) * 1.26, "\(permille)")
    }
    #expect(Histogram().quantile(permille: 500) == 0)
  }

  @Test func `the clock follows the monotonic one and is drawn to the wall's slowly`() {
    var clock = ServerClock(wall: 1_000_000, monotonic: 50)
    #expect(clock.read(wall: 1_000_100, monotonic: 150) == Millis(1_000_100))
    // The wall clock jumps an hour ahead: a second later the engine has gained 1 % of it at most.
    var now = Millis(0)
    for step in 1...100 {
      now = clock.read(wall: 4_600_100 + Int64(step) * 10, monotonic: 150 + Int64(step) * 10)
    }
    #expect((1_001_100...1_001_111).contains(now.count))
    // It jumps back: time still goes on.
    let before = now
    for step in 1...100 {
      let next = clock.read(wall: 1_000_000, monotonic: 1_150 + Int64(step) * 10)
      #expect(next > now)
      now = next
    }
    #expect((985...1_000).contains((now - before).count))
    #expect(clock.read(wall: 0, monotonic: 0) == now)
  }

  @Test func `the metrics page has every name once and every line its form`() {
    let office = Office()
    let person = office.connect()
    person.say("ON t1 37.5651,126.9895", "REQ r1 37.5665,126.9780", "ACCEPT o1", "NONSENSE")
    let text = PrometheusText.text(of: [office.dispatcher.status()])
    var names: Set<String> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        #expect(names.insert(String(line.split(separator: " ")[2])).inserted)
      } else if !line.hasPrefix("#") {
        let parts = line.split(separator: " ")
        #expect(parts.count == 2 && Double(parts[1]) != nil, "\(line)")
      }
    }
    for line in [
      "baecha_taxis{region=\"seoul\",state=\"enroute\"} 1.0",
      "baecha_requests{region=\"seoul\",state=\"assigned\"} 1.0",
      "baecha_lines_total{region=\"seoul\",verb=\"REQ\"} 1",
      "baecha_errors_total{region=\"seoul\",code=\"405\"} 1",
      "baecha_offers_total{region=\"seoul\"} 1",
      "baecha_request_offer_seconds_count{region=\"seoul\"} 1",
      "baecha_facts_total{region=\"seoul\"} 4",
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
    #expect(!text.contains("t1") && !text.contains("r1"))
    #expect(office.dispatcher.status().json.contains("\"enroute\":1"))
  }
}
