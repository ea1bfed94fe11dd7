import NIOCore
import NIOPosix

/// One GET of HTTP/1.0: enough for a server's own status, without a client library.
enum HTTPClient {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The body of the answer.
  ///
  /// - Parameters:
  ///   - host: a name or an address.
  ///   - port: of the server.
  ///   - path: from `/` on.
  /// - Returns: at most 1 MiB.
  /// - Throws: when nobody answers within five seconds, or with anything but 200.
  static func get(host: String, port: Int, path: String) async throws -> [UInt8] {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let done = loop.makePromise(of: [UInt8].self)
    let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
    do {
      let channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(5))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Collector(done))
          }
        }
        .connect(host: host, port: port).get()
      loop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
      try await channel.writeAndFlush(ByteBuffer(string: request)).get()
    } catch {
      done.fail(error)
    }
    let answer = try await done.futureResult.get()
    guard answer.starts(with: Array("HTTP/1.1 200".utf8)) else {
      throw Failure(description: String(decoding: answer.prefix(64), as: UTF8.self))
    }
    let gap = Array("\r\n\r\n".utf8)
    guard let body = answer.firstRange(of: gap) else {
      throw Failure(description: "an answer without an end")
    }
    return Array(answer[body.upperBound...])
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<[UInt8]>
    private var bytes: [UInt8] = []

    init(_ done: EventLoopPromise<[UInt8]>) { self.done = done }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
      if bytes.count > 1 << 20 { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { done.succeed(bytes) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
