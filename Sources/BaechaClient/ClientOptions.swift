import LineProtocol
import Matching

/// Where a server may be.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// `host`, `host:port` or `[v6]:port`; `nil` when the port is no number from 1 to 65535.
  public init?(_ text: String, port: Int = 7_400) {
    guard let colon = text.lastIndex(of: ":"), text.first != "[" || text[..<colon].last == "]"
    else {
      guard !text.isEmpty else { return nil }
      self.init(host: text.trimmingBrackets, port: port)
      return
    }
    guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number),
      colon > text.startIndex
    else { return nil }
    self.init(host: String(text[..<colon]).trimmingBrackets, port: number)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension String {
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}

/// How to reach a server, and how long to try.
public struct ClientOptions: Sendable {
  /// Tried in turn.
  public var servers: [ServerAddress]
  public var sign: SignIn = .none
  public var security: Security = .plain
  /// Shown in the server's log.
  public var name: Identifier?
  public var agent = "baecha-swift"
  /// The region that is meant: a server of another one says where to go.
  public var region: Identifier?
  /// How long a command waits for its answer, over any number of connections.
  public var giveUp: Millis = .seconds(60)
  /// The first pause before a connection is tried again; each next is twice as long.
  public var pauseMin: Millis = Millis(50)
  public var pauseMax: Millis = .seconds(5)

  public init(_ servers: [ServerAddress]) { self.servers = servers }

  public enum SignIn: Sendable {
    case none
    case mac(key: Identifier, secret: [UInt8])
    case token(String)
  }

  public enum Security: Sendable {
    case plain
    /// TLS 1.3. `trust` is a PEM file of certificates to trust in place of the system's.
    case tls(trust: String?)
  }
}

/// What a call throws besides the server's own ``LineError``.
public enum ClientError: Error, Equatable, CustomStringConvertible {
  /// No answer within ``ClientOptions/giveUp``: what was sent may or may not have taken effect.
  /// The same command with the same ids is safe.
  case unanswered(String)
  case closed
  case notConnected(String)

  public var description: String {
    switch self {
    case .unanswered(let what): "no answer: \(what); sending it again is safe"
    case .closed: "the client was closed"
    case .notConnected(let why): "no connection: \(why)"
    }
  }
}

/// An answer: its `OK` or `PONG`, and the rows before it.
public struct Reply: Hashable, Sendable {
  public var ok: OKLine
  public var rows: [RowLine]

  public init(ok: OKLine, rows: [RowLine] = []) {
    self.ok = ok
    self.rows = rows
  }
}

/// What comes without being asked for.
public enum Push: Hashable, Sendable {
  case offer(OfferLine)
  case revoke(Identifier, why: Identifier, at: FactPosition)
  case guide(GuideLine)
  /// Of stream 0: what concerns the session's own taxis and requests.
  case event(EventLine)
  /// The server ended a connection; another is opened.
  case bye(ByeLine)
  /// A position was refused; the server says so at most once a second.
  case refusedPosition(LineError)
  /// A connection stands and what was lost with the last one is set up again.
  case connected(Banner)
}

/// What a subscription brings.
public enum StreamItem: Hashable, Sendable {
  case event(EventLine)
  case position(MovedLine)
  case snapshot(SnapshotLine)
  /// The snapshot is over.
  case live(FactPosition)
  /// Events between these positions cannot be had any more.
  case gap(from: FactPosition?, to: FactPosition)
  /// The subscription could not go on.
  case failed(LineError)
}
