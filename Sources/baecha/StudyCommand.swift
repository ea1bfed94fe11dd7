import ArgumentParser
import Foundation
import Simulation

/// `baecha study`: worlds compared at equal service.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Compare worlds at equal service, over days, seeds and shares of the fleet.",
    subcommands: [StudyRunCommand.self, StudyMergeCommand.self],
    defaultSubcommand: StudyRunCommand.self
  )
}

/// `baecha study STUDY.yaml`: plays the study, or a shard of it.
struct StudyRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play a study; the word 'run' may be left out.",
    discussion: """
      Plays every world of the study on each test day, with each share of the day's shifts and each
      seed, and finds the smallest fleet with which each world gives the service asked for
      (docs/STUDY.md). Prints the comparison, and writes tables and a report.

      Every finished run is kept in the folder of results at once: after an interruption the same
      command goes on where it was. The same study, data and program give the same bytes, whatever
      the number of jobs and shards.

      EXAMPLES
        baecha study simulations/nyc-2013/study.yaml
        baecha study simulations/nyc-2013/study.yaml --small
        baecha study simulations/sf-2008/study.yaml --data DIR --out sf-study
        baecha study simulations/sf-2008/study.yaml --data DIR --out part-1 --shard 1/2
        baecha study simulations/sf-2008/study.yaml --data DIR --out part-2 --shard 2/2
        baecha study merge part-1 part-2 --out sf-study
      """
  )

  @Argument(help: "The study, a YAML file.")
  var study: String

  @Option(help: "The folder with the data files. (default: the scenario's own)")
  var data: String?

  @Option(help: "The folder of results. (default: study-NAME in the current folder)")
  var out: String?

  @Option(help: "Runs played at the same time.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Play part I of N only, as I/N; 'baecha study merge' puts them together.")
  var shard: StudyShard?

  @Flag(help: "The quick version of the study: its group 'small'.")
  var small = false

  @Flag(help: "No progress bar and no table.")
  var quiet = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs \(jobs): give 1 or more") }
  }

  func run() throws {
    let study = try Study.load(path: study, isSmall: small)
    let folder = out ?? Self.folder(of: study)
    var options = StudyRun.Options(folder: folder)
    options.dataFolder = data
    options.workers = jobs
    options.shard = shard ?? .whole
    options.program = StudyHash.ofFile(Bundle.main.executablePath)
    let line = PhaseProgress(isQuiet: quiet)
    let outcome = try StudyRun.run(study, options: options) { line.show($0.phase, $0.share) }
    line.finish()
    if let result = outcome.result {
      let files = try StudyFolder.write(result, into: folder)
      guard !quiet else { return }
      print(StudyText.text(result), terminator: "")
      print("\nWritten: " + files.joined(separator: ", "))
    } else if !quiet {
      print(
        "Shard \(options.shard.index) of \(options.shard.count): \(outcome.played) runs played, "
          + "\(outcome.found) found, in \(folder). When all shards are done: baecha study merge DIR…"
      )
    }
  }

  /// `study-nyc-2013` for `simulations/nyc-2013/study.yaml`; `-small` keeps the quick one apart.
  private static func folder(of study: Study) -> String {
    let name = study.file.split(separator: "/").dropLast().last.map { "-\($0)" } ?? ""
    return "study" + name + (study.isSmall ? "-small" : "")
  }
}

/// `baecha study merge`: shards into one result.
struct StudyMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the shards of a study together.",
    discussion: """
      Reads the finished runs of every folder, checks that they are of one study and that none is
      missing, and writes the same files as the run of the whole study.

      EXAMPLES
        baecha study merge part-1 part-2 --out sf-study
      """
  )

  @Argument(help: "Folders of results, one or more shards in each.")
  var folders: [String]

  @Option(help: "The folder of the merged results. (default: the first of the folders)")
  var out: String?

  @Flag(help: "No table.")
  var quiet = false

  func run() throws {
    let result = try StudyFolder.merge(folders)
    let files = try StudyFolder.write(result, into: out ?? folders[0])
    guard !quiet else { return }
    print(StudyText.text(result), terminator: "")
    print("\nWritten: " + files.joined(separator: ", "))
  }
}

extension StudyShard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
