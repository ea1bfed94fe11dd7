import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Health, metrics and status over HTTP, on a loop of its own: a slow scrape does not hold a line up
/// for longer than it takes to copy the counts.
struct OperationsService: Service {
  /// One a region, at least one.
  let servers: [RunningServer]
  let listen: RunningServer.Listen
  let log: Logger

  func run() async throws {
    let servers = servers
    let router = Router()
    router.get("/livez") { _, _ in "ok\n" }
    router.get("/healthz") { _, _ in
      for server in servers { _ = try await server.onLoop { $0.sessionCount } }
      return "ok\n"
    }
    router.get("/readyz") { _, _ -> Response in
      var faults: [String] = []
      for server in servers {
        if let fault = try await server.onLoop({ $0.readinessFault }) { faults.append(fault) }
      }
      return Self.text(
        faults.isEmpty ? "ok\n" : faults.joined(separator: "\n") + "\n",
        status: faults.isEmpty ? .ok : .serviceUnavailable
      )
    }
    router.get("/metrics") { _, _ -> Response in
      var all: [ServerStatus] = []
      for server in servers { all.append(try await server.onLoop { $0.status() }) }
      return Self.text(
        PrometheusText.text(of: all),
        type: "text/plain; version=0.0.4; charset=utf-8"
      )
    }
    router.get("/v1/status") { _, _ -> Response in
      let status = try await servers[0].onLoop { $0.status() }
      return Self.text(status.json, type: "application/json")
    }
    router.get("/v1/status/{region}") { _, context -> Response in
      let region = try context.parameters.require("region")
      for server in servers where try await server.onLoop({ $0.region.name }) == region {
        return Self.text(try await server.onLoop { $0.status() }.json, type: "application/json")
      }
      return Self.text("no region '\(region)' is served here\n", status: .notFound)
    }
    let log = log
    var quiet = Logger(label: "http") { _ in LogForm(isJSON: false) }
    quiet.logLevel = .error
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(listen.host, port: listen.port),
        serverName: "baecha"
      ),
      onServerRunning: { channel in
        guard let address = channel.localAddress, let host = address.ipAddress,
          let port = address.port
        else { return }
        log.notice("listening", metadata: ["port": "http", "address": "\(host):\(port)"])
      },
      logger: quiet
    )
    do {
      try await application.run()
    } catch {
      throw FileError("http", "\(listen.host):\(listen.port) cannot be served: \(error)")
    }
  }

  private static func text(
    _ text: String,
    status: HTTPResponse.Status = .ok,
    type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status,
      headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
