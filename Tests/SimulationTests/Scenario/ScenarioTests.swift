import Simulation
import Testing

@Suite struct ScenarioTests {
  static let least = """
    data: {layout: generic, files: rides.csv}

    """

  @Test func `a file with the least gives every default`() throws {
    var expected = Scenario()
    expected.file = "s.yaml"
    expected.data.files = ["rides.csv"]
    #expect(try Scenario.parse(Self.least, file: "s.yaml") == expected)
  }

  @Test func `units become whole numbers`() throws {
    let scenario = try Scenario.parse(
      """
      title: "A city: replayed"
      seed: 18446744073709551615
      data:
        layout: nyc-foil
        files: [a.csv, "b/*.csv.gz"]
        utc_offset: -05:00
        day_start: 04:30
        from: 2013-01-01T00:10
        to: 2013-01-01 01:00:30
        region: {south: 40.5, west: -74.2597301, north: 41, east: -73.7}
      supply: {absence: 1.5h}
      demand: {patience: 90s, patience_spread: 12.5%, lead: 1500ms, destination: never}
      policy: {window: 0s, unmatched_rise: 250%, reassign: false}
      travel: {model: learned, speed: 4.5m/s, detour: 1.275, learn_from: [2013-01-03, 2013-01-02]}
      drivers: {decline: 0.25%, answer_delay: 1s..5.5s, cruise_speed: 16.5km/h}
      """
    )
    #expect(scenario.seed == .max)
    #expect(scenario.data.files == ["a.csv", "b/*.csv.gz"])
    #expect(scenario.data.utcOffset == -18_000)
    #expect(scenario.data.dayStart == 16_200_000)
    // 2013-01-01T05:10:00Z and 06:00:30Z.
    #expect(scenario.data.span == 1_357_017_000_000..<1_357_020_030_000)
    #expect(scenario.data.region.corners?.southWest.longitude == -742_597_301)
    #expect(scenario.data.region.corners?.northEast.latitude == 410_000_000)
    #expect(scenario.supply.absence == 5_400_000)
    #expect(scenario.demand.patience == 90_000)
    #expect(scenario.demand.patienceSpreadPermyriad == 1_250)
    #expect(scenario.demand.lead == 1_500)
    #expect(scenario.policy.window == 0)
    #expect(scenario.policy.unmatchedRisePermyriad == 25_000)
    #expect(scenario.travel.speedMetresPerHour == 16_200)
    #expect(scenario.travel.detourPermille == 1_275)
    #expect(
      scenario.travel.learnFrom
        == .days(["2013-01-02", "2013-01-03"].compactMap { LocalDay($0) })
    )
    #expect(scenario.drivers.declinePermyriad == 25)
    #expect(scenario.drivers.answerDelay == 1_000...5_500)
    #expect(scenario.drivers.cruiseSpeedMetresPerHour == 16_500)
  }

  @Test func `a world sets keys for itself and starts from the rest`() throws {
    let scenario = try Scenario.parse(
      Self.least + """
        worlds:
          - nearest
          - name: batch-5s
            policy: batch
            window: 5s
            idle: cruise
          - {name: batch, candidates: 20}
        policy: {candidates: 15}
        """,
      overrides: ["policy.retry=2s"]
    )
    #expect(scenario.worlds.map(\.name) == ["nearest", "batch-5s", "batch"])
    let wide = try #require(scenario.world(named: "batch-5s"))
    #expect(wide.kind == .batch)
    #expect(wide.policy.window == 5_000)
    #expect(wide.policy.candidates == 15)
    #expect(wide.policy.retry == 2_000)
    #expect(wide.idle == .cruise)
    #expect(scenario.world(named: "batch")?.policy.candidates == 20)
    #expect(scenario.world(named: "nearest")?.policy == scenario.policy)
    #expect(scenario.world(named: "nearest")?.idle == .park)
  }

  @Test func `an override wins over the file, and the last over the earlier`() throws {
    let scenario = try Scenario.parse(
      Self.least + "demand: {patience: 3m}\nworlds: [recorded]\n",
      overrides: [
        "demand.patience=4m", "demand.patience=5m", "worlds=[batch]", "data.files=*.gz",
        "title=a=b: c",
      ]
    )
    #expect(scenario.demand.patience == 300_000)
    #expect(scenario.worlds.map(\.kind) == [.batch])
    #expect(scenario.data.files == ["*.gz"])
    #expect(scenario.title == "a=b: c")
  }

  @Test func `an optional value can be taken back with none`() throws {
    let text = Self.least + "demand: {lead: 2m}\n"
    #expect(try Scenario.parse(text).demand.lead == 120_000)
    #expect(try Scenario.parse(text, overrides: ["demand.lead=none"]).demand.lead == nil)
  }

  @Test func `every default is text that its own key reads back`() throws {
    // Left out: what has no default to write, and what only goes with another layout or key.
    let withoutText = ["title", "data.files", "synthetic.districts", "data.layout"]
    for key in ScenarioKey.all where !withoutText.contains(key.path) {
      guard !key.path.hasPrefix("synthetic."), !key.path.hasPrefix("calltaxi.") else { continue }
      let read = try Scenario.parse(Self.least, overrides: ["\(key.path)=\(key.standard)"])
      #expect(try read == Scenario.parse(Self.least), "\(key.path)=\(key.standard)")
    }
  }

  @Test func `a local day begins when the scenario says`() throws {
    var data = Scenario.Data()
    data.utcOffset = -7 * 3_600
    data.dayStart = 4 * 3_600_000
    let start = try #require(LocalTime("2008-05-18T04:00")).unixMilliseconds(
      utcOffset: data.utcOffset
    )
    #expect(data.day(of: start) == LocalDay("2008-05-18"))
    #expect(data.day(of: start - 1) == LocalDay("2008-05-17"))
  }

  @Test func `a day is read only if the calendar has it`() {
    #expect(LocalDay("1970-01-01")?.number == 0)
    #expect(LocalDay("2013-01-01")?.number == 15_706)
    #expect(LocalDay("2008-02-29")?.description == "2008-02-29")
    for text in ["2013-02-29", "2013-13-01", "2013-1-1", "1969-12-31", "2013-01-01x", ""] {
      #expect(LocalDay(text) == nil, "\(text)")
    }
    #expect(LocalDay("2100-02-29") == nil)
  }

  @Test func `a world without dispatch cruises whatever the others do, and may differ from them`()
    throws
  {
    let scenario = try Scenario.parse(
      Self.least + """
        drivers: {idle: park}
        hail: {sight: 120m}
        worlds:
          - nearest
          - hail
          - {name: advised, policy: hail, idle: guided, compliance: 25%, choices: 2}
        """
    )
    #expect(scenario.world(named: "hail")?.idle == .cruise)
    #expect(scenario.world(named: "hail")?.hail == nil)
    let advised = try #require(scenario.world(named: "advised"))
    #expect(advised.idle == .guided && advised.guidance?.compliancePermyriad == 2_500)
    #expect(advised.hail?.sight == 1_200 && advised.hail?.choices == 2)
  }
}
