import Simulation
import Spatial
import Testing

/// Seeds that once failed, and fresh ones: a failure names its seed.
private let seeds: [UInt64] =
  [1, 2, 6_301_094_084_029_763_789] + (0..<8).map { _ in UInt64.random(in: 0...UInt64.max) }

@Suite struct CellPathTests {
  private let grid = CellGrid(origin: GeoPoint(latitude: 0, longitude: 0), sideMetres: 100)

  private func path(_ a: Point, _ b: Point) -> [GridCell] { grid.path(from: a, to: b) }

  @Test func `a way inside one cell enters none`() {
    #expect(path(Point(x: 0, y: 0), Point(x: 999, y: 999)).isEmpty)
    #expect(path(Point(x: 5, y: 5), Point(x: 5, y: 5)).isEmpty)
  }

  @Test func `a point on a border belongs to the cell north or east of it`() {
    #expect(path(Point(x: 999, y: 0), Point(x: 1_000, y: 0)) == [GridCell(column: 1, row: 0)])
    #expect(path(Point(x: 0, y: 0), Point(x: -1, y: 0)) == [GridCell(column: -1, row: 0)])
    #expect(path(Point(x: 1_500, y: 0), Point(x: 1_000, y: 0)).isEmpty)
  }

  @Test func `a way through a corner goes straight across`() {
    #expect(
      path(Point(x: 500, y: 500), Point(x: 1_500, y: 1_500)) == [GridCell(column: 1, row: 1)]
    )
    #expect(
      path(Point(x: 500, y: 400), Point(x: 1_500, y: 1_400))
        == [GridCell(column: 1, row: 0), GridCell(column: 1, row: 1)]
    )
  }

  @Test(arguments: seeds)
  func `the walk enters what small steps along the line are in`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .thinning)
    for _ in 0..<200 {
      let a = Point(x: Int32(random.below(8_000)) - 4_000, y: Int32(random.below(8_000)) - 4_000)
      let b = Point(x: Int32(random.below(8_000)) - 4_000, y: Int32(random.below(8_000)) - 4_000)
      let walk = path(a, b)
      var previous = grid.cell(of: a)
      for cell in walk {
        let step = (cell.column - previous.column, cell.row - previous.row)
        #expect(abs(step.0) <= 1 && abs(step.1) <= 1 && step != (0, 0), "seed \(seed)")
        previous = cell
      }
      #expect(previous == grid.cell(of: b), "seed \(seed): \(a) to \(b)")
      // The slow twin: a few thousand points of the line, less those within a decimetre of a border,
      // where rounding decides.
      var sampled: [GridCell] = []
      let steps = 4_000
      for index in 1...steps {
        let x = Double(a.x) + Double(b.x - a.x) * Double(index) / Double(steps)
        let y = Double(a.y) + Double(b.y - a.y) * Double(index) / Double(steps)
        guard [x, y].allSatisfy({ abs($0 / 1_000 - ($0 / 1_000).rounded()) > 0.002 }) else {
          continue
        }
        let cell = grid.cell(of: Point(x: Int32(x.rounded()), y: Int32(y.rounded())))
        if cell != sampled.last ?? grid.cell(of: a) { sampled.append(cell) }
      }
      var left = walk[...]
      for cell in sampled {
        let place = left.firstIndex(of: cell)
        #expect(place != nil, "seed \(seed): \(a) to \(b) misses \(cell)")
        if let place { left = left[(place + 1)...] }
      }
      // Sampling does not see corners that are clipped: those the line must at least touch.
      for cell in walk {
        #expect(isTouched(cell, a, b), "seed \(seed): \(a) to \(b) is not in \(cell)")
      }
    }
  }

  /// Whether the line comes within a decimetre of the cell.
  private func isTouched(_ cell: GridCell, _ a: Point, _ b: Point) -> Bool {
    var (first, last) = (0.0, 1.0)
    for (from, to, low) in [(a.x, b.x, cell.column), (a.y, b.y, cell.row)] {
      let (near, far) = (Double(low) * 1_000 - 1, Double(low + 1) * 1_000 + 1)
      let length = Double(to) - Double(from)
      guard length != 0 else {
        if Double(from) < near || Double(from) > far { return false }
        continue
      }
      let ends = [(near - Double(from)) / length, (far - Double(from)) / length].sorted()
      first = max(first, ends[0])
      last = min(last, ends[1])
    }
    return first <= last
  }
}
