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

  package init(_ settings: ServerSettings, advisor: (any RiderAdvisor)?) {
    self.settings = settings
    self.advisor = advisor
  }

  /// - Throws: ``FileError``, or what binding a port throws; nothing has been served then.
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
    let server = try await RunningServer.start(
      setup,
      makeStore: { _ in MemoryStore(epoch: 1) },
      listen: listen,
      tls: tls
    )
    announce(server, setup, log)
    var services: [any Service] = [
      DrainService(server: server, grace: grace, to: settings.path("drain_to"))
    ]
    if let http = try settings.address("http") {
      services.append(OperationsService(server: server, listen: http, log: log))
    }
    if let keys = settings.path("keys") {
      services.append(KeysService(server: server, path: keys, log: log))
    }
    let group = ServiceGroup(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await group.run()
  }

  private func announce(_ server: RunningServer, _ setup: Dispatcher.Setup, _ log: Logger) {
    let message =
      "dur=memory: facts are kept in memory only; every taxi, request and offer is forgotten when "
      + "this process ends"
    log.warning("\(message)")
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

/// Reads the keys again when told to: no connection ends but those whose key is gone.
private struct KeysService: Service {
  let server: RunningServer
  let path: String
  let log: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      do {
        let keys = try Keyring(path: path)
        try await server.onLoop { $0.replaceKeys(keys) }
        log.notice("keys read again", metadata: ["keys": "\(keys.keys.count)"])
      } catch {
        // The old ones stay: a slip of the pen must not lock everyone out.
        log.error("keys not read; the old ones stay", metadata: ["reason": "\(error)"])
      }
    }
  }
}
