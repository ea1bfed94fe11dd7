import LineProtocol
import NIOCore

/// What connections cost that only listen.
public struct IdleReport: Codable, Equatable, Sendable {
  public var machine = Machine.this
  public var connections = 0
  /// Until all were greeted.
  public var seconds = 0.0
  /// The server's memory before, when all were greeted, and at the end.
  public var bytesBefore: Int?
  public var bytesGreeted: Int?
  public var bytesAfter: Int?
  /// Heartbeats read.
  public var heartbeats = 0
  public var closed = 0
  /// Share of one core that the server took while all were idle.
  public var serverCores: Double?
}

extension LoadGenerator {
  /// Opens connections that say nothing, and looks at the server's memory.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - server: whom to measure; without its process there are no figures of memory.
  ///   - settle: for how long they are then left alone, in seconds.
  ///   - progress: told what is going on.
  /// - Returns: what was found.
  /// - Throws: ``LoadFailure`` when the system does not allow so many, or nobody listens.
  public static func idle(
    _ count: Int,
    against server: Server,
    settle: Int64 = 21,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> IdleReport {
    guard (1...60_000).contains(count) else {
      throw LoadFailure("idle \(count): give 1 to 60000 connections")
    }
    try OpenFiles.allow(count)
    return try await onLoop { loop in
      let done = loop.makePromise(of: IdleReport.self)
      let herd = IdleHerd(count, server, loop, settle, progress, done)
      herd.grow()
      let bound = NIOLoopBound(herd, eventLoop: loop)
      return done.futureResult.map { report in
        withExtendedLifetime(bound) { report }
      }
    }
  }
}

private final class IdleHerd: LoadSink {
  private let count: Int
  private let server: LoadGenerator.Server
  private let loop: any EventLoop
  private let settle: Int64
  private let progress: @Sendable (String) -> Void
  private let done: EventLoopPromise<IdleReport>
  private var connections: [LoadConnection] = []
  private var greeted = 0
  private var report = IdleReport()
  private let start = NIODeadline.now()
  private var isOver = false

  init(
    _ count: Int,
    _ server: LoadGenerator.Server,
    _ loop: any EventLoop,
    _ settle: Int64,
    _ progress: @escaping @Sendable (String) -> Void,
    _ done: EventLoopPromise<IdleReport>
  ) {
    self.count = count
    self.server = server
    self.loop = loop
    self.settle = settle
    self.progress = progress
    self.done = done
    report.connections = count
    report.bytesBefore = figures?.residentBytes
  }

  private var figures: ProcessFigures? { server.pid.flatMap { ProcessFigures(pid: $0) } }

  private func fail(_ message: String) {
    guard !isOver else { return }
    isOver = true
    for connection in connections { connection.close() }
    done.fail(LoadFailure(message))
  }

  /// Some at a time, so that the server's queue of new connections does not overflow.
  func grow() {
    while connections.count < count, connections.count < greeted + 256 {
      let connection = LoadConnection(connections.count, sink: self)
      connections.append(connection)
      LoadGenerator.connect(connection, to: server, on: loop) { [unowned self] in fail($0) }
    }
  }

  func received(_ line: Span<UInt8>, on connection: LoadConnection, at now: UInt64) {
    // Only the first letters tell them apart; thousands come at once.
    if line.count > 4, line[0] == UInt8(ascii: "B"), line[1] == UInt8(ascii: "L") {
      greeted += 1
      if greeted % 2_000 == 0 { progress("\(greeted) connections greeted") }
      if greeted == count { rest() }
      grow()
    } else if line.count > 4, line[0] == UInt8(ascii: "P"), line[1] == UInt8(ascii: "I") {
      report.heartbeats += 1
    }
  }

  private func rest() {
    report.seconds = Double((NIODeadline.now() - start).nanoseconds) / 1_000_000_000
    let before = figures
    report.bytesGreeted = before?.residentBytes
    progress("all greeted; left alone for \(settle) s")
    let bound = NIOLoopBound(self, eventLoop: loop)
    let (settle, server) = (settle, server)
    loop.scheduleTask(in: .seconds(settle)) {
      let after = server.pid.flatMap { ProcessFigures(pid: $0) }
      bound.value.finish(before, after)
    }
  }

  private func finish(_ before: ProcessFigures?, _ after: ProcessFigures?) {
    guard !isOver else { return }
    report.bytesAfter = after?.residentBytes
    if let before, let after, settle > 0 {
      report.serverCores = (after.processorSeconds - before.processorSeconds) / Double(settle)
    }
    isOver = true
    for connection in connections { connection.close() }
    done.succeed(report)
  }

  func receivedAll(on connection: LoadConnection) {}

  func becameWritable(_ connection: LoadConnection) {}

  func closed(_ connection: LoadConnection) {
    guard !isOver else { return }
    report.closed += 1
    if greeted < count {
      fail(
        "the server closed connection \(connection.index + 1) of \(count): its limits "
          + "'connections' and 'connections_per_address', or its open files, are lower; --spawn "
          + "starts one with room"
      )
    }
  }
}
