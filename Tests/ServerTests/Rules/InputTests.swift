import LineProtocol
import Server
import Testing

@Suite struct InputTests {
  private func fresh(_ office: Office) -> Caller {
    let caller = office.connect()
    _ = caller.take()
    return caller
  }

  @Test func `a line may come in any two pieces`() {
    let line = Array("ON t1 37.5651,126.9895 seats=4\r\nP t1 37.5652,126.9895\nPING\n".utf8)
    for cut in 0...line.count {
      let office = Office()
      let caller = fresh(office)
      caller.write(Array(line[..<cut]))
      caller.write(Array(line[cut...]))
      #expect(caller.take() == ["OK t1 state=free at=4-1", "PONG now=\(office.now) at=4-1"])
    }
    let office = Office()
    let caller = fresh(office)
    for byte in line { caller.write([byte]) }
    #expect(caller.take().count == 2)
  }

  @Test func `a line that is too long is skipped; the third in ten seconds ends the connection`() {
    let office = Office()
    let caller = fresh(office)
    let long = Array(repeating: UInt8(ascii: "x"), count: 5_000) + [10]
    caller.write(long)
    #expect(caller.take().map { String($0.prefix(27)) } == ["ERR 413 length retry=never "])
    #expect(caller.ask("PING").count == 1)
    office.wait(11_000)
    caller.write(long)
    caller.write(long)
    #expect(!caller.isClosed)
    _ = caller.take()
    caller.write(long)
    #expect(caller.take()[0].hasPrefix("ERR 413 length retry=never close=1"))
    #expect(caller.isClosed)
  }

  @Test func `a line without an end takes no memory`() {
    let office = Office()
    let caller = fresh(office)
    let block = Array(repeating: UInt8(ascii: "x"), count: 60_000)
    for _ in 0..<200 { caller.write(block) }
    #expect(caller.take().count == 1)
    caller.write([10])
    #expect(caller.ask("PING").count == 1)
  }

  @Test(
    arguments: [[0], [1], [27], [127], [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80]] as [[UInt8]]
  )
  func `bytes that no line may hold end the connection`(bytes: [UInt8]) {
    let office = Office()
    let caller = fresh(office)
    caller.write(Array("PING t".utf8) + bytes + [10] + Array("PING\n".utf8))
    let heard = caller.take()
    #expect(heard.count == 1)
    #expect(heard[0].hasPrefix("ERR 400 syntax retry=never close=1"))
    #expect(caller.isClosed)
  }

  @Test func `empty lines and comments are passed over`() {
    let office = Office()
    let caller = fresh(office)
    #expect(caller.ask("\n\r\n; hello\n;\nPING").count == 1)
  }

  @Test func `an unfinished line is waited for ten seconds`() {
    let office = Office()
    let caller = fresh(office)
    for byte in "PING" {
      caller.write(Array(String(byte).utf8))
      office.wait(2_000)
    }
    #expect(!caller.isClosed)
    office.wait(5_000)
    #expect(caller.isClosed)
    #expect(caller.take() == ["BYE why=idle at=4-0"])
  }

  @Test func `with keys, who stays silent or does not say who it is is bid farewell`() {
    let key = Key.token("gw", "blue", .gateway)
    let office = Office(keys: [key])
    let stranger = office.connect()
    let gateway = office.connect(as: key)
    _ = stranger.take()
    office.wait(7_000)
    #expect(stranger.isClosed)
    #expect(stranger.take()[0].hasPrefix("ERR 401 auth retry=never close=1"))
    office.wait(17_000)
    #expect(!gateway.isClosed)
    #expect(gateway.take() == ["PING at=4-0", "PING at=4-0"])
    gateway.say("PING")
    office.wait(24_000)
    #expect(!gateway.isClosed)
    office.wait(3_000)
    #expect(gateway.isClosed)
    #expect(gateway.take().last == "BYE why=idle at=4-0")
  }

