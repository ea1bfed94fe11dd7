import Foundation
import Spatial
import Testing
import TripData

private let header = "cab,latitude,longitude,occupied,unix_time\n"

private func degrees(_ value: Int32) -> String {
  let digits = String(format: "%08d", abs(Int(value)))
  return (value < 0 ? "-" : "") + digits.dropLast(7) + "." + digits.suffix(7)
}

private func dayRows(_ cab: String, _ rows: some Sequence<TraceRow>) -> String {
  rows.map { row in
    let place = "\(degrees(row.place.latitude)),\(degrees(row.place.longitude))"
    return "\(cab),\(place),\(row.occupied ? 1 : 0),\(row.seconds)\n"
  }.joined()
}

/// Fixes `interval` seconds apart, one per mark: `.` vacant, `1` occupied, each 0.01 degrees
/// (1.1 km) north of the one before; `_` vacant where the last fix was; `~` an hour of silence.
private func draw(_ marks: String, interval: Int64 = 60) -> [TraceRow] {
  var rows: [TraceRow] = []
  var seconds: Int64 = 1_211_000_000
  var latitude: Int32 = 370_100_000
  for mark in marks {
    if mark == "~" {
      seconds += 3_600
      continue
    }
    seconds += interval
    if mark != "_" { latitude += 100_000 }
    rows.append(
      TraceRow(
        seconds: seconds,
        place: GeoPoint(latitude: latitude, longitude: -1_224_000_000),
        occupied: mark == "1"
      )
    )
  }
  return rows
}

private func log(_ marks: String, interval: Int64 = 60) throws -> TripLog {
  try read(header + dayRows("a", draw(marks, interval: interval)))
}

@Suite struct TraceTests {
  @Test func `a run of occupied fixes is a ride from its first to its last`() throws {
    let log = try log("..111..")
    #expect(log.layout == .cabspottingDay)
    let trip = try #require(log.trips.first)
    #expect(log.trips.count == 1)
    #expect(trip.dropoffAt - trip.pickupAt == 120_000)
    #expect(trip.metres == 2_224)
    #expect(log.trace?.emptyMetresBefore == [nil])
    #expect(log.trace?.occupiedMetres == 2_224)
    #expect(log.trace?.vacantMetres == 4_448)
  }

  @Test func `half an hour between two occupied fixes ends the ride`() throws {
    let rows = draw("..111111..")
    for (gap, rides) in [(Int64(1_799), 1), (1_800, 2)] {
      let late = rows.enumerated().map { index, row in
        TraceRow(
          seconds: row.seconds + (index >= 5 ? gap - 60 : 0),
          place: row.place,
          occupied: row.occupied
        )
      }
      let log = try read(header + dayRows("a", late))
      #expect(log.trips.count == rides)
      // A ride that spans a silence stays whole: the silence is on shift and occupied.
      let offline = try log.shifts(by: .presence).first?.offline.count
      #expect(offline == (rides == 1 ? 0 : 1))
    }
  }

  @Test func `flicker, standing rides and flags left on are vacant time`() throws {
    let flicker = try log("..1..111..")
    #expect(flicker.trips.count == 1)
    #expect(flicker.report.dropped(.tooShort) == 1)
    #expect(flicker.report.rides == 2)
    let figures = try flicker.figures(by: .presence)
    #expect(figures.onShift == 540_000)
    #expect(figures.occupied == 120_000)
    let long = try log(".1111111.", interval: 1_799)
    #expect(long.report.dropped(.tooLong) == 0)
    #expect(try log(".11111111.", interval: 1_799).report.dropped(.tooLong) == 1)
  }

  @Test func `a GPS jump counts no metres`() throws {
    var rows = draw("......")
    rows[3].place.latitude += 5_000_000
    let log = try read(header + dayRows("a", rows))
    #expect(log.trace?.jumps == 2)
    #expect(log.trace?.vacantMetres == 3_336)
  }

  @Test func `presence: an hour's silence ends a shift, and a rider on board delays the next`()
    throws
  {
    let log = try log("..111..~111..111.")
    let shifts = try log.recorded(by: .presence)
    #expect(shifts.count == 2)
    #expect(shifts.map(\.rides) == [1, 1])
    #expect(shifts.map { $0.shift.end - $0.shift.start } == [360_000, 300_000])
    #expect(log.trips.count == 3)
  }

