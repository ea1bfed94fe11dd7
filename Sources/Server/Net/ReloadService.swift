import Logging
import ServiceLifecycle
import UnixSignals

/// Reads keys and certificate files again when told to (HUP). Each counts by itself, and a file with a
/// mistake changes nothing: a slip of the pen must not lock everyone out.
struct ReloadService: Service {
  let servers: [RunningServer]
  let keys: String?
  let tls: RunningServer.TLSFiles?
  let log: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      if let keys { await readKeys(keys) }
      if let tls { readCertificate(tls) }
    }
  }

  private func readKeys(_ path: String) async {
    do {
      let keys = try Keyring(path: path)
      // No connection ends but those whose key is gone.
      for server in servers { try await server.onLoop { $0.replaceKeys(keys) } }
      log.notice("keys read again", metadata: ["keys": "\(keys.keys.count)"])
    } catch {
      log.error("keys not read; the old ones stay", metadata: ["reason": "\(error)"])
    }
  }

  private func readCertificate(_ files: RunningServer.TLSFiles) {
    do {
      for server in servers { try server.reload(files) }
      log.notice("certificate read again", metadata: ["file": "\(files.certificate)"])
    } catch {
      log.error("certificate not read; the old one stays", metadata: ["reason": "\(error)"])
    }
  }
}