  @Test func `a verb with a slip in it is told the nearest`() {
    let office = Office()
    let caller = fresh(office)
    #expect(caller.ask("ACEPT o1")[0].hasPrefix("ERR 405 verb retry=never near=ACCEPT"))
    #expect(caller.ask("req r1")[0].hasPrefix("ERR 405 verb retry=never near=REQ"))
    #expect(caller.ask("HELP REQ").contains("; 409 conflict retry=refresh"))
  }

  @Test func `frozen, teleporting and late positions, and clocks a year off, disturb nobody`() {
    let office = Office()
    let caller = fresh(office)
    caller.say("ON t1 37.5651,126.9895")
    _ = caller.take()
    let year: Int64 = 365 * 86_400_000
    for (n, line) in [
      "P t1 37.5651,126.9895 n=5", "P t1 37.8,127.3 n=6", "P t1 37.21,126.4 n=7",
      "P t1 37.5651,126.9895 n=3", "P t1 37.5651,126.9895 n=8 t=\(office.now + year)",
      "P t1 37.5651,126.9895 n=9 t=\(office.now - year)",
    ].enumerated() {
      #expect(caller.ask(line) == [], "\(n)")
      office.wait(1_000)
    }
    #expect(
      caller.ask("P t1 126.9895,37.5651")[0].hasPrefix("ERR 422 swapped retry=never key=point")
    )
    // At most one a second is told of; the others are counted.
    #expect(caller.ask("P t1 12.9,37.5") == [])
    #expect(caller.ask("P t9 37.5651,126.9895") == [])
    office.wait(1_000)
    #expect(
      caller.ask("P t9 37.5651,126.9895")[0].hasPrefix("ERR 404 unknown retry=never key=taxi")
    )
    #expect(caller.ask("STAT").contains { $0.contains("wrong_positions=4 late_positions=1") })
    #expect(caller.ask("STAT").contains { $0.contains(" jumps=2 ") })
    office.setWall(by: year)
    office.wait(30_000)
    #expect(caller.ask("GET TAXI t1")[0].contains("state=free"))
    #expect(!caller.ask("GET TAXI t1")[0].contains("lost"))
  }

  @Test(arguments: 0..<8)
  func `no bytes bring it down`(seed: Int) {
    var random = SeededGenerator(UInt64(seed))
    let office = Office { $0.connectionsPerAddressMax = 100_000 }
    var caller = fresh(office)
    let words =
      Verb.allCases.map(\.word) + [
        "t1", "t2", "r1", "r2", "o1", "o2", "o99999999999999999999", "37.5651,126.9895",
        "126.9895,37.5651", "37.9N,127E", "-91,181", "seats=9", "seats=2", "v=1", "v=4294967295",
        "wait=999999999h", "wait=0s", "at=9999999999999", "at=1763809600000", "t=1000000000000",
        "n=18446744073709551615", "from=first", "from=snap", "from=4-18446744073709551615", "1",
        "s",
        "req.*,taxi.*,offer.*,pos", "near=37.5,127", "r=99999999999", "r=0", "box=37,126,38,127",
        "force=1", "auto=1", "tags=large", "tags=x", "note=%41", "note=%", "reason=hail",
        "by=rider",
        "REQ", "TAXI", "OFFER", "walk=2h", "blp/1", "blp/2", "dist=1.5", "fare=-1", "rate=1ms",
        "#1",
        "max=100", "h=360", "s=99999999999", "token", "mac", "x",
      ]
    for _ in 0..<20_000 {
      if caller.isClosed {
        caller.hangUp()
        caller = fresh(office)
      }
      let count = Int.random(in: 1...5, using: &random)
      var line = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
      if Int.random(in: 0..<50, using: &random) == 0 {
        let byte = UInt8.random(in: .min ... .max, using: &random)
        line += String(decoding: [byte], as: UTF8.self)
      }
      caller.say(line)
      _ = caller.take()
      if Int.random(in: 0..<20, using: &random) == 0 {
        office.wait(Int64.random(in: 0...20_000, using: &random))
      }
    }
    caller.hangUp()
    #expect(fresh(office).ask("PING").count == 1)
    office.dispatcher.checkInvariants()
  }
}
