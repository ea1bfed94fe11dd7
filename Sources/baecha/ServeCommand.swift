#if Server
  import ArgumentParser
  import Foundation
  import Journal
  import Server

  /// `baecha serve`: the dispatch server.
  struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "serve",
      abstract: "Run the dispatch server: a line protocol over TCP, health and metrics over HTTP.",
      discussion: """
        Without options it listens on loopback, needs no keys and keeps its state in memory.
        Each option may also be set as BAECHA_NAME in the environment or as a key of --config;
        flags win over the environment, the environment over the file. docs/SERVER.md has all.

        EXAMPLES
          baecha serve
          nc 127.0.0.1 7400                      (then HELP)
          baecha serve --listen 0.0.0.0:7400 --keys keys.txt --region region.yaml
          baecha serve --state auto --data-dir state             (a Redis of its own)
          baecha serve --state redis://127.0.0.1:6379 --data-dir state

        SIGNALS
          TERM, INT  refuse new work, say goodbye, end
          HUP        read the keys and certificate files again

        EXIT CODES
          0   ended by a signal
          1   a file or a port was of no use: the message says why
          11  Redis cannot be used as it is: the message says what to change
          12  Redis has lost what was acknowledged: the message says what is missing
          64  the command line could not be understood
        """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
      let settings = try options.settings()
      do {
        let keeper = try StateChoice(settings).keeper()
        try await ServerProgram(settings, advisor: try options.advisor(settings), keeper: keeper)
          .run()
      } catch let end as JournalEnd {
        FileHandle.standardError.write(Data("error: \(end.message)\n".utf8))
        throw ExitCode(end.code.rawValue)
      }
    }
  }

  /// The options of `serve`, which `config` and `doctor` take too.
  struct ServerOptions: ParsableArguments {
    @Option(help: "YAML file with the keys below, _ for -.")
    var config: String?

    @Option(help: "Plain port, as HOST:PORT (127.0.0.1:7400), or off.")
    var listen: String?

    @Option(help: "TLS 1.3 port, as HOST:PORT.")
    var tlsListen: String?

    @Option(help: "Certificate chain, a PEM file.")
    var tlsCert: String?

    @Option(help: "Its private key, a PEM file.")
    var tlsKey: String?

    @Option(help: "Health and metrics, as HOST:PORT (127.0.0.1:7480), or off.")
    var http: String?

    @Option(
      help: """
        Region file: box, tags, timers, policy. Seoul without one; may be repeated, each further \
        region has the next higher ports.
        """
    )
    var region: [String] = []

    @Option(help: "Keys file of mode 0600; without one, loopback only and nobody needs any.")
    var keys: String?

    @Option(help: "Where facts are kept: memory, auto, redis://HOST:PORT or unix:///PATH (memory).")
    var state: String?

    @Option(help: "What Redis must promise: relaxed, durable or replicated (durable).")
    var durability: String?

    @Option(help: "Folder for what survives beside Redis; with --state auto all of it.")
    var dataDir: String?

    @Option(help: "Where clients reach this server, as HOST:PORT, for redirections.")
    var advertise: String?

    @Option(help: "Model of `baecha analyse --model`, for ADVISE.")
    var advice: String?

    @Option(help: "This server's name in the banner (a1).")
    var node: String?

    @Option(help: "Form of the log: text or json.")
    var log: String?

    @Option(name: .customLong("set"), help: "Any other key, as NAME=VALUE; may be repeated.")
    var others: [String] = []

    func settings() throws -> ServerSettings {
      var flags: [String: String] = [:]
      let regions = region.isEmpty ? nil : region.joined(separator: ",")
      let given = [
        "listen": listen, "tls_listen": tlsListen, "tls_cert": tlsCert, "tls_key": tlsKey,
        "http": http, "region": regions, "keys": keys, "state": state,
        "advice": advice, "node": node, "log": log, "durability": durability, "data_dir": dataDir,
        "advertise": advertise,
      ]
      for (name, value) in given { flags[name] = value }
      var set: [String: String] = [:]
      for other in others {
        let parts = other.split(separator: "=", maxSplits: 1).map(String.init)
        let known = ServerSettings.keys.map(\.name)
        guard parts.count == 2, known.contains(parts[0]) else {
          let near = nearestName(to: parts.first ?? "", in: known)
          let hint = near.map { "; did you mean \($0)?" } ?? ""
          throw ValidationError("--set \(other): give NAME=VALUE\(hint)")
        }
        set[parts[0]] = parts[1]
      }
      let environment = ProcessInfo.processInfo.environment
      return try ServerSettings(
        flags: flags,
        others: set,
        environment: environment,
        file: config ?? environment["BAECHA_CONFIG"]
      )
    }
  }
#endif
