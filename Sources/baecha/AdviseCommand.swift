import ArgumentParser
import Foundation
import Simulation
import Spatial
import TripData

/// `baecha advise`: where within a short walk an empty taxi comes by soonest.
struct AdviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise",
    abstract: "Tell a rider where, within a short walk, an empty taxi will come by soonest.",
    discussion: """
      From a model of `baecha analyse --model`: for each spot the walk, how many empty taxis come by
      in an hour, the mean wait for one, and the span in which it falls in 80 of 100 cases.
      With --check the advice is held against traces of other days.

      EXAMPLES
        baecha advise --model sf.model --at 37.7879,-122.4075 --time 2008-05-27T17:30
        baecha advise --model sf.model --at 37.7879,-122.4075 --time 2008-05-27T17:30 --walk 3m
        baecha advise --model sf.model --check cab_2008-05-2[5-9].csv.gz

      EXIT CODES
        0   answered; also when no empty taxi was ever seen nearby
        1   a file could not be read, or the model has seen the days of the check
        64  the command line was wrong
      """
  )

  @Option(help: "The model, a file of `baecha analyse --model`.")
  var model: String

  @Option(parsing: .unconditional, help: "Where the rider stands, as LAT,LON.")
  var at: PlaceArgument?

  @Option(help: "When, as local time such as 2008-05-27T17:30.")
  var time: String?

  @Option(help: "The longest walk, such as 5m or 90s.")
  var walk = WalkArgument(seconds: 300)

  @Option(help: "How many spots to list.")
  var spots = 5

  @Option(
    name: .customLong("check"),
    parsing: .upToNextOption,
    help: "Traces of days that the model has not seen: how long it really took there."
  )
  var checkFiles: [String] = []

  @Option(help: "Riders drawn for --check.")
  var riders = 20_000

  @Option(help: "Seed of --check.")
  var seed: UInt64 = 1

  @Flag(help: "Print JSON; the keys are in docs/ANALYSE.md.")
  var json = false

  func validate() throws {
    guard checkFiles.isEmpty != (at == nil), (at == nil) == (time == nil) else {
      throw ValidationError("give --at LAT,LON and --time TIME, or --check FILES")
    }
    if let time, LocalTime(time) == nil {
      throw ValidationError("--time \(time): give local time such as 2008-05-27T17:30")
    }
    guard (1...100).contains(spots) else {
      throw ValidationError("--spots \(spots): give a number from 1 to 100")
    }
    guard (1...10_000_000).contains(riders) else {
      throw ValidationError("--riders \(riders): give a number from 1 to 10000000")
    }
  }

  func run() throws {
    let model = try AdviceModel(path: model)
    var options = RiderAdvice.Options()
    options.walkSeconds = walk.seconds
    options.spotsMax = spots
    if let at, let moment = time.flatMap({ LocalTime($0) }) {
      let unix = moment.unixMilliseconds(utcOffset: Int32(model.utcOffsetSeconds)) / 1_000
      let advice = RiderAdvice(model, at: at.place, unixSeconds: unix, options: options)
      print(json ? advice.json : advice.table, terminator: json ? "\n" : "")
    } else {
      let offset = UTCOffset(argument: "\(model.utcOffsetSeconds)")
      let log = try readTraces(checkFiles, layout: nil, utcOffset: offset, region: nil)
      let check = try AdviceCheck(model, on: log, riders: riders, seed: seed, options: options)
      print(json ? check.json : check.table, terminator: json ? "\n" : "")
    }
  }
}

/// A span such as `5m`, `90s` or `0.1h`, up to two hours.
struct WalkArgument: ExpressibleByArgument {
  var seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  init?(argument: String) {
    let units: [(String, Double)] = [("s", 1), ("m", 60), ("h", 3_600)]
    guard let (unit, factor) = units.first(where: { argument.hasSuffix($0.0) }),
      let number = Double(argument.dropLast(unit.count)), number >= 0, number * factor <= 7_200
    else { return nil }
    seconds = Int(number * factor)
  }

  var defaultValueDescription: String { "\(seconds / 60)m" }
}
