import Journal
import Matching
import Server

/// A connection as the server sees it, and the network under it: in order both ways, and late.
final class ClientWire: Wire {
  private unowned let world: World
  unowned let node: Node
  private weak var client: Client?
  private var session: Session?
  private var lastOut: Int64 = 0
  private var lastIn: Int64 = 0
  /// For the client; and whether the server hears what it said before a cut.
  private var isOpen = true
  private var isHeard = true
  private var unread: [UInt8] = []
  /// `nil` = the client reads as fast as it gets.
  private var slowUntil: Int64?
  private(set) var isOver = false

  init(_ client: Client, _ node: Node) {
    world = client.world
    self.client = client
    self.node = node
  }

  private func delay() -> Int64 {
    Int64(world.draw.happens(permille: 20) ? 150 : world.draw.below(4))
  }

  func open() {
    lastOut = world.now + delay()
    guard node.isUp else { return breakOff() }
    node.post(.host, after: lastOut - world.now) { [self] in
      guard isHeard else { return }
      session = node.accept(self, from: client?.name ?? "gone")
      if session == nil { close() }
    }
  }

  // MARK: The server's side

  func send(_ bytes: [UInt8]) {
    world.ledger.checkLeaving(bytes)
    if !isWritable {
      unread += bytes
      return
    }
    deliver(bytes)
  }

  private func deliver(_ bytes: [UInt8]) {
    lastIn = max(lastIn, world.now + delay())
    world.after(lastIn - world.now) { [self] in if isOpen { client?.hear(bytes, on: self) } }
  }

  func close() {
    isOver = true
    lastIn = max(lastIn, world.now + delay())
    world.after(lastIn - world.now) { [self] in breakOff() }
    // As after the farewell was read.
    node.post(.host, after: lastIn - world.now) { [self] in leave() }
  }

  var isWritable: Bool { slowUntil == nil }
  var backlog: Int { unread.count }

  func setReading(_ isOn: Bool) {}

  private func leave() {
    guard let session else { return }
    self.session = nil
    isOver = true
    node.dispatcher?.disconnected(session)
  }

  func nodeDied() {
    session = nil
    isOver = true
    lastIn = max(lastIn, world.now + delay())
    world.after(lastIn - world.now) { [self] in breakOff() }
  }

  // MARK: The client's side

  func say(_ line: String) {
    lastOut = max(lastOut, world.now + delay())
    let bytes = Array((line + "\n").utf8)
    node.post(.host, after: lastOut - world.now) { [self] in
      guard isHeard, let session else { return }
      node.dispatcher?.receive(bytes.span, from: session)
    }
  }

  /// The client's end is gone; what it said may still arrive.
  func cut() {
    guard isOpen else { return }
    isOpen = false
    isHeard = world.draw.happens(permille: 500)
    node.post(.host, after: Int64(world.draw.pick([1, 50, 3_000]))) { [self] in
      isHeard = false
      leave()
    }
  }

  private func breakOff() {
    guard isOpen else { return }
    isOpen = false
    client?.broken(self)
  }

  func readSlowly(for length: Int64) {
    slowUntil = max(slowUntil ?? 0, world.now + length)
    world.after(length) { [self] in
      guard let end = slowUntil, world.now >= end else { return }
      slowUntil = nil
      let bytes = unread
      unread = []
      if !bytes.isEmpty { deliver(bytes) }
      node.post(.host) { [self] in
        if let session { node.dispatcher?.becameWritable(session) }
      }
    }
  }
}

/// One line that must have its answer, however often it is sent.
struct Ask {
  var verb: String
  /// What its fact is about.
  var id: String
  var line: String
  var wasSent = false
  var since: Int64 = 0
}

/// A program that speaks the protocol: one line at a time, repeated on whichever node answers until
/// there is an answer that says it need not be.
class Client {
  unowned let world: World
  let name: String
  let key: String
  private(set) var wire: ClientWire?
  private(set) var isReady = false
  private var target = 0
  private var tag = 0
  private(set) var current: Ask?
  private var askedAt: Int64 = 0
  private var queue: [Ask] = []
  private var heard: [UInt8] = []

  init(_ world: World, _ name: String, key: String) {
    self.world = world
    self.name = name
    self.key = key
  }

  // What a kind of client does.
  func begin() { connect(after: 1) }
  func opened() {}
  func answered(_ ask: Ask, _ words: [Substring], isRepeat: Bool) {}
  func refused(_ ask: Ask, _ words: [Substring]) {}
  func pushed(_ words: [Substring], _ line: Substring) {}

