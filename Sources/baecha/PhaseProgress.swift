import Foundation
import Simulation

/// A progress bar that several threads report to, one bar a phase; an interruption erases it.
final class PhaseProgress: @unchecked Sendable {
  // Unchecked because the bar is no value to be passed on: every use of it holds the lock.
  private let lock = NSLock()
  private var bar: ProgressBar?
  private var phase = ""
  private let isQuiet: Bool
  private var interruption: AnyObject?
  /// A long run must be seen to move.
  private static let steps = 10_000.0

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    interruption = Interruption.handle { [weak self] in self?.finish() }
  }

  /// - Parameters:
  ///   - phase: what is being done.
  ///   - share: how much of it is done, from 0 to 1.
  func show(_ phase: String, _ share: Double) {
    guard !isQuiet else { return }
    lock.withLock {
      if phase != self.phase {
        bar?.erase()
        self.phase = phase
        bar = ProgressBar(label: phase, total: Int64(Self.steps))
      }
      bar?.update(Int64(share * Self.steps))
    }
  }

  func finish() { lock.withLock { bar?.erase() } }
}
