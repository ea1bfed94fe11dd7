#if Server
  import ArgumentParser
  import BaechaClient
  import Foundation
  import LineProtocol
  import Matching

  /// `baecha conform`: hold a server to the protocol's transcripts.
  struct ConformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "conform",
      abstract: "Play the protocol's transcripts against a server.",
      discussion: """
        Each transcript is a conversation with what the server must answer
        (Tests/Transcripts/README.md). The server must not be in use: taxis and requests are made.

        EXAMPLES
          baecha conform 127.0.0.1:7400
          baecha conform 127.0.0.1:7400 --class core Tests/Transcripts/worked.blp
          baecha conform 127.0.0.1:7400 --with keys    (served with Tests/Transcripts/roles.keys)

        EXIT CODES
          0   the server does as they say
          1   it does not, or a file cannot be read
          64  the command line could not be understood
        """
    )

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: ServerAddress

    @Argument(help: "Transcripts, or folders of them.")
    var paths: [String] = ["Tests/Transcripts"]

    @Option(name: .customLong("class"), help: "Only transcripts of this class.")
    var classes: [String] = []

    @Option(
      name: .customLong("with"),
      help: "What the server was started with: keys or guidance. May be repeated."
    )
    var extras: [String] = []

    @OptionGroup var sign: SignInOptions

    func run() async throws {
      var failures = 0
      let options = try sign.options(server)
      var transcripts = try load()
      // Where everybody needs a key, only those that bring their own can be played.
      if extras.contains("keys") { transcripts.removeAll { !$0.needs.contains("keys") } }
      for transcript in transcripts where !isPlayable(transcript) {
        let needs = transcript.needs.joined(separator: ", ")
        print("skip  \(transcript.name): needs a server with \(needs)")
      }
      transcripts.removeAll { !isPlayable($0) }
      for transcript in transcripts {
        let now = Millis(Int64(Date().timeIntervalSince1970 * 1_000))
        do {
          try await TranscriptPlayer(options, now: now).play(transcript)
          print("ok    \(transcript.name): \(transcript.title)")
        } catch {
          failures += 1
          print("FAIL  \(error)")
        }
      }
      print("\(transcripts.count - failures) of \(transcripts.count) transcripts hold.")
      if failures > 0 { throw ExitCode(1) }
    }

    private func isPlayable(_ transcript: Transcript) -> Bool {
      Set(transcript.needs).isSubset(of: extras)
    }

    private func load() throws -> [Transcript] {
      var files: [String] = []
      for path in paths {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
          throw CleanError("\(path): there is no such file or folder")
        }
        guard isFolder.boolValue else {
          files.append(path)
          continue
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        files += names.filter { $0.hasSuffix(".blp") }.map { path + "/" + $0 }
      }
      let transcripts = try files.map { file in
        let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try Transcript(name: name, text: text)
      }
      .filter { classes.isEmpty || !Set($0.classes).isDisjoint(with: classes) }
      guard !transcripts.isEmpty else {
        throw CleanError("no transcripts; those of the project are in Tests/Transcripts")
      }
      return transcripts
    }
  }

  /// A message for a person, and exit status 1.
  struct CleanError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  extension ServerAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
  }

  /// How a client of the server signs in.
  struct SignInOptions: ParsableArguments {
    @Option(help: "Sign in by MAC with this key; its secret is in BAECHA_SECRET, in hexadecimal.")
    var key: String?

    @Flag(help: "Sign in with the token in BAECHA_TOKEN.")
    var token = false

    @Flag(help: "TLS 1.3.")
    var tls = false

    @Option(help: "PEM file of certificates to trust in place of the system's.")
    var trust: String?

    func options(_ server: ServerAddress) throws -> ClientOptions {
      let environment = ProcessInfo.processInfo.environment
      var options = ClientOptions([server])
      if tls || trust != nil { options.security = .tls(trust: trust) }
      if let key {
        guard let name = Identifier(key) else {
          throw ValidationError("--key \(key) is no key's name")
        }
        guard let secret = environment["BAECHA_SECRET"] else {
          throw ValidationError("--key needs its secret in the environment, BAECHA_SECRET")
        }
        options.sign = .mac(key: name, secret: try bytes(ofHex: secret))
      } else if token {
        guard let secret = environment["BAECHA_TOKEN"] else {
          throw ValidationError("--token needs it in the environment, BAECHA_TOKEN")
        }
        options.sign = .token(secret)
      }
      return options
    }

    /// As `baecha keys new` prints a secret.
    private func bytes(ofHex text: String) throws -> [UInt8] {
      let digits = text.compactMap(\.hexDigitValue)
      guard digits.count == text.count, text.count % 2 == 0, text.allSatisfy(\.isASCII) else {
        throw ValidationError("BAECHA_SECRET is not pairs of hexadecimal digits")
      }
      return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(digits[$0] << 4 | digits[$0 + 1])
      }
    }
  }
#endif
