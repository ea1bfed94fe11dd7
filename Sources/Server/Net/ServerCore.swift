import Matching
import NIOCore

/// The dispatcher with its clock's hand: ticks are scheduled for when the engine needs the next one.
/// Confined to its loop.
package final class ServerCore {
  package let dispatcher: Dispatcher
  let loop: any EventLoop
  private var tick: Scheduled<Void>?
  private var tickAt = NIODeadline.distantFuture
  private var isStopped = false

  init(_ dispatcher: Dispatcher, loop: any EventLoop) {
    self.dispatcher = dispatcher
    self.loop = loop
    reschedule()
  }

  var farewellMax: TimeAmount { .milliseconds(dispatcher.limits.farewellMax.count) }

  /// Moves the next tick forward if something is due before it.
  func reschedule() {
    guard !isStopped else { return }
    let due = NIODeadline.now() + .milliseconds(dispatcher.delayToNextTick())
    guard due < tickAt else { return }
    tick?.cancel()
    tickAt = due
    let bound = NIOLoopBound(self, eventLoop: loop)
    tick = loop.scheduleTask(deadline: due) { bound.value.fire() }
  }

  private func fire() {
    tickAt = .distantFuture
    _ = dispatcher.tick()
    reschedule()
  }

  func stop() {
    isStopped = true
    tick?.cancel()
  }
}
