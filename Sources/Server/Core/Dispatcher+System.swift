import LineProtocol
import Matching

/// What the server itself comes to: a new leader, a server that is about to end.
extension Dispatcher {
  /// Tells those who asked for such events, at once, wherever their streams are.
  ///
  /// It is no fact: not numbered, not kept, not sent again to who resumes. The position that it carries
  /// is the last kept fact's, and moves no stream.
  func sendSystem(_ kind: EventKind, _ fields: [Field] = []) {
    for session in subscribers where !session.isClosing {
      for state in session.subscriptions where state.kinds.contains(KindSet(kind)) {
        guard let name = Identifier(state.name) else { continue }
        writer.beginEvent(name)
        writer.argument(position(kept))
        writer.argument(kind.word)
        writer.argument(node)
        for field in fields { writer.field(field) }
        writer.end()
        deliver(to: session)
      }
    }
  }
}
