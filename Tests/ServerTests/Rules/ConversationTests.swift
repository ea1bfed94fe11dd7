import LineProtocol
import Server
import Testing

@Suite struct ConversationTests {
  private static let pickup = "37.5665,126.9780"

  @Test func `the worked conversation of the protocol`() {
    let a = Key.token("a", "blue", .gateway)
    let b = Key.token("b", "red", .booker)
    let office = Office(keys: [a, b])
    let gateway = office.connect(as: a)
    var booker = office.connect(as: b)

    #expect(gateway.ask("ON t12 37.5651,126.9895 seats=4") == ["OK t12 state=free at=4-1"])
    #expect(gateway.ask("P t12 37.5653,126.9890 n=2 h=270 s=7.1") == [])
    let swapped = booker.ask("#1 REQ r77 126.9780,37.5665 37.5512,126.9882")
    #expect(swapped.count == 1)
    #expect(swapped[0].hasPrefix("#1 ERR 422 swapped retry=never key=from msg="))

    let line = "REQ r77 37.5665,126.9780 37.5512,126.9882 seats=2 wait=5m t=\(office.now)"
    #expect(
      booker.ask("#2 " + line) == [
        "#2 OK r77 state=queued at=4-2",
        "EV 0 4-3 req.offered r77",
      ]
    )
    #expect(
      gateway.take() == [
        "OFFER o1 t12 r77 from=37.567,126.978 eta=190s ttl=12s dest=37.551,126.988 seats=2 at=4-3"
      ]
    )
    booker.hangUp()
    booker = office.connect(as: b)
    #expect(booker.ask("#3 " + line) == ["#3 OK r77 state=offered at=4-2 dup=1"])

    #expect(
      gateway.ask("ACCEPT o1") == [
        "OK o1 rid=r77 taxi=t12 state=assigned from=37.5665,126.978 dest=37.551,126.988 seats=2 "
          + "at=4-4"
      ]
    )
    #expect(booker.take() == ["EV 0 4-4 req.assigned r77 taxi=t12 eta=190s"])
    #expect(
      gateway.ask("ACCEPT o1").last?.hasSuffix(
        "state=assigned from=37.5665,126.978 "
          + "dest=37.551,126.988 seats=2 at=4-4 dup=1"
      ) == true
    )
    #expect(
      booker.ask("SUB 1 req.* req=r77 from=4-2") == [
        "OK 1 from=4-2 first=4-0",
        "EV 1 4-3 req.offered r77",
        "EV 1 4-4 req.assigned r77 taxi=t12 eta=190s",
      ]
    )
    #expect(gateway.ask("ARRIVE r77 t12") == ["OK r77 state=arrived at=4-5"])
    #expect(booker.take() == ["EV 0 4-5 req.arrived r77", "EV 1 4-5 req.arrived r77"])
    #expect(
      booker.ask("CANCEL r77 by=rider") == [
        "OK r77 state=cancelled at=4-6", "EV 1 4-6 req.cancelled r77 by=rider",
      ]
    )
    #expect(gateway.take() == ["EV 0 4-6 req.cancelled r77 by=rider"])
    let late = gateway.ask("BOARD r77 t12")
    #expect(late.count == 1)
    #expect(late[0].hasPrefix("ERR 409 "))
  }

  @Test func `a gateway that comes back gets its open offer again, with what is left of its time`()
  {
    let office = Office()
    let first = office.connect()
    first.say("ON t1 37.5651,126.9895", "REQ r1 \(Self.pickup)")
    first.hangUp()
    office.wait(5_000)
    let second = office.connect()
    _ = second.take()
    #expect(
      second.ask("ON t1 37.5651,126.9895") == [
        "OK t1 state=offered at=4-1 dup=1",
        "OFFER o1 t1 r1 from=37.567,126.978 eta=199s ttl=7s again=1 at=4-3",
      ]
    )
  }

  @Test func `an offer that nobody answers is revoked, and an answer after it is too late`() {
    let office = Office()
    let person = office.connect()
    person.say("ON t1 37.5651,126.9895", "REQ r1 \(Self.pickup)")
    _ = person.take()
    office.wait(12_000)
    #expect(person.take() == ["REVOKE o1 why=expired at=4-4"])
    let late = person.ask("ACCEPT o1")
    #expect(late[0].hasPrefix("ERR 410 expired retry=refresh"))
  }

  @Test func `a ride that nobody takes expires, and its booker is told`() {
    let office = Office()
    let person = office.connect()
    person.say("REQ r1 \(Self.pickup) wait=30s")
    _ = person.take()
    office.wait(30_000)
    #expect(person.take() == ["EV 0 4-2 req.expired r1"])
    #expect(person.ask("GET REQ r1")[0].hasPrefix("OK r1 state=expired"))
  }

  @Test func `a taxi that accepts by itself is told where its rider is`() {
    let office = Office()
    let gateway = office.connect()
    let booker = office.connect()
    gateway.say("ON t1 37.5651,126.9895 auto=1")
    _ = gateway.take()
    _ = booker.take()
    #expect(
      booker.ask("REQ r1 \(Self.pickup) note=blue%20door") == [
        "OK r1 state=queued at=4-2", "EV 0 4-3 req.offered r1",
        "EV 0 4-4 req.assigned r1 taxi=t1 eta=199s",
      ]
    )
    #expect(
      gateway.take() == [
        "EV 0 4-4 req.assigned r1 taxi=t1 offer=o1 eta=199s from=37.5665,126.978 "
          + "note=blue%20door"
      ]
    )
  }

  @Test func `a match by hand takes an open offer back and tells both drivers`() {
    let office = Office()
    let (near, far, desk) = (office.connect(), office.connect(), office.connect())
    near.say("ON t1 37.5651,126.9895")
    far.say("ON t2 37.5751,126.9895")
    desk.say("REQ r1 \(Self.pickup)")
    for caller in [near, far, desk] { _ = caller.take() }
    #expect(desk.ask("ASSIGN r1 t2").first == "OK r1 state=assigned at=4-7")
    #expect(near.take().map { $0.prefix(30) } == ["REVOKE o1 why=reassigned at=4-"])
    #expect(far.take().first?.hasPrefix("EV 0 4-7 req.assigned r1 taxi=t2 offer=o2") == true)
    #expect(desk.ask("RELEASE r1").first?.hasPrefix("OK r1 state=queued") == true)
    #expect(far.take().first?.hasPrefix("EV 0 4-8 req.queued r1 why=release") == true)
  }

  @Test func `an id is forgotten after its time, and then it is another ride`() {
    var region = Region()
    region.dedup = .minutes(1)
    let office = Office(region: region)
    let person = office.connect()
    person.say("REQ r1 \(Self.pickup)", "CANCEL r1")
    _ = person.take()
    #expect(person.ask("REQ r1 \(Self.pickup)") == ["OK r1 state=cancelled at=4-1 dup=1"])
    office.wait(60_000)
    #expect(person.ask("GET REQ r1")[0].hasPrefix("EV 0 4-3 req.forgotten r1"))
    #expect(person.ask("REQ r1 \(Self.pickup)") == ["OK r1 state=queued at=4-4"])
    let old = person.ask("REQ r2 \(Self.pickup) t=\(office.now - 301_000)")
    #expect(old[0].hasPrefix("ERR 498 stale retry=never"))
    let ahead = person.ask("REQ r2 \(Self.pickup) t=\(office.now + 301_000)")
    #expect(ahead[0].hasPrefix("ERR 498 skew retry=never now=\(office.now)"))
  }
}
