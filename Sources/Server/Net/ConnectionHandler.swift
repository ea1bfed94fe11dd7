import LineProtocol
import NIOCore

/// One connection: bytes between a socket and the dispatcher. On the dispatcher's own loop.
///
/// A read is handed over whole, and whatever answers it gave rise to leaves in one write: that, not
/// the parsing, is what a server's speed on one core depends on.
final class ConnectionHandler: ChannelInboundHandler, Wire {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let core: ServerCore
  private var context: ChannelHandlerContext?
  private var session: Session?
  private var isReadingOn = true
  private(set) var isWritable = true

  init(_ core: ServerCore) { self.core = core }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard session == nil else { return }
    let address = context.remoteAddress?.ipAddress ?? "local"
    session = core.dispatcher.connect(self, address: address)
    if session == nil { context.close(promise: nil) }
    // Writing the banner may have ended the connection.
    if self.context == nil, let session {
      core.dispatcher.disconnected(session)
      self.session = nil
    }
    core.reschedule()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session else { return }
    let buffer = unwrapInboundIn(data)
    core.dispatcher.receive(buffer.readableBytesUInt8Span, from: session)
    core.reschedule()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    guard let session, isWritable else { return }
    core.dispatcher.becameWritable(session)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed, let session {
      core.dispatcher.inputClosed(session)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if let session { core.dispatcher.disconnected(session) }
    session = nil
    self.context = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset, a broken handshake: the connection is over, and only it.
    context.close(promise: nil)
  }

  // MARK: Wire

  func send(_ bytes: [UInt8]) {
    guard let context else { return }
    var buffer = context.channel.allocator.buffer(capacity: bytes.count)
    buffer.writeBytes(bytes)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  func close() {
    guard let context else { return }
    // Behind what was written; a reader who never takes it does not keep the connection.
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(capacity: 0)))
      .whenComplete { _ in channel.close(promise: nil) }
    context.eventLoop.scheduleTask(in: core.farewellMax) { channel.close(promise: nil) }
  }

  var backlog: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  func setReading(_ isOn: Bool) {
    guard let context, isOn != isReadingOn else { return }
    isReadingOn = isOn
    try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    if isOn { context.read() }
  }
}
