import Server
import Testing

@Suite struct RetryTests {
  /// A morning of commands that all succeed when each is said once.
  private static func script() -> [String] {
    var lines: [String] = []
    for n in 0..<12 { lines.append("ON t\(n) 37.5\(n % 10)51,126.9895 auto=1") }
    for n in 0..<12 {
      lines.append("REQ r\(n) 37.5\(n % 10)65,126.9780 37.55,126.99 seats=1 wait=5m")
      if n % 4 == 3 { lines.append("CANCEL r\(n)") }
    }
    return lines
  }

  private static func state(_ office: Office) -> [String] {
    let reader = office.connect()
    _ = reader.take()
    let lines = (0..<12).flatMap { reader.ask("GET REQ r\($0)") + reader.ask("GET TAXI t\($0)") }
    reader.hangUp()
    return lines
  }

  @Test(arguments: UInt64(0)..<20)
  func `each line said one to five times over two connections is as if said once`(seed: UInt64) {
    let once = Office()
    let single = once.connect()
    for line in Self.script() { single.say(line) }
    let wanted = Self.state(once)

    var random = SeededGenerator(seed)
    let office = Office()
    let (a, b) = (office.connect(), office.connect())
    var answers: [String] = []
    for line in Self.script() {
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let caller = Bool.random(using: &random) ? a : b
        _ = caller.take()
        answers.append(caller.ask("#1 " + line).first { $0.hasPrefix("#1 ") } ?? "nothing")
      }
    }
    #expect(answers.allSatisfy { $0.hasPrefix("#1 OK ") }, "seed \(seed)")
    #expect(Self.state(office) == wanted, "seed \(seed)")
  }

  @Test func `a repeat is answered with the first answer's position and the present state`() {
    let office = Office()
    let person = office.connect()
    person.say("ON t1 37.5651,126.9895", "REQ r1 37.5665,126.9780 seats=2", "ACCEPT o1")
    _ = person.take()
    #expect(
      person.ask("REQ r1 37.5665,126.9780 seats=2") == ["OK r1 state=assigned at=4-2 dup=1"]
    )
    #expect(
      person.ask("REQ r1 37.5665,126.9780 seats=3")[0]
        .hasPrefix("ERR 409 conflict retry=refresh have=assigned at=4-")
    )
    #expect(person.ask("CHANGE r1 v=1 to=37.55,126.99") == ["OK r1 state=assigned v=2 at=4-5"])
    #expect(
      person.ask("CHANGE r1 v=1 to=37.55,126.99") == ["OK r1 state=assigned v=2 at=4-5 dup=1"]
    )
    #expect(
      person.ask("CHANGE r1 v=1 to=37.56,126.99")[0]
        .hasPrefix("ERR 409 version retry=refresh have=2 at=4-5")
    )
    person.say("ARRIVE r1 t1")
    _ = person.take()
    #expect(person.ask("ARRIVE r1 t1") == ["OK r1 state=arrived at=4-6 dup=1"])
    #expect(person.ask("DROP r1 t1")[0].hasPrefix("ERR 409 state retry=refresh have=arrived"))
    #expect(person.ask("NOSHOW r1 t1")[0].hasPrefix("ERR 425 early retry=after:300"))
    office.wait(300_000)
    #expect(person.ask("NOSHOW r1 t1").last == "OK r1 state=noshow at=4-7")
    #expect(person.ask("OFF t1") == ["OK t1 state=off at=4-8"])
    #expect(person.ask("OFF t1")[0].hasSuffix("dup=1"))
  }
}
