import LineProtocol
import Matching
import NIOCore

/// As many position lines as one connection takes, one behind the other.
public struct FloodReport: Codable, Equatable, Sendable {
  public var machine = Machine.this
  public var taxis = 0
  public var lines = 0
  public var seconds = 0.0
  public var linesPerSecond = 0.0
  public var bytes = 0
  public var wrong = 0
  public var late = 0
  /// Shares of one core; `nil` = not known.
  public var serverCores: Double?
  public var generatorCores: Double?
  public var serverBytes: Int?
}

extension LoadGenerator {
  /// Measures how many position lines a second the server takes on one pipelined connection: from
  /// the first line until the PONG behind the last.
  ///
  /// - Parameters:
  ///   - plan: its taxis, box, seed and duration are used.
  ///   - server: whom to measure.
  ///   - progress: told what is going on.
  /// - Returns: what was found.
  /// - Throws: ``LoadFailure`` as ``run(_:against:progress:)`` does.
  public static func flood(
    _ plan: LoadPlan,
    against server: Server,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> FloodReport {
    var plan = plan
    (plan.gateways, plan.requestsPerSecond) = (1, 0)
    try plan.check()
    let settled = plan
    return try await onLoop { loop in
      let done = loop.makePromise(of: FloodReport.self)
      let flood = Flood(settled, loop: loop, pid: server.pid, progress: progress, done: done)
      connect(flood.connection, to: server, on: loop) { flood.fail($0) }
      let bound = NIOLoopBound(flood, eventLoop: loop)
      return done.futureResult.map { report in
        withExtendedLifetime(bound) { report }
      }
    }
  }
}

private final class Flood: LoadSink {
  private let plan: LoadPlan
  private let loop: any EventLoop
  private let pid: Int32?
  private let progress: @Sendable (String) -> Void
  private let done: EventLoopPromise<FloodReport>
  private(set) lazy var connection = LoadConnection(0, sink: self)
  private var fleet: Fleet
  private var report = FloodReport()
  private var entered = 0
  private var cursor = 0
  private var start: UInt64 = 0
  private var end: UInt64 = 0
  private var used: (server: ProcessFigures?, own: ProcessFigures?)
  private var isPouring = false
  private var isOver = false

  init(
    _ plan: LoadPlan,
    loop: any EventLoop,
    pid: Int32?,
    progress: @escaping @Sendable (String) -> Void,
    done: EventLoopPromise<FloodReport>
  ) {
    self.plan = plan
    self.loop = loop
    self.pid = pid
    self.progress = progress
    self.done = done
    fleet = Fleet(plan)
    report.taxis = plan.taxis
  }

  func fail(_ message: String) {
    guard !isOver else { return }
    isOver = true
    connection.close()
    done.fail(LoadFailure(message))
  }

  private var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

  func received(_ line: Span<UInt8>, on connection: LoadConnection, at now: UInt64) {
    let read: ServerLine
    do throws(LineError) { read = try ServerLine(line) } catch { return }
    switch read {
    case .banner:
      if let token = plan.token {
        connection.send(
          .authenticate(.token(token)),
          Pending(kind: .hello, index: 1, due: now)
        )
      }
      progress("\(plan.taxis) taxis enter")
      enter()
    case .ok(let answer): answered(answer.tag)
    case .pong(let answer):
      guard take(answer.tag) != nil else { return }
      stop(now)
    case .error(let error):
      guard let pending = take(error.tag) else { return }
      fail("the server refused \(pending.kind): \(error.name.code) \(error.message)")
    case .row(let row) where row.arguments.first == "session":
      for field in row.fields {
        if field.key == "wrong_positions" { report.wrong = Int(field.value) ?? 0 }
        if field.key == "late_positions" { report.late = Int(field.value) ?? 0 }
      }
    default: break
    }
  }

  private func take(_ tag: Identifier?) -> Pending? {
    guard let tag, let number = Int(tag.text) else { return nil }
    return connection.pending.take(number)
  }

  private func answered(_ tag: Identifier?) {
    switch take(tag)?.kind {
    case .on: enter()
    case .stat: finish()
    default: break
    }
  }

  private func enter() {
    while connection.pending.count < 128, entered < plan.taxis {
      var entry = TaxiEntry(
        taxi: Identifier("t", UInt64(entered)),
        place: fleet.place(entered)
      )
      entry.sequence = 1
      connection.send(.on(entry), Pending(kind: .on, index: Int32(clamping: entered), due: now))
      entered += 1
    }
    if entered == plan.taxis, connection.pending.count == 0, !isPouring, start == 0 { begin() }
  }

  private func begin() {
    progress("pouring for \(plan.duration.count / 1_000) s")
    isPouring = true
    used = (pid.flatMap { ProcessFigures(pid: $0) }, ProcessFigures.own)
    start = now
    end = start + UInt64(plan.duration.count) * 1_000_000
    pour()
  }

  private static let linesAtOnce = 2_048

  /// Writes as long as the socket takes it, and lets the loop read in between.
  private func pour() {
    guard isPouring else { return }
    guard now < end else {
      isPouring = false
      connection.send(.ping(time: nil), Pending(kind: .ping, index: 0, due: now))
      connection.flush()
      return
    }
    guard connection.isWritable else { return }
    connection.sendLines(Self.linesAtOnce, most: Self.linesAtOnce * Fleet.lineMost) { bytes in
      let written = fleet.report(
        Self.linesAtOnce,
        of: 0..<plan.taxis,
        cursor: &cursor,
        into: bytes
      )
      report.bytes += written
      return written
    }
    connection.flush()
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.execute { bound.value.pour() }
  }

  private func stop(_ now: UInt64) {
    report.lines = connection.lines
    report.seconds = Double(now - start) / 1_000_000_000
    let server = pid.flatMap { ProcessFigures(pid: $0) }
    if let server, let before = used.server {
      report.serverCores = (server.processorSeconds - before.processorSeconds) / report.seconds
    }
    report.serverBytes = server?.residentBytes
    if let own = ProcessFigures.own, let before = used.own {
      report.generatorCores = (own.processorSeconds - before.processorSeconds) / report.seconds
    }
    connection.send(.stat, Pending(kind: .stat, index: 0, due: now))
  }

  private func finish() {
    report.linesPerSecond =
      Double(report.lines - report.wrong - report.late) / max(report.seconds, 1e-9)
    isOver = true
    connection.close()
    done.succeed(report)
  }

  func receivedAll(on connection: LoadConnection) { connection.flush() }

  func becameWritable(_ connection: LoadConnection) { pour() }

  func closed(_ connection: LoadConnection) { fail("the server closed the connection") }
}
