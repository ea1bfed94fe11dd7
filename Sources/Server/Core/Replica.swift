import Journal
import LineProtocol
import Matching

/// A dispatcher that nobody can connect to and that never leads: what a journal says, replayed.
package final class Replica {
  private let dispatcher: Dispatcher
  private var end: JournalEnd?

  package init(_ setup: Dispatcher.Setup) {
    dispatcher = Dispatcher(setup, store: FollowingStore()) {
      Dispatcher.ClockReading(wall: 0, monotonicNanos: 0)
    }
    dispatcher.onEnd = { [weak self] in self?.end = $0 }
  }

  /// The last fact that was applied.
  package var position: FactPosition { dispatcher.position(dispatcher.kept) }

  /// - Throws: why it cannot go on: a fact does not follow, or a digest differs.
  package func take(_ news: JournalNews) throws(JournalEnd) {
    dispatcher.take(news)
    if let end { throw end }
  }

  /// Only its host writes to it, which is nobody.
  private final class FollowingStore: JournalStore {
    let durability = Durability.memory
    let epoch: UInt64 = 0
    let leadsAtOnce = false
    var onKept: ((UInt64) -> Void)?

    func append(_ batch: [JournalRecord]) { preconditionFailure("a replica decides nothing") }
  }
}
