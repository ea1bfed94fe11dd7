import LineProtocol
import Matching
import NIOCore
import NIOPosix

/// Plays transcripts against a server. Answers must come in the order of the transcript, each
/// connection for itself; of what the server pushes on its own, lines that no step names are passed
/// over.
public struct TranscriptPlayer: Sendable {
  private let options: ClientOptions
  private let group: any EventLoopGroup
  private let now: Millis
  /// Stands for `{run}`: names that a server has not seen yet.
  private let run: String
  private let patience: Duration

  /// - Parameters:
  ///   - options: the first of its servers, and how to sign in where the server wants that.
  ///   - now: the wall clock, for `{now}`.
  ///   - patience: how long a line may take to come.
  ///   - group: the threads for sockets.
  public init(
    _ options: ClientOptions,
    now: Millis,
    patience: Duration = .seconds(5),
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    self.options = options
    self.group = group
    self.now = now
    self.patience = patience
    run = String(now.count % 100_000_000, radix: 36)
  }

  public struct Failure: Error, CustomStringConvertible {
    public var transcript: String
    public var line: Int
    public var message: String

    public var description: String { "\(transcript).blp:\(line): \(message)" }
  }

  /// - Throws: the step at which the server did something else.
  public func play(_ transcript: Transcript) async throws(Failure) {
    var stage = Stage(options, patience, group)
    stage.names = ["run": "\(run)\(transcript.name)", "now": String(now.count)]
    for offset in [60, 300, 600, 1_200, 3_600] as [Int64] {
      stage.names["now-\(offset)s"] = String(now.count - offset * 1_000)
      stage.names["now+\(offset)s"] = String(now.count + offset * 1_000)
    }
    var failure: Failure?
    for step in transcript.steps {
      do {
        try await stage.perform(step)
      } catch {
        failure = Failure(transcript: transcript.name, line: step.line, message: "\(error)")
        break
      }
    }
    for connection in stage.connections.values { connection.socket.close() }
    if let failure { throw failure }
  }
}

/// Why a step failed.
private struct Miss: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The connections of one transcript and the names that it has learned.
private struct Stage {
  var names: [String: String] = [:]
  var connections: [Character: Ear] = [:]
  private let options: ClientOptions
  private let patience: Duration
  private let group: any EventLoopGroup

  init(_ options: ClientOptions, _ patience: Duration, _ group: any EventLoopGroup) {
    self.options = options
    self.patience = patience
    self.group = group
  }

  mutating func perform(_ step: Transcript.Step) async throws {
    let letter = step.connection
    switch step.action {
    case .send(let text):
      let line = LinePattern.filling(text, names)
      guard !line.contains("{") else { throw Miss("no value yet for a name in: \(line)") }
      try await connection(letter).socket.write(Array((line + "\n").utf8))
    case .bytes(let bytes): try await connection(letter).socket.write(bytes)
    case .long(let count):
      let line = [UInt8](repeating: UInt8(ascii: "X"), count: count - 1) + [10]
      try await connection(letter).socket.write(line)
    case .cut: connections.removeValue(forKey: letter)?.socket.close()
    case .closed:
      try await connection(letter).close(within: patience)
      connections[letter] = nil
    case .pause(let span): try await Task.sleep(for: .milliseconds(span.count))
    case .comment(let text):
      try await connection(letter).comment(with: text, within: patience)
    case .expect(let pattern):
      let ear = try await connection(letter, expectsBanner: pattern.word == "BLP/1")
      let before = names
      names = try await ear.hear(pattern, before, within: patience)
    }
  }

  /// The connection of this letter, opened and signed in if it is not there.
  private mutating func connection(
    _ letter: Character,
    expectsBanner: Bool = false
  ) async throws -> Ear {
    if let open = connections[letter] { return open }
    guard let server = options.servers.first else { throw Miss("no server is named") }
    let socket: LineConnection
    do {
      socket = try await LineConnection.open(server, options.security, on: group)
    } catch {
      throw Miss("\(server): \(error)")
    }
    let ear = Ear(socket)
    connections[letter] = ear
    if expectsBanner { return ear }
    try await signIn(ear)
    return ear
  }

