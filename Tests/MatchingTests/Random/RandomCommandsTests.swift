import Matching
import MatchingTestSupport
import Testing

@Suite struct RandomCommandsTests {
  static let settings: [RandomRun.Setting] = [
    .init(name: "nearest") { NearestPolicy() },
    .init(
      name: "batch of 2 s, reassigning",
      policy: { BatchPolicy(.init(switchingCost: .seconds(5), frozen: .seconds(5))) }
    ),
    .init(name: "batch of 2 s", policy: { BatchPolicy(.init(reassigns: false)) }),
    .init(
      name: "batch of 2 s, reassigning, waiting for occupied taxis",
      policy: {
        BatchPolicy(.init(switchingCost: .seconds(5), frozen: .seconds(5), soonFree: .minutes(3)))
      }
    ),
    .init(
      name: "batch at once, reassigning, all accept by themselves",
      policy: {
        BatchPolicy(.init(window: Millis(0), switchingCost: .seconds(1), frozen: Millis(0)))
      },
      autoPermille: 1_000
    ),
    .init(
      name: "batch at once, reassigning, nobody does",
      policy: { BatchPolicy(.init(window: Millis(0))) },
      autoPermille: 0
    ),
    .init(name: "nearest, tables too small", policy: { NearestPolicy() }, options: tight),
    .init(
      name: "batch, reassigning, tables too small",
      policy: { BatchPolicy(.init(switchingCost: .seconds(1), frozen: Millis(0))) },
      options: tight
    ),
  ]

  static var tight: Options {
    var options = RandomRun.options
    options.taxisMax = 9
    options.ridesMax = 12
    options.ridesPerRoundMax = 3
    options.offersWithinWait = true
    options.explanationsMax = 16
    return options
  }

  /// Ten million by default; `BAECHA_FUZZ_COMMANDS` and `BAECHA_SEED` say otherwise.
  @Test func `random commands meet every state and break nothing`() throws {
    let total = Seeds.number("BAECHA_FUZZ_COMMANDS", default: 10_000_000)
    var coverage = Coverage()
    var accepted = 0
    var commands = 0
    for (index, setting) in Self.settings.enumerated() {
      let seed = Seeds.base &* 1_000 &+ UInt64(index)
      var run = RandomRun(setting, seed: seed, coverage: coverage)
      do {
        try run.run(total / Self.settings.count)
      } catch {
        Issue.record("seed \(Seeds.base): \(error)")
        return
      }
      coverage = run.source.coverage
      accepted += run.accepted
      commands += run.commands
      print(
        "\(setting.name): \(run.commands) commands, \(run.accepted) accepted,",
        "\(run.engine.factCount) facts, \(run.engine.statistics.rounds) rounds,",
        "\(run.engine.statistics.planPairsRejected) pairs rejected"
      )
    }
    print(coverage.text)
    let permille = accepted * 1_000 / commands
    print("\(commands) commands, \(permille) ‰ done or repeated")
    #expect(permille >= 300)
    // A shorter run cannot have been everywhere as often.
    let least = min(1_000, total / 10_000)
    #expect(coverage.rare(below: least) == [])
  }
}
