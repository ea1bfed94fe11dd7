import LineProtocol
import Server
import Testing

/// Who may say what: every role with every verb.
@Suite struct RoleTests {
  /// For each verb a line that is well-formed; what becomes of it beyond permission is not at issue.
  private static func line(_ verb: Verb) -> String {
    switch verb {
    case .help: "HELP"
    case .auth: "AUTH token x"
    default: verb.manual.example
    }
  }

  private static let allowed: [Role: Set<Verb>] = [
    .gateway: [
      .on, .off, .p, .busy, .free, .accept, .decline, .arrive, .board, .drop, .noShow, .abort,
      .get, .sub, .unsub,
    ],
    .booker: [.req, .change, .cancel, .quote, .advise, .get, .sub, .unsub],
    .dispatcher: [
      .off, .cancel, .quote, .advise, .assign, .release, .explain, .near, .get, .sub, .unsub,
    ],
    .observer: [.sub, .unsub],
    .admin: [.explain, .near, .get, .sub, .unsub],
  ]
  private static let everyones: Set<Verb> = [.ping, .hello, .auth, .who, .stat, .help, .quit]

  @Test(arguments: Role.allCases, Verb.allCases)
  func `a verb is answered as the table says`(role: Role, verb: Verb) {
    let key = Key.token("k", "blue", RoleSet(role))
    let office = Office(keys: [key])
    let caller = office.connect(as: key)
    let answer = caller.ask("#7 " + Self.line(verb)).filter { $0.hasPrefix("#7 ") }
    let isForbidden = answer.contains { $0.hasPrefix("#7 ERR 403 forbidden retry=never ") }
    let isAllowed = Self.everyones.contains(verb) || Self.allowed[role]?.contains(verb) == true
    if verb == .sub, role == .observer {
      // The verb is allowed, and these kinds are not.
      #expect(isForbidden)
      #expect(caller.ask("#8 SUB 1 pos,sys.*").first?.hasPrefix("#8 OK 1 ") == true)
    } else {
      #expect(isForbidden == !isAllowed, "\(role) \(verb): \(answer)")
    }
  }

  @Test(arguments: Verb.allCases)
  func `before the credentials only what opens is heard`(verb: Verb) {
    let office = Office(keys: [.token("k", "blue", .all)])
    let caller = office.connect()
    _ = caller.take()
    let answer = caller.ask("#7 " + Self.line(verb)).first { $0.hasPrefix("#7 ") } ?? ""
    let isRefused = answer.hasPrefix("#7 ERR 401 auth retry=never close=1")
    #expect(isRefused == (!verb.isOpen || verb == .auth), "\(verb): \(answer)")
    #expect(caller.isClosed == (isRefused || verb == .quit))
  }

  // MARK: Objects

  private static let blue = Key.token("gw", "blue", .gateway)
  private static let green = Key.token("gx", "green", [.gateway, .dispatcher])
  private static let red = Key.token("b1", "red", .booker)
  private static let pink = Key.token("b2", "pink", [.booker, .dispatcher])
  private static let root = Key.token("root", "city", .admin)
  private static func office() -> Office { Office(keys: [blue, green, red, pink, root]) }

  /// A ride of red's on its way in a taxi of blue's.
  private static func running(_ office: Office) -> (gateway: Caller, booker: Caller) {
    let gateway = office.connect(as: blue)
    let booker = office.connect(as: red)
    gateway.say("ON t1 37.5651,126.9895")
    booker.say("REQ r1 37.5665,126.9780 37.5512,126.9882")
    gateway.say("ACCEPT o1")
    _ = gateway.take()
    _ = booker.take()
    return (gateway, booker)
  }

  @Test func `another company's taxi is nobody else's to move`() {
    let office = Self.office()
    _ = Self.running(office)
    let other = office.connect(as: Self.green)
    for line in [
      "ON t1 37.5,127.0", "P t1 37.5,127.0", "OFF t1 force=1", "BUSY t1 reason=hail",
      "FREE t1", "ARRIVE r1 t1", "BOARD r1 t1", "DROP r1 t1", "NOSHOW r1 t1", "ABORT r1 t1",
      "ACCEPT o1", "DECLINE o1",
    ] {
      #expect(other.ask(line).first?.hasPrefix("ERR 423 owner retry=never") == true, "\(line)")
      office.wait(1_001)
    }
    #expect(other.ask("GET TAXI t1")[0].hasPrefix("ERR 403 forbidden"))
    #expect(other.ask("GET OFFER o1")[0].hasPrefix("ERR 403 forbidden"))
    #expect(other.ask("NEAR 37.5651,126.9895 r=5000") == ["OK rows=0 at=4-4"])
  }

  @Test func `another company's request is nobody else's to read or change`() {
    let office = Self.office()
    _ = Self.running(office)
    let other = office.connect(as: Self.pink)
    for line in [
      "GET REQ r1", "CANCEL r1", "CHANGE r1 v=1 seats=2", "EXPLAIN r1", "RELEASE r1",
      "ASSIGN r1 t1",
    ] {
      #expect(other.ask(line)[0].hasPrefix("ERR 403 forbidden"), "\(line)")
    }
    let same = other.ask("REQ r1 37.5665,126.9780 37.5512,126.9882")
    #expect(same[0].hasPrefix("ERR 409 conflict"))
    #expect(!same[0].contains("have="))
    #expect(other.ask("SUB 1 req.*,taxi.*,offer.* from=first") == ["OK 1 from=4-0 first=4-0"])
  }

