import Foundation
import Simulation
import Testing

@Suite struct JSONWriterTests {
  private func parse(_ summary: RunSummary) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(JSONWriter.bytes(summary)))
    return try #require(object as? [String: Any])
  }

  /// The value at a path such as `worlds.batch.vacancy.time`.
  private func value(_ path: String, in object: [String: Any]) -> Any? {
    var current: Any? = object
    for key in path.split(separator: ".") {
      current = (current as? [String: Any])?[String(key)]
    }
    return current
  }

  @Test func `every edge parses`() throws {
    for edge in OutputFixtures.edges {
      let object = try parse(edge.summary)
      let worlds = try #require(object["worlds"] as? [String: Any])
      #expect(worlds.count == edge.summary.worlds.count, "\(edge.name)")
    }
  }

  @Test func `the same run gives the same bytes`() {
    #expect(JSONWriter.bytes(OutputFixtures.three) == JSONWriter.bytes(OutputFixtures.three))
  }

  @Test func `the documented keys are there`() throws {
    let object = try parse(OutputFixtures.three)
    for key in [
      "format", "scenario.title", "scenario.name", "seed", "data.description", "data.trips",
      "data.vacancy.gaps", "data.shifts", "data.on_shift_hours", "span.start_ms", "span.end",
      "origin.latitude", "travel_model.error.median", "settings", "notes", "cleaning",
      "world_order",
    ] {
      #expect(value(key, in: object) != nil, "\(key)")
    }
    for key in [
      "shift_rule", "taxis", "shifts", "vacancy.time", "vacancy.distance", "split.time.idle_s",
      "split.time.guided_s", "split.time.pickup_s", "split.time.occupied_s", "split.time.total_s",
      "split.distance.idle_m", "split.distance.total_m", "service.requests", "service.served",
      "service.share_served", "service.gave_up", "service.expired", "service.open",
      "service.offers", "service.declined", "service.unanswered", "service.reassigned",
      "wait.status", "wait.mean_s", "wait.p50_s", "wait.p95_s", "wait.p99_s", "wait.endless",
      "wait.histogram_bin_s", "wait.histogram", "pickup_m_per_ride", "empty_km_per_ride",
      "empty_m_after_first", "rides_after_first", "hours", "digest",
    ] {
      #expect(value("worlds.batch.\(key)", in: object) != nil, "\(key)")
    }
  }

  @Test func `figures are exact to the printed digit`() {
    let text = String(decoding: JSONWriter.bytes(OutputFixtures.three), as: UTF8.self)
    #expect(text.contains("\"latitude\": 40.7500000"))
    #expect(text.contains("\"time\": 0.250000"))
    #expect(text.contains("\"pickup_s\": 500.000"))
    #expect(text.contains("\"empty_km_per_ride\": 1.500000"))
    #expect(text.contains("\"digest\": \"00000000000000ab\""))
    #expect(text.contains("\"bias\": -0.030000"))
  }

  @Test func `unknown and endless waits are told apart`() throws {
    let object = try parse(OutputFixtures.three)
    #expect(value("worlds.recorded.wait.status", in: object) as? String == "unknown")
    #expect(value("worlds.recorded.wait.p95_s", in: object) is NSNull)
    #expect((value("worlds.recorded.wait.endless", in: object) as? [String])?.isEmpty == true)
    #expect(value("worlds.batch.wait.status", in: object) as? String == "known")
    #expect(value("worlds.batch.wait.p95_s", in: object) is NSNull)
    #expect(value("worlds.batch.wait.endless", in: object) as? [String] == ["p95", "p99"])
  }

  @Test func `all unserved has endless percentiles and no mean`() throws {
    let object = try parse(OutputFixtures.summary([OutputFixtures.unserved]))
    #expect(value("worlds.batch.wait.mean_s", in: object) is NSNull)
    #expect(value("worlds.batch.wait.endless", in: object) as? [String] == ["p50", "p95", "p99"])
    #expect(value("worlds.batch.vacancy.distance", in: object) is NSNull)
  }

  @Test func `a name used twice becomes two keys`() throws {
    var presence = OutputFixtures.recorded()
    presence.shiftRule = .presence
    let object = try parse(OutputFixtures.summary([OutputFixtures.recorded(), presence, presence]))
    let order = object["world_order"] as? [String]
    #expect(order == ["recorded", "recorded-presence", "recorded-presence-2"])
  }

  @Test func `strings are quoted`() throws {
    let title = "a \"b\" \\ \u{1} \n 서울"
    let object = try parse(OutputFixtures.summary([], title: title))
    #expect(value("scenario.title", in: object) as? String == title)
  }
}
