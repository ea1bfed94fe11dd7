import Foundation
import Testing
import TripData

/// The folder with the published data sets, as docs/DATA.md lays it out; the data are not ours to
/// bundle, so these tests are skipped where `BAECHA_DATA` does not name it.
private let dataFolder = ProcessInfo.processInfo.environment["BAECHA_DATA"]

private func files(_ folder: String, _ prefix: String) throws -> [String] {
  let path = (dataFolder ?? "") + "/" + folder
  return try FileManager.default.contentsOfDirectory(atPath: path)
    .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".csv.gz") }.sorted().map { path + "/" + $0 }
}

@Suite(.enabled(if: dataFolder != nil, "BAECHA_DATA names no folder with the published data"))
struct PublishedDataTests {
  @Test func `thirteen San Francisco days give the independent counts`() throws {
    let log = try TripReader.read(files: try files("sf_cabspotting", "cab_"))
    #expect(log.report.rows == 6_160_929)
    #expect(log.taxis.count == 521)
    #expect(abs(log.trips.count - 238_500) <= 500)
    let gaps = try log.figures(by: .gaps)
    #expect(abs(gaps.shifts - 20_570) <= 20)
    #expect(abs(Double(gaps.onShift) / 3_600_000 - 81_622) <= 50)
    #expect(abs((gaps.vacancyByTime ?? 0) - 0.485) <= 0.005)
    let presence = try log.figures(by: .presence)
    #expect((0.55...0.58).contains(presence.vacancyByTime ?? 0))
    let trace = try #require(log.trace)
    let empty = Double(trace.vacantMetres) / Double(trace.vacantMetres + trace.occupiedMetres)
    #expect(abs(empty - 0.44) <= 0.01)
  }

  @Test func `the New York hour has its known defects`() throws {
    let log = try TripReader.read(files: try files("nyc_foil_2013", "rides_"))
    #expect(log.report.rows == 57_970)
    #expect(log.report.rides == 28_999)
    #expect(log.taxis.count == 9_874)
    #expect(log.report.dropped(.startWithoutEnd) == 28)
    #expect(log.report.dropped(.zeroCoordinate) == 562)
    #expect(log.report.dropped(.overlap) == 5)
    #expect(log.report.kept + log.report.ridesDropped == log.report.rides)
  }

  @Test func `the Seoul day has its known calls`() throws {
    let log = try TripReader.read(files: try files("seoul_calltaxi", "calltaxi_"))
    #expect(log.report.rows == 4_361)
    #expect(log.report.dropped(.duplicateRow) == 30)
    #expect(log.taxis.count == 577)
    #expect(
      log.calls.allSatisfy { $0.from.district.hasSuffix("구") || $0.from.district.hasSuffix("시") }
    )
  }
}
