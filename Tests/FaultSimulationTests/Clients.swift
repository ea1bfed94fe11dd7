import Journal
import Matching

/// A company's taxis: they take offers, drive, and go off now and then.
final class Gateway: Client {
  private struct Cab {
    let name: String
    var isWanted = true
    var report = 0
    var trip: String?
  }

  private var cabs: [Cab] = []
  private var decided: Set<String> = []

  init(_ world: World, _ name: String) {
    super.init(world, name, key: "gateway")
    cabs = (0..<6).map { Cab(name: "\(name).t\($0)") }
  }

  override func begin() {
    super.begin()
    report()
    change()
  }

  override func opened() {
    drop("ON")
    for cab in cabs where cab.isWanted { turnOn(cab.name) }
  }

  private func turnOn(_ cab: String) {
    ask(Ask(verb: "ON", id: cab, line: "ON \(cab) \(place())"))
  }

  private func report() {
    world.after(2_500) { [self] in
      for index in cabs.indices where cabs[index].isWanted {
        cabs[index].report += 1
        tell("P \(cabs[index].name) \(place()) n=\(cabs[index].report)")
      }
      report()
    }
  }

  /// Breaks, hails, the end of a shift and the beginning of one.
  private func change() {
    world.after(Int64(world.draw.within(2_000...9_000))) { [self] in
      guard !world.isHealed else { return }
      let index = world.draw.below(cabs.count)
      let cab = cabs[index].name
      switch world.draw.below(4) {
      case 0:
        cabs[index].isWanted = false
        ask(Ask(verb: "OFF", id: cab, line: "OFF \(cab) force=1"))
      case 1:
        ask(Ask(verb: "BUSY", id: cab, line: "BUSY \(cab) reason=break"))
        ask(Ask(verb: "FREE", id: cab, line: "FREE \(cab)"))
      default:
        if !cabs[index].isWanted {
          cabs[index].isWanted = true
          turnOn(cab)
        }
      }
      change()
    }
  }

  override func pushed(_ words: [Substring], _ line: Substring) {
    if words[0] == "OFFER", words.count > 3 { consider(String(words[1])) }
    // A ride that a dispatcher gave it.
    if words[0] == "EV", words.count > 4, words[3] == "req.assigned",
      let taxi = value("taxi", words)
    {
      drive(String(words[4]), String(taxi), from: "ARRIVE")
    }
  }

  private func consider(_ offer: String) {
    guard decided.insert(offer).inserted else { return }
    let choice = world.draw.below(100)
    world.after(Int64(world.draw.within(50...3_000))) { [self] in
      if choice < 75 {
        ask(Ask(verb: "ACCEPT", id: offer, line: "ACCEPT \(offer)"))
      } else if choice < 90 {
        ask(Ask(verb: "DECLINE", id: offer, line: "DECLINE \(offer)"))
      }
    }
  }

  override func answered(_ ask: Ask, _ words: [Substring], isRepeat: Bool) {
    switch ask.verb {
    case "ACCEPT":
      if let ride = value("rid", words), let taxi = value("taxi", words) {
        drive(String(ride), String(taxi), from: "ARRIVE")
      }
    case "ON":
      guard let ride = value("rid", words) else { return }
      let next = ["enroute": "ARRIVE", "waiting": "BOARD", "occupied": "DROP"]
      if let verb = value("state", words).flatMap({ next[String($0)] }) {
        drive(String(ride), ask.id, from: verb)
      }
    case "ARRIVE": go(on: ask, "BOARD")
    case "BOARD": go(on: ask, "DROP")
    case "DROP", "ABORT":
      for index in cabs.indices where cabs[index].trip == ask.id { cabs[index].trip = nil }
    default: break
    }
  }

  private func drive(_ ride: String, _ taxi: String, from verb: String) {
    guard let index = cabs.firstIndex(where: { $0.name == taxi }), cabs[index].trip != ride else {
      return
    }
    cabs[index].trip = ride
    let isGivenUp = verb == "ARRIVE" && world.draw.happens(permille: 80)
    step(isGivenUp ? "ABORT" : verb, ride, taxi)
  }

  private func go(on ask: Ask, _ verb: String) {
    let words = ask.line.split(separator: " ")
    step(verb, String(words[1]), String(words[2]))
  }

  private func step(_ verb: String, _ ride: String, _ taxi: String) {
    world.after(Int64(world.draw.within(200...4_000))) { [self] in
      ask(Ask(verb: verb, id: ride, line: "\(verb) \(ride) \(taxi)"))
    }
  }
}

/// Asks for taxis, changes its mind, and sometimes decides by hand.
final class Booker: Client {
  var isProbe = false
  private(set) var okCount = 0
  private var count = 0

  init(_ world: World, _ name: String) { super.init(world, name, key: "booker") }

  override func begin() {
    super.begin()
    if isProbe { request() } else { goOn() }
  }

  private func goOn() {
    world.after(Int64(world.draw.within(200...2_000))) { [self] in
      guard !world.isHealed else { return }
      // Nobody has more than a few questions open.
      if isIdle { request() }
      goOn()
    }
  }

  private func request() {
    count += 1
    let ride = "\(name).r\(count)"
    world.ledger.noteAsked(ride)
    let wait = world.draw.within(5...60)
    let time = 1_763_805_600_000 + world.now
    ask(Ask(verb: "REQ", id: ride, line: "REQ \(ride) \(place()) wait=\(wait)s t=\(time)"))
  }

