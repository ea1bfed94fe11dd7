import LineProtocol
import Matching
import Spatial

/// What a client knows and decides, without sockets and clocks: which commands have no answer yet,
/// which taxis and subscriptions a new connection must set up again, what a line means.
///
/// A command keeps its bytes but for its tag, however often it is sent. Answers come in the order of
/// the lines of one connection, so the oldest expectation is the one that an answer is for; the tag
/// only proves it.
struct ClientCore {
  typealias Ticket = UInt64

  /// What its owner is to do.
  enum Effect: Equatable {
    case finish(Ticket, Reply)
    case fail(Ticket, LineError)
    case push(Push)
    case item(Identifier, StreamItem)
    /// Leave this connection; try `to` next if it is named, after `pause`.
    case leave(to: ServerAddress?, pause: Millis)
    /// No connection will do: the server refuses this client.
    case giveUp(LineError)
  }

  private struct Command {
    var ticket: Ticket
    var command: ClientCommand
    var isSent = false
  }

  /// What an answer will be for.
  private enum Expected {
    case greeting
    case command(Ticket)
    /// A line of the client's own: a taxi bound again, a heartbeat.
    case own
    case resumed(Identifier)
  }

  struct Stream {
    var subscription: Subscription
    var last: FactPosition?
    /// A snapshot that a lost connection cuts short is sent again from its beginning.
    var wantsSnapshot: Bool
  }

  /// Commands that may be under way: under the server's own bound, so that it never stops reading.
  static let unansweredMax = 200

  private let options: ClientOptions
  private var isReady = false
  private var commands: [Command] = []
  private var expected: [(tag: Identifier, for: Expected)] = []
  private var rows: [RowLine] = []
  private var lastTag: UInt64 = 0
  private var taxis: [TaxiEntry] = []
  private(set) var streams: [Stream] = []
  private(set) var banner: Banner?
  /// Lines to send. The owner empties it.
  var output = LineWriter()
  /// The owner empties them.
  var effects: [Effect] = []

  init(_ options: ClientOptions) { self.options = options }

  // MARK: Commands

  mutating func send(_ command: ClientCommand, as ticket: Ticket) {
    if case .off(let taxi, _, _) = command {
      // Not bound again while its OFF is under way: that would be a second ON.
      taxis.removeAll { $0.taxi == taxi }
    }
    commands.append(Command(ticket: ticket, command: command))
    sendWaiting()
  }

  /// Its caller waits no more. It is not sent again; if it is under way its answer is passed over.
  mutating func forget(_ ticket: Ticket) { commands.removeAll { $0.ticket == ticket } }

  mutating func position(_ taxi: Identifier, _ report: PositionReportFields) {
    if let index = taxis.firstIndex(where: { $0.taxi == taxi }) {
      taxis[index].place = report.place
    }
    if isReady { output.position(taxi, report) }
  }

  mutating func ping() {
    if isReady { write(.ping(time: nil), .own) }
  }

  mutating func add(_ subscription: Subscription) {
    streams.append(
      Stream(
        subscription: subscription,
        last: nil,
        wantsSnapshot: subscription.start == .snapshot
      )
    )
  }

  mutating func remove(_ subscription: Identifier) {
    streams.removeAll { $0.subscription.name == subscription }
  }

  private mutating func sendWaiting() {
    guard isReady else { return }
    for index in commands.indices where !commands[index].isSent {
      guard expected.count < Self.unansweredMax else { return }
      commands[index].isSent = true
      write(commands[index].command, .command(commands[index].ticket))
    }
  }

  private mutating func write(_ command: ClientCommand, _ purpose: Expected) {
    lastTag += 1
    let tag = Identifier("c", lastTag)
    expected.append((tag, purpose))
    output.write(command, tag: tag)
  }

  // MARK: Connections

  mutating func disconnected() {
    isReady = false
    expected.removeAll()
    rows.removeAll()
    output.removeAll()
    for index in commands.indices { commands[index].isSent = false }
  }

  private mutating func greet(_ banner: Banner) {
    self.banner = banner
    let greeting = Greeting(name: options.name, agent: options.agent, region: options.region)
    write(.hello(greeting), .greeting)
    switch options.sign {
    case .none: break
    case .mac(let key, let secret):
      let proof = Credentials.mac(
        key: key,
        secret: secret,
        nonce: banner.nonce,
        region: banner.region
      )
      write(.authenticate(proof), .greeting)
    case .token(let token): write(.authenticate(.token(token)), .greeting)
    }
  }

  /// Taxis and subscriptions are set up again; then what has no answer is sent, in its old order.
  private mutating func resume() {
    isReady = true
    for entry in taxis { write(.on(entry), .own) }
    for stream in streams { resume(stream) }
    sendWaiting()
    if let banner { effects.append(.push(.connected(banner))) }
  }

  private mutating func resume(_ stream: Stream) {
    // One that has no position has no answer: its SUB is sent as any command.
    guard let last = stream.last else { return }
    var again = stream.subscription
    again.start = stream.wantsSnapshot ? .snapshot : .after(last)
    write(.subscribe(again), .resumed(again.name))
  }

  // MARK: Lines