  @Test func `presence: a vacant stop of half an hour is offline, of over an hour a break`()
    throws
  {
    func shifts(_ minutes: Int) throws -> [Shift] {
      try log("..." + String(repeating: "_", count: minutes) + "...").shifts(by: .presence)
    }
    #expect(try shifts(29).map(\.offline.count) == [0])
    #expect(try shifts(30).map(\.offline.count) == [1])
    #expect(try shifts(30).first?.onShift == 300_000)
    #expect(try shifts(60).map(\.offline.count) == [1])
    #expect(try shifts(61).map(\.offline.count) == [0, 0])
  }

  @Test func `gaps: shifts run from pickup to drop-off and break after an hour`() throws {
    let rides = ".111." + String(repeating: "_", count: 56) + "..111."
    let log = try log(rides)
    let one = try log.recorded(by: .gaps)
    #expect(one.map(\.rides) == [2])
    #expect(one.first?.vacantMetres == log.trace?.emptyMetresBefore[1].map(Int64.init))
    let more = try self.gapShifts(".111." + String(repeating: "_", count: 58) + "..111.")
    #expect(more.map(\.rides) == [1, 1])
    #expect(more.map(\.vacantMetres) == [0, 0])
  }

  private func gapShifts(_ marks: String) throws -> [RecordedShift] {
    try log(marks).recorded(by: .gaps)
  }

  @Test func `fixes at zero, out of region or in one second are dropped`() throws {
    let rows = draw("......")
    let text =
      header + dayRows("a", rows) + "a,0,0,0,1211000900\na,50.1,-122.4,1,1211000960\n"
      + dayRows("a", rows[2...2])
    var options = TripReader.Options()
    options.keepFixes = true
    let log = try read(text, options: options)
    #expect(log.report.dropped(.strayFix) == 2)
    #expect(log.report.dropped(.duplicateFix) == 1)
    #expect(log.report.drops.last?.examples.first?.hasSuffix(":10") == true)
    #expect(log.trace?.fixes?.fixes(ofTaxi: 0).count == 6)
  }

  @Test func `the original files, newest first, read like the day files`() throws {
    var draws = Draws(seed: 1)
    let rows = (0..<3).map { _ in drawTrace(&draws) }
    let files = try Files()
    var originals: [String] = []
    for (index, cab) in ["c", "a", "b"].enumerated() {
      let text = rows[index].reversed().map { row in
        "\(degrees(row.place.latitude)) \(degrees(row.place.longitude)) "
          + "\(row.occupied ? 1 : 0) \(row.seconds)\n"
      }.joined()
      originals.append(try files.write("new_\(cab).txt", text))
    }
    let days = try [0, 1].map { half in
      let text = [1, 2, 0].map { index in
        let all = rows[index]
        let part = half == 0 ? all.prefix(all.count / 2) : all.suffix(all.count - all.count / 2)
        return dayRows(["c", "a", "b"][index], part)
      }.joined()
      return try files.write("day\(half).csv.gz", gzip(header + text))
    }
    let first = try TripReader.read(files: originals)
    let second = try TripReader.read(files: days)
    #expect(first.layout == .cabspotting)
    #expect(first.taxis == ["a", "b", "c"])
    #expect(first.taxis == second.taxis)
    #expect(first.trips == second.trips)
    #expect(try first.recorded(by: .presence) == second.recorded(by: .presence))
    #expect(try TripReader.read(files: days.reversed()).trips == first.trips)
  }

  @Test(arguments: Seeds.all)
  func `rides and shifts agree with the slow rules`(seed: UInt64) throws {
    var draws = Draws(seed: seed)
    for _ in 0..<12 {
      let rows = drawTrace(&draws)
      let log = try read(header + dayRows("a", rows))
      let slow = SlowTrace(rows)
      #expect(
        log.trips.map { [$0.pickupAt, $0.dropoffAt] }
          == slow.rides.map {
            [rows[$0.lowerBound].seconds * 1_000, rows[$0.upperBound].seconds * 1_000]
          },
        "seed \(seed)"
      )
      for cause in [DropCause.tooShort, .tooLong, .samePlace, .tooFast] {
        #expect(log.report.dropped(cause) == slow.dropped[cause] ?? 0, "seed \(seed) \(cause)")
      }
      let shifts = try log.recorded(by: .presence).map { recorded in
        [
          recorded.shift.start, recorded.shift.end, recorded.shift.onShift, recorded.occupied,
        ].map { $0 / 1_000 }
      }
      #expect(shifts == slow.shifts, "seed \(seed)")
      let gaps = try log.shifts(by: .gaps).map { [$0.start / 1_000, $0.end / 1_000] }
      #expect(gaps == slow.gaps(rows), "seed \(seed)")
      let report = log.report
      #expect(report.rides == report.kept + report.ridesDropped, "seed \(seed)")
    }
  }
}