  var isIdle: Bool { current == nil && queue.isEmpty }
  /// The line that has waited for its answer for ten seconds, if one has.
  var stuck: String? {
    guard let ask = current ?? queue.first, world.now - ask.since > 10_000 else { return nil }
    return ask.line
  }

  /// Forgets what is to be asked anew.
  func drop(_ verb: String) {
    queue.removeAll { $0.verb == verb }
    if current?.verb == verb { current = nil }
  }

  // MARK: Connecting

  func connect(after delay: Int64) {
    world.after(delay) { [self] in
      guard wire == nil else { return }
      let wire = ClientWire(self, world.nodes[target % world.nodes.count])
      self.wire = wire
      heard = []
      isReady = false
      askedAt = world.now
      wire.open()
      wire.say("#a AUTH token \(key)")
      watch(wire)
    }
  }

  /// Without an answer for too long the connection counts as dead.
  private func watch(_ wire: ClientWire) {
    world.after(500) { [self] in
      guard self.wire === wire else { return }
      if !isReady || current != nil, world.now - askedAt > 3_000 { return tryNext() }
      watch(wire)
    }
  }

  func cut() {
    guard let wire else { return }
    wire.cut()
    broken(wire)
  }

  func broken(_ wire: ClientWire) {
    guard self.wire === wire else { return }
    self.wire = nil
    isReady = false
    target += 1
    connect(after: Int64(world.draw.within(20...300)))
  }

  private func tryNext() { cut() }

  func readSlowly(for length: Int64) { wire?.readSlowly(for: length) }

  // MARK: Talking

  func ask(_ ask: Ask) {
    var ask = ask
    ask.since = world.now
    queue.append(ask)
    sendNext()
  }

  func tell(_ line: String) { if isReady { wire?.say(line) } }

  private func sendNext() {
    guard isReady, current == nil || current?.wasSent == false else { return }
    if current == nil {
      guard !queue.isEmpty else { return }
      current = queue.removeFirst()
    }
    tag += 1
    current?.wasSent = true
    askedAt = world.now
    guard let line = current?.line else { return }
    world.note("\(name) to \(wire?.node.name ?? "-"): #\(tag) \(line)")
    wire?.say("#\(tag) \(line)")
  }

  func hear(_ bytes: [UInt8], on wire: ClientWire) {
    guard self.wire === wire else { return }
    heard += bytes
    while self.wire === wire, let end = heard.firstIndex(of: 0x0A) {
      let line = String(decoding: heard[..<end], as: UTF8.self)
      heard.removeFirst(end + 1)
      take(line[...])
    }
  }

  private func take(_ line: Substring) {
    let words = line.split(separator: " ")
    guard let first = words.first else { return }
    if first == "#a" {
      isReady = true
      // Sent before, on a connection that is gone.
      current?.wasSent = false
      opened()
      return sendNext()
    }
    guard first.hasPrefix("#") else { return pushed(words, line) }
    world.note("\(name): \(line)")
    guard first == "#\(tag)", let ask = current, ask.wasSent, words.count > 1 else { return }
    if words[1] == "ERR" { return takeError(ask, words) }
    guard words[1] == "OK" || words[1] == "PONG" else { return }
    current = nil
    let isRepeat = words.contains("dup=1")
    if isRepeat { world.tally.repeats += 1 }
    if let at = value("at", words).flatMap({ FactPosition($0) }), words[1] == "OK" {
      world.ledger.noteOK(ask.verb, ask.id, at, isRepeat: isRepeat)
    }
    if ask.verb != "PING", ask.verb != "SUB", world.draw.happens(permille: 30) {
      // Some send a line again for no reason.
      queue.insert(ask, at: 0)
    } else {
      answered(ask, words, isRepeat: isRepeat)
    }
    sendNext()
  }

  private func takeError(_ ask: Ask, _ words: [Substring]) {
    let retry = value("retry", words) ?? "never"
    switch retry {
    case "elsewhere": tryNext()
    case "same": again(after: 200)
    case _ where retry.hasPrefix("after"): again(after: 500)
    default:
      current = nil
      refused(ask, words)
      sendNext()
    }
  }

  private func again(after delay: Int64) {
    current?.wasSent = false
    // An answer to the earlier sending is none to the next.
    tag += 1
    world.after(delay) { [self] in sendNext() }
  }

  func value(_ key: String, _ words: [Substring]) -> Substring? {
    words.first { $0.hasPrefix(key + "=") }?.dropFirst(key.count + 1)
  }

  /// A place in the region.
  func place() -> String {
    "37.5\(world.draw.within(10...89)),126.9\(world.draw.within(10...99))"
  }
}
