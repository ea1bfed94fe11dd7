/// An engine that runs somewhere else: in a server, behind a wire. A host asks the same of it as of an
/// ``Engine`` of its own, and gets the same facts in the same order.
///
/// Unlike an engine's own calls these may fail, and then nothing can be said of what came of them.
public protocol RemoteEngine: AnyObject {
  /// When it must be told the time again.
  var nextDeadline: Millis { get }

  /// Lets everything take effect that is due by `instant`.
  func advance(to instant: Millis, into facts: inout [Fact]) throws(RemoteFault)

  /// Decides on one command and appends the facts that follow from it.
  func handle(
    _ command: Command,
    at instant: Millis,
    into facts: inout [Fact]
  ) throws(RemoteFault) -> Answer

  /// Tells where taxis are.
  func report(
    _ positions: [PositionReport],
    at instant: Millis,
    into facts: inout [Fact]
  ) throws(RemoteFault)
}

/// Why a remote engine is of no more use, in words that say what to do.
public struct RemoteFault: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
