import LineProtocol
import Matching

/// A clock that only clients move, for simulations and tests: `PING t=` says what time it is.
///
/// Confined to the dispatcher's thread.
final class VirtualClock {
  /// Milliseconds since 1970; the first instant that the protocol can write.
  private(set) var now: Int64 = 1_000_000_000_000

  func move(to instant: Int64) { now = max(now, instant) }

  /// Both clocks show the same, so that the engine's time is exactly what a client said.
  var reading: Dispatcher.ClockReading {
    Dispatcher.ClockReading(wall: now, monotonicNanos: UInt64(now) * 1_000_000)
  }
}

extension Dispatcher {
  /// Takes the time from a client where the clock is virtual, and lets everything due take effect; does
  /// nothing where it is not.
  func moveTime(to instant: Millis?) {
    guard let virtualClock, let instant else { return }
    virtualClock.move(to: instant.count)
    readTime()
    advanceEngine()
  }

  /// When something falls due next, for the client that moves the clock.
  var nextDeadlineShown: Millis? {
    guard virtualClock != nil else { return nil }
    let next = max(engine.nextDeadline, now)
    return next <= Self.lastTime ? next : nil
  }

  /// The last instant that the protocol can write.
  private static let lastTime = Millis(9_999_999_999_999)
}
