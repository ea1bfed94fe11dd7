import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Health, metrics and status over HTTP, on a loop of its own: a slow scrape does not hold a line up
/// for longer than it takes to copy the counts.
struct OperationsService: Service {
  let server: RunningServer
  let listen: RunningServer.Listen
  let log: Logger

  func run() async throws {
    let server = server
    let router = Router()
    router.get("/livez") { _, _ in "ok\n" }
    router.get("/healthz") { _, _ in
      _ = try await server.onLoop { $0.sessionCount }
      return "ok\n"
    }
    router.get("/readyz") { _, _ -> Response in
      let fault = try await server.onLoop { $0.readinessFault }
      return Self.text(
        fault.map { "\($0)\n" } ?? "ok\n",
        status: fault == nil ? .ok : .serviceUnavailable
      )
    }
    router.get("/metrics") { _, _ -> Response in
      let status = try await server.onLoop { $0.status() }
      return Self.text(
        PrometheusText.text(of: status),
        type: "text/plain; version=0.0.4; charset=utf-8"
      )
    }
    router.get("/v1/status") { _, _ -> Response in
      let status = try await server.onLoop { $0.status() }
      return Self.text(status.json, type: "application/json")
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
