import LineProtocol
import NIOCore

/// Whoever sends and reads on a loop's connections. All calls are on that loop.
protocol LoadSink: AnyObject {
  /// One line, and when its bytes were read, in nanoseconds.
  func received(_ line: Span<UInt8>, on connection: LoadConnection, at now: UInt64)
  /// Everything of one read was handed over.
  func receivedAll(on connection: LoadConnection)
  func becameWritable(_ connection: LoadConnection)
  func closed(_ connection: LoadConnection)
}

/// One connection: lines out in one write, lines in.
final class LoadConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let index: Int
  var pending = PendingQueue()
  /// Position lines written.
  var lines = 0
  private(set) var isOpen = false
  private(set) var isWritable = true
  /// Gone when the measurement is over and sockets are still closing.
  private weak var sink: (any LoadSink)?
  private var context: ChannelHandlerContext?
  private var scanner = LineScanner()
  private var rest: [UInt8] = []
  private var writer = LineWriter(capacity: 256)
  private var out = ByteBuffer()

  init(_ index: Int, sink: any LoadSink) {
    self.index = index
    self.sink = sink
  }

  // MARK: Out

  /// A command whose answer is awaited. It leaves with the next ``flush()``.
  func send(_ command: ClientCommand, _ awaited: Pending) {
    let number = pending.add(awaited)
    writer.write(command, tag: Identifier(String(number)))
    out.writeBytes(writer.bytes)
    writer.removeAll()
  }

  /// Position lines, written in place.
  ///
  /// - Parameters:
  ///   - count: of the lines.
  ///   - most: bytes that they may need.
  ///   - fill: writes them and returns their bytes.
  func sendLines(_ count: Int, most: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) {
    lines += count
    out.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { fill($0) }
  }

  var hasOutput: Bool { out.readableBytes > 0 }

  /// Hands everything to the socket in one write.
  func flush() {
    guard let context, hasOutput else { return }
    context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    // Keeps the memory when the socket took all of it, as it mostly does.
    out.clear()
  }

  func close() { context?.close(promise: nil) }

  // MARK: In

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { isOpen = true }
  }

  func channelActive(context: ChannelHandlerContext) { isOpen = true }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let now = NIODeadline.now().uptimeNanoseconds
    let buffer = unwrapInboundIn(data)
    if rest.isEmpty {
      let bytes = buffer.readableBytesUInt8Span
      let used = read(bytes, now)
      for index in used..<bytes.count { rest.append(bytes[index]) }
    } else {
      rest.append(contentsOf: buffer.readableBytesView)
      let bytes = rest
      let used = read(bytes.span, now)
      rest.removeFirst(used)
    }
    sink?.receivedAll(on: self)
  }

  /// - Returns: how many bytes are done with.
  private func read(_ bytes: Span<UInt8>, _ now: UInt64) -> Int {
    var at = 0
    while let found = scanner.next(in: bytes, at: &at) {
      if case .line(let range) = found {
        sink?.received(bytes.extracting(range), on: self, at: now)
      }
    }
    return at
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    if isWritable { sink?.becameWritable(self) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    isOpen = false
    self.context = nil
    sink?.closed(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
