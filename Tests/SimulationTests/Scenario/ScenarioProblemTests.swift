import Simulation
import Testing

/// The exact words of each refusal: they are what a person has to go by.
@Suite struct ScenarioProblemTests {
  private func problems(_ text: String, _ overrides: [String] = []) -> [String] {
    do {
      let scenario = try Scenario.parse(text, file: "s.yaml", overrides: overrides)
      return ["no problem in \(scenario)"]
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `every problem of file and overrides is told, in their order`() {
    let found = problems(
      """
      data:
        layout: cabspoting
        files: x.csv
      demand:
        patiance: 5m
        patience: 5
      drivers: {idle: parked}
      travel:
        speed: 900km/h
      """,
      ["demand.lead=3d", "polcy.window=1s", "seed"]
    )
    #expect(
      found == [
        "s.yaml:2:11: data.layout: 'cabspoting' is not known; did you mean 'cabspotting'; allowed: "
          + "one of nyc-events, nyc-foil, debs-2015, tlc, cabspotting, seoul-calltaxi, "
          + "generic, synthetic",
        "s.yaml:5:3: unknown key 'patiance' in 'demand'; did you mean 'patience'; allowed: "
          + "patience, patience_spread, lead, destination",
        "s.yaml:6:13: demand.patience: '5' is not allowed; allowed: "
          + "duration such as 90s or 10m, 1s to 24h",
        "s.yaml:7:17: drivers.idle: 'parked' is not known; did you mean 'park'; allowed: "
          + "one of park, cruise, guided",
        "s.yaml:9:10: travel.speed: 900km/h is out of range; allowed: "
          + "speed such as 16km/h or 4.5m/s, 1km/h to 150km/h",
        "--set demand.lead=3d: demand.lead: '3d' is not allowed; allowed: "
          + "duration such as 90s or 10m, 0s to 2h, or none",
        "--set polcy.window=1s: unknown key 'polcy.window'; did you mean 'policy.window'; groups: "
          + "data, data.region, synthetic, calltaxi, supply, demand, policy, travel, drivers, "
          + "guidance, opportunity, hail, measure",
        "--set seed: write key=value, such as demand.patience=5m",
      ]
    )
  }

  @Test func `a repeated key is told with its first line and everything else`() {
    let found = problems(
      """
      seed: 1
      data: {layout: generic, files: x.csv}
      seed: 2
      demand:
        lead: 1m
        lead: 2m
        lead: 3m
        patience: soon
      seed: 3
      """
    )
    #expect(
      found == [
        "s.yaml:3:1: 'seed' is given twice; the first is in line 1",
        "s.yaml:6:3: 'lead' is given twice; the first is in line 5",
        "s.yaml:7:3: 'lead' is given twice; the first is in line 5",
        "s.yaml:8:13: demand.patience: 'soon' is not allowed; allowed: "
          + "duration such as 90s or 10m, 1s to 24h",
        "s.yaml:9:1: 'seed' is given twice; the first is in line 1",
      ]
    )
    #expect(problems("\"a\": 1\n\"a\": 2\n") == ["s.yaml:1:1: given twice: a"])
  }

