import Matching

extension Dispatcher {
  /// Compares the door's books with the engine's. O(*n*): for tests.
  package func checkInvariants() {
    engine.checkInvariants()
    for index in 0..<taxis.names.usedCount where taxis.names.isUsed(index) {
      let isKnown = engine.view(of: taxis.id(index)) != nil
      precondition(taxis[index].isOn == isKnown, "a taxi is on in one book only")
      if let session = session(taxis[index].session) {
        precondition(session.taxis.contains(index), "a taxi's session does not know it")
      }
    }
    for index in 0..<rides.names.usedCount where rides.names.isUsed(index) {
      let view = engine.view(of: rides.id(index))
      precondition(view != nil, "a ride is in one book only")
      guard let ride = rides[index], let view, !view.state.isTerminal else { continue }
      precondition((view.taxi?.value ?? 0) == ride.taxi, "a ride's taxi differs")
    }
    for case let session? in sessions {
      for index in session.taxis {
        precondition(taxis[index].session == session.reference, "a session claims a taxi")
      }
    }
  }
}