  private func signIn(_ ear: Ear) async throws {
    let names = try await ear.hear(
      LinePattern("BLP/1 region={region} auth={auth} nonce={nonce}"),
      [:],
      within: patience
    )
    guard
      names["auth"] != "none",
      let region = names["region"].flatMap({ Identifier($0) }),
      let nonce = names["nonce"].flatMap({ Identifier($0) })
    else { return }
    var writer = LineWriter()
    writer.write(
      .hello(Greeting(name: options.name, agent: options.agent, region: options.region))
    )
    switch options.sign {
    case .none: throw Miss("the server wants a key (auth=\(names["auth"] ?? "")); name one")
    case .mac(let key, let secret):
      let proof = Credentials.mac(key: key, secret: secret, nonce: nonce, region: region)
      writer.write(.authenticate(proof))
    case .token(let token): writer.write(.authenticate(.token(token)))
    }
    ear.socket.write(writer.bytes)
    _ = try await ear.hear(LinePattern("OK *"), [:], within: patience)
    _ = try await ear.hear(LinePattern("OK session=*"), [:], within: patience)
  }
}

/// One connection's lines as they come: answers, what is pushed, and comments, each in its order.
private actor Ear {
  nonisolated let socket: LineConnection
  private var answers: [String] = []
  private var pushes: [String] = []
  private var comments: [String] = []
  private var isClosed = false

  private static let answerWords: Set<String> = ["OK", "ERR", "ROW", "PONG", "BLP/1"]

  init(_ socket: LineConnection) {
    self.socket = socket
    Task {
      for await batch in socket.batches {
        await take(batch.map { String(decoding: $0, as: UTF8.self) })
      }
      await end()
    }
  }

  private func end() { isClosed = true }

  private func take(_ lines: [String]) {
    for line in lines where !line.isEmpty {
      if line.hasPrefix(";") {
        comments.append(line)
      } else if Self.answerWords.contains(LinePattern(line).word) {
        answers.append(line)
      } else {
        pushes.append(line)
      }
    }
  }

  /// Tries until something is found, the time is over, or nothing more can come.
  private func wait<T>(
    _ limit: Duration,
    _ find: (isolated Ear) throws -> T?
  ) async throws -> T? {
    let deadline = ContinuousClock.now + limit
    while true {
      if let found = try find(self) { return found }
      if isClosed || ContinuousClock.now > deadline { return nil }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  func hear(
    _ pattern: LinePattern,
    _ names: [String: String],
    within limit: Duration
  ) async throws -> [String: String] {
    let filled = LinePattern.filling(pattern.text, names)
    let isAnswer = Self.answerWords.contains(pattern.word)
    let found: [String: String]? = try await wait(limit) { ear in
      var learned = names
      if isAnswer {
        guard let next = ear.answers.first else { return nil }
        guard pattern.matches(next, &learned) else {
          throw Miss("wanted: \(filled)\n  came: \(next)")
        }
        ear.answers.removeFirst()
        return learned
      }
      for (index, push) in ear.pushes.enumerated() where pattern.matches(push, &learned) {
        ear.pushes.removeFirst(index + 1)
        return learned
      }
      return nil
    }
    if let found { return found }
    let came = isAnswer ? "" : pushes.map { "\n  came: \($0)" }.joined()
    throw Miss("\(isClosed ? "the connection ended" : "in vain"), wanted: \(filled)\(came)")
  }

  func comment(with text: String, within limit: Duration) async throws {
    let found: Bool? = try await wait(limit) { ear in
      guard let index = ear.comments.firstIndex(where: { $0.contains(text) }) else { return nil }
      ear.comments.removeFirst(index + 1)
      return true
    }
    if found == nil { throw Miss("no comment holds: \(text)") }
  }

  func close(within limit: Duration) async throws {
    let found: Bool? = try await wait(limit) { $0.isClosed ? true : nil }
    if found == nil && !isClosed { throw Miss("the connection is still open") }
  }
}
