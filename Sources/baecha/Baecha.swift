import ArgumentParser

@main
struct Baecha: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baecha",
    abstract: "Real-time taxi–passenger matching: serve a city, simulate it, study it.",
    discussion: """
      EXAMPLES
        baecha serve
        baecha simulate simulations/nyc-2013/scenario.yaml --html report.html
        baecha data check rides.csv.gz --json
        baecha simulate --help

      EXIT CODES
        0  done
        1  a file could not be read or written, or a run could not be made: the message says why
        64 the command line could not be understood
        130 interrupted; no half-written file is left
      """,
    subcommands: serverCommands + [
      SimulateCommand.self, StudyCommand.self, BoundCommand.self, CalibrateCommand.self,
      AnalyseCommand.self, AdviseCommand.self, DataCommand.self, AssignCommand.self,
    ]
  )

  #if Server
    private static let serverCommands: [any ParsableCommand.Type] = [
      ServeCommand.self, CallCommand.self, ConformCommand.self, ConfigCommand.self,
      BenchCommand.self, KeysCommand.self, DoctorCommand.self, TopCommand.self, DevCertCommand.self,
      JournalCommand.self, RedisCommand.self, AcceptLossCommand.self,
    ]
  #else
    private static let serverCommands: [any ParsableCommand.Type] = []
  #endif
}
