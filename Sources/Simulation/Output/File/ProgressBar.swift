import Foundation

/// One line on standard error that says how far a run is and how long it may still take; nothing at
/// all where standard error is no terminal. Drawn at most ten times a second and gone at the end.
///
/// Not for use from several threads at once, but for ``erase()``.
public final class ProgressBar {
  private let label: String
  private let total: Int64
  private let width: Int
  private let isShown: Bool
  private let now: () -> Duration
  private let write: (String) -> Void
  private let started: Duration
  private var drawn: Duration?
  private static let pause = Duration.milliseconds(100)

  /// A bar over `total` units of work, drawn when standard error is a terminal that can erase.
  public convenience init(label: String, total: Int64) {
    let start = ContinuousClock.now
    let dumb = ProcessInfo.processInfo.environment["TERM"] == "dumb"
    self.init(
      label: label,
      total: total,
      width: Self.terminalWidth(),
      isShown: isatty(STDERR_FILENO) == 1 && !dumb,
      now: { ContinuousClock.now - start },
      write: { FileHandle.standardError.write(Data($0.utf8)) }
    )
  }

  /// The same with the clock and the terminal given, for tests.
  package init(
    label: String,
    total: Int64,
    width: Int,
    isShown: Bool,
    now: @escaping () -> Duration,
    write: @escaping (String) -> Void
  ) {
    self.label = label
    self.total = total
    self.width = width
    self.isShown = isShown
    self.now = now
    self.write = write
    started = now()
  }

  /// Says that `done` units are finished; cheap enough to call once per event or so.
  public func update(_ done: Int64) {
    guard isShown else { return }
    let time = now()
    if let drawn, time - drawn < Self.pause { return }
    drawn = time
    write("\r\u{1B}[2K" + line(done, elapsed: time - started))
  }

  /// Removes the bar; it comes back with the next update.
  public func erase() {
    guard isShown else { return }
    write("\r\u{1B}[2K")
    drawn = nil
  }

  /// Prints a line of its own above the bar; nothing where no bar is shown.
  public func note(_ message: String) {
    guard isShown else { return }
    write("\r\u{1B}[2K" + message + "\n")
    drawn = nil
  }

  /// The line for `done` units after `elapsed`: no wider than the terminal less one column, as a
  /// line that fills the last one wraps on some terminals.
  package func line(_ done: Int64, elapsed: Duration) -> String {
    let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    let percent = Int(share * 100)
    var tail = " \(percent) %"
    let seconds = Double(elapsed.components.seconds)
    if share > 0.01, seconds >= 1 {
      tail += "  \(Self.remaining(seconds / share * (1 - share))) left"
    }
    let room = max(0, width - 1)
    let name = TextWidth.cut(label, to: Double(max(1, room / 3))) { Double(TextWidth.columns($0)) }
    let cells = min(40, room - TextWidth.columns(name) - 1 - TextWidth.columns(tail))
    guard cells >= 5 else { return String((name + tail).prefix(room)) }
    let filled = Int(share * Double(cells))
    return name + " " + String(repeating: "█", count: filled)
      + String(repeating: "░", count: cells - filled) + tail
  }

  private static func remaining(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 3_596_400).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole / 60 % 60) min"
  }

  private static func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
