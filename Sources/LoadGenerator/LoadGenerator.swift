import LineProtocol
import NIOCore
import NIOPosix

/// Measures a server of the line protocol from outside.
public enum LoadGenerator {
  /// Where a server listens, and which process it is, if that is known.
  public struct Server: Equatable, Sendable {
    public var host: String
    public var port: Int
    public var pid: Int32?

    public init(host: String, port: Int, pid: Int32? = nil) {
      self.host = host
      self.port = port
      self.pid = pid
    }
  }

  /// Carries out a plan.
  ///
  /// - Parameters:
  ///   - plan: what to do.
  ///   - server: whom to measure.
  ///   - progress: told what is going on, about once a second.
  /// - Returns: what was found.
  /// - Throws: ``LoadFailure`` when the plan cannot be, nobody listens, or the server does not let
  ///   the run begin.
  public static func run(
    _ plan: LoadPlan,
    against server: Server,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> LoadReport {
    try plan.check()
    try OpenFiles.allow(plan.gateways + plan.bookers)
    return try await onLoop { loop in
      let done = loop.makePromise(of: LoadReport.self)
      let run = LoadRun(plan, loop: loop, pid: server.pid, progress: progress, done: done)
      for _ in 0..<plan.gateways + plan.bookers {
        let connection = run.makeConnection()
        connect(connection, to: server, on: loop) { run.fail($0) }
      }
      run.begin()
      // The run lives as long as somebody waits for it.
      let bound = NIOLoopBound(run, eventLoop: loop)
      return done.futureResult.map { report in
        withExtendedLifetime(bound) { report }
      }
    }
  }

  /// A loop of its own for one measurement.
  static func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (any EventLoop) throws -> EventLoopFuture<Result>
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    do {
      let result = try await loop.flatSubmit {
        do { return try body(loop) } catch { return loop.makeFailedFuture(error) }
      }.get()
      try await group.shutdownGracefully()
      return result
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Begins to connect; `failed` is called with what to do when nobody answers.
  static func connect(
    _ connection: LoadConnection,
    to server: Server,
    on loop: any EventLoop,
    failed: @escaping (String) -> Void
  ) {
    let bound = NIOLoopBound((connection, failed), eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(.seconds(10))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(
        .writeBufferWaterMark,
        value: ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 20, high: 4 << 20)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(bound.value.0)
        }
      }
      .connect(host: server.host, port: server.port)
      .whenFailure { error in
        bound.value.1(
          "\(server.host):\(server.port) does not answer: \(error); start a server with "
            + "'baecha serve', or use --spawn"
        )
      }
  }
}