  @Test func `a key in the wrong group is shown the right one`() {
    #expect(
      problems(ScenarioTests.least + "patience: 5m\n").first?.contains(
        "s.yaml:2:1: unknown key 'patience'; did you mean 'demand.patience'; allowed: title"
      ) == true
    )
  }

  @Test func `wrong shapes are refused`() {
    #expect(
      problems("data: {layout: generic, files: x}\ndemand: soon\nseed: [1]\ntitle:\n") == [
        "s.yaml:2:9: 'demand' is a group of keys: patience, patience_spread, lead, destination",
        "s.yaml:3:7: seed: is a list; allowed: whole number, 0 to 18446744073709551615",
        "s.yaml:4:7: title: has no value; allowed: text",
      ]
    )
    #expect(problems("- 1\n") == ["s.yaml:1:1: a scenario is a map of keys; see docs/SCENARIO.md"])
    #expect(problems("a: [\n").first?.hasPrefix("s.yaml:2:1: not well-formed YAML: ") == true)
    #expect(
      problems("data:\n\tlayout: x\n").first?.hasPrefix("s.yaml:2:1: not well-formed") == true
    )
  }

  @Test(arguments: [
    "demand.patience=1.0001s", "demand.patience=-5s", "demand.patience=5 m", "demand.patience=1e3s",
    "demand.patience=99999999999999999999h", "demand.patience=h", "demand.patience=", "seed=-1",
    "seed=+1",
    "seed=18446744073709551616", "policy.candidates=+5", "policy.candidates=65",
    "policy.reassign=yes", "drivers.decline=0.02", "drivers.decline=0.001%",
    "drivers.decline=101%", "travel.detour=1.2345", "travel.detour=0.9", "data.utc_offset=05:00",
    "data.utc_offset=-13:00", "data.from=2013-02-30", "data.region.south=91",
    "drivers.answer_delay=5s..1s", "drivers.answer_delay=1s..2s..3s", "travel.learn_from=[]",
    "travel.learn_from=[2008-05-17, 2008-05-17]", "data.day_start=24:00", "demand={patience: 5m}",
    "worlds=[]", "worlds=fastest", "data.files=[a, [b]]", "data.files=[", "=5", ".=5",
  ])
  func `a value that is off is refused and the override named`(override: String) {
    let found = problems(ScenarioTests.least, [override])
    #expect(found.first?.hasPrefix("--set \(override): ") == true, "\(found)")
  }

  @Test func `keys that contradict each other are told where they stand`() {
    #expect(
      problems(
        """
        data:
          layout: nyc-events
          files: x.csv
          from: 2013-01-02
          to: 2013-01-01
          region: {south: 1}
        supply: {shifts: presence}
        drivers:
          report_every: 20s
          decline: 60%
          no_answer: 60%
          answer_delay: 12s
        synthetic: {taxis: 5}
        """
      ) == [
        "s.yaml:5:3: data.to must be later than data.from, 2013-01-02T00:00:00",
        "s.yaml:6:12: data.region: give all of south, west, north and east, or none",
        "s.yaml:7:10: supply.shifts: 'presence' needs traces (cabspotting), not nyc-events; "
          + "use gaps",
        "s.yaml:9:3: drivers.freshness: must be at least 2.5 × drivers.report_every, that is 50s",
        "s.yaml:11:3: drivers.decline and drivers.no_answer add up to more than 100%",
        "s.yaml:12:3: drivers.answer_delay: must stay below drivers.offer_ttl; "
          + "leave slower answers to no_answer",
        "s.yaml:13:13: synthetic.taxis: only for data.layout synthetic, not nyc-events",
      ]
    )
  }

  @Test func `a check between keys leaves refused values alone`() {
    #expect(problems(ScenarioTests.least, ["drivers.report_every=1h"]).count == 1)
  }

  @Test func `a world without dispatch cruises or is guided, and only it has sight`() {
    #expect(
      problems(
        ScenarioTests.least + """
          worlds:
            - {name: still, policy: hail, idle: park}
            - {name: seen, policy: nearest, sight: 80m}
            - {name: blind, policy: hail, sight: 5m}
          """
      ) == [
        "s.yaml:3:5: world 'still' has no dispatch: its idle taxis cruise or are guided",
        "s.yaml:4:5: world 'seen': sight is only for policy hail, not nearest",
        "s.yaml:5:40: sight of a world: 5m is out of range; allowed: distance such as 80m or 1.5km, "
          + "10m to 1km",
      ]
    )
  }

  @Test func `worlds that make no sense are refused`() {
    #expect(
      problems(
        ScenarioTests.least + """
          worlds:
            - nearst
            - {policy: batch}
            - {name: a b, policy: batch}
            - {name: wide, windo: 3s}
            - {name: recorded, window: 3s}
            - {name: batch, window: 3d}
            - nearest
            - {name: nearest, policy: batch}
          """
      ) == [
        "s.yaml:3:5: worlds: 'nearst' is not known; did you mean 'nearest'; allowed: "
          + "one of recorded, nearest, batch, hail",
        "s.yaml:4:5: worlds: this world has no name",
        "s.yaml:5:12: name of a world: 1 to 40 letters, digits or -_.+, not 'a b'",
        "s.yaml:6:5: world 'wide' needs a policy; allowed: one of recorded, nearest, batch, hail",
        "s.yaml:6:18: unknown key 'windo' in a world; did you mean 'window'; allowed: name, "
          + "policy, window, candidates, unmatched_price, unmatched_rise, reassign, "
          + "switching_cost, frozen, soon_free, retry, pickup_max, steps_max, "
          + "opportunity, opportunity_weight, idle, period, horizon, drive_max, cover, chances, "
          + "local, compliance, sight, follow, choices, advised_riders",
        "s.yaml:7:22: world 'recorded' is recorded, not simulated: it takes no settings",
        "s.yaml:8:27: window of a world: '3d' is not allowed; allowed: "
          + "duration such as 90s or 10m, 0s to 1m",
        "s.yaml:10:5: worlds: 'nearest' is given twice; give one of them another name",
      ]
    )
  }

  @Test func `a file that cannot be read says so`() {
    #expect(throws: ScenarioError.self) { try Scenario.load(path: "/nowhere/s.yaml") }
  }

  @Test func `edit distance counts a swap as one`() {
    let distance = { (a: String, b: String) in editDistance(Array(a), Array(b)) }
    #expect(distance("", "abc") == 3)
    #expect(distance("patience", "patience") == 0)
    #expect(distance("freshnes", "freshness") == 1)
    #expect(distance("plociy", "policy") == 2)
    #expect(distance("cruies", "cruise") == 1)
    #expect(nearestWord(to: "Patience", in: ["lead", "patience"]) == "patience")
    #expect(nearestWord(to: "zzz", in: ["lead", "title"]) == nil)
  }
}
