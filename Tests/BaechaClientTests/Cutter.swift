import BaechaClient
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A proxy that ends connections after a drawn number of bytes, so many times.
final class Cutter: Sendable {
  private struct State {
    var left: Int
    var seed: UInt64
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let state: NIOLockedValueBox<State>
  private let target: ServerAddress
  private let listener: NIOLockedValueBox<(any Channel)?> = NIOLockedValueBox(nil)

  private init(_ target: ServerAddress, _ cuts: Int, _ seed: UInt64) {
    self.target = target
    state = NIOLockedValueBox(State(left: cuts, seed: seed))
  }

  static func start(before target: ServerAddress, cuts: Int, seed: UInt64) async throws -> Cutter {
    let cutter = Cutter(target, cuts, seed)
    let channel = try await ServerBootstrap(group: cutter.group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { cutter.accept($0) }
      .bind(host: "127.0.0.1", port: 0).get()
    cutter.listener.withLockedValue { $0 = channel }
    return cutter
  }

  var address: ServerAddress {
    let port = listener.withLockedValue { $0?.localAddress?.port } ?? 0
    return ServerAddress(host: "127.0.0.1", port: port)
  }

  var hasCutsLeft: Bool { state.withLockedValue { $0.left > 0 } }

  func stop() async throws {
    try await listener.withLockedValue { $0 }?.close()
    try await group.shutdownGracefully()
  }

  /// How many bytes the next connection lets through; `nil` = all.
  private func draw() -> Int? {
    state.withLockedValue { state in
      guard state.left > 0 else { return nil }
      state.left -= 1
      // An odd multiplier and the high bits: D. Knuth's linear congruential generator, MMIX.
      state.seed = state.seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state.seed >> 33) % 1_500
    }
  }

  private func accept(_ inner: any Channel) -> EventLoopFuture<Void> {
    let budget = Budget(draw())
    let loopBound = NIOLoopBound(budget, eventLoop: inner.eventLoop)
    return ClientBootstrap(group: inner.eventLoop)
      .channelInitializer { outer in
        outer.eventLoop.makeCompletedFuture {
          try outer.pipeline.syncOperations.addHandler(Pipe(to: inner, loopBound.value))
        }
      }
      .connect(host: target.host, port: target.port)
      .flatMap { outer in
        outer.eventLoop.makeCompletedFuture {
          try inner.pipeline.syncOperations.addHandler(Pipe(to: outer, loopBound.value))
        }
      }
  }
}

/// What both directions of a connection may still carry.
private final class Budget {
  var left: Int?
  init(_ left: Int?) { self.left = left }
}

private final class Pipe: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let sink: any Channel
  private let budget: Budget

  init(to sink: any Channel, _ budget: Budget) {
    self.sink = sink
    self.budget = budget
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if let left = budget.left {
      let through = buffer.readSlice(length: min(left, buffer.readableBytes))
      budget.left = left - (through?.readableBytes ?? 0)
      if let through { sink.writeAndFlush(through, promise: nil) }
      if budget.left == 0 {
        sink.close(promise: nil)
        context.close(promise: nil)
      }
    } else {
      sink.writeAndFlush(buffer, promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { sink.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
