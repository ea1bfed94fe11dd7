import LineProtocol
import Server
import Testing

@Suite struct QuotaTests {
  private static let pickup = "37.5665,126.9780"

  @Test func `a company has so many requests a second and a burst; repeats are free`() {
    let keys = [Key.token("b", "red", .booker), Key.token("c", "pink", .booker)]
    let office = Office(keys: keys) {
      $0.requestsPerSecond = 10
      $0.requestsBurst = 5
    }
    let (red, pink) = (office.connect(as: keys[0]), office.connect(as: keys[1]))
    for ride in 0..<5 { #expect(red.ask("REQ r\(ride) \(Self.pickup)")[0].hasPrefix("OK ")) }
    #expect(red.ask("REQ r9 \(Self.pickup)")[0].hasPrefix("ERR 429 quota retry=after:100ms"))
    #expect(red.ask("REQ r4 \(Self.pickup)")[0].hasSuffix("dup=1"))
    #expect(pink.ask("REQ p1 \(Self.pickup)")[0].hasPrefix("OK "))
    office.wait(100)
    #expect(red.ask("REQ r9 \(Self.pickup)")[0].hasPrefix("OK "))
    #expect(red.ask("REQ r10 \(Self.pickup)")[0].hasPrefix("ERR 429"))
  }

  @Test func `connections are counted by address and by company`() {
    let key = Key.token("b", "red", .booker)
    let office = Office(keys: [key]) {
      $0.connectionsPerAddressMax = 3
      $0.connectionsPerTenantMax = 2
    }
    let first = office.connect(as: key)
    _ = office.connect(as: key)
    let third = office.connect()
    _ = third.take()
    #expect(
      third.ask("AUTH token b-secret")[0].hasPrefix("ERR 429 quota retry=after:10s close=1")
    )
    third.hangUp()
    let fourth = office.connect()
    #expect(fourth.session != nil)
    #expect(office.connect().session == nil)
    #expect(office.connect(from: "127.0.0.2").session != nil)
    first.hangUp()
    _ = fourth.take()
    #expect(fourth.ask("AUTH token b-secret")[0].hasPrefix("OK session="))
  }

  @Test func `a session has so many taxis and subscriptions`() {
    let office = Office {
      $0.taxisPerSessionMax = 2
      $0.subscriptionsMax = 2
    }
    let caller = office.connect()
    caller.say("ON t1 37.5651,126.9895", "ON t2 37.5651,126.9895", "SUB 1 req.*", "SUB 2 req.*")
    _ = caller.take()
    #expect(caller.ask("ON t3 37.5651,126.9895")[0].hasPrefix("ERR 429 quota"))
    #expect(caller.ask("ON t2 37.5651,126.9895")[0].hasSuffix("dup=1"))
    #expect(caller.ask("SUB 3 req.*")[0].hasPrefix("ERR 429 quota"))
    caller.say("OFF t1")
    _ = caller.take()
    #expect(caller.ask("ON t3 37.5651,126.9895")[0].hasPrefix("OK t3"))
  }

  @Test func `a taxi's positions beyond the rate are merged to the last one`() {
    let office = Office()
    let caller = office.connect()
    caller.say("ON t1 37.5651,126.9895")
    for step in 1...50 { caller.say("P t1 37.56\(step + 10),126.9895 n=\(step)") }
    _ = caller.take()
    #expect(office.dispatcher.metrics.positionsMerged == 45)
    office.wait(1_100)
    #expect(caller.ask("NEAR 37.566,126.9895 r=1")[0].hasPrefix("ROW taxi t1 dist=0 "))
  }

  @Test func `a full server refuses, and takes again when there is room`() {
    var region = Region()
    region.taxisMax = 3
    region.ridesMax = 16
    region.dedup = .minutes(1)
    let office = Office(region: region)
    let caller = office.connect()
    for round in 0..<20 {
      for taxi in 0..<3 { caller.say("ON a\(round)-\(taxi) 37.5651,126.9895") }
      #expect(caller.take().last?.hasPrefix("OK ") == true)
      #expect(caller.ask("ON more 37.5651,126.9895")[0].hasPrefix("ERR 503 busy retry=after:1s"))
      for taxi in 0..<3 { caller.say("OFF a\(round)-\(taxi)") }
      _ = caller.take()
    }
    for ride in 0..<16 { caller.say("REQ r\(ride) \(Self.pickup) wait=10s") }
    _ = caller.take()
    #expect(caller.ask("REQ more \(Self.pickup)")[0].hasPrefix("ERR 503 busy retry=after:1s"))
    office.wait(75_000)
    _ = caller.take()
    #expect(caller.ask("REQ more \(Self.pickup)")[0].hasPrefix("OK more"))
    office.dispatcher.checkInvariants()
  }

  @Test func `while draining, new work is refused and told where to go; then all are bid farewell`()
  {
    let office = Office()
    let caller = office.connect()
    caller.say("ON t1 37.5651,126.9895")
    _ = caller.take()
    office.dispatcher.beginDrain(to: "b1.example:7400")
    #expect(
      caller.ask("REQ r1 \(Self.pickup)")[0]
        .hasPrefix("ERR 503 drain retry=elsewhere to=b1.example:7400 msg=")
    )
    #expect(caller.ask("GET TAXI t1")[0].hasPrefix("OK t1"))
    #expect(office.connect().session == nil)
    office.dispatcher.finishDrain()
    #expect(caller.take() == ["BYE why=drain at=4-1 to=b1.example:7400"])
    #expect(caller.isClosed)
  }
}
