import Foundation
import Journal
import Logging
import Matching
import NIOCore
import ServiceLifecycle
import UnixSignals

/// A server as a process: sockets, HTTP, signals, log, until it is told to end.
package struct ServerProgram {
  private let settings: ServerSettings
  private let advisor: (any RiderAdvisor)?
  private let keeper: Keeper

  /// Where facts are kept.
  package struct Keeper: Sendable {
    /// Called on the server's own loop.
    package var makeStore: @Sendable (any EventLoop) -> any JournalStore
    /// Called off the loop when the server stops: what must be given up in order.
    package var handOver: @Sendable () -> Void

    package init(
      makeStore: @escaping @Sendable (any EventLoop) -> any JournalStore,
      handOver: @escaping @Sendable () -> Void = {}
    ) {
      self.makeStore = makeStore
      self.handOver = handOver
    }

    /// In memory, until the process ends.
    package static var memory: Keeper { Keeper(makeStore: { _ in MemoryStore(epoch: 1) }) }
  }

  package init(_ settings: ServerSettings, advisor: (any RiderAdvisor)?, keeper: Keeper) {
    self.settings = settings
    self.advisor = advisor
    self.keeper = keeper
  }

  /// - Throws: ``FileError``, or what binding a port throws, when nothing has been served;
  ///   ``JournalEnd`` when the journal says that it must not go on.
  package func run() async throws {
    var setup = try settings.setup()
    setup.advisor = advisor
    let log = try LogForm.logger(settings)
    setup.log = log
    let grace = try settings.span("drain_grace")
    let listen = try settings.address("listen")
    var tls: (RunningServer.Listen, RunningServer.TLSFiles)?
    if let secure = try settings.address("tls_listen"), let certificate = settings.path("tls_cert"),
      let key = settings.path("tls_key")
    {
      tls = (secure, RunningServer.TLSFiles(certificate: certificate, key: key))
    }
    let (ends, tellEnd) = AsyncStream.makeStream(of: JournalEnd.self)
    let server = try await RunningServer.start(
      setup,
      makeStore: keeper.makeStore,
      listen: listen,
      tls: tls,
      onEnd: { tellEnd.yield($0) },
      handOver: keeper.handOver
    )
    announce(server, setup, log)
    var services: [any Service] = [
      DrainService(server: server, grace: grace, to: settings.path("drain_to"))
    ]
    if let http = try settings.address("http") {
      services.append(OperationsService(server: server, listen: http, log: log))
    }
    services.append(
      ReloadService(server: server, keys: settings.path("keys"), tls: tls?.1, log: log)
    )
    services.append(JournalService(ends: ends))
    let group = ServiceGroup(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await group.run()
  }

  private func announce(_ server: RunningServer, _ setup: Dispatcher.Setup, _ log: Logger) {
    if settings["state"].text == "memory" {
      let message =
        "dur=memory: facts are kept in memory only; every taxi, request and offer is forgotten "
        + "when this process ends"
      log.warning("\(message)")
    }
    if setup.keys == nil {
      log.warning("auth=none: every connection from this machine may do everything")
    }
    for (kind, address) in [("plain", server.address), ("tls", server.secureAddress)] {
      guard let address, let host = address.ipAddress, let port = address.port else { continue }
      log.notice("listening", metadata: ["port": "\(kind)", "address": "\(host):\(port)"])
    }
  }
}

/// Ends the server in order when the process is told to end.
private struct DrainService: Service {
  let server: RunningServer
  let grace: Millis
  let to: String?

  func run() async throws {
    try await gracefulShutdown()
    try await server.stop(grace: .milliseconds(grace.count), drainTo: to)
  }
}

/// Ends the server when the journal says that it must not go on.
private struct JournalService: Service {
  let ends: AsyncStream<JournalEnd>

  func run() async throws {
    for await end in ends.cancelOnGracefulShutdown() { throw end }
  }
}
