#if Server
  import ArgumentParser
  import BaechaClient
  import Foundation
  import LineProtocol
  import Matching

  /// `baecha call`: one line to a server.
  struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "call",
      abstract: "Send one line of the protocol to a server and print the answer.",
      discussion: """
        The line is read here first, so a mistake is told before anything is sent. An answer that is
        lost is asked for again: the ids in the line make that safe. With SUB events are printed
        until the command is interrupted.

        EXAMPLES
          baecha call STAT
          baecha call REQ r77 37.5665,126.9780 37.5512,126.9882 seats=2
          baecha call --server dispatch:7401 --tls --key desk NEAR 37.5665,126.9780 r=2000
          baecha call SUB 1 req.*,taxi.* from=snap
          baecha call HELP REQ

        EXIT CODES
          0   OK
          1   the server refused, or did not answer: the ERR line says why
          64  the line, or the command line, could not be understood
        """
    )

    @Option(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server = ServerAddress(host: "127.0.0.1", port: 7_400)

    @Option(help: "Seconds to wait for an answer.")
    var timeout = 10

    @OptionGroup var sign: SignInOptions

    @Argument(parsing: .captureForPassthrough, help: "Verb, arguments, key=value pairs.")
    var line: [String]

    func run() async throws {
      // What is behind the options is the line, so that this one comes here too.
      if ["--help", "-h"].contains(line.first) { throw CleanExit.helpRequest(CallCommand.self) }
      let command = try parse()
      if case .help(let topic) = command {
        try printHelp(topic)
        return
      }
      var options = try sign.options(server)
      options.giveUp = .seconds(Int64(max(1, timeout)))
      let client = BaechaClient(options)
      do {
        if case .subscribe(let subscription) = command {
          try await follow(client, subscription)
        } else {
          try await show(client.call(command))
        }
        await client.close()
      } catch let error as LineError {
        await client.close()
        throw fail(error)
      } catch let error as ClientError {
        await client.close()
        throw CleanError("\(error)")
      }
    }

    private func parse() throws -> ClientCommand {
      let bytes = Array(line.joined(separator: " ").utf8)
      do throws(LineError) {
        return try ClientLine(bytes.span).command
      } catch {
        throw ValidationError(error.message)
      }
    }

    private func show(_ reply: Reply) throws {
      var writer = LineWriter()
      for var row in reply.rows {
        row.tag = nil
        writer.write(.row(row))
      }
      var ok = reply.ok
      ok.tag = nil
      writer.write(.ok(ok))
      print(writer.text, terminator: "")
    }

    private func follow(_ client: BaechaClient, _ subscription: Subscription) async throws {
      for await item in try await client.subscribe(subscription) {
        var writer = LineWriter()
        switch item {
        case .event(let event): writer.write(.event(event))
        case .position(let moved): writer.write(.position(moved))
        case .snapshot(let snapshot): writer.write(.snapshot(snapshot))
        case .live(let at): writer.write(.live(subscription.name, at))
        case .gap(let from, let to):
          writer.write(.gap(subscription.name, from: from ?? to, to: to))
        case .failed(let error): throw error
        }
        print(writer.text, terminator: "")
        fflush(nil)
      }
    }

    private func printHelp(_ topic: String?) throws {
      guard let topic else {
        for verb in Verb.allCases { print(verb.manual.form) }
        return
      }
      guard let verb = Verb(word: topic) else {
        throw ValidationError(LineError.unknownVerb(topic).message)
      }
      let manual = verb.manual
      print(manual.form, manual.effect, "example: \(manual.example)", separator: "\n")
      for error in manual.errors { print("\(error.code) \(error.word): \(error.meaning)") }
    }

    private func fail(_ error: LineError) -> ExitCode {
      var untagged = error
      untagged.tag = nil
      var writer = LineWriter()
      writer.write(.error(untagged))
      FileHandle.standardError.write(Data(writer.bytes))
      return ExitCode(1)
    }
  }
#endif
