/// Runs the benchmarks and prints a table, or JSON.
///
/// `bench [PART ...] [--json] [--list] [--check] [--rounds N]`: only benchmarks whose names contain
/// one of the parts; with `--check` the exit status is 1 when a target is missed or two ways of doing
/// the same disagree.
@main
enum Bench {
  /// One file a subject; a new subject is a new line here.
  static let subjects: [(name: String, run: @Sendable (inout Report) -> Void)] = [
    ("grid", GridBenchmarks.run),
    ("assignment", AssignmentBenchmarks.run),
    ("engine", EngineBenchmarks.run),
    ("codec", CodecBenchmarks.run),
  ]

  static func main() {
    var report = Report()
    var arguments = CommandLine.arguments.dropFirst()
    var isCheck = false
    while let argument = arguments.popFirst() {
      switch argument {
      case "--json": report.isJSON = true
      case "--list": report.isList = true
      case "--check": isCheck = true
      case "--rounds":
        guard let count = arguments.popFirst().flatMap({ Int($0) }), count > 0 else {
          complain("--rounds wants a number of at least 1")
        }
        report.harness.rounds = count
      case "--help", "-h":
        print("usage: bench [PART ...] [--json] [--list] [--check] [--rounds N]")
        return
      case _ where argument.hasPrefix("-"):
        complain("unknown option \(argument); --help lists them")
      default: report.parts.append(argument)
      }
    }
    report.begin()
    for subject in subjects { subject.run(&report) }
    report.end()
    if isCheck && !report.isMet { leave(1) }
  }

  static func complain(_ message: String) -> Never {
    print("bench: \(message)")
    leave(2)
  }
}