  mutating func take(_ line: ServerLine) {
    switch line {
    case .banner(let banner): greet(banner)
    case .row(let row): rows.append(row)
    case .ok(let ok): answered(ok.tag, .success(Reply(ok: ok, rows: takeRows())))
    case .pong(let pong):
      let ok = OKLine(tag: pong.tag, fields: pong.fields)
      answered(pong.tag, .success(Reply(ok: ok, rows: takeRows())))
    case .error(let error):
      _ = takeRows()
      refused(error)
    case .ping(let at):
      for index in streams.indices { reach(at, index) }
    case .offer(let offer): effects.append(.push(.offer(offer)))
    case .revoke(let offer, let why, let at):
      effects.append(.push(.revoke(offer, why: why, at: at)))
    case .guide(let guide): effects.append(.push(.guide(guide)))
    case .bye(let bye):
      effects.append(.push(.bye(bye)))
      leave(to: bye.to, pause: bye.after ?? Millis(0))
    case .event(let event): take(event)
    case .position(let moved): item(moved.subscription, .position(moved))
    case .snapshot(let snapshot): item(snapshot.subscription, .snapshot(snapshot))
    case .live(let name, let at):
      guard let index = stream(name) else { return }
      streams[index].wantsSnapshot = false
      reach(at, index)
      effects.append(.item(name, .live(at)))
    case .gap(let name, let from, let to):
      guard let index = stream(name) else { return }
      reach(to, index)
      effects.append(.item(name, .gap(from: from, to: to)))
    }
  }

  private mutating func takeRows() -> [RowLine] {
    defer { rows.removeAll() }
    return rows
  }

  private mutating func refused(_ error: LineError) {
    guard error.tag == nil else {
      answered(error.tag, .failure(error))
      return
    }
    if error.closes || !isReady {
      refusedConnection(error)
    } else {
      effects.append(.push(.refusedPosition(error)))
    }
  }

  private mutating func refusedConnection(_ error: LineError) {
    switch error.retry {
    case .never, .refresh: effects.append(.giveUp(error))
    case .elsewhere: leave(to: error.moved, pause: Millis(0))
    case .same: leave(to: nil, pause: Millis(0))
    case .after(let span): leave(to: nil, pause: span)
    }
  }

  private mutating func answered(_ tag: Identifier?, _ result: Result<Reply, LineError>) {
    guard let next = expected.first, next.tag == tag else {
      // Somebody else's answer, or none that was asked for: this connection cannot be trusted.
      leave(to: nil, pause: Millis(0))
      return
    }
    expected.removeFirst()
    switch next.for {
    case .greeting: greeted(result)
    case .command(let ticket): finish(ticket, result)
    case .resumed(let name):
      if case .failure(let error) = result { notResumed(name, error) }
    case .own: break
    }
    sendWaiting()
  }

  private mutating func greeted(_ result: Result<Reply, LineError>) {
    if case .failure(let error) = result {
      refusedConnection(error)
    } else if !expected.contains(where: { if case .greeting = $0.for { true } else { false } }) {
      resume()
    }
  }

  private mutating func finish(_ ticket: Ticket, _ result: Result<Reply, LineError>) {
    guard let index = commands.firstIndex(where: { $0.ticket == ticket }) else { return }
    let command = commands.remove(at: index).command
    switch result {
    case .success(let reply):
      remember(command, reply)
      effects.append(.finish(ticket, reply))
    case .failure(let error):
      effects.append(.fail(ticket, error))
      if error.closes || error.retry == .elsewhere { leave(to: error.moved, pause: Millis(0)) }
    }
  }

  private mutating func remember(_ command: ClientCommand, _ reply: Reply) {
    switch command {
    case .on(let entry):
      taxis.removeAll { $0.taxi == entry.taxi }
      taxis.append(entry)
    case .subscribe(let subscription):
      guard let index = stream(subscription.name), streams[index].last == nil else { return }
      streams[index].last = reply.ok["from"].flatMap { FactPosition($0) }
    default: break
    }
  }

  private mutating func leave(to address: Identifier?, pause: Millis) {
    effects.append(.leave(to: address.flatMap { ServerAddress($0.text) }, pause: pause))
  }

  // MARK: Streams

  private func stream(_ name: Identifier) -> Int? {
    streams.firstIndex { $0.subscription.name == name }
  }

  private mutating func reach(_ at: FactPosition, _ index: Int) {
    if let last = streams[index].last, at > last { streams[index].last = at }
  }

  private mutating func item(_ name: Identifier, _ item: StreamItem) {
    if stream(name) != nil { effects.append(.item(name, item)) }
  }

  private mutating func take(_ event: EventLine) {
    if event.subscription.text == "0" { effects.append(.push(.event(event))) }
    guard let index = stream(event.subscription) else { return }
    // The server's own news is no fact and moves no stream.
    if event.kind.hasPrefix("sys.") {
      effects.append(.item(event.subscription, .event(event)))
      return
    }
    // What was seen before a connection was lost is not shown again.
    if let last = streams[index].last, event.at <= last { return }
    streams[index].last = event.at
    effects.append(.item(event.subscription, .event(event)))
  }

  private mutating func notResumed(_ name: Identifier, _ error: LineError) {
    guard let index = stream(name) else { return }
    let first = error.details.first { $0.key == "first" }.flatMap { FactPosition($0.value) }
    guard error.name == .trimmed, let first else {
      effects.append(.item(name, .failed(error)))
      return
    }
    effects.append(.item(name, .gap(from: streams[index].last, to: first)))
    streams[index].last = first
    resume(streams[index])
  }
}

extension LineError {
  /// Where `retry=elsewhere` leads.
  var moved: Identifier? { details.first { $0.key == "to" }.flatMap { Identifier($0.value) } }
}

extension PongLine {
  fileprivate var fields: [Field] {
    (time.map { [Field("t", $0.count)] } ?? []) + [Field("now", now.count), Field("at", at)]
  }
}
