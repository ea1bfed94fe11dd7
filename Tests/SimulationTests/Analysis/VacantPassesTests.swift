import Simulation
import Spatial
import Testing
import TripData

@Suite struct VacantPassesTests {
  private typealias Fix = MadeTraces.Fix
  private let grid = CellGrid(
    origin: GeoPoint(latitude: 378_000_000, longitude: -1_224_000_000),
    sideMetres: 100
  )

  /// Passes of one cab as "column,row@second".
  private func passes(_ fixes: [Fix]) throws -> [String] {
    let log = try MadeTraces.log(fixes + MadeTraces.ride)
    return CityAnalysis.vacantPasses(of: log, grid: grid).filter { $0.taxi == 0 }.map {
      "\($0.cell.column),\($0.cell.row)@\($0.at - Int64(MadeTraces.start))"
    }
  }

  @Test func `a taxi comes by in each cell that its way enters, when it enters`() throws {
    let found = try passes([
      Fix(cab: "a", at: 0, east: 50, north: 50), Fix(cab: "a", at: 60, east: 350, north: 50),
    ])
    #expect(found == ["0,0@0", "1,0@10", "2,0@30", "3,0@50"])
  }

  @Test func `a taxi that waits comes by once, however its fixes jitter over a border`() throws {
    let found = try passes(
      (0..<20).map { Fix(cab: "a", at: $0 * 60, east: $0 % 2 == 0 ? 95 : 105, north: 50) }
    )
    #expect(found == ["0,0@0", "1,0@30"])
  }

  @Test func `coming back later is another visit`() throws {
    let there = [0, 60].map { Fix(cab: "a", at: $0, east: Double($0) * 5 + 50, north: 50) }
    let back = [120, 400, 460].map {
      Fix(cab: "a", at: $0, east: $0 == 460 ? 50 : 350, north: 50)
    }
    let found = try passes(there + back)
    #expect(found.filter { $0.hasPrefix("0,0") } == ["0,0@0", "0,0@450"])
  }

  @Test func `there is no way between fixes over three minutes apart`() throws {
    let found = try passes([
      Fix(cab: "a", at: 0, east: 50, north: 50), Fix(cab: "a", at: 181, east: 350, north: 50),
    ])
    #expect(found == ["0,0@0", "3,0@181"])
    let silent = try passes([
      Fix(cab: "a", at: 0, east: 50, north: 50), Fix(cab: "a", at: 1_000, east: 55, north: 50),
    ])
    #expect(silent == ["0,0@0"])
  }

  @Test func `an occupied taxi passes nobody, and is there once its rider has left`() throws {
    let found = try passes([
      Fix(cab: "a", at: 0, east: 50, north: 50),
      Fix(cab: "a", at: 60, east: 50, north: 50, occupied: true),
      Fix(cab: "a", at: 200, east: 750, north: 50, occupied: true),
      Fix(cab: "a", at: 210, east: 750, north: 50),
    ])
    #expect(found == ["0,0@0", "7,0@210"])
  }

  @Test func `a jump of the receiver is no way`() throws {
    let found = try passes([
      Fix(cab: "a", at: 0, east: 50, north: 50), Fix(cab: "a", at: 1, east: 950, north: 50),
    ])
    #expect(found == ["0,0@0", "9,0@1"])
  }
}
