import Simulation
import Testing

/// Worlds whose policy has learned what taxis are worth.
@Suite struct OpportunityRunTests {
  private let town: StudyPlace

  init() throws {
    town = try StudyPlace()
    try StudyTown.build(in: town)
  }

  private func figures(_ overrides: [String]) throws -> Figures {
    let scenario = try Scenario.load(
      path: town.path + "/scenario.yaml",
      overrides: ["worlds=[batch]"] + overrides
    )
    return try #require(SimulationRun(scenario).summary.worlds.first)
  }

  @Test func `with no weight it changes nothing, with some it does, twice the same`() throws {
    let off = try figures([])
    #expect(
      try figures(["policy.opportunity=off", "policy.opportunity_weight=9"]).digest == off.digest
    )
    let learned = ["policy.opportunity=learned", "policy.opportunity_weight"]
    #expect(try figures([learned[0], learned[1] + "=0"]).digest == off.digest)
    let on = try figures([learned[0], learned[1] + "=2"])
    #expect(on.digest != off.digest)
    #expect(try figures([learned[0], learned[1] + "=2"]).digest == on.digest)
  }

  @Test func `a run on a day that it has learned from is refused`() throws {
    let seen = ["policy.opportunity=learned", "travel.learn_from=[2024-05-02]"]
    #expect {
      _ = try figures(seen)
    } throws: { "\($0)".contains("judged on: 2024-05-02") }
    #expect(try figures(seen + ["allow_seen=true"]).service.requests > 0)
    // Nobody asks what was learned where no policy does.
    #expect(try figures(["travel.learn_from=[2024-05-02]"]).service.requests > 0)
  }

  @Test func `a study learns it on its own days`() throws {
    let text = StudyTown.study.replacing(
      "worlds: [recorded, nearest, batch]",
      with: """
        worlds:
          - batch
          - {name: weighed, policy: batch, opportunity: learned}
        """
    )
    try town.write(text, to: "study.yaml")
    func cells() throws -> [UInt8] {
      let out = try StudyPlace()
      let study = try Study.load(path: town.path + "/study.yaml", isSmall: true)
      // A run knows only the folder's path.
      return try withExtendedLifetime(out) {
        let run = try StudyRun.run(study, options: StudyRun.Options(folder: out.path))
        try StudyFolder.write(try #require(run.result), into: out.path)
        return try out.bytes("cells.csv")
      }
    }
    let first = try cells()
    #expect(first == (try cells()))
    let digests = String(decoding: first, as: UTF8.self).split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").last ?? ""
    }
    #expect(digests.count == 4 && Set(digests).count == 4)
    try town.write(
      text.replacing("learn: 2024-05-01\n", with: ""),
      to: "study.yaml"
    )
    #expect {
      _ = try cells()
    } throws: { "\($0)".contains("needs days to learn from") }
  }
}
