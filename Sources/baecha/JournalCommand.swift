#if Server
  import ArgumentParser
  import Foundation
  import Journal
  import Matching
  import RedisJournal
  import Server

  /// `baecha journal`: what a region's journal says.
  struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "journal",
      abstract: "Read, check and export a region's journal in Redis.",
      discussion: """
        Each fact is a line of the protocol's grammar behind its position and time, so grep and awk
        are tools for it.

        EXAMPLES
          baecha journal tail --state redis://127.0.0.1:6379 --follow
          baecha journal export --state redis://127.0.0.1:6379 --format ndjson > facts.ndjson
          baecha journal export --state redis://127.0.0.1:6379 --format trips > rides.csv
          baecha journal explain r77 --state redis://127.0.0.1:6379
          baecha journal verify --state redis://127.0.0.1:6379

        EXIT CODES
          0   done
          11  the journal cannot be read, is damaged, or has a gap: the message says where
          64  the command line could not be understood
        """,
      subcommands: [Tail.self, Export.self, Explain.self, Verify.self]
    )

    struct Place: ParsableArguments {
      @Option(help: "The Redis, as redis://HOST:PORT or unix:///PATH.")
      var state: String

      @Option(help: "The region whose journal it is.")
      var regionName = "seoul"

      func tools() throws -> RedisTools {
        guard let address = RedisAddress(state) else {
          throw ValidationError(
            "--state \(RedisAddress.withoutSecrets(state)): give redis://HOST:PORT or unix:///PATH"
          )
        }
        return try RedisTools(address)
      }
    }

    /// Runs `body` and turns why a journal cannot be used into an exit code.
    static func exiting(_ body: () throws -> Void) throws {
      do {
        try body()
      } catch let end as JournalEnd {
        FileHandle.standardError.write(Data("error: \(end.message)\n".utf8))
        throw ExitCode(end.code.rawValue)
      }
    }

    struct Tail: ParsableCommand {
      static let configuration = CommandConfiguration(abstract: "Print the latest facts.")

      @OptionGroup var place: Place

      @Option(help: "How many of the latest.")
      var lines = 20

      @Flag(help: "Go on as facts come, until Ctrl-C.")
      var follow = false

      func validate() throws {
        guard (0...1_000_000).contains(lines) else {
          throw ValidationError("--lines \(lines): give 0 to 1000000")
        }
      }

      func run() throws {
        try JournalCommand.exiting {
          let tools = try place.tools()
          var last: [FactLine] = []
          var seen: UInt64 = 0
          try tools.read(region: place.regionName) { entry in
            last.append(contentsOf: FactLine.lines(of: entry))
            if last.count > lines * 2 + 512 { last.removeFirst(last.count - lines) }
            seen = entry.position.sequence
            return true
          }
          for line in last.suffix(lines) { print(line.text) }
          guard follow else { return }
          try tools.read(region: place.regionName, isFollowed: true) { entry in
            for line in FactLine.lines(of: entry) where line.position.sequence > seen {
              print(line.text)
            }
            fflush(nil)
            return true
          }
        }
      }
    }

    struct Export: ParsableCommand {
      enum Format: String, CaseIterable, ExpressibleByArgument {
        case lines, csv, ndjson, trips
      }

      static let configuration = CommandConfiguration(
        abstract: "Print all facts that are kept.",
        discussion: """
          lines: POSITION TIME KIND ID KEY=VALUE…; csv: the same in five columns; ndjson: an object a
          line; trips: finished rides as a table that scenarios read as layout generic (docs/DATA.md),
          so that a day's requests can be simulated under another policy.
          """
      )

      @OptionGroup var place: Place

      @Option(help: "lines, csv, ndjson or trips.")
      var format = Format.lines

      func run() throws {
        try JournalCommand.exiting {
          let tools = try place.tools()
          var trips = TripTable()
          switch format {
          case .csv: print("position,time_ms,kind,id,fields")
          case .trips: print(TripTable.header)
          case .lines, .ndjson: break
          }
          try tools.read(region: place.regionName) { entry in
            for line in FactLine.lines(of: entry) {
              switch format {
              case .lines: print(line.text)
              case .csv: print(line.csv)
              case .ndjson: print(line.json)
              case .trips: if let row = trips.take(line) { print(row) }
              }
            }
            return true
          }
        }
      }
    }

    struct Explain: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Print everything that happened to one request or taxi, with the time between."
      )

      @Argument(help: "The request's or the taxi's id.")
      var id: String

      @OptionGroup var place: Place

      func run() throws {
        try JournalCommand.exiting {
          let tools = try place.tools()
          var before: Int64?
          try tools.read(region: place.regionName) { entry in
            for line in FactLine.lines(of: entry) where line.concerns(id) {
              let since = before.map { "+\(Double(line.time - $0) / 1_000) s" } ?? ""
              print(since.padding(toLength: 12, withPad: " ", startingAt: 0) + line.text)
              before = line.time
            }
            return true
          }
          if before == nil {
            FileHandle.standardError.write(Data("nothing is kept of \(id)\n".utf8))
          }
        }
      }
    }

    struct Verify: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Check the journal's chain, replay it from the snapshot, and compare digests."
      )

      @OptionGroup var place: Place

      @Option(help: "Region file, as with serve; Seoul without one.")
      var region: String?

      func run() throws {
        try JournalCommand.exiting {
          let tools = try place.tools()
          var facts: UInt64 = 0
          var entries = 0
          var digests = 0
          try tools.read(region: place.regionName) { entry in
            entries += 1
            if case .batch(let batch, _) = entry.content {
              facts += UInt64(batch.records.count)
              digests += batch.records.count { $0.digest != 0 }
            }
            return true
          }
          let settings = try ServerSettings(
            flags: region.map { ["region": $0] } ?? [:],
            environment: [:],
            file: nil
          )
          let replica = Replica(try settings.regions()[0].setup)
          try tools.recover(region: place.regionName) { try replica.take($0) }
          print(
            "\(entries) entries with \(facts) facts: the chain holds; replayed to "
              + "\(replica.position) with \(digests) digests equal"
          )
        }
      }
    }
  }

  /// One fact as it stands in the journal.
  struct FactLine {
    var position: FactPosition
    var time: Int64
    /// `kind id key=value …`.
    var words: String

    static func lines(of entry: JournalEntry) -> [FactLine] {
      guard case .batch(let batch, _) = entry.content else { return [] }
      return batch.records.map { record in
        FactLine(
          position: FactPosition(epoch: entry.position.epoch, sequence: record.fact.number),
          time: record.fact.at.count,
          words: String(decoding: record.line, as: UTF8.self)
        )
      }
    }

    var text: String { "\(position) \(time) \(words)" }

    private var parts: (kind: String, id: String, pairs: [Substring]) {
      let all = words.split(separator: " ")
      return (
        all.first.map(String.init) ?? "", all.count > 1 ? String(all[1]) : "",
        Array(all.dropFirst(2))
      )
    }

    var kind: String { parts.kind }
    var id: String { parts.id }

    subscript(key: String) -> String? {
      parts.pairs.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    func concerns(_ name: String) -> Bool {
      id == name || self["req"] == name || self["taxi"] == name
    }

    /// No field can hold a comma that is not quoted here: ids and texts have none, points do.
    var csv: String {
      let parts = parts
      return
        "\(position),\(time),\(parts.kind),\(parts.id),\"\(parts.pairs.joined(separator: " "))\""
    }

    var json: String {
      let parts = parts
      var pairs = [
        "\"position\":\"\(position)\"", "\"time_ms\":\(time)", "\"kind\":\"\(parts.kind)\"",
        "\"id\":\"\(parts.id)\"",
      ]
      for pair in parts.pairs {
        let halves = pair.split(separator: "=", maxSplits: 1)
        guard halves.count == 2 else { continue }
        pairs.append("\"\(halves[0])\":\"\(halves[1])\"")
      }
      return "{" + pairs.joined(separator: ",") + "}"
    }
  }
#endif
