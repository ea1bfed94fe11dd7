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
    /// Called once for each region, on that region's own loop.
    package var makeStore: @Sendable (ServedRegion, any EventLoop) -> any JournalStore
    /// Called off the loop when a region's server stops: what must be given up in order.
    package var handOver: @Sendable (ServedRegion) -> Void
    /// Called last, however the process ends.
    package var close: @Sendable () -> Void

    package init(
      makeStore: @escaping @Sendable (ServedRegion, any EventLoop) -> any JournalStore,
      handOver: @escaping @Sendable (ServedRegion) -> Void = { _ in },
      close: @escaping @Sendable () -> Void = {}
    ) {
      self.makeStore = makeStore
      self.handOver = handOver
      self.close = close
    }

    /// In memory, until the process ends.
    package static var memory: Keeper { Keeper(makeStore: { _, _ in MemoryStore(epoch: 1) }) }
  }

  package init(_ settings: ServerSettings, advisor: (any RiderAdvisor)?, keeper: Keeper) {
    self.settings = settings
    self.advisor = advisor
    self.keeper = keeper
  }

  /// - Throws: ``FileError``, or what binding a port throws, when nothing has been served;
  ///   ``JournalEnd`` when the journal of a region says that the process must not go on.
  package func run() async throws {
    // However it ends: a Redis of its own must not outlive it.
    defer { keeper.close() }
    let log = try LogForm.logger(settings)
    let grace = try settings.span("drain_grace")
    let http = try settings.address("http")
    var files: RunningServer.TLSFiles?
    if let certificate = settings.path("tls_cert"), let key = settings.path("tls_key") {
      files = RunningServer.TLSFiles(certificate: certificate, key: key)
    }
    let (ends, tellEnd) = AsyncStream.makeStream(of: JournalEnd.self)
    var servers: [RunningServer] = []
    let regions = try settings.regions()
    for region in regions {
      servers.append(try await start(region, files, log) { tellEnd.yield($0) })
    }
    sayWhatIsLacking(log, keys: regions[0].setup.keys)
    let keys = settings.path("keys")
    var services: [any Service] = [
      DrainService(servers: servers, grace: grace, to: settings.path("drain_to"))
    ]
    if let http { services.append(OperationsService(servers: servers, listen: http, log: log)) }
    services.append(ReloadService(servers: servers, keys: keys, tls: files, log: log))
    services.append(JournalService(ends: ends))
    let group = ServiceGroup(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await group.run()
  }

  private func start(
    _ region: ServedRegion,
    _ files: RunningServer.TLSFiles?,
    _ log: Logger,
    onEnd: @escaping @Sendable (JournalEnd) -> Void
  ) async throws -> RunningServer {
    var setup = region.setup
    setup.advisor = advisor
    setup.log = log
    if !setup.isAlone { setup.log[metadataKey: "region"] = "\(setup.region.name)" }
    var tls: (RunningServer.Listen, RunningServer.TLSFiles)?
    if let listen = region.secureListen, let files { tls = (listen, files) }
    let keeper = keeper
    let server = try await RunningServer.start(
      setup,
      makeStore: { keeper.makeStore(region, $0) },
      listen: region.listen,
      tls: tls,
      onEnd: onEnd,
      handOver: { keeper.handOver(region) }
    )
    for (kind, address) in [("plain", server.address), ("tls", server.secureAddress)] {
      guard let address, let host = address.ipAddress, let port = address.port else { continue }
      setup.log.notice("listening", metadata: ["port": "\(kind)", "address": "\(host):\(port)"])
    }
    return server
  }

  private func sayWhatIsLacking(_ log: Logger, keys: Keyring?) {
    if settings["state"].text == "memory" {
      let message =
        "dur=memory: facts are kept in memory only; every taxi, request and offer is forgotten "
        + "when this process ends"
      log.warning("\(message)")
    }
    if keys == nil {
      log.warning("auth=none: every connection from this machine may do everything")
    }
  }
}

/// Ends all regions in order, at the same time, when the process is told to end.
private struct DrainService: Service {
  let servers: [RunningServer]
  let grace: Millis
  let to: String?

  func run() async throws {
    try await gracefulShutdown()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for server in servers {
        group.addTask { try await server.stop(grace: .milliseconds(grace.count), drainTo: to) }
      }
      try await group.waitForAll()
    }
  }
}

/// Ends the server when the journal says that it must not go on.
private struct JournalService: Service {
  let ends: AsyncStream<JournalEnd>

  func run() async throws {
    for await end in ends.cancelOnGracefulShutdown() { throw end }
  }
}
