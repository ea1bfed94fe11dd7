/// Where a Redis is, and as whom to speak with it.
public struct RedisAddress: Equatable, Sendable, CustomStringConvertible {
  public enum Place: Equatable, Sendable {
    case tcp(host: String, port: Int32)
    case unix(path: String)
  }

  public var place: Place
  /// Empty = the default user.
  public var user = ""
  /// Empty = none.
  public var password = ""
  public var database = 0

  public init(_ place: Place) { self.place = place }

  /// Reads `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]` or
  /// `unix://[USER[:PASSWORD]@]/PATH[?DATABASE]`; `nil` = it is neither.
  public init?(_ text: String) {
    let scheme: String
    if text.hasPrefix("redis://") {
      scheme = "redis://"
    } else if text.hasPrefix("unix://") {
      scheme = "unix://"
    } else {
      return nil
    }
    var rest = text.dropFirst(scheme.count)
    var user = ""
    var password = ""
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(
        separator: ":",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      user = String(parts[0])
      password = parts.count > 1 ? String(parts[1]) : ""
      // As in redis-cli's own addresses: one word alone is a password.
      if parts.count == 1 { (user, password) = ("", user) }
      rest = rest[rest.index(after: at)...]
    }
    let mark: Character = scheme == "unix://" ? "?" : "/"
    var number = 0
    if let at = rest.lastIndex(of: mark) {
      let digits = rest[rest.index(after: at)...]
      guard let found = digits.isEmpty ? 0 : Int(digits), (0...15).contains(found) else {
        return nil
      }
      number = found
      rest = rest[..<at]
    }
    if scheme == "unix://" {
      guard rest.hasPrefix("/"), rest.utf8.count < 100 else { return nil }
      self.init(.unix(path: String(rest)))
    } else {
      var host = String(rest)
      var port: Int32 = 6_379
      if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
        guard let found = Int32(rest[rest.index(after: colon)...]), (1...65_535).contains(found)
        else { return nil }
        port = found
        host = String(rest[..<colon])
      }
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      guard !host.isEmpty else { return nil }
      self.init(.tcp(host: host, port: port))
    }
    self.user = user
    self.password = password
    database = number
  }

  /// What may be shown of a text that is to be an address: nobody's name and password.
  public static func withoutSecrets(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    return "…" + text[at...]
  }

  /// Without the password.
  public var description: String {
    switch place {
    case .tcp(let host, let port): "redis://\(host):\(port)/\(database)"
    case .unix(let path): "unix://\(path)"
    }
  }
}