  override func answered(_ ask: Ask, _ words: [Substring], isRepeat: Bool) {
    guard ask.verb == "REQ" else { return }
    okCount += 1
    guard !isProbe else { return }
    let ride = ask.id
    let choice = world.draw.below(100)
    world.after(Int64(world.draw.within(100...6_000))) { [self] in
      switch choice {
      case 0..<15: self.ask(Ask(verb: "CANCEL", id: ride, line: "CANCEL \(ride)"))
      case 15..<22:
        self.ask(Ask(verb: "CHANGE", id: ride, line: "CHANGE \(ride) v=1 to=\(place())"))
      case 22..<30: self.ask(Ask(verb: "RELEASE", id: ride, line: "RELEASE \(ride)"))
      case 30..<36:
        let taxi = "g\(world.draw.below(2)).t\(world.draw.below(6))"
        self.ask(Ask(verb: "ASSIGN", id: ride, line: "ASSIGN \(ride) \(taxi)"))
      default: break
      }
    }
  }
}

/// Follows the journal, resumes where it was, and holds what it hears against the journal.
final class Subscriber: Client {
  private let kinds: [String]
  /// Everything up to there was heard; `nil` = it begins anew, and was told so.
  private var cursor: FactPosition?
  private(set) var eventCount = 0
  private(set) var toldCount = 0
  private var isFollowing = false
  /// For a test of the checkers: the next event never reaches its log.
  var swallowsNext = false

  init(_ world: World, _ name: String) {
    kinds = world.draw.pick([
      ["req.*", "taxi.*", "offer.*"], ["req.assigned", "taxi.off"], ["req.*"], ["offer.*"],
    ])
    super.init(world, name, key: "admin")
  }

  override func begin() {
    super.begin()
    breathe()
  }

  /// So that it does not count as dead.
  private func breathe() {
    world.after(4_000) { [self] in
      if isReady, isIdle { ask(Ask(verb: "PING", id: "", line: "PING")) }
      breathe()
    }
  }

  override func opened() {
    isFollowing = false
    drop("SUB")
    subscribe()
  }

  private func subscribe() {
    let from = cursor.map { "\($0)" } ?? "now"
    let line = "SUB 1 \(kinds.joined(separator: ",")) from=\(from)"
    ask(Ask(verb: "SUB", id: from, line: line))
  }

  override func answered(_ ask: Ask, _ words: [Substring], isRepeat: Bool) {
    guard ask.verb == "SUB", let from = value("from", words).flatMap({ FactPosition($0) }) else {
      return
    }
    if let cursor, ask.id != "now" {
      if from.sequence != cursor.sequence {
        world.fail("\(name) resumed at \(from), not \(cursor)")
      }
    } else {
      cursor = from
    }
    isFollowing = true
  }

  override func refused(_ ask: Ask, _ words: [Substring]) {
    guard ask.verb == "SUB" else { return }
    // 409: it was sent twice.
    guard words.count > 2, words[2] == "410" else { return }
    toldCount += 1
    cursor = nil
    subscribe()
  }

  override func pushed(_ words: [Substring], _ line: Substring) {
    switch words[0] {
    case "EV" where words.count > 3 && words[1] == "1":
      guard let at = FactPosition(words[2]) else { return world.fail("no position: \(line)") }
      let start = line.index(after: words[2].endIndex)
      hear(at, line[start...])
    case "GAP":
      toldCount += 1
      if let to = value("to", words).flatMap({ FactPosition($0) }) { cursor = to }
    case "PING":
      // It promises that every matching event up to there was sent.
      if isFollowing, let at = value("at", words).flatMap({ FactPosition($0) }) {
        advance(to: at, isEvent: false)
      }
    default: break
    }
  }

  private func hear(_ at: FactPosition, _ text: Substring) {
    if swallowsNext {
      swallowsNext = false
      return
    }
    eventCount += 1
    let ledger = world.ledger
    if ledger.isThere(at), at.sequence > 0 {
      let kept = ledger.timeline[Int(at.sequence) - 1]
      if kept.shown != text { return world.fail("\(name) read '\(text)', kept is '\(kept.shown)'") }
      guard Ledger.matches(kept.kind, kinds) else {
        return world.fail("\(name) did not ask for '\(text)'")
      }
    } else if !ledger.isLost(at) {
      return world.fail("\(name) read '\(text)' at \(at), which is not kept")
    }
    advance(to: at, isEvent: true)
  }

  private func advance(to at: FactPosition, isEvent: Bool) {
    guard let before = cursor else {
      cursor = at
      return
    }
    let last = at.sequence
    if isEvent ? last <= before.sequence : last < before.sequence {
      // A heartbeat may be behind what a resume named.
      if isEvent { world.fail("\(name) read fact \(last) after fact \(before.sequence)") }
      return
    }
    cursor = at
    guard world.ledger.isThere(at) else { return }
    guard world.ledger.isThere(before) else {
      return world.fail("\(name) went on to \(at), not told that \(before) was lost")
    }
    let end = isEvent ? last - 1 : last
    if let missed = world.ledger.first(of: kinds, after: before.sequence, upTo: end) {
      world.fail("\(name) was not told of fact \(missed): after \(before) came \(at)")
    }
  }

  /// It is all quiet: what has not come by now never will.
  func checkEnd(upTo end: UInt64) {
    guard isFollowing, let cursor, world.ledger.isThere(cursor) else {
      return world.fail("\(name) does not follow the journal in the end")
    }
    if let missed = world.ledger.first(of: kinds, after: cursor.sequence, upTo: end) {
      world.fail("\(name) was never told of fact \(missed): it is at \(cursor)")
    }
  }
}
