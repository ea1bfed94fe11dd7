import Foundation
import Journal
import LineProtocol
import Matching

/// What a server is started with: flags over environment over a file over defaults, each value with
/// where it came from.
package struct ServerSettings: Sendable {
  package struct Key: Sendable {
    package var name: String
    /// Empty = there is none.
    package var standard: String
    package var summary: String

    package var flag: String { "--" + name.replacing("_", with: "-") }
    package var variable: String { "BAECHA_" + name.uppercased() }
  }

  package enum Origin: Equatable, Sendable, CustomStringConvertible {
    case standard
    case file(String)
    case environment(String)
    case flag(String)

    package var description: String {
      switch self {
      case .standard: "default"
      case .file(let path): path
      case .environment(let name): name
      case .flag(let name): name
      }
    }
  }

  package struct Value: Equatable, Sendable {
    package var text: String
    package var origin: Origin

    package init(text: String, origin: Origin) {
      self.text = text
      self.origin = origin
    }
  }

  package static let keys = [
    Key(name: "listen", standard: "127.0.0.1:7400", summary: "plain port, HOST:PORT, or off"),
    Key(name: "tls_listen", standard: "", summary: "TLS 1.3 port, HOST:PORT, such as 0.0.0.0:7401"),
    Key(name: "tls_cert", standard: "", summary: "certificate chain, a PEM file"),
    Key(name: "tls_key", standard: "", summary: "the certificate's private key, a PEM file"),
    Key(name: "http", standard: "127.0.0.1:7480", summary: "health and metrics, or off"),
    Key(
      name: "region",
      standard: "",
      summary: "region file, or several with commas; Seoul without"
    ),
    Key(
      name: "keys",
      standard: "",
      summary: "keys file of mode 0600; without one nobody needs any"
    ),
    Key(
      name: "clock",
      standard: "system",
      summary: "system, or virtual: clients move the time, for simulations"
    ),
    Key(
      name: "state",
      standard: "memory",
      summary: "where facts are kept: memory, auto, redis://HOST:PORT or unix:///PATH"
    ),
    Key(
      name: "durability",
      standard: "durable",
      summary: "what Redis must promise: relaxed, durable or replicated"
    ),
    Key(
      name: "data_dir",
      standard: "",
      summary: "folder for what survives beside Redis: the witness; with state=auto all of it"
    ),
    Key(
      name: "advertise",
      standard: "",
      summary: "where clients reach this server, HOST:PORT; the plain port without it"
    ),
    Key(
      name: "live_view",
      standard: "off",
      summary: "copy of free taxis and counts in Redis for other software, every so often, or off"
    ),
    Key(name: "advice", standard: "", summary: "model of baecha analyse, for ADVISE"),
    Key(name: "node", standard: "a1", summary: "this server's name in the banner"),
    Key(name: "log", standard: "text", summary: "form of the log on standard error: text or json"),
    Key(name: "log_level", standard: "info", summary: "debug, info, notice, warning or error"),
    Key(name: "drain_to", standard: "", summary: "where clients go when this server stops"),
    Key(name: "drain_grace", standard: "200ms", summary: "from refusing new work to the farewell"),
    Key(name: "connections", standard: "30000", summary: "at most so many"),
    Key(name: "connections_per_address", standard: "200", summary: "at most so many"),
    Key(name: "connections_per_tenant", standard: "2000", summary: "at most so many"),
    Key(name: "requests_per_second", standard: "500", summary: "REQ of one tenant"),
    Key(name: "requests_burst", standard: "2000", summary: "REQ of one tenant at once"),
    Key(name: "positions_per_second", standard: "5", summary: "P of one taxi; more are merged"),
    Key(name: "taxis_per_session", standard: "20000", summary: "ON of one connection"),
    Key(name: "recent_facts", standard: "300000", summary: "facts kept in memory for SUB from="),
  ]

  /// By name; each key has one.
  private var values: [String: Value] = [:]

  /// - Parameters:
  ///   - flags: values by key name.
  ///   - others: the same for `--set NAME=VALUE`, which win over flags.
  ///   - environment: of the process.
  ///   - file: of YAML, with keys by name; `nil` = none.
  /// - Throws: ``FileError`` when the file cannot be read or has another key.
  package init(
    flags: [String: String],
    others: [String: String] = [:],
    environment: [String: String],
    file: String?
  ) throws(FileError) {
    for key in Self.keys { values[key.name] = Value(text: key.standard, origin: .standard) }
    if let file { try read(file) }
    for key in Self.keys {
      if let text = environment[key.variable] {
        values[key.name] = Value(text: text, origin: .environment(key.variable))
      }
      if let text = flags[key.name] {
        values[key.name] = Value(text: text, origin: .flag(key.flag))
      }
      if let text = others[key.name] {
        values[key.name] = Value(text: text, origin: .flag("--set \(key.name)"))
      }
    }
  }

  private mutating func read(_ file: String) throws(FileError) {
    guard let bytes = FileManager.default.contents(atPath: file),
      let text = String(bytes: bytes, encoding: .utf8)
    else { throw FileError(file, "cannot be read as UTF-8 text") }
    var fields = YAMLFields(text, file: file)
    for key in Self.keys {
      if let text = fields.text(key.name) {
        values[key.name] = Value(text: text, origin: .file(file))
      }
    }
    try fields.finish()
  }

  package subscript(name: String) -> Value {
    values[name] ?? Value(text: "", origin: .standard)
  }

  // MARK: Typed

  private func fault(_ name: String, _ wanted: String) -> FileError {
    let value = self[name]
    return FileError("\(name) (\(value.origin))", "'\(value.text)' is not \(wanted)")
  }

  /// `nil` = empty.
  package func path(_ name: String) -> String? { self[name].text.isEmpty ? nil : self[name].text }

  /// `HOST:PORT`, `PORT`, `[::1]:PORT`; `nil` = `off` or empty.
  package func address(_ name: String) throws(FileError) -> RunningServer.Listen? {
    let text = self[name].text
    if text.isEmpty || text == "off" { return nil }
    let wanted = "HOST:PORT with a port from 0 to 65535, or off"
    var host = "127.0.0.1"
    var port = text[...]
    if let colon = text.lastIndex(of: ":") {
      host = String(text[..<colon])
      port = text[text.index(after: colon)...]
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    }
    guard !host.isEmpty, let number = Int(port), (0...65_535).contains(number) else {
      throw fault(name, wanted)
    }
    return RunningServer.Listen(host: host, port: number)
  }

  package func count(_ name: String, in range: ClosedRange<Int>) throws(FileError) -> Int {
    guard let number = Int(self[name].text), range.contains(number) else {
      throw fault(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  package func span(_ name: String) throws(FileError) -> Millis {
    guard let span = Spans.read(self[name].text) else { throw fault(name, "a span such as 200ms") }
    return span
  }

  package func choice(_ name: String, of words: [String]) throws(FileError) -> String {
    guard words.contains(self[name].text) else {
      throw fault(name, "one of " + words.joined(separator: ", "))
    }
    return self[name].text
  }

  /// What an answer must promise, where facts outlive the process.
  package func durability() throws(FileError) -> Durability {
    let words = ["relaxed", "durable", "replicated"]
    guard let level = Durability(rawValue: try choice("durability", of: words)) else {
      throw fault("durability", "one of " + words.joined(separator: ", "))
    }
    return level
  }

  package func limits() throws(FileError) -> Limits {
    var limits = Limits()
    limits.connectionsMax = try count("connections", in: 1...1_000_000)
    limits.connectionsPerAddressMax = try count("connections_per_address", in: 1...1_000_000)
    limits.connectionsPerTenantMax = try count("connections_per_tenant", in: 1...1_000_000)
    limits.requestsPerSecond = Int64(try count("requests_per_second", in: 1...1_000_000))
    limits.requestsBurst = Int64(try count("requests_burst", in: 1...1_000_000))
    limits.positionsPerSecond = UInt8(try count("positions_per_second", in: 1...255))
    limits.taxisPerSessionMax = try count("taxis_per_session", in: 1...1_000_000)
    limits.recentFactsMax = try count("recent_facts", in: 1_000...10_000_000)
    return limits
  }

  /// What a region needs, checked: who may connect from where, too.
  func setup(_ region: Region) throws(FileError) -> Dispatcher.Setup {
    var setup = Dispatcher.Setup(region: region)
    setup.keys = try path("keys").map { path throws(FileError) in try Keyring(path: path) }
    setup.limits = try limits()
    if self["live_view"].text != "off" {
      let period = try span("live_view")
      guard (100...60_000).contains(period.count) else {
        throw fault("live_view", "off or a span from 100ms to 60s")
      }
      guard self["state"].text != "memory" else {
        throw FileError("live_view (\(self["live_view"].origin))", "needs a Redis: give state")
      }
      setup.liveViewPeriod = period
    }
    guard Identifier(self["node"].text) != nil else {
      throw fault("node", "a name of letters, digits and - . _ : ~")
    }
    setup.node = self["node"].text
    _ = try durability()
    setup.isClockVirtual = try isClockVirtual(setup)
    for name in ["listen", "tls_listen"] {
      guard let listen = try address(name), !listen.isLoopback, setup.keys == nil else { continue }
      throw fault(
        name,
        "open to others without keys: give keys=FILE (`baecha keys new` prints a line for it), or "
          + "listen on 127.0.0.1"
      )
    }
    if try address("tls_listen") != nil, path("tls_cert") == nil || path("tls_key") == nil {
      throw FileError(
        "tls_listen (\(self["tls_listen"].origin))",
        "needs tls_cert=FILE and tls_key=FILE; `baecha dev-cert` makes a pair for trying"
      )
    }
    return setup
  }
}

extension ServerSettings {
  /// Whoever can connect to a virtual clock can move it, so that it is for this machine alone; and
  /// guidance would have a round for each of its periods up to the first instant told.
  private func isClockVirtual(_ setup: Dispatcher.Setup) throws(FileError) -> Bool {
    guard try choice("clock", of: ["system", "virtual"]) == "virtual" else { return false }
    for name in ["listen", "tls_listen"] {
      guard let listen = try address(name), !listen.isLoopback else { continue }
      throw FileError(
        "clock (\(self["clock"].origin))",
        "virtual is for loopback alone, and \(name) is \(self[name].text)"
      )
    }
    guard setup.keys == nil else {
      throw FileError("clock (\(self["clock"].origin))", "virtual is for a server without keys")
    }
    guard path("state") ?? "memory" == "memory" else {
      throw FileError("clock (\(self["clock"].origin))", "virtual is for state=memory")
    }
    guard setup.region.guidance == nil else {
      throw FileError(
        "clock (\(self["clock"].origin))",
        "virtual is for a region without guidance: set guidance.on to false"
      )
    }
    return true
  }
}
