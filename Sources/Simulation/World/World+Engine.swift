import Matching

/// The world's word with its engine, which may be in a server.
extension World {
  /// When the engine must be told the time again.
  var engineDeadline: Int64 { (remote?.nextDeadline ?? engine.nextDeadline).count }

  mutating func advanceEngine() {
    if let remote {
      do throws(RemoteFault) {
        try remote.advance(to: Millis(now), into: &facts)
      } catch {
        return fail(error)
      }
    } else {
      engine.advance(to: Millis(now), into: &facts)
    }
    react()
  }

  /// Tells the engine something and lets the city react to what follows.
  @discardableResult
  mutating func tell(_ command: Command) -> Answer {
    let answer: Answer
    if let remote {
      do throws(RemoteFault) {
        answer = try remote.handle(command, at: Millis(now), into: &facts)
      } catch {
        fail(error)
        return Answer(.refused(.wrongState))
      }
    } else {
      answer = engine.handle(command, at: Millis(now), into: &facts)
    }
    if !facts.isEmpty { react() }
    return answer
  }

  /// The taxis whose turn it is report where they are, all in one go: what a position brings about is
  /// no reason for anybody to act.
  mutating func report(_ turn: [Int32], to remote: any RemoteEngine) {
    let positions = turn.filter { taxis[Int($0)].activity != .off }.map { taxi in
      PositionReport(taxi: id(Int(taxi)), point: taxis[Int(taxi)].point(at: now))
    }
    do throws(RemoteFault) {
      try remote.report(positions, at: Millis(now), into: &facts)
    } catch {
      return fail(error)
    }
    react()
  }

  private mutating func fail(_ fault: RemoteFault) {
    if failure == nil { failure = RunError("world '\(settings.name)': \(fault)") }
  }
}
