import Foundation
import Simulation
import Spatial
import Testing
import TripData

@Suite struct CallTaxiTests {
  private static let places = """
    district,neighbourhood,also,outline
    가구,홍제1동,,37.50 127.00;37.50 127.01;37.51 127.01;37.51 127.00
    가구,종로5·6가동,,37.50 127.02;37.50 127.03;37.51 127.03;37.51 127.02
    가구,용신동,신설동;용두동,37.52 127.00;37.52 127.01;37.53 127.01;37.53 127.00
    나시,,,37.60 127.20;37.60 127.22;37.62 127.22;37.62 127.20
    """

  /// `vehicle from to requested assigned boarded`, places by district and neighbourhood.
  private static let log = """
    no,cartype,startpos1,startpos2,endpos1,endpos2,receipttime_date,receipttime_time,settime_date,settime_time,ridetime_date,ridetime_time
    1,중형승합,가구,홍제제1동,가구,종로5.6가동,2021-09-01,08:00:00,2021-09-01,08:10:00,2021-09-01,08:25:00
    1,중형승합,가구,신설동,나시,어디동,2021-09-01,08:20:00,2021-09-01,08:27:00,2021-09-01,08:50:00
    1,중형승합,가구,용두동,가구,홍제1동,2021-09-01,11:00:00,2021-09-01,11:30:00,2021-09-01,11:45:00
    2,중형 승합,가구,홍제제1동,가구,용신동,2021-09-01,09:00:00,2021-09-01,08:40:00,2021-09-01,08:58:00
    2,중형승합,다구,없는동,가구,용신동,2021-09-01,10:00:00,2021-09-01,10:01:00,2021-09-01,10:09:00
    """

  private static let scenario = """
    title: Calls
    data: {layout: seoul-calltaxi, files: log.csv, utc_offset: +09:00}
    calltaxi: {places: places.csv, boarding: 5m, alighting: 4m}
    supply: {absence: 30m}
    demand: {patience: 3h}
    drivers: {decline: 0%, no_answer: 0%}
    policy: {pickup_max: 2h, unmatched_price: 2h}
    measure: {warm_up: 0s}
    worlds: [recorded, nearest, batch]
    """

