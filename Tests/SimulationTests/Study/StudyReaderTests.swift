import Foundation
import Simulation
import Testing

/// The exact words of each refusal: they are what a person has to go by.
@Suite struct StudyReaderTests {
  private let town: StudyPlace

  init() throws {
    town = try StudyPlace()
    try StudyTown.build(in: town)
  }

  private func problems(_ text: String, isSmall: Bool = false) -> [String] {
    do {
      let study = try Study.parse(text, file: town.path + "/s.yaml", isSmall: isSmall)
      return ["no problem in \(study)"]
    } catch {
      return error.problems.map { $0.description.replacing(town.path + "/", with: "") }
    }
  }

  @Test func `a study is read with its scenario, worlds and ranges`() throws {
    let study = try Study.load(path: town.path + "/study.yaml")
    #expect(study.title == "A study of a small town")
    #expect(study.worlds.map(\.name) == ["recorded", "nearest", "batch"])
    #expect(study.seeds == [1, 2, 3, 4, 5])
    #expect(study.shares == [10_000, 7_000, 4_000])
    #expect(study.test.map(\.description) == ["2024-05-02", "2024-05-03"])
    #expect(study.level.servedMin == 6_000 && study.level.waitMax == 600_000)
    #expect(study.against == ["recorded", "nearest"])
    #expect(study.scenario.travel.learnFrom == .days(study.learn))
  }

  @Test func `the quick version takes its own lists and keeps the rest`() throws {
    let small = try Study.load(path: town.path + "/study.yaml", isSmall: true)
    #expect(small.seeds == [7] && small.shares == [10_000] && small.test.count == 2)
    #expect(
      problems("scenario: scenario.yaml\ntest: 2024-05-02", isSmall: true)
        == ["s.yaml: --small: the study has no group 'small'; give it one"]
    )
  }

  @Test func `patience and overrides reach the scenario`() throws {
    let text = """
      scenario: scenario.yaml
      set: [demand.patience=5m, policy.window=7s]
      patience: 8m
      test: 2024-05-02
      """
    let study = try Study.parse(text, file: town.path + "/s.yaml")
    #expect(study.scenario.demand.patience == 480_000)
    #expect(study.worlds.allSatisfy { $0.policy.window == 7_000 })
    #expect(study.shares.count == 13 && study.shares.last == 4_000)
  }

  @Test func `every problem is told with its line, what is allowed and the nearest match`() {
    let found = problems(
      """
      scenario: scenario.yaml
      tests: 2024-05-02
      test: [2024-05-02, 2024-05-2]
      seeds: 1..x
      shares: [90%, 90%]
      served_min: 98
      p95_max: 8
      worlds: [recorded, nearst]
      served_min: 99%
      """
    )
    #expect(
      found == [
        "s.yaml:2:1: unknown key 'tests'; did you mean 'test'; allowed: title, scenario, set, "
          + "patience, learn, test, seeds, shares, served_min, p95_max, against, bound, worlds, small",
        "s.yaml:3:20: test: '2024-05-2' is not allowed; allowed: days such as [2008-05-17, "
          + "2008-05-19], or a range such as 2008-05-17..2008-05-23",
        "s.yaml:4:8: seeds: '1..x' is not allowed; allowed: whole numbers such as [1, 2, 3], or a "
          + "range such as 1..5",
        "s.yaml:5:15: shares: 90% is listed twice; allowed: shares such as [100%, 90%, 80%], or a "
          + "range such as 100%..40% by 5%, 1% to 100%",
        "s.yaml:6:13: served_min: '98' is not allowed; allowed: share such as 2% or 0.25%, "
          + "0.01% to 100%",
        "s.yaml:7:10: p95_max: '8' is not allowed; allowed: duration such as 90s or 10m, 1s to 24h",
        "s.yaml:8:20: worlds: 'nearst' is not known; did you mean 'nearest'; allowed: one of "
          + "recorded, nearest, batch, hail",
        "s.yaml:9:1: 'served_min' is given twice; the first is in line 6",
      ]
    )
  }

  @Test func `what does not fit together is told where it stands`() {
    let found = problems(
      """
      scenario: scenario.yaml
      learn: 2024-05-01..2024-05-02
      test: 2024-05-02
      seeds: [1, 2]
      shares: [90%, 80%]
      against: [batsh]
      worlds: [recorded, batch]
      """
    )
    #expect(
      found == [
        "s.yaml:2:1: learn: 2024-05-02 is not before the first day of test, 2024-05-02",
        "s.yaml:4:1: seeds: 2 are too few, give at least 5",
        "s.yaml:5:1: shares: 100% must be among them",
        "s.yaml:6:1: against: no world is called 'batsh'; did you mean 'batch'; worlds: recorded, "
          + "batch",
      ]
    )
  }

  @Test func `what is missing is named`() {
    #expect(
      problems("title: x") == [
        "s.yaml: scenario is missing: the path of a scenario file",
        "s.yaml: test is missing: the days that the worlds are judged on",
      ]
    )
    #expect(problems("# nothing\n") == ["s.yaml: the study is empty; see docs/STUDY.md"])
    #expect(problems("- a") == ["s.yaml:1:1: a study is a map of keys; see docs/STUDY.md"])
    #expect(
      problems("scenario: none.yaml\ntest: 2024-05-02")
        == ["none.yaml: cannot be read; is the path right?"]
    )
    #expect(
      problems("scenario: scenario.yaml\ntest: 2024-05-02\nworlds: recorded")
        == ["s.yaml:3:1: worlds: a study needs a simulated world"]
    )
    #expect(
      problems("scenario: scenario.yaml\ntest: 2024-05-02\nset: travel.model=learned")
        == [
          "s.yaml:2:1: learn is missing: travel.model learned needs days before those of test"
        ]
    )
  }

  @Test func `an override that the scenario refuses is told in the study's line`() {
    #expect(
      problems("scenario: scenario.yaml\ntest: 2024-05-02\nset: [demand.patiance=5m]")
        == [
          "s.yaml:3:1: set 'demand.patiance=5m': unknown key 'patiance' in 'demand'; did you mean "
            + "'patience'; allowed: patience, patience_spread, lead, destination"
        ]
    )
  }

  @Test func `a key that the quick version may not set is refused there`() {
    let found = problems(StudyTown.study + "\n  served_min: 50%\n", isSmall: true)
    #expect(
      found == [
        "s.yaml:13:3: unknown key 'served_min' in 'small'; allowed: set, learn, test, seeds, shares, "
          + "bound"
      ]
    )
  }
}

