import Foundation
import Simulation
import Spatial
import Testing
import TripData

@Suite struct RiderAdviceTests {
  private typealias Fix = MadeTraces.Fix
  private static let origin = GeoPoint(latitude: 378_000_000, longitude: -1_224_000_000)
  private static let grid = CellGrid(origin: origin, sideMetres: 100)

  /// In one hour, a cab drives north through the cells at 250 m east every ten minutes, and another
  /// once through those at 50 m east.
  private static func log(from hour: Int = 0) throws -> TripLog {
    var fixes: [Fix] = []
    for turn in 0..<6 {
      for (leg, north) in [-450.0, 450].enumerated() {
        fixes.append(
          Fix(cab: "a\(turn)", at: hour * 3_600 + turn * 600 + leg * 90, east: 250, north: north)
        )
      }
    }
    for (leg, north) in [-450.0, 450].enumerated() {
      fixes.append(Fix(cab: "b", at: hour * 3_600 + 1_800 + leg * 90, east: 50, north: north))
    }
    // Makes the hour whole.
    for second in [0, 3_599] {
      fixes.append(Fix(cab: "c", at: hour * 3_600 + second, east: 9_000, north: -9_000))
    }
    let ride = MadeTraces.ride.map {
      Fix(cab: $0.cab, at: $0.at + hour * 3_600, east: $0.east, north: $0.north, occupied: true)
    }
    return try MadeTraces.log(fixes + ride)
  }

  private static func rider(_ model: AdviceModel, walk: Int) -> RiderAdvice {
    var options = RiderAdvice.Options()
    options.walkSeconds = walk
    return RiderAdvice(
      model,
      at: grid.projection.unproject(Point(x: 500, y: 500)),
      unixSeconds: Int64(MadeTraces.start) + 1_200,
      options: options
    )
  }

  @Test func `the busier street is advised when it is near enough`() throws {
    let model = try AdviceModel(learnedFrom: Self.log(), grid: Self.grid)
    let near = Self.rider(model, walk: 300)
    #expect(near.spots.first?.cell == GridCell(column: 2, row: 0))
    let first = try #require(near.spots.first)
    #expect(first.walkMetres == 260 && abs(first.walkMinutes - 3.25) < 0.05)
    // Six passes in the one hour that there is, and the same expected: 6 an hour.
    #expect(abs(first.passesPerHour - 6) < 0.01 && abs(first.waitMean - 10) < 0.02)
    #expect(first.wait10 < first.wait50 && first.wait50 < first.waitMean)
    #expect(first.waitMean < first.wait90)
    #expect(abs(near.here.passesPerHour - 1) < 0.01)
    // Not far enough for that street.
    let short = Self.rider(model, walk: 60)
    #expect(short.spots.allSatisfy { $0.cell.column == 0 && $0.walkMinutes <= 1 })
    let totals = near.spots.map { $0.walkMinutes + $0.waitMean }
    #expect(totals == totals.sorted())
  }

  @Test func `where no empty taxi was ever seen, nothing is advised`() throws {
    let model = try AdviceModel(learnedFrom: Self.log(), grid: Self.grid)
    let advice = RiderAdvice(
      model,
      at: GeoPoint(latitude: 375_000_000, longitude: -1_224_000_000),
      unixSeconds: Int64(MadeTraces.start)
    )
    #expect(advice.spots.isEmpty && advice.here.waitMean == .infinity)
    #expect(advice.table.contains("no empty taxi"))
    #expect(advice.json.contains("\"wait_minutes_mean\": null"))
  }

  @Test func `a model comes back from its file as it was, and a broken one says where`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try AdviceModel(learnedFrom: Self.log(), grid: Self.grid)
    try model.write(to: path)
    #expect(try AdviceModel(path: path) == model)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[4] == "days 2008-05-19")
    for (line, wrong, what) in [
      (1, "baecha", "title"), (2, "origin 1", "origin"), (3, "cell 5", "cell"),
      (5, "days 2008-05-32", "days"), (6, "seconds 1 2", "seconds"), (7, "1 2 168:1", "hours"),
      (7, "1 2", "no hours"), (7, "1 2 5:1 4:1", "order"),
    ] {
      var broken = lines.map(String.init)
      broken[line - 1] = wrong
      try broken.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      do {
        _ = try AdviceModel(path: path)
        Issue.record("took a broken \(what)")
      } catch {
        #expect(error.description.hasPrefix("\(path):\(line): expected "), "\(what): \(error)")
      }
    }
    #expect(throws: AnalysisError.self) { try AdviceModel(path: path + "-missing") }
  }

  @Test func `a check refuses days that the model has seen`() throws {
    let model = try AdviceModel(learnedFrom: Self.log(), grid: Self.grid)
    do {
      _ = try AdviceCheck(model, on: Self.log(from: 2))
      Issue.record("the same day was taken")
    } catch {
      #expect("\(error)".contains("2008-05-19"))
    }
  }

  @Test(
    .enabled(if: Published.folder != nil, "BAECHA_DATA names no folder with the published data")
  )
  func `on San Francisco's later days four of five waits lie in the interval`() throws {
    let model = try AdviceModel(learnedFrom: Published.traces(17...19), grid: Self.grid)
    let check = try AdviceCheck(model, on: Published.traces(27...27), riders: 3_000)
    #expect(check.all.count > 2_900)
    let inside = Double(check.all.inside) / Double(check.all.count)
    #expect((0.70...0.88).contains(inside))
    let ratio = check.all.observed / check.all.expected
    #expect((0.7...1.3).contains(ratio))
    #expect(check.tenths.reduce(0, +) == check.all.count)
    #expect(check.bands.reduce(0) { $0 + $1.count } == check.all.count)
    #expect(check.advisedTotal < check.stayedTotal)
  }
}

/// Published data that is not bundled.
enum Published {
  static let folder = ProcessInfo.processInfo.environment["BAECHA_DATA"]

  /// San Francisco traces of some days of May 2008.
  static func traces(_ days: ClosedRange<Int>) throws -> TripLog {
    var options = TripReader.Options()
    options.keepFixes = true
    return try TripReader.read(
      files: days.map { "\(folder ?? "")/sf_cabspotting/cab_2008-05-\($0).csv.gz" },
      options: options
    )
  }
}