  private func run(
    places: String = places,
    overrides: [String] = []
  ) throws -> (run: SimulationRun, rides: [RideRow]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in [
      ("log.csv", Self.log + "\n"), ("places.csv", places), ("s.yaml", Self.scenario),
    ] {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let scenario = try Scenario.load(
      path: folder.appending(path: "s.yaml").path,
      overrides: overrides
    )
    let run = try SimulationRun(scenario)
    var rides: [RideRow] = []
    run.forEachRide { rides.append($0) }
    return (run, rides)
  }

  @Test func `a day of calls is played, with the recorded delays beside the simulated`() throws {
    let (run, rides) = try run()
    #expect(run.summary.worldKeys == ["recorded", "nearest", "batch"])
    // One call names a place that nobody knows.
    #expect(run.summary.worlds.allSatisfy { $0.service.requests == 4 && $0.service.served == 4 })
    #expect(
      run.summary.cleaning.contains(.init("call: place not among calltaxi.places", 1))
    )
    let recorded = rides.filter { $0.world == "recorded" }
    #expect(recorded.map(\.id) == [1, 2, 4, 3])
    // A booking that was boarded before its time was asked for when it was boarded.
    #expect(recorded.map(\.wait) == [25, 30, 0, 45].map { $0 * 60_000 })
    #expect(recorded.allSatisfy { $0.pickupMetres == nil })
    // An approach takes its door time at least.
    for ride in rides where ride.world != "recorded" {
      let assigned = try #require(ride.assignedAt)
      let boarded = try #require(ride.boardedAt)
      #expect(boarded - assigned >= 5 * 60_000)
    }
    // Bookings are left out: three rides, assigned after 10, 7 and 30 minutes.
    #expect(
      run.summary.notes.contains {
        $0.hasPrefix("recorded, 3 rides not booked ahead")
          && $0.contains("request to assignment 10:00 (30:00)")
          && $0.contains("assignment to boarding 15:00 (23:00)")
      },
      "\(run.summary.notes)"
    )
    #expect(run.summary.modelError == nil)
  }

  @Test func `a ride ends at its vehicle's next assignment, and a long gap is a break`() throws {
    let (run, rides) = try run()
    let first = try #require(rides.first { $0.world == "recorded" && $0.id == 1 })
    // 3 km of road at 20 km/h take longer than the two minutes to the next assignment.
    #expect(try #require(first.droppedAt) - #require(first.boardedAt) == 2 * 60_000)
    #expect(run.summary.notes.contains { $0.contains("1 of 4 are cut") })
    // Vehicle 1 is on shift from 08:10; from the end of its second ride to 11:30 it was on a break.
    let (unbroken, _) = try self.run(overrides: ["supply.absence=24h"])
    #expect(
      run.summary.worlds[0].time.total < unbroken.summary.worlds[0].time.total - 40 * 60_000
    )
  }

  @Test func `places lie inside the named outlines and follow the seed alone`() throws {
    let (_, rides) = try run()
    let (_, again) = try run()
    #expect(rides.map(\.boardedAt) == again.map(\.boardedAt))
    let (_, other) = try run(overrides: ["seed=9"])
    #expect(rides.map(\.boardedAt) != other.map(\.boardedAt))
    #expect(rides.map(\.requestedAt) == other.map(\.requestedAt))
  }

  @Test(arguments: [
    ("places: places.csv, ", "", "calltaxi.places is missing"),
    ("title: Calls", "title: Calls\ntravel: {model: learned}", "no drop-offs to learn from"),
    ("layout: seoul-calltaxi", "layout: generic", "only for data.layout seoul-calltaxi"),
  ])
  func `keys that contradict the layout are refused`(old: String, new: String, says: String) {
    do {
      _ = try Scenario.parse(Self.scenario.replacingOccurrences(of: old, with: new))
      Issue.record("taken: \(new)")
    } catch {
      #expect("\(error)".contains(says), "\(error)")
    }
  }

  @Test(arguments: [
    ("가구,홍제1동,,", "가구,용신동,,", "stands twice"),
    ("신설동;용두동", "신설동;", "write names"),
    ("37.50 127.00;37.50 127.01;", "37.50;37.50 127.01;", "latitude longitude"),
    ("district,", "distrikt,", "no such column"),
  ])
  func `a broken file of places is told with its line`(old: String, new: String, says: String) {
    do {
      _ = try run(places: Self.places.replacingOccurrences(of: old, with: new))
      Issue.record("taken: \(new)")
    } catch {
      #expect("\(error)".contains(says) && "\(error)".contains("places.csv"), "\(error)")
    }
  }

  @Test(
    .enabled(if: Published.folder != nil, "BAECHA_DATA names no folder with the published data")
  )
  func `the real day keeps its known delays, and every call has a place`() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../simulations/seoul-calltaxi/scenario.yaml").standardizedFileURL.path
    var options = SimulationRun.Options()
    options.dataFolder = (Published.folder ?? "") + "/seoul_calltaxi"
    let run = try SimulationRun(Scenario.load(path: path), options: options)
    #expect(run.summary.worlds.allSatisfy { $0.service.requests == 4_331 })
    #expect(run.summary.worlds.allSatisfy { $0.service.served == 4_331 })
    #expect(run.summary.worlds.allSatisfy { $0.taxis == 577 })
    let note = try #require(run.summary.notes.first { $0.hasPrefix("recorded, ") })
    #expect(note.contains("request to assignment 8:5"))
    #expect(note.contains("assignment to boarding 17:3"))
    let wait = try #require(run.summary.worlds[2].wait?.p50)
    #expect(wait < 20 * 60_000)
  }
}
