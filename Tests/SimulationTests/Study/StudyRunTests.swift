import Foundation
import Simulation
import Testing

@Suite struct StudyRunTests {
  private let town: StudyPlace
  private let folders = Folders()

  /// Holds the folders of a test until it ends: nothing else does, as runs know their paths only.
  private final class Folders {
    private var all: [StudyPlace] = []

    func new() throws -> StudyPlace {
      let folder = try StudyPlace()
      all.append(folder)
      return folder
    }
  }

  init() throws {
    town = try StudyPlace()
    try StudyTown.build(in: town)
  }

  private static let files = [
    "plan.tsv", "cells.csv", "curve.csv", "days.csv", "pairs.csv", "study.json", "report.html",
  ]

  private func options(_ folder: StudyPlace, _ change: (inout StudyRun.Options) -> Void = { _ in })
    -> StudyRun.Options
  {
    var options = StudyRun.Options(folder: folder.path)
    change(&options)
    return options
  }

  private func study() throws -> Study { try Study.load(path: town.path + "/study.yaml") }

  /// Every file of a whole study, by name.
  private func outcome(_ result: StudyResult?) throws -> [String: [UInt8]] {
    let folder = try folders.new()
    try StudyFolder.write(try #require(result), into: folder.path)
    var bytes: [String: [UInt8]] = [:]
    for name in Self.files { bytes[name] = try folder.bytes(name) }
    return bytes
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a study plays its cells and answers for each world`() throws {
    let folder = try folders.new()
    let run = try StudyRun.run(try study(), options: options(folder))
    // Two days, five seeds, three shares, two worlds; the record once a day.
    #expect(run.played == 62 && run.found == 0)
    let result = try #require(run.result)
    #expect(result.answers[0] == [0, 0])
    #expect(result.daysReached(2) == 2)
    let shifts = (0..<3).map { result.mean(2, share: $0, .shifts) ?? 0 }
    #expect(shifts[0] > shifts[1] && shifts[1] > shifts[2])
    let text = StudyText.text(result)
    #expect(text.contains("2 days × 5 seeds × 3 fleet shares × 2 worlds: 62 runs"))
    #expect(text.contains("Against recorded, paired by day"))
  }

  @Test func `threads do not change a byte`() throws {
    let parts = [try folders.new(), try folders.new()]
    let one = try StudyRun.run(try study(), options: options(parts[0]) { $0.workers = 1 })
    let four = try StudyRun.run(try study(), options: options(parts[1]) { $0.workers = 4 })
    #expect(try outcome(one.result) == outcome(four.result))
  }

  @Test func `after an interruption only what is missing is played`() throws {
    let whole = try outcome(StudyRun.run(try study(), options: options(folders.new())).result)
    let folder = try folders.new()
    let first = try StudyRun.run(try study(), options: options(folder) { $0.cellsMax = 20 })
    #expect(first.played == 20 && first.result == nil)
    // What a crash leaves: half a line.
    let log = folder.path + "/finished.tsv"
    let text = try String(contentsOfFile: log, encoding: .utf8)
    try String(text.dropLast(30)).write(toFile: log, atomically: false, encoding: .utf8)
    let second = try StudyRun.run(try study(), options: options(folder))
    #expect(second.found == 19 && second.played == 43)
    #expect(try outcome(second.result) == whole)
    let third = try StudyRun.run(try study(), options: options(folder))
    #expect(third.found == 62 && third.played == 0)
    #expect(try outcome(third.result) == whole)
  }

  @Test func `merged shards are the unsplit run, byte for byte`() throws {
    let whole = try outcome(StudyRun.run(try study(), options: options(folders.new())).result)
    let parts = [try folders.new(), try folders.new()]
    var played = 0
    for index in 1...3 {
      let run = try StudyRun.run(
        try study(),
        options: options(parts[index % 2]) {
          $0.shard = StudyShard(index, of: 3) ?? .whole
        }
      )
      #expect(run.result == nil && run.played > 10)
      played += run.played
    }
    #expect(played == 62)
    let merged = try StudyFolder.merge(parts.map(\.path))
    #expect(try outcome(merged) == whole)
  }

  @Test func `a merge says what is missing or does not belong`() throws {
    let folder = try folders.new()
    _ = try StudyRun.run(
      try study(),
      options: options(folder) { $0.shard = StudyShard(1, of: 2) ?? .whole }
    )
    #expect(
      message { _ = try StudyFolder.merge([folder.path]) }.contains("31 of 62 cells are missing")
    )
    let empty = try folders.new()
    #expect(message { _ = try StudyFolder.merge([empty.path]) }.contains("holds no plan.tsv"))
    let other = try folders.new()
    _ = try StudyRun.run(
      try Study.load(path: town.path + "/study.yaml", isSmall: true),
      options: options(other)
    )
    #expect(
      message { _ = try StudyFolder.merge([folder.path, other.path]) }
        .contains("their plans differ")
    )
  }

  @Test func `results of another study, other data or another build are refused`() throws {
    let folder = try folders.new()
    let some = options(folder) { $0.cellsMax = 1 }
    _ = try StudyRun.run(try study(), options: some)
    try town.write(StudyTown.study + "\n# changed\n", to: "study.yaml")
    #expect(
      message { _ = try StudyRun.run(try study(), options: some) }.contains("another study")
    )
    try town.write(StudyTown.study, to: "study.yaml")
    var rebuilt = some
    rebuilt.program = "b"
    #expect(
      message { _ = try StudyRun.run(try study(), options: rebuilt) }.contains("another build")
    )
    try StudyTown.build(in: town, seed: 2)
    #expect(
      message { _ = try StudyRun.run(try study(), options: some) }.contains("another study")
    )
  }

  @Test func `a day without rides is named`() throws {
    let text = StudyTown.study.replacing("..2024-05-03", with: "..2024-05-04")
    try StudyTown.build(in: town, study: text)
    #expect(
      message { _ = try StudyRun.run(try study(), options: options(folders.new())) }
        == "test names days without rides in the data: 2024-05-04"
    )
  }

  @Test func `days after a test day change nothing of it`() throws {
    let day = StudyTown.study.replacing("2024-05-02..2024-05-03", with: "2024-05-02")
    try StudyTown.build(in: town, study: day)
    let before = try #require(StudyRun.run(try study(), options: options(folders.new())).result)
    let trips = try String(contentsOfFile: town.path + "/trips.csv", encoding: .utf8)
    let lines = trips.split(separator: "\n")
    let early = lines.filter { line in
      let fields = line.split(separator: ",")
      return (Int(fields[1]) ?? 0) < 1_714_550_400 + 2 * 86_400 - 28_800
    }
    #expect(early.count < lines.count)
    try town.write(early.joined(separator: "\n") + "\n", to: "trips.csv")
    let after = try #require(StudyRun.run(try study(), options: options(folders.new())).result)
    #expect(StudyTables.days(before) == StudyTables.days(after))
  }
}
