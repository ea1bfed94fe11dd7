import Foundation
import Testing

/// Beside the tests' own program.
private let program: String? = {
  let own =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    ?? CommandLine.arguments[0]
  let path = URL(filePath: own).deletingLastPathComponent().appending(path: "baecha").path
  return FileManager.default.isExecutableFile(atPath: path) ? path : nil
}()

/// `baecha simulate` as a user meets it: the built program, its streams and its exit code.
@Suite(
  .enabled(if: program != nil, "the program baecha is not built beside the tests")
)
struct CommandLineTests {
  private struct Outcome {
    var code: Int32
    var out: String
    var error: String
  }

  /// Runs the program in a folder with a scenario and its data; standard output goes to the file
  /// `out` there, standard error to `error`.
  private func run(
    _ arguments: [String],
    in files: RunFiles,
    interruptAfter pause: Double? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: try #require(program))
    process.arguments = ["simulate"] + arguments
    process.currentDirectoryURL = URL(filePath: files.path(""))
    for name in ["out", "error"] { try files.write(name, "") }
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files.path("out")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: files.path("error")))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    if let pause {
      Thread.sleep(forTimeInterval: pause)
      process.interrupt()
    }
    process.waitUntilExit()
    let bySignal = process.terminationReason == .uncaughtSignal
    return Outcome(
      code: process.terminationStatus + (bySignal ? 128 : 0),
      out: try files.text("out"),
      error: try files.text("error")
    )
  }

  private func town(days: Int = 1, hours: Int64 = 1) throws -> RunFiles {
    let files = try RunFiles()
    try files.write("trips.csv", MadeUpTrips(seed: 4, days: days, hours: hours).csv)
    try files.write("scenario.yaml", MadeUpTrips.scenario)
    return files
  }

  @Test func `JSON on standard output stands alone, whatever else is asked for`() throws {
    let files = try town()
    let result = try run(
      ["scenario.yaml", "--json", "-", "--explain", "5", "--html", "a.html"],
      in: files
    )
    #expect(result.code == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
    #expect(object?["format"] as? String == "baecha-simulation/1")
    let data = try #require(object?["data"] as? [String: Any])
    #expect((data["trips"] as? Int ?? 0) > 10)
    let vacancy = try #require(data["vacancy"] as? [String: Any])
    #expect((vacancy["gaps"] as? [String: Any])?["time"] is Double)
    #expect(vacancy["presence"] is NSNull)
    #expect(result.error.contains("Ride 5 in world nearest"))
    #expect(try files.names().contains("a.html"))
  }

  @Test func `from another folder it gives the same`() throws {
    let files = try town()
    let inside = try run(["scenario.yaml", "--quiet", "--json", "a.json"], in: files)
    let elsewhere = try RunFiles()
    let outside = try run(
      [files.path("scenario.yaml"), "--quiet", "--json", "b.json"],
      in: elsewhere
    )
    #expect(inside.code == 0 && outside.code == 0)
    #expect(inside.out.isEmpty && outside.out.isEmpty)
    // But for the name of the scenario's folder.
    func figures(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.contains("\"name\"") }
    }
    #expect(figures(try files.text("a.json")) == figures(try elsewhere.text("b.json")))
  }

  @Test func `what computing took goes to a file, or after the table`() throws {
    let files = try town()
    #expect(try run(["scenario.yaml", "--timing", "time.json"], in: files).code == 0)
    #expect(try files.text("time.json").contains("\"wall_ms\""))
    let result = try run(["scenario.yaml", "--timing", "/dev/stdout"], in: files)
    #expect(result.code == 0, "\(result.error)")
    let table = try #require(result.out.range(of: "Made up"))
    let times = try #require(result.out.range(of: "\"wall_ms\""))
    #expect(table.lowerBound < times.lowerBound)
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/dev/stdout")
    #expect(link != nil, "/dev/stdout is a symbolic link no more")
  }

  @Test func `a bad scenario is told with file, line and column`() throws {
    let files = try town()
    try files.write(
      "bad.yaml",
      MadeUpTrips.scenario.replacing("decline: 10%", with: "declines: 10%")
    )
    let result = try run(["bad.yaml"], in: files)
    #expect(result.code == 1)
    #expect(result.out.isEmpty)
    #expect(result.error.contains("bad.yaml:5:11:"), "\(result.error)")
    #expect(result.error.contains("did you mean 'decline'"), "\(result.error)")
    let missing = try run(["nowhere.yaml"], in: files)
    #expect(missing.code == 1 && missing.error.contains("nowhere.yaml: cannot be read"))
    #expect(try run(["scenario.yaml", "--set", "demand.patience=soon"], in: files).code == 1)
  }

  @Test func `a bad command line is another exit code`() throws {
    let files = try town()
    #expect(try run(["scenario.yaml", "--jobs", "0"], in: files).code == 64)
    #expect(try run(["scenario.yaml", "--jsn", "x"], in: files).code == 64)
    #expect(try run([], in: files).code == 64)
  }

  @Test func `missing data are named, with what to do`() throws {
    let files = try town()
    let result = try run(["scenario.yaml", "--data", "elsewhere"], in: files)
    #expect(result.code == 1)
    #expect(result.error.contains("'trips.csv' matches no file in 'elsewhere'"), "\(result.error)")
    #expect(result.error.contains("--data DIR"))
  }

  @Test func `an unknown ride to be explained is named`() throws {
    let result = try run(["scenario.yaml", "--explain", "987654"], in: try town())
    #expect(result.code == 1)
    #expect(result.error.contains("ride 987654 is not among"), "\(result.error)")
  }

  @Test func `an interruption leaves no file and tells the shell`() throws {
    let files = try town()
    // Nobody reads from the pipe, so the program stays there at the latest: it cannot be done before
    // it is interrupted.
    #expect(mkfifo(files.path("pipe"), 0o600) == 0)
    let arguments = ["scenario.yaml", "--json", "pipe", "--rides-csv", "rides.csv", "--quiet"]
    let before = try files.names() + ["error", "out"]
    for pause in [0.01, 0.1, 1] {
      let result = try run(arguments, in: files, interruptAfter: pause)
      #expect(result.code == 130)
      #expect(try files.names() == before.sorted())
    }
  }
}
