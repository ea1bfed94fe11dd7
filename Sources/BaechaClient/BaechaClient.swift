import LineProtocol
import Matching
import NIOCore
import NIOPosix
import Spatial

/// A client of the dispatch server: one connection, opened again whenever it is lost.
///
/// Taxis that it turned on are bound again where they were last, subscriptions go on behind the last
/// event they saw, and every command without an answer is sent once more. Ids are the idempotency
/// keys, so each takes effect exactly once.
public actor BaechaClient {
  private let options: ClientOptions
  private let group: any EventLoopGroup
  private let clock = ContinuousClock()
  private var core: ClientCore
  private var servers: [ServerAddress]
  private var connection: LineConnection?
  private var run: Task<Void, Never>?
  private var isClosing = false
  private var hold = Millis(0)
  private var heard: ContinuousClock.Instant
  private var fatal: (any Error)?
  private var lastFault = "no server answered"
  private var callers: [ClientCore.Ticket: CheckedContinuation<Reply, any Error>] = [:]
  private var lastTicket: ClientCore.Ticket = 0
  private var lastStream: UInt64 = 0
  private var items: [Identifier: AsyncStream<StreamItem>.Continuation] = [:]
  private let pushSink: AsyncStream<Push>.Continuation

  /// Offers, revocations, guidance, events of the session's own: for one reader. The latest 100,000
  /// are kept for a reader that is slow, the latest of all if there is none.
  public nonisolated let pushes: AsyncStream<Push>

  /// How often a connection was opened and signed in.
  public private(set) var connections = 0

  /// - Parameters:
  ///   - options: where to go and who to be.
  ///   - group: the threads for sockets.
  public init(
    _ options: ClientOptions,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.options = options
    self.group = group
    core = ClientCore(options)
    servers = options.servers
    heard = clock.now
    (pushes, pushSink) = AsyncStream.makeStream(
      of: Push.self,
      bufferingPolicy: .bufferingNewest(100_000)
    )
  }

  public var banner: Banner? { core.banner }

  /// Begins to connect. Calls made before the connection stands wait for it.
  public func start() {
    if run == nil && !isClosing { run = Task { await keepConnected() } }
  }

  /// Says QUIT and ends; calls without an answer throw ``ClientError/closed``.
  public func close() async {
    isClosing = true
    try? await connection?.writeAndWait(Array("QUIT\n".utf8))
    connection?.close()
    run?.cancel()
    await run?.value
    end(ClientError.closed)
  }

  // MARK: Calls

  /// Sends a command and waits for its answer, over as many connections as it takes. What the server
  /// wants to have sent again later or elsewhere is.
  ///
  /// - Throws: ``LineError``, the server's refusal; ``ClientError``.
  public func call(_ command: ClientCommand) async throws -> Reply {
    start()
    let deadline = clock.now + .milliseconds(options.giveUp.count)
    var tries = 0
    while true {
      do {
        return try await ask(command, until: deadline)
      } catch let error as LineError {
        tries += 1
        guard let pause = pause(before: error, tries), clock.now + pause < deadline else {
          throw error
        }
        try await Task.sleep(for: pause)
      }
    }
  }

  /// How long to wait before the same line again; `nil` when it would be of no use.
  private func pause(before error: LineError, _ tries: Int) -> Duration? {
    guard tries <= 5, error.name != .early else { return nil }
    switch error.retry {
    case .never, .refresh: return nil
    case .same, .elsewhere: return .milliseconds(backoff(tries).count)
    case .after(let span): return .milliseconds(span.count)
    }
  }

  private func ask(
    _ command: ClientCommand,
    until deadline: ContinuousClock.Instant
  ) async throws -> Reply {
    if let fatal { throw fatal }
    if isClosing { throw ClientError.closed }
    lastTicket += 1
    let ticket = lastTicket
    let timeout = Task {
      try? await Task.sleep(until: deadline, clock: .continuous)
      guard !Task.isCancelled else { return }
      abandon(ticket, ClientError.unanswered("\(command.verb.word), \(lastFault)"))
    }
    defer { timeout.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { caller in
        callers[ticket] = caller
        core.send(command, as: ticket)
        flush()
      }
    } onCancel: {
      Task { await self.abandon(ticket, CancellationError()) }
    }
  }

  private func abandon(_ ticket: ClientCore.Ticket, _ error: any Error) {
    core.forget(ticket)
    callers.removeValue(forKey: ticket)?.resume(throwing: error)
  }

  /// Sends a position. Without a connection only the place is kept, for when there is one.
  public func position(_ taxi: Identifier, _ report: PositionReportFields) {
    core.position(taxi, report)
    flush()
  }

  /// Many positions in one write.
  public func positions(_ reports: [(taxi: Identifier, report: PositionReportFields)]) {
    for (taxi, report) in reports { core.position(taxi, report) }
    flush()
  }

  /// Events, in order, each once; the name in `subscription` is replaced by one of the client's own.
  /// Ends with the client.
  ///
  /// - Throws: as ``call(_:)`` does.
  public func subscribe(_ subscription: Subscription) async throws -> AsyncStream<StreamItem> {
    lastStream += 1
    var named = subscription
    named.name = Identifier("s", lastStream)
    let name = named.name
    let (stream, sink) = AsyncStream.makeStream(of: StreamItem.self)
    items[name] = sink
    core.add(named)
    sink.onTermination = { [weak self] reason in
      guard case .cancelled = reason else { return }
      Task { await self?.unsubscribe(name) }
    }
    do {
      _ = try await call(.subscribe(named))
    } catch {
      core.remove(name)
      items.removeValue(forKey: name)?.finish()
      throw error
    }
    return stream
  }

  private func unsubscribe(_ name: Identifier) async {
    core.remove(name)
    items[name] = nil
    if !isClosing { _ = try? await call(.unsubscribe(name)) }
  }

  // MARK: The connection

  private func keepConnected() async {
    var tries = 0
    while !isClosing && fatal == nil {
      let server = servers.first
      if let server, await serve(server) { tries = 0 }
      connection?.close()
      connection = nil
      core.disconnected()
      if isClosing || fatal != nil { break }
      if servers.first == server, let server {
        servers.removeFirst()
        servers.append(server)
      }
      let pause = hold.count + backoff(tries).count
      hold = Millis(0)
      tries += 1
      try? await Task.sleep(for: .milliseconds(pause))
    }
  }

  /// Whether the connection ever stood.
  private func serve(_ server: ServerAddress) async -> Bool {
    let before = connections
    do {
      let opened = try await LineConnection.open(server, options.security, on: group)
      guard !isClosing else {
        opened.close()
        return false
      }
      connection = opened
      heard = clock.now
      let beat = Task { await keepAlive(opened) }
      defer { beat.cancel() }
      for await batch in opened.batches {
        heard = clock.now
        if !take(batch) { break }
      }
      lastFault = "\(server) ended the connection"
    } catch {
      lastFault = "\(server): \(error)"
    }
    return connections > before
  }

  /// A line each heartbeat shows the server that this side lives; two of its own that do not come
  /// show that it does not.
  private func keepAlive(_ connection: LineConnection) async {
    while !Task.isCancelled {
      let beat = core.banner?.heartbeat ?? .seconds(10)
      try? await Task.sleep(for: .milliseconds(beat.count))
      guard !Task.isCancelled else { return }
      if heard.duration(to: clock.now) > .milliseconds(beat.count * 5 / 2) {
        connection.close()
        return
      }
      core.ping()
      flush()
    }
  }

  /// Whether to stay.
  private func take(_ batch: [[UInt8]]) -> Bool {
    for line in batch where !line.isEmpty && line[0] != UInt8(ascii: ";") {
      do throws(LineError) {
        core.take(try ServerLine(line.span))
      } catch  where error.name == .verb {
        // A line of a newer server.
        continue
      } catch {
        lastFault = "a line that is none: \(error.message)"
        return false
      }
    }
    flush()
    return perform()
  }

  private func perform() -> Bool {
    let effects = core.effects
    core.effects.removeAll()
    var stays = true
    for effect in effects {
      switch effect {
      case .finish(let ticket, let reply):
        callers.removeValue(forKey: ticket)?.resume(returning: reply)
      case .fail(let ticket, let error):
        callers.removeValue(forKey: ticket)?.resume(throwing: error)
      case .push(let push):
        if case .connected = push { connections += 1 }
        pushSink.yield(push)
      case .item(let name, let item): items[name]?.yield(item)
      case .leave(let address, let pause):
        stays = false
        hold = pause
        if let address {
          servers.removeAll { $0 == address }
          servers.insert(address, at: 0)
        }
      case .giveUp(let error):
        stays = false
        end(error)
      }
    }
    return stays
  }

  private func flush() {
    guard let connection, !core.output.bytes.isEmpty else { return }
    connection.write(core.output.bytes)
    core.output.removeAll()
  }

  private func backoff(_ tries: Int) -> Millis {
    let longest = options.pauseMin.count << Int64(min(tries, 16))
    // Not all at once, when a server comes back to many clients.
    return Millis(min(longest, options.pauseMax.count) * Int64.random(in: 50...100) / 100)
  }

  private func end(_ error: any Error) {
    fatal = fatal ?? error
    for caller in callers.values { caller.resume(throwing: error) }
    callers.removeAll()
    for sink in items.values { sink.finish() }
    items.removeAll()
    pushSink.finish()
  }
}
