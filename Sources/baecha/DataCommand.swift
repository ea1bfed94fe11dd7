import ArgumentParser
import Foundation
import TripData

/// `baecha data`: what is in files of trips and traces.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look into files of trips and traces.",
    subcommands: [DataCheckCommand.self]
  )
}

/// `baecha data check`: reads, cleans, and tells what was found and dropped.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Read files as a simulation would, and report what was kept, what was dropped and why.",
    discussion: """
      The files, plain or gzip, are read as one body of data: consecutive days of
      traces are one stream per taxi. Layouts, columns and the causes for dropping
      are in docs/DATA.md.

      EXAMPLES
        baecha data check rides.csv.gz
        baecha data check cab_2008-05-*.csv.gz --json
        baecha data check yellow_2013-07.csv --utc-offset -04:00
        baecha data check fleet.csv --layout generic --region 37.4,126.7,37.8,127.3

      EXIT CODES
        0   every file was read; single bad rows are counted in the report
        1   a file was refused: missing, empty, damaged, in no known or the
            wrong layout, or over a tenth of its rows unreadable; each such
            file is named on standard error, with --json also as "errors"
        64  the command line was wrong
      """
  )

  @Argument(help: "Files of one layout, plain or gzip.")
  var files: [String]

  @Option(help: "The layout, instead of telling it from the first lines.")
  var layout: TripLayout?

  @Option(
    parsing: .unconditional,
    help: "Local time less UTC for times without a zone, as ±HH:MM. Default: the layout's own."
  )
  var utcOffset: UTCOffset?

  @Option(
    parsing: .unconditional,
    help: "Believe places in this box only, as SOUTH,WEST,NORTH,EAST in degrees, or 'world'."
  )
  var region: RegionArgument?

  @Flag(help: "Print the report as JSON; the keys are in docs/DATA.md.")
  var json = false

  func run() throws {
    var options = TripReader.Options()
    options.utcOffsetSeconds = utcOffset?.seconds
    options.region = region?.region
    var bar = ProgressLine()
    let log: TripLog
    do throws(TripFileError) {
      log = try TripReader.read(files: files, layout: layout, options: options) { progress in
        bar.show(progress)
      }
    } catch {
      bar.clear()
      report(refusals(first: error, options))
      throw ExitCode(1)
    }
    bar.clear()
    if json {
      print(dataReportJSON(log).text)
    } else {
      printDataReport(log)
    }
  }

  /// What is wrong with each file by itself; the first error when the files are only wrong together.
  private func refusals(first: TripFileError, _ options: TripReader.Options) -> [TripFileError] {
    guard files.count > 1 else { return [first] }
    var errors: [TripFileError] = []
    for file in files {
      do throws(TripFileError) {
        _ = try TripReader.read(files: [file], layout: layout, options: options)
      } catch {
        errors.append(error)
      }
    }
    return errors.isEmpty ? [first] : errors
  }

  private func report(_ errors: [TripFileError]) {
    for error in errors {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    }
    guard json else { return }
    let list = errors.map { error in
      DataJSON.object([
        ("fault", .string(error.fault.rawValue)),
        ("file", .string(error.file)),
        ("line", error.line.map { .number("\($0)") } ?? .null),
        ("column", error.column.map { .string($0) } ?? .null),
        ("value", error.value.map { .string($0) } ?? .null),
        ("problem", .string(error.problem)),
        ("fix", .string(error.fix)),
      ])
    }
    print(DataJSON.object([("errors", .array(list))]).text)
  }
}

extension TripLayout: ExpressibleByArgument {}

/// `±HH:MM`, or whole seconds.
struct UTCOffset: ExpressibleByArgument {
  var seconds: Int

  init?(argument: String) {
    if let seconds = Int(argument) {
      guard (-64_800...64_800).contains(seconds) else { return nil }
      self.seconds = seconds
      return
    }
    // Tables write the minus sign, keyboards the hyphen.
    let sign = argument.hasPrefix("-") || argument.hasPrefix("−") ? -1 : 1
    let isSigned = sign < 0 || argument.hasPrefix("+")
    let parts = argument.dropFirst(isSigned ? 1 : 0).split(separator: ":")
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int(parts[0]),
      let minutes = Int(parts[1]), hours >= 0, hours <= 18, minutes >= 0, minutes < 60
    else { return nil }
    seconds = sign * (hours * 3_600 + minutes * 60)
  }
}

/// `SOUTH,WEST,NORTH,EAST` in degrees, or `world`.
struct RegionArgument: ExpressibleByArgument {
  var region: Region

  init?(argument: String) {
    if argument == "world" {
      region = .world
      return
    }
    let numbers = argument.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 4,
      let region = Region(south: numbers[0], west: numbers[1], north: numbers[2], east: numbers[3])
    else { return nil }
    self.region = region
  }
}

/// One line on standard error that says how far reading has come, when that is a terminal.
private struct ProgressLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var percent = -1

  mutating func show(_ progress: ReadProgress) {
    guard isShown else { return }
    let now = min(100, progress.bytesDone * 100 / progress.bytesTotal)
    guard now != percent else { return }
    percent = now
    let bar = String(repeating: "#", count: now / 4) + String(repeating: ".", count: 25 - now / 4)
    let name = progress.file.split(separator: "/").last.map(String.init) ?? progress.file
    FileHandle.standardError.write(Data("\r\u{1B}[2K[\(bar)] \(now) % \(name)".utf8))
  }

  func clear() {
    if isShown && percent >= 0 { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) }
  }
}
