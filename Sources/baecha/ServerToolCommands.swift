#if Server
  import ArgumentParser
  import Foundation
  import LineProtocol
  import Server

  /// `baecha config print`: what a server would be started with.
  struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "config",
      abstract: "Show what `baecha serve` would be started with.",
      subcommands: [Print.self]
    )

    struct Print: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Print all settings as a file for --config; nothing is started."
      )

      @Flag(help: "Say where each value came from, and what it is for.")
      var explain = false

      @OptionGroup var options: ServerOptions

      func run() throws {
        let settings = try options.settings()
        for key in ServerSettings.keys {
          let value = settings[key.name]
          let line = "\(key.name): \(value.text.isEmpty ? "\"\"" : value.text)"
          guard explain else {
            print(line)
            continue
          }
          let padding = String(repeating: " ", count: max(40 - line.count, 1))
          print("\(line)\(padding)# \(value.origin): \(key.summary)")
        }
        _ = try settings.regions()
      }
    }
  }

  /// `baecha keys new`: a line for the keys file, and the secret for the client.
  struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "keys",
      abstract: "Make keys for clients of `baecha serve`.",
      subcommands: [New.self]
    )

    struct New: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Draw a secret: the line for the keys file on standard output, what the client "
          + "needs on standard error.",
        discussion: """
          EXAMPLE
            (umask 077; baecha keys new --id gw7 --tenant blue --roles gateway >> keys.txt)
          """
      )

      @Option(help: "The key's name, which the client gives with AUTH mac.")
      var id: String

      @Option(help: "The company: its connections share taxis, requests and quotas.")
      var tenant: String

      @Option(help: "gateway, booker, dispatcher, observer, admin; several with commas.")
      var roles: String

      @Flag(help: "A token that is sent as it is, instead of a MAC key: for TLS only.")
      var token = false

      func run() throws {
        let secret = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let text = hex(token ? secret.prefix(24) : secret)
        let kept = token ? "sha256:\(hex(SHA256.hash(text.utf8)))" : "mac:\(text)"
        let line = "\(id) \(tenant) \(roles) \(kept)"
        _ = try Keyring(text: line, file: "this key")
        print(line)
        let use =
          token ? "AUTH token \(text)" : "AUTH mac \(id) HMAC-SHA256(secret, …), secret \(text)"
        FileHandle.standardError.write(Data("for the client: \(use)\n".utf8))
      }
    }
  }

  /// `baecha dev-cert`: a certificate for trying TLS.
  struct DevCertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dev-cert",
      abstract: "Make a self-signed certificate for trying TLS: cert.pem and key.pem.",
      discussion: """
        Needs the openssl command. Clients must be given cert.pem to trust; it is valid for 30 days.

        EXAMPLE
          baecha dev-cert --out tls
          baecha serve --tls-listen 127.0.0.1:7401 --tls-cert tls/cert.pem --tls-key tls/key.pem
        """
    )

    @Option(help: "Folder, made if it is not there.")
    var out = "."

    @Option(name: .customLong("host"), help: "A name or address that it is for; may be repeated.")
    var hosts: [String] = ["localhost", "127.0.0.1"]

    func run() throws {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let files = try DevelopmentCertificate.make(in: out, hosts: hosts)
      print("\(files.certificate)\n\(files.key)")
    }
  }
#endif
