import BaechaClient
import Foundation
import Journal
import Matching
import Server

/// A server of its own, on a port of its own, for one test.
struct LiveServer {
  let server: RunningServer
  let address: ServerAddress

  struct NoPort: Error {}

  /// Offers outlast a machine that is busy with other tests.
  static var patientRegion: Region {
    var region = Region()
    region.offerTTL = .minutes(10)
    return region
  }

  static func start(
    _ setup: Dispatcher.Setup = Dispatcher.Setup(region: patientRegion)
  ) async throws -> LiveServer {
    let server = try await RunningServer.start(
      setup,
      makeStore: { _ in MemoryStore(epoch: 1) },
      listen: RunningServer.Listen(host: "127.0.0.1", port: 0)
    )
    guard let port = server.address?.port else { throw NoPort() }
    return LiveServer(server: server, address: ServerAddress(host: "127.0.0.1", port: port))
  }

  func stop() async throws { try await server.stop(grace: .milliseconds(100), drainTo: nil) }

  var options: ClientOptions {
    var options = ClientOptions([address])
    options.pauseMin = Millis(1)
    options.pauseMax = Millis(20)
    return options
  }

  static var now: Millis { Millis(Int64(Date().timeIntervalSince1970 * 1_000)) }
}