@Suite struct StudyReferenceTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// With `UPDATE_DOCS=1` in the environment the page is rewritten instead.
  @Test func `the table of docs-STUDY is the declarations`() throws {
    let url = Self.root.appendingPathComponent("docs/STUDY.md")
    let page = try String(contentsOf: url, encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- keys: begin -->\n"))
    let end = try #require(page.range(of: "<!-- keys: end -->"))
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
      try page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: StudyKey.markdown())
        .write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(
      page[begin.upperBound..<end.lowerBound] == StudyKey.markdown(),
      "run UPDATE_DOCS=1 scripts/test --filter StudyReferenceTests"
    )
  }

  @Test(arguments: ["nyc-2013", "sf-2008"])
  func `the studies of the repository are well-formed, in both sizes`(name: String) throws {
    let path = Self.root.appendingPathComponent("simulations/\(name)/study.yaml").path
    let study = try Study.load(path: path)
    #expect(study.seeds.count >= Study.seedsMin)
    #expect(study.worlds.count >= 3)
    let small = try Study.load(path: path, isSmall: true)
    #expect(small.seeds.count < study.seeds.count)
  }

  @Test func `the quick study of the bundled hour runs`() throws {
    let path = Self.root.appendingPathComponent("simulations/nyc-2013/study.yaml").path
    var study = try Study.load(path: path, isSmall: true)
    study.shares = [10_000, 7_000]
    let folder = try StudyPlace()
    let run = try withExtendedLifetime(folder) {
      try StudyRun.run(study, options: StudyRun.Options(folder: folder.path))
    }
    let result = try #require(run.result)
    let batch = try #require(result.plan.worlds.firstIndex { $0.name == "batch" })
    let nearest = try #require(result.plan.worlds.firstIndex { $0.name == "nearest" })
    #expect(result.daysReached(batch) == 1)
    let pair = result.pair(batch, with: nearest, .wholeFleet)
    let empty = pair.differences.first { $0.figure == .metric(.emptyKilometres) }
    #expect((empty?.interval.mean ?? 0) < 0)
    #expect(empty?.interval.half == nil)
  }
}
