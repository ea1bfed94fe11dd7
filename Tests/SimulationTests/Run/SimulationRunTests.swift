import Foundation
import Simulation
import Testing

@Suite struct SimulationRunTests {
  private let csv = MadeUpTrips(seed: 1).csv
  private static let cruise = "worlds=[recorded, nearest, {name: b, policy: batch, idle: cruise}]"

  @Test func `the same seed gives the same bytes, another does not`() throws {
    let first = try MadeUpTrips.run(csv, overrides: [Self.cruise]).bytes()
    #expect(try MadeUpTrips.run(csv, overrides: [Self.cruise]).bytes() == first)
    #expect(try MadeUpTrips.run(csv, overrides: [Self.cruise], workers: 2).bytes() == first)
    #expect(try MadeUpTrips.run(csv, overrides: [Self.cruise, "seed=12"]).bytes() != first)
  }

  @Test func `rides that come later change no row of those that ended before`() throws {
    var trips = MadeUpTrips(seed: 2)
    // Where the map lies depends on the outermost places: they are there from the beginning.
    trips.rows[0].from = (0, 0)
    trips.rows[0].to = (360_000, 360_000)
    let now = trips.rows[trips.rows.count / 2].pickup
    let before = try MadeUpTrips.run(trips.csv, overrides: [Self.cruise]).rideRows()
    // Shifts read off gaps begin and end with rides, so times and taxis stay as they are.
    for index in trips.rows.indices where trips.rows[index].pickup > now {
      let row = trips.rows[index]
      (trips.rows[index].from, trips.rows[index].to) = (row.to, row.from)
    }
    let after = try MadeUpTrips.run(trips.csv, overrides: [Self.cruise]).rideRows()
    func ended(_ rows: [RideRow]) -> [RideRow] {
      rows.filter {
        $0.requestedAt <= now * 1_000 && ($0.droppedAt ?? $0.requestedAt + 600_000) <= now * 1_000
      }
    }
    #expect(Set(ended(before).map(\.world)) == ["recorded", "nearest", "b"])
    #expect(ended(before).count > 90)
    #expect(ended(before) == ended(after))
    #expect(before != after)
  }

  @Test func `rows and figures tell the same`() throws {
    let run = try MadeUpTrips.run(csv)
    let rows = run.rideRows()
    for (key, figures) in zip(run.summary.worldKeys, run.summary.worlds) {
      let own = rows.filter { $0.world == key }
      #expect(own.count == figures.service.requests)
      #expect(own.count { $0.outcome == .served } == figures.service.served)
      #expect(own.allSatisfy { ($0.taxi != nil) == ($0.outcome == .served) })
    }
    var taxis: [String: Int64] = [:]
    run.forEachTaxi { taxis[$0.world, default: 0] += $0.time.total }
    for (key, figures) in zip(run.summary.worldKeys, run.summary.worlds) {
      #expect(taxis[key] == figures.time.total)
    }
  }

  @Test func `all worlds are asked the same and carry the same rides as far`() throws {
    let run = try MadeUpTrips.run(csv, overrides: ["demand.patience=60m", "measure.warm_up=0s"])
    let requests = Set(run.summary.worlds.map(\.service.requests))
    #expect(requests.count == 1)
    let ids = Dictionary(grouping: run.rideRows(), by: \.world).mapValues { $0.map(\.id) }
    #expect(ids["recorded"] == ids["nearest"] && ids["nearest"] == ids["batch"])
  }

  @Test func `a warm-up longer than the data leaves the last request`() throws {
    let run = try MadeUpTrips.run(csv, overrides: ["measure.warm_up=24h"])
    #expect(run.summary.worlds.allSatisfy { $0.service.requests >= 1 })
  }

  @Test func `a part of the data is played by its own rides alone`() throws {
    let run = try MadeUpTrips.run(
      csv,
      overrides: [
        "data.from=2020-05-04T09:00", "data.to=2020-05-04T10:00", "measure.warm_up=0s",
      ]
    )
    let hour: Range<Int64> = (MadeUpTrips.start + 32_400)..<(MadeUpTrips.start + 36_000)
    let rows = run.rideRows()
    #expect(!rows.isEmpty)
    #expect(rows.allSatisfy { hour.contains($0.requestedAt / 1_000) })
    // What was read is told as a whole.
    #expect(run.summary.totals?.trips == MadeUpTrips(seed: 1).rows.count)
    #expect(run.summary.worlds[0].service.requests < MadeUpTrips(seed: 1).rows.count / 2)
  }

  @Test func `one ride alone, or none, is told about and not trapped on`() throws {
    var trips = MadeUpTrips(seed: 1)
    trips.rows.removeLast(trips.rows.count - 1)
    let run = try MadeUpTrips.run(
      trips.csv,
      overrides: ["drivers.decline=0%", "drivers.no_answer=0%"]
    )
    #expect(run.summary.worlds.map(\.service.served) == [1, 1, 1])
    #expect {
      _ = try MadeUpTrips.run(trips.csv, overrides: ["data.from=2021-01-01"])
    } throws: { "\($0)".contains("no ride is left") }
  }

  @Test func `an early request is drawn evenly and never waits longer for that`() throws {
    let plain = try MadeUpTrips.run(csv, overrides: ["measure.warm_up=0s", "worlds=[nearest]"])
    let early = try MadeUpTrips.run(
      csv,
      overrides: ["measure.warm_up=0s", "worlds=[nearest]", "demand.lead=5m"]
    )
    let asked = Dictionary(uniqueKeysWithValues: plain.rideRows().map { ($0.id, $0.requestedAt) })
    var leads: [Int64] = []
    for row in early.rideRows() {
      let lead = try #require(asked[row.id]) - row.requestedAt
      #expect((0...300_000).contains(lead))
      leads.append(lead)
    }
    #expect(leads.count == asked.count)
    let mean = leads.reduce(0, +) / Int64(leads.count)
    #expect((110_000...190_000).contains(mean))
  }

  @Test func `a ride is explained, and one that is not there is named`() throws {
    let id = UInt64(MadeUpTrips(seed: 1).rows.count / 2)
    let run = try MadeUpTrips.run(csv, explained: id)
    #expect(run.explanations[0].isEmpty)
    #expect(!run.explanations[1].isEmpty && !run.explanations[2].isEmpty)
    #expect(run.explanations[1].allSatisfy { run.id(of: $0.ride) == id })
    #expect {
      _ = try MadeUpTrips.run(csv, explained: 999_999)
    } throws: { "\($0)".contains("ride 999999 is not among") }
  }

  @Test func `totals of what was read do not depend on the warm-up`() throws {
    let long = try MadeUpTrips.run(csv, overrides: ["measure.warm_up=1h"]).summary.totals
    let short = try MadeUpTrips.run(csv, overrides: ["measure.warm_up=0s"]).summary.totals
    #expect(long == short)
    #expect(long?.shifts.map(\.rule) == [.gaps])
  }
}
