#if Server
  import ArgumentParser
  import Foundation
  import Journal
  import Matching
  import RedisJournal
  import Server

  /// `baecha redis`: what an administrator of a Redis does once.
  struct RedisCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "redis",
      abstract: "Prepare a Redis for `baecha serve`.",
      subcommands: [InstallFunctions.self, AccessRules.self]
    )

    struct InstallFunctions: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Load the function library; needs a user who may.",
        discussion: """
          EXAMPLE
            baecha redis install-functions --state redis://admin:SECRET@127.0.0.1:6379
          """
      )

      @Option(help: "The Redis, as redis://[USER:PASSWORD@]HOST:PORT or unix:///PATH.")
      var state: String

      func run() throws {
        guard let address = RedisAddress(state) else {
          throw ValidationError(
            "--state \(RedisAddress.withoutSecrets(state)): give redis://HOST:PORT or unix:///PATH"
          )
        }
        try JournalCommand.exiting {
          let tools = try RedisTools(address)
          try tools.installFunctions()
          let found = try tools.inspect()
          print(
            "Redis \(found.version): functions loaded; it gives dur=\(found.durability.rawValue)"
          )
          for line in found.shortcomings(for: .replicated) + found.warnings { print("  \(line)") }
        }
      }
    }

    struct AccessRules: ParsableCommand {
      static let configuration = CommandConfiguration(
        commandName: "acl",
        abstract: "Print the ACL of a user who may do what a server does, and no more."
      )

      @Option(help: "The user.")
      var user = "baecha"

      @Option(help: "Print a user of this name instead, who may only read the live view.")
      var viewer: String?

      @Option(help: "The region whose keys it may use.")
      var regionName = "seoul"

      @Option(help: "The database of serve's --state, when it is not 0.")
      var database = 0

      func run() {
        print(
          viewer.map { RedisTools.viewerRules(user: $0, region: regionName) }
            ?? RedisTools.accessRules(user: user, region: regionName, database: database)
        )
      }
    }
  }

  /// `baecha accept-loss`: a deliberate act.
  struct AcceptLossCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "accept-loss",
      abstract: "Give up facts that Redis has lost, so that `baecha serve` may lead again.",
      discussion: """
        `serve` ends with code 12 when Redis has less than was acknowledged, and says how much less.
        Restore Redis if you can. Else this notes the end of what is left as all there was: clients
        that know of more are told 410 ahead.

        EXAMPLE
          baecha accept-loss --state redis://127.0.0.1:6379 --upto 4-18230 --data-dir state
        """
    )

    @OptionGroup var place: JournalCommand.Place

    @Option(help: "Where the journal in Redis ends, as serve printed it.")
    var upto: String

    @Option(help: "The folder of serve's --data-dir.")
    var dataDir: String

    func run() throws {
      guard let position = FactPosition(upto) else {
        throw ValidationError("--upto \(upto): give a position such as 4-18230")
      }
      try JournalCommand.exiting {
        try place.tools().acceptLoss(
          region: place.regionName,
          upTo: position,
          witness: StateChoice.witnessPath(dataDir, place.regionName)
        )
        print("accepted: the journal ends at \(position)")
      }
    }
  }
#endif
