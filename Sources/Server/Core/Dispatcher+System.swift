import LineProtocol
import Matching

/// What the server itself comes to: who leads, a server that is about to end.
///
/// It is no fact: not numbered, not kept, not sent again to who resumes. The position that it carries
/// is the last fact's, and moves no stream.
extension Dispatcher {
  /// Tells those who asked for such events, at once, wherever their streams are.
  func sendSystem(_ kind: EventKind, _ fields: [Field] = []) {
    for session in subscribers where !session.isClosing {
      for state in session.subscriptions {
        sendSystem(kind, fields, to: state, of: session)
      }
    }
  }

  /// Whoever subscribes is told who leads and since when: so a client that comes back finds out that
  /// it was another one before.
  func sendLeader(to state: SubscriptionState, of session: Session) {
    let since = epochs.spans.last?.after ?? 0
    sendSystem(
      .systemLeader,
      [
        Field("epoch", epochs.current),
        Field("since", FactPosition(epoch: epochs.current, sequence: since)),
      ],
      to: state,
      of: session
    )
  }

  private func sendSystem(
    _ kind: EventKind,
    _ fields: [Field],
    to state: SubscriptionState,
    of session: Session
  ) {
    guard state.kinds.contains(KindSet(kind)), let name = Identifier(state.name) else { return }
    writer.beginEvent(name)
    writer.argument(position(engine.factCount))
    writer.argument(kind.word)
    writer.argument(node)
    for field in fields { writer.field(field) }
    writer.end()
    deliver(to: session)
  }
}
