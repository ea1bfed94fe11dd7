#if Server
  import ArgumentParser
  import Foundation
  import Server

  /// `baecha doctor`: what would keep a server from doing its work, before it does.
  struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Check ports, limits, clock, files and what durability `baecha serve` would reach.",
      discussion: """
        Takes the options of serve and starts nothing. Each line is ok, warn or fail, with what to do.

        EXIT CODES
          0   nothing failed
          1   something failed
          64  the command line could not be understood
        """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
      let settings = try options.settings()
      let report = await Doctor.report(on: settings, state: StateChoice(settings).findings())
      for finding in report { print(finding) }
      if report.contains(where: { $0.grade == .fail }) { throw ExitCode(1) }
    }
  }

  /// `baecha top`: a running server at a glance.
  struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "top",
      abstract:
        "Watch a running server: taxis by state, requests a second, latencies, slow readers.",
      discussion: """
        Reads /v1/status of the server's HTTP port. Ends with Ctrl-C.

        EXAMPLES
          baecha top
          baecha top --http 127.0.0.1:7480 --every 5 --count 1
        """
    )

    @Option(help: "The server's HTTP port, as HOST:PORT.")
    var http = "127.0.0.1:7480"

    @Option(help: "Which region, where the server leads several; its first without one.")
    var regionName: String?

    @Option(help: "Seconds between two looks.")
    var every = 1

    @Option(help: "How many looks; 0 = until Ctrl-C.")
    var count = 0

    func validate() throws {
      guard (1...3_600).contains(every) else {
        throw ValidationError("--every \(every): give 1 to 3600 seconds")
      }
    }

    func run() async throws {
      var last: StatusReading?
      var looks = 0
      let isTerminal = isatty(STDOUT_FILENO) != 0
      while count == 0 || looks < count {
        if looks > 0 { try await Task.sleep(for: .seconds(every)) }
        let reading = try await StatusReading.fetch(from: http, region: regionName)
        let screen = TopScreen.text(reading, since: last)
        // Home and clear, so that the figures stay in their places.
        print((isTerminal ? "\u{1B}[H\u{1B}[2J" : "") + screen)
        last = reading
        looks += 1
      }
    }
  }
#endif
