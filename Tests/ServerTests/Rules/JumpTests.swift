import LineProtocol
import Server
import Testing

/// Taxis that are where they cannot be.
@Suite struct JumpTests {
  private static func point(_ caller: Caller) -> String? {
    (caller.ask("GET TAXI t1").last ?? "").split(separator: " ").first { $0.hasPrefix("point=") }
      .map(String.init)
  }

  private let office = Office(keys: [.token("g", "blue", [.gateway, .booker])])

  private func gateway() -> Caller {
    let caller = office.connect(as: .token("g", "blue", [.gateway, .booker]))
    caller.say("ON t1 37.5000,127.0000")
    _ = caller.take()
    return caller
  }

  @Test func `a jump is counted and passed over until a second position confirms it`() {
    let caller = gateway()
    office.wait(5_000)
    // 11 km in five seconds.
    #expect(caller.ask("P t1 37.6000,127.0000") == [])
    #expect(Self.point(caller) == "point=37.5,127")
    #expect(office.dispatcher.metrics.positionsJumped == 1)
    office.wait(5_000)
    caller.say("P t1 37.6002,127.0001")
    #expect(Self.point(caller) == "point=37.6002,127.0001")
    #expect(office.dispatcher.metrics.positionsJumped == 1)
    let row = caller.ask("STAT").first { $0.contains(" jumps=") }
    #expect(row?.contains("jumps=1") == true)
    #expect(row?.contains("merged_positions=0") == true)
  }

  @Test func `a taxi that comes back from a jump has never been there`() {
    let caller = gateway()
    for _ in 0..<10 {
      office.wait(5_000)
      caller.say("P t1 37.6000,127.0000")
      office.wait(5_000)
      caller.say("P t1 37.5001,127.0000")
      #expect(Self.point(caller) == "point=37.5001,127")
    }
    // A jump long ago confirms nothing.
    #expect(office.dispatcher.metrics.positionsJumped == 10)
  }

  @Test func `a taxi that only jumps is not offered once its place is too old`() {
    let caller = gateway()
    caller.say("P t1 37.5001,127.0000")
    for step in 0..<8 {
      office.wait(5_000)
      caller.say("P t1 37.\(step % 2 == 0 ? 6 : 7)000,126.\(8 + step % 2)000")
    }
    #expect(office.dispatcher.metrics.positionsJumped == 8)
    _ = caller.take()
    #expect(!caller.ask("REQ r1 37.5001,127.0000 wait=60s").contains { $0.hasPrefix("OFFER") })
    caller.say("P t1 37.5002,127.0000")
    office.wait(2_000)
    #expect(caller.take().contains { $0.hasPrefix("OFFER") })
  }

  @Test func `fast roads, tunnels and a new ON are no jumps`() {
    let caller = gateway()
    office.wait(5_000)
    // 250 m at once, then 120 km/h for ten seconds, then 1.1 km after a minute without a signal.
    for (wait, line) in [
      (0, "P t1 37.5022,127.0000"), (10_000, "P t1 37.5052,127.0000"),
      (25_000, "P t1 37.5152,127.0000"),
    ] as [(Int64, String)] {
      office.wait(wait)
      caller.say(line)
    }
    caller.say("ON t1 37.7000,127.0000")
    office.wait(1_000)
    caller.say("P t1 37.7001,127.0000")
    #expect(Self.point(caller) == "point=37.7001,127")
    #expect(office.dispatcher.metrics.positionsJumped == 0)
  }
}
