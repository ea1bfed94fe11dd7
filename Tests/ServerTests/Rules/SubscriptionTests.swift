import LineProtocol
import Server
import Testing

@Suite struct SubscriptionTests {
  /// A day's worth of small events in a few seconds: taxis and rides that come and go.
  private static func play(_ office: Office, _ caller: Caller, rides: Int, seed: UInt64) {
    var random = SeededGenerator(seed)
    for ride in 0..<rides {
      let taxi = Int.random(in: 0..<9, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: caller.say("OFF t\(taxi) force=1")
      case 1: caller.say("BUSY t\(taxi) reason=hail")
      case 2: caller.say("FREE t\(taxi)")
      default: caller.say("ON t\(taxi) 37.5\(taxi)51,126.9895 auto=1")
      }
      let digit = Int.random(in: 0..<9, using: &random)
      caller.say("REQ r\(ride) 37.5\(digit)65,126.9780 wait=60s")
      if Bool.random(using: &random) { caller.say("CANCEL r\(ride)") }
      let done = max(0, ride - 5)
      for taxi in 0..<9 {
        caller.say("ARRIVE r\(done) t\(taxi)", "BOARD r\(done) t\(taxi)", "DROP r\(done) t\(taxi)")
      }
      office.wait(Int64.random(in: 0...4_000, using: &random))
      _ = caller.take()
    }
  }

  @Test(arguments: [
    "req.*,taxi.*,offer.*", "req.assigned,taxi.off", "req.offered,req.queued",
    "req.* box=37.50,126.9,37.55,127.1",
    "taxi.* taxi=t3", "req.* near=37.5565,126.9780 r=3000",
  ])
  func `cut anywhere and resumed, a stream is the same as uncut`(filter: String) {
    let office = Office()
    let caller = office.connect()
    let whole = office.connect()
    caller.say("ON t3 37.5351,126.9895 auto=1")
    _ = whole.take()
    let opening = whole.ask("SUB 1 \(filter) from=first")
    #expect(opening[0].hasPrefix("OK 1 from=4-0"))
    Self.play(office, caller, rides: 250, seed: 11)
    let events = opening.dropFirst() + whole.take().filter { $0.hasPrefix("EV 1 ") }
    #expect(events.count > 5)
    let last = number(caller.ask("PING").last ?? "")
    var sent = 0
    for cut in 0...last {
      let late = office.connect()
      _ = late.take()
      let resumed = late.ask("SUB 1 \(filter) from=4-\(cut)").dropFirst()
      #expect(Array(resumed) == events.filter { number($0) > cut }, "cut at \(cut)")
      sent += resumed.count
      late.hangUp()
    }
    #expect(sent > events.count)
  }

  /// The sequence number of the first position in a line.
  private func number(_ line: String) -> UInt64 {
    let word = line.split(separator: " ").first { $0.contains("4-") && !$0.contains("from") } ?? ""
    return UInt64(word.split(separator: "-").last ?? "") ?? 0
  }

