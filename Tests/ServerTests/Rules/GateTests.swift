import LineProtocol
import Server
import Testing

/// Nothing that is not kept is seen.
@Suite struct GateTests {
  private static let pickup = "37.5665,126.9780"

  @Test func `answers, offers and events wait for their facts, and what follows them too`() {
    let store = DelayingStore()
    let office = Office(store: store)
    let (gateway, booker) = (office.connect(), office.connect())
    _ = gateway.take()
    _ = booker.take()
    gateway.say("ON t1 37.5651,126.9895", "PING")
    #expect(gateway.take() == [])
    store.keep()
    #expect(gateway.take() == ["OK t1 state=free at=4-1", "PONG now=\(office.now) at=4-1"])
    #expect(gateway.ask("PING") == ["PONG now=\(office.now) at=4-1"])

    booker.say("REQ r1 \(Self.pickup)", "GET REQ r1", "WHO")
    #expect(booker.take() == [])
    #expect(gateway.take() == [])
    // The request is kept, the offer that followed from it is not.
    store.keep(to: 2)
    #expect(booker.take() == [])
    #expect(gateway.take() == [])
    store.keep()
    #expect(booker.take().count == 4)
    #expect(gateway.take().count == 1)
  }

  @Test func `a person who only reads waits too, for what was read may never become true`() {
    let store = DelayingStore()
    let office = Office(store: store)
    let (gateway, reader) = (office.connect(), office.connect())
    gateway.say("ON t1 37.5651,126.9895")
    _ = reader.take()
    #expect(reader.ask("GET TAXI t1") == [])
    store.keep()
    #expect(reader.take()[0].hasPrefix("OK t1 state=free"))
  }

  @Test func `when the journal does not keep up new facts are refused, and reading goes on`() {
    let store = DelayingStore()
    let office = Office(store: store)
    let (stuck, fresh) = (office.connect(), office.connect())
    _ = fresh.take()
    stuck.say("ON t1 37.5651,126.9895")
    _ = stuck.take()
    office.wait(2_100)
    // Who waits is told that the outcome is not known, and may repeat the line elsewhere.
    #expect(stuck.take().first?.hasPrefix("ERR 504 unknown-result retry=same close=1") == true)
    #expect(stuck.isClosed)
    stuck.hangUp()
    let again = office.connect()
    _ = again.take()
    #expect(
      fresh.ask("REQ r1 \(Self.pickup)") == [
        "ERR 507 journal retry=same msg=the%20journal%20does%20not%20keep%20up%3B%20nothing%20was%20changed"
      ]
    )
    _ = fresh.ask("P t1 37.5652,126.9895")
    store.keep()
    #expect(again.ask("ON t1 37.5651,126.9895").first == "OK t1 state=free at=4-1 dup=1")
    _ = fresh.ask("P t1 37.5652,126.9895")
    fresh.say("REQ r1 \(Self.pickup)")
    store.keep()
    #expect(fresh.take().first == "OK r1 state=queued at=4-2")
    office.wait(1_100)
    store.keep()
    #expect(again.ask("GET TAXI t1").last?.contains("point=37.5652,126.9895") == true)
  }

  @Test func `while the journal does not keep up one may still sign in`() {
    let store = DelayingStore()
    let key = Key.token("a", "blue", [.gateway])
    let office = Office(keys: [key], store: store)
    let stuck = office.connect(as: key)
    stuck.say("ON t1 37.5651,126.9895")
    office.wait(2_100)
    let caller = office.connect()
    _ = caller.take()
    #expect(caller.ask("HELLO blp/1") == ["OK blp/1"])
    #expect(caller.ask("AUTH token a-secret").first?.hasPrefix("OK session=") == true)
    office.wait(500)
    #expect(!caller.isClosed)
  }

  @Test func `a connection with too many open answers is not read from until they have gone`() {
    let store = DelayingStore()
    let office = Office(store: store) { $0.unansweredMax = 8 }
    let caller = office.connect()
    _ = caller.take()
    let lines = (1...20).map { "REQ r\($0) \(Self.pickup)\n" }.joined()
    caller.write(Array(lines.utf8))
    #expect(!caller.isReadingOn)
    #expect(store.records.count == 8)
    var answers: [String] = []
    while answers.count < 20, store.kept < 20 {
      store.keep()
      answers += caller.take()
    }
    #expect(caller.isReadingOn)
    #expect(answers == (1...20).map { "OK r\($0) state=queued at=4-\($0)" })
  }

  @Test func `with a journal that keeps at once nobody waits for the next tick`() {
    let office = Office { $0.unansweredMax = 8 }
    let caller = office.connect()
    _ = caller.take()
    caller.write(Array((1...1_000).map { "ON t\($0) 37.5651,126.9895\n" }.joined().utf8))
    #expect(caller.take() == (1...1_000).map { "OK t\($0) state=free at=4-\($0)" })
    #expect(caller.isReadingOn)
  }

  @Test func `who says goodbye gets its answers first`() {
    let store = DelayingStore()
    let office = Office(store: store)
    let caller = office.connect()
    caller.say("ON t1 37.5651,126.9895", "QUIT")
    #expect(!caller.isClosed)
    _ = caller.take()
    store.keep()
    #expect(caller.take() == ["OK t1 state=free at=4-1", "OK", "BYE why=quit at=4-1"])
    #expect(caller.isClosed)
  }

  @Test func `the journal holds every fact once, in order, as lines that can be read`() {
    let store = DelayingStore()
    let office = Office(store: store)
    let person = office.connect()
    person.say("ON t1 37.5651,126.9895 driver=d9", "REQ r1 \(Self.pickup) 37.55,126.99 note=hi")
    person.say("ACCEPT o1", "ARRIVE r1 t1", "BOARD r1 t1", "DROP r1 t1 dist=5400.5 fare=6000")
    store.keep()
    #expect(store.records.map(\.fact.number) == Array(1...7))
    #expect(
      store.records.map { String(decoding: $0.line, as: UTF8.self) } == [
        "taxi.on t1 seats=4 driver=d9 g=local",
        "req.queued r1 from=37.5665,126.978 seats=1 wait=300s to=37.55,126.99 note=hi b=local",
        "req.offered r1 taxi=t1 offer=o1 eta=199s ttl=12s",
        "req.assigned r1 taxi=t1 offer=o1 eta=199s",
        "req.arrived r1", "req.onboard r1", "req.done r1 dist=5400.5 fare=6000",
      ]
    )
    #expect(
      String(decoding: store.records[1].line.prefix(store.records[1].shownCount), as: UTF8.self)
        == "req.queued r1 from=37.5665,126.978 seats=1 wait=300s"
    )
  }
}
