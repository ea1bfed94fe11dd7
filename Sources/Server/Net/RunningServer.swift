import Glibc
import Journal
import Matching
import NIOCore
import NIOPosix
import NIOSSL

/// A dispatcher on its loop, with its sockets open.
package final class RunningServer: Sendable {
  package struct Listen: Sendable {
    package var host: String
    /// 0 = any free one.
    package var port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }

    package var isLoopback: Bool {
      host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
  }

  package struct TLSFiles: Sendable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  private let group: MultiThreadedEventLoopGroup
  private let core: NIOLoopBound<ServerCore>
  /// Whatever must be given up in order, such as a leadership: called between refusing new work and
  /// the farewell, off the loop.
  private let handOver: @Sendable () -> Void
  private let plain: (any Channel)?
  private let secure: (any Channel)?
  private let identity: TLSIdentity?

  /// Where it listens, once it runs.
  package var address: SocketAddress? { plain?.localAddress }
  package var secureAddress: SocketAddress? { secure?.localAddress }

  private init(
    group: MultiThreadedEventLoopGroup,
    core: NIOLoopBound<ServerCore>,
    plain: (any Channel)?,
    secure: (any Channel)?,
    identity: TLSIdentity?,
    handOver: @escaping @Sendable () -> Void
  ) {
    self.handOver = handOver
    self.identity = identity
    self.group = group
    self.core = core
    self.plain = plain
    self.secure = secure
  }

  /// Opens the sockets.
  ///
  /// - Parameters:
  ///   - setup: what to serve.
  ///   - makeStore: called on the server's own loop.
  ///   - listen: the plain port, `nil` = none.
  ///   - tls: the port for TLS 1.3, and its files.
  ///   - onEnd: told, on that loop, when the journal says that the process must not go on.
  ///   - handOver: called off the loop when the server stops, once new work is refused.
  /// - Returns: the server, taking connections.
  /// - Throws: when a port cannot be bound or a file cannot be read.
  package static func start(
    _ setup: Dispatcher.Setup,
    makeStore: @escaping @Sendable (any EventLoop) -> any JournalStore,
    listen: Listen?,
    tls: (Listen, TLSFiles)? = nil,
    onEnd: (@Sendable (JournalEnd) -> Void)? = nil,
    handOver: @escaping @Sendable () -> Void = {}
  ) async throws -> RunningServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let loop = group.next()
      let core = try await loop.submit {
        let dispatcher = Dispatcher(setup, store: makeStore(loop), readClocks: readSystemClocks)
        dispatcher.onEnd = onEnd
        return NIOLoopBound(ServerCore(dispatcher, loop: loop), eventLoop: loop)
      }.get()
      var plain: (any Channel)?
      if let listen {
        plain = try await bind(listen, group, core, identity: nil)
      }
      var secure: (any Channel)?
      let identity = try tls.map { try TLSIdentity($0.1) }
      if let tls { secure = try await bind(tls.0, group, core, identity: identity) }
      // A second start by mistake fails at its port, before it takes the lead from the first.
      try await loop.submit { core.value.dispatcher.store.start() }.get()
      return RunningServer(
        group: group,
        core: core,
        plain: plain,
        secure: secure,
        identity: identity,
        handOver: handOver
      )
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private static func bind(
    _ listen: Listen,
    _ group: MultiThreadedEventLoopGroup,
    _ core: NIOLoopBound<ServerCore>,
    identity: TLSIdentity?
  ) async throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // What a slow reader may hold in the kernel is bounded too.
      .childChannelOption(.socketOption(.so_sndbuf), value: 262_144)
      .childChannelOption(.allowRemoteHalfClosure, value: identity == nil)
      .childChannelOption(
        .writeBufferWaterMark,
        value: ChannelOptions.Types.WriteBufferWaterMark(low: 32_768, high: 131_072)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context = identity?.context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(ConnectionHandler(core.value))
        }
      }
    do {
      return try await bootstrap.bind(host: listen.host, port: listen.port).get()
    } catch {
      throw FileError(
        "listen",
        "\(listen.host):\(listen.port) cannot be bound: \(error); `baecha doctor` says more"
      )
    }
  }

  /// Reads the files of the TLS port again: new connections are shown what is in them now.
  ///
  /// - Throws: when they are of no use; then nothing has changed.
  package func reload(_ files: TLSFiles) throws { try identity?.reload(files) }

  /// Runs `body` on the server's own loop.
  package func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (Dispatcher) throws -> Result
  ) async throws -> Result {
    let core = core
    return try await group.next().submit { try body(core.value.dispatcher) }.get()
  }

  /// Ends it: no new connections, `503 drain` for new work; what is decided is kept and the leadership
  /// given up; running answers leave for `grace`, then `BYE`.
  ///
  /// - Parameters:
  ///   - grace: between the two.
  ///   - to: where clients find another server, as `host:port`.
  /// - Throws: when it has ended already.
  package func stop(grace: TimeAmount = .milliseconds(200), drainTo to: String? = nil) async throws
  {
    try? await plain?.close().get()
    try? await secure?.close().get()
    try await onLoop { $0.beginDrain(to: to) }
    // At once: from here on until another one leads, nobody takes new work.
    let handOver = handOver
    try await NIOThreadPool.singleton.runIfActive { handOver() }
    try await Task.sleep(nanoseconds: UInt64(max(grace.nanoseconds, 0)))
    try await onLoop { $0.finishDrain() }
    let core = core
    try await group.next().submit { core.value.stop() }.get()
    try await group.shutdownGracefully()
  }
}

/// The system's clocks: the wall's, and one that never jumps.
@Sendable func readSystemClocks() -> Dispatcher.ClockReading {
  var wall = timespec()
  var monotonic = timespec()
  clock_gettime(CLOCK_REALTIME, &wall)
  clock_gettime(CLOCK_MONOTONIC, &monotonic)
  return Dispatcher.ClockReading(
    wall: Int64(wall.tv_sec) * 1_000 + Int64(wall.tv_nsec) / 1_000_000,
    monotonicNanos: UInt64(monotonic.tv_sec) * 1_000_000_000 + UInt64(monotonic.tv_nsec)
  )
}