  @Test func `a position that is gone or not there yet is refused with what there is`() {
    let office = Office { $0.recentFactsMax = 3 }
    let caller = office.connect()
    for taxi in 0..<6 { caller.say("ON t\(taxi) 37.5651,126.9895") }
    _ = caller.take()
    #expect(
      caller.ask("SUB 1 taxi.* from=4-2")[0].hasPrefix("ERR 410 trimmed retry=refresh first=4-3")
    )
    #expect(caller.ask("SUB 1 taxi.* from=3-5")[0].hasPrefix("ERR 410 trimmed"))
    #expect(caller.ask("SUB 1 taxi.* from=4-7")[0].hasPrefix("ERR 410 ahead retry=refresh at=4-6"))
    #expect(caller.ask("SUB 1 taxi.* from=5-1")[0].hasPrefix("ERR 410 ahead"))
    #expect(caller.ask("SUB 1 taxi.* from=4-3").count == 4)
    #expect(caller.ask("SUB 1 taxi.*")[0].hasPrefix("ERR 409 conflict"))
    #expect(caller.ask("UNSUB 1") == ["OK 1"])
    #expect(caller.ask("UNSUB 1")[0].hasPrefix("ERR 404 unknown"))
    #expect(caller.ask("SUB 2 taxi.* from=first").count == 4)
  }

  @Test func `a snapshot and what follows it lead to the present state`() {
    let office = Office()
    let caller = office.connect()
    caller.say("ON t1 37.5651,126.9895", "ON t2 37.5951,126.9895", "REQ r1 37.5665,126.9780")
    let watcher = office.connect()
    _ = watcher.take()
    let lines = watcher.ask("SUB s taxi.*,req.* from=snap")
    #expect(
      lines.map { $0.split(separator: " ").prefix(5).joined(separator: " ") } == [
        "OK s from=4-4 first=4-0", "SNAP s TAXI t1 state=offered", "SNAP s TAXI t2 state=free",
        "SNAP s REQ r1 state=offered", "LIVE s 4-4",
      ]
    )
    caller.say("ACCEPT o1")
    #expect(watcher.take() == ["EV s 4-5 req.assigned r1 taxi=t1 offer=o1 eta=199s"])
  }

  @Test func `who catches up while the journal moves on is told what it missed`() {
    let office = Office { $0.recentFactsMax = 16 }
    let caller = office.connect()
    let reader = office.connect()
    for taxi in 0..<10 { caller.say("ON t\(taxi) 37.5651,126.9895") }
    _ = reader.take()
    reader.isWritable = false
    reader.say("SUB 1 taxi.* from=first")
    for taxi in 10..<40 { caller.say("ON t\(taxi) 37.5651,126.9895") }
    reader.takeWritable()
    let lines = reader.take()
    #expect(lines.contains("GAP 1 from=4-0 to=4-24"))
    #expect(lines.last?.hasPrefix("EV 1 4-40 taxi.on t39") == true)
    #expect(lines.count { $0.hasPrefix("EV 1 ") } == 16)
  }

  @Test func `a reader that is behind is bid farewell, and resumes without a gap`() {
    let office = Office { $0.outputBytesMax = 4_096 }
    let caller = office.connect()
    var reader = office.connect()
    let other = office.connect()
    reader.say("SUB 1 taxi.*")
    other.say("SUB 1 taxi.*")
    for caller in [caller, reader, other] { _ = caller.take() }
    var heard: [String] = []
    for taxi in 0..<20 { caller.say("ON t\(taxi) 37.5651,126.9895") }
    heard += reader.take()
    reader.isWritable = false
    for taxi in 20..<200 { caller.say("ON t\(taxi) 37.5651,126.9895") }
    heard += reader.take()
    #expect(reader.isClosed)
    #expect(heard.last == "BYE why=slow at=4-20")
    heard.removeLast()
    reader = office.connect()
    _ = reader.take()
    heard += reader.ask("SUB 1 taxi.* from=4-20").dropFirst()
    #expect(heard == other.take())
    #expect(heard.count == 200)
  }

  @Test(arguments: ["drain", "idle"])
  func `a farewell names no event that was not sent`(why: String) {
    let key = Key.token("a", "blue", [.gateway, .dispatcher])
    let office = Office(keys: [key])
    let (caller, reader) = (office.connect(as: key), office.connect(as: key))
    reader.say("SUB 1 taxi.*")
    caller.say("ON t1 37.5651,126.9895")
    #expect(reader.take().last?.hasPrefix("EV 1 4-1 ") == true)
    reader.isWritable = false
    caller.say("ON t2 37.5651,126.9895", "ON t3 37.5651,126.9895")
    if why == "drain" {
      office.dispatcher.beginDrain(to: nil)
      office.dispatcher.finishDrain()
    } else {
      for _ in 0..<4 {
        office.wait(9_000)
        caller.say("PING")
      }
    }
    let heard = reader.take()
    #expect(heard.count == 1 && heard[0].hasPrefix("BYE why=\(why) at=4-1"), "\(heard)")
  }

  @Test func `who quits while the socket is full gets all answers first`() {
    let office = Office()
    let caller = office.connect()
    _ = caller.take()
    caller.isWritable = false
    caller.say("ON t1 37.5651,126.9895", "QUIT")
    #expect(caller.take() == [] && !caller.isClosed)
    caller.takeWritable()
    #expect(caller.take() == ["OK t1 state=free at=4-1", "OK", "BYE why=quit at=4-1"])
    #expect(caller.isClosed)
    // Who never takes them does not stay for ever.
    let deaf = office.connect()
    deaf.isWritable = false
    deaf.say("QUIT")
    office.wait(30_000)
    #expect(deaf.isClosed)
  }

  @Test func `positions are merged for a slow reader, and come at most once in their time`() {
    let office = Office()
    let gateway = office.connect()
    let reader = office.connect()
    gateway.say("ON t1 37.5651,126.9895")
    reader.say("SUB 1 pos rate=1s")
    office.wait(1_000)
    _ = reader.take()
    reader.isWritable = false
    for step in 1...50 {
      gateway.say("P t1 37.56\(step + 10),126.9895 n=\(step)")
      office.wait(200)
    }
    #expect(reader.take() == [])
    reader.takeWritable()
    office.wait(1_000)
    #expect(reader.take() == ["POS 1 t1 37.566,126.9895"])
    for step in 51...90 {
      gateway.say("P t1 37.56\(step),126.9895 n=\(step)")
      office.wait(100)
    }
    #expect((3...5).contains(reader.take().count))
  }

  @Test func `a heartbeat comes after silence and says how far the stream is`() {
    let office = Office()
    let caller = office.connect()
    let reader = office.connect()
    reader.say("SUB 1 req.assigned")
    _ = reader.take()
    caller.say("ON t1 37.5651,126.9895")
    office.wait(12_000)
    #expect(reader.take() == ["PING at=4-1"])
    // Who typed nothing that asks for events is not disturbed.
    #expect(!caller.take().contains { $0.hasPrefix("PING") })
  }
}
