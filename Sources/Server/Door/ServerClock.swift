import Matching

/// The time that the engine is told: it starts at the wall clock, runs with the monotonic one, and is
/// drawn towards the wall clock so slowly that a jump of it neither fires nor freezes a deadline.
package struct ServerClock {
  /// Of the elapsed time at most this share, one part in so many, is used to catch up.
  static let slewDivisor: Int64 = 100

  private var engine: Int64
  private var monotonic: Int64
  /// Elapsed time that may still be used to catch up: a minute's at most.
  private var allowance: Int64 = 0
  private static let allowanceMax: Int64 = 60_000

  /// Both in milliseconds; `wall` since 1970, `monotonic` since any instant.
  package init(wall: Int64, monotonic: Int64) {
    engine = wall
    self.monotonic = monotonic
  }

  /// The engine's time at the given readings of both clocks; never less than before.
  package mutating func read(wall: Int64, monotonic now: Int64) -> Millis {
    let elapsed = max(now - monotonic, 0)
    guard elapsed > 0 else { return Millis(engine) }
    monotonic = now
    allowance = min(allowance + elapsed, Self.allowanceMax)
    let behind = wall - (engine + elapsed)
    let limit = min(allowance / Self.slewDivisor, elapsed)
    let slew = min(max(behind, -limit), limit)
    allowance -= Int64(slew.magnitude) * Self.slewDivisor
    engine += elapsed + slew
    return Millis(engine)
  }
}