  @Test func `a driver knows the pickup roughly, then exactly until the drop-off`() {
    let office = Self.office()
    let gateway = office.connect(as: Self.blue)
    let booker = office.connect(as: Self.red)
    gateway.say("ON t1 37.5651,126.9895")
    _ = gateway.take()
    booker.say("REQ r1 37.5665432,126.9780987 37.5512345,126.9882345")
    let offer = gateway.take()
    #expect(offer[0].contains(" from=37.567,126.978 "))
    #expect(offer[0].contains(" dest=37.551,126.988 "))
    #expect(gateway.ask("GET REQ r1")[0].hasPrefix("ERR 403"))
    #expect(
      gateway.ask("ACCEPT o1")[0].contains(" from=37.5665432,126.9780987 dest=37.551,126.988")
    )
    #expect(!gateway.ask("GET REQ r1")[0].contains(" to="))
    gateway.say("ARRIVE r1 t1")
    _ = gateway.take()
    #expect(gateway.ask("BOARD r1 t1")[0].contains(" to=37.5512345,126.9882345 "))
    #expect(gateway.ask("GET REQ r1")[0].contains(" to=37.5512345,126.9882345"))
    gateway.say("DROP r1 t1")
    _ = gateway.take()
    let after = gateway.ask("GET REQ r1")[0]
    #expect(!after.contains("from=") && !after.contains("to="))
    #expect(!gateway.ask("ACCEPT o1")[0].contains("from="))
  }

  @Test func `a booker sees its taxi move from the assignment to the drop-off`() {
    let office = Self.office()
    let gateway = office.connect(as: Self.blue)
    let booker = office.connect(as: Self.red)
    gateway.say("ON t1 37.5651,126.9895")
    booker.say("SUB 1 pos", "REQ r1 37.5665,126.9780")
    office.wait(3_000)
    #expect(!booker.take().contains { $0.hasPrefix("POS") })
    #expect(booker.ask("GET TAXI t1")[0].hasPrefix("ERR 403"))
    gateway.say("ACCEPT o1", "P t1 37.5652,126.9890")
    office.wait(1_000)
    #expect(booker.take().contains("POS 1 t1 37.5652,126.989"))
    gateway.say("ARRIVE r1 t1", "BOARD r1 t1", "DROP r1 t1", "P t1 37.5660,126.9882")
    _ = booker.take()
    office.wait(3_000)
    #expect(!booker.take().contains { $0.hasPrefix("POS") })
  }

  @Test func `a booker's events name no taxi before one is bound, and no offer`() {
    let office = Self.office()
    let (_, booker) = Self.running(office)
    let events = booker.ask("SUB 1 req.*,offer.*,taxi.* from=first")
    #expect(
      Array(events.dropFirst()) == [
        "EV 1 4-2 req.queued r1 from=37.5665,126.978 seats=1 wait=300s",
        "EV 1 4-3 req.offered r1",
        "EV 1 4-4 req.assigned r1 taxi=t1 eta=199s",
      ]
    )
  }

  @Test func `an administrator sees all of it`() {
    let office = Self.office()
    _ = Self.running(office)
    let root = office.connect(as: Self.root)
    #expect(root.ask("SUB 1 req.*,offer.*,taxi.* from=first").count == 5)
    #expect(root.ask("GET REQ r1")[0].contains(" from=37.5665,126.978 to=37.5512,126.9882 "))
    #expect(root.ask("GET TAXI t1")[0].hasPrefix("OK t1 state=enroute"))
    #expect(root.ask("EXPLAIN r1").count == 3)
  }

  @Test func `an observer sees how many taxis are in a cell when they are many`() {
    let observer = Key.token("eye", "press", .observer)
    let office = Office(keys: [Self.blue, observer])
    let gateway = office.connect(as: Self.blue)
    for taxi in 0..<5 { gateway.say("ON t\(taxi) 37.5651,126.98950\(taxi)") }
    for taxi in 5..<9 { gateway.say("ON t\(taxi) 37.6651,126.98950\(taxi)") }
    let eye = office.connect(as: observer)
    let lines =
      eye.ask("SUB 1 pos")
      + {
        office.wait(1_000)
        return eye.take()
      }()
    let cells = lines.filter { $0.hasPrefix("POS") }
    #expect(cells.count >= 1)
    #expect(cells.allSatisfy { $0.hasPrefix("POS 1 c") && $0.hasSuffix(" taxis=5") })
    #expect(!lines.joined().contains("t1"))
    #expect(eye.ask("SUB 2 pos taxi=t1")[0].hasPrefix("ERR 403"))
    #expect(eye.ask("SUB 3 req.*")[0].hasPrefix("ERR 403"))
  }
}
