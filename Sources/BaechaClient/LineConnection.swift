import LineProtocol
import NIOCore
import NIOPosix
import NIOSSL

/// A socket that speaks lines: whole reads go out as batches, since a line at a time through an
/// asynchronous sequence costs more than reading it.
struct LineConnection: Sendable {
  /// Lines without their LF, comments included; ends with the connection.
  let batches: AsyncStream<[[UInt8]]>
  private let channel: any Channel

  static func open(
    _ address: ServerAddress,
    _ security: ClientOptions.Security,
    on group: any EventLoopGroup
  ) async throws -> LineConnection {
    let tls = try security.context()
    let (batches, sink) = AsyncStream.makeStream(of: [[UInt8]].self)
    let channel = try await ClientBootstrap(group: group)
      .connectTimeout(.seconds(10))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            // A server may be named by its address, which a certificate's name check refuses.
            let name = address.host.contains(where: \.isLetter) ? address.host : nil
            try channel.pipeline.syncOperations.addHandler(
              try NIOSSLClientHandler(context: tls, serverHostname: name)
            )
          }
          try channel.pipeline.syncOperations.addHandler(LineBatchHandler(sink))
        }
      }
      .connect(host: address.host, port: address.port).get()
    return LineConnection(batches: batches, channel: channel)
  }

  func write(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  /// Waits until the bytes are with the system.
  func writeAndWait(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  func close() { channel.close(promise: nil) }
}

extension ClientOptions.Security {
  fileprivate func context() throws -> NIOSSLContext? {
    guard case .tls(let trust) = self else { return nil }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["blp/1"]
    if let trust { configuration.trustRoots = .file(trust) }
    return try NIOSSLContext(configuration: configuration)
  }
}

/// Cuts what is read at its LFs.
private final class LineBatchHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let sink: AsyncStream<[[UInt8]]>.Continuation
  private var rest: [UInt8] = []
  /// More than any line that a server may send.
  private static let restMax = 1 << 20

  init(_ sink: AsyncStream<[[UInt8]]>.Continuation) { self.sink = sink }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    rest.append(contentsOf: buffer.readableBytesView)
    var lines: [[UInt8]] = []
    var start = 0
    while let end = rest[start...].firstIndex(of: 10) {
      let last = end > start && rest[end - 1] == 13 ? end - 1 : end
      lines.append(Array(rest[start..<last]))
      start = end + 1
    }
    rest.removeFirst(start)
    if !lines.isEmpty { sink.yield(lines) }
    if rest.count > Self.restMax { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) { sink.finish() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
