import Spatial
import Testing

@Suite struct MovingGridTests {
  static let town = Box(min: Point(x: 0, y: 0), max: Point(x: 100_000, y: 100_000))

  /// A grid of the town with the points put in, in the order given, as slots 0, 1, 2, ...
  static func grid(_ points: [(x: Int, y: Int)], mask: UInt32 = 1) -> MovingGrid {
    var grid = MovingGrid(box: town, capacity: points.count + 2, expected: points.count)
    for (slot, point) in points.enumerated() {
      grid.insert(Int32(slot), at: Point(x: Int32(point.x), y: Int32(point.y)), mask: mask)
    }
    return grid
  }

  static func slots(
    _ grid: borrowing MovingGrid,
    _ k: Int,
    near center: Point,
    within: Int32 = Int32.max,
    needing: UInt32 = 0,
    excluding: [Int32] = []
  ) -> [Int32] {
    var found: [Neighbor] = []
    grid.nearest(
      k,
      to: center,
      within: within,
      needing: needing,
      excluding: excluding.span,
      into: &found
    )
    return found.map(\.slot)
  }

  @Test func `an empty grid finds nothing`() {
    let grid = Self.grid([])
    #expect(Self.slots(grid, 3, near: Point(x: 5, y: 5)) == [])
    #expect(grid.count == 0)
    grid.checkInvariants()
  }

  @Test func `a nearer taxi across a cell border wins`() {
    // Whatever the side of a cell is, one of these pairs lies on both sides of a border.
    for x in stride(from: 1_024, to: 99_000, by: 1_024) {
      let grid = Self.grid([(x - 1, 500), (x + 400, 500)])
      #expect(Self.slots(grid, 1, near: Point(x: Int32(x), y: 500)) == [0])
      #expect(Self.slots(grid, 1, near: Point(x: Int32(x + 390), y: 500)) == [1])
    }
  }

  @Test func `of two equally near the lower slot comes first`() {
    let grid = Self.grid([(60_000, 50_000), (50_000, 40_000), (40_000, 50_000), (50_000, 60_000)])
    #expect(Self.slots(grid, 3, near: Point(x: 50_000, y: 50_000)) == [0, 1, 2])
    #expect(
      Self.slots(grid, 3, near: Point(x: 50_000, y: 50_000), excluding: [1]) == [0, 2, 3]
    )
  }

  @Test func `a taxi exactly at the limit is within it`() {
    let grid = Self.grid([(30_000, 40_000)])
    #expect(Self.slots(grid, 1, near: Point(x: 0, y: 0), within: 50_000) == [0])
    #expect(Self.slots(grid, 1, near: Point(x: 0, y: 0), within: 49_999) == [])
    #expect(Self.slots(grid, 1, near: Point(x: 30_000, y: 40_000), within: 0) == [0])
    #expect(Self.slots(grid, 1, near: Point(x: 30_000, y: 40_000), within: -1) == [])
  }

  @Test func `a mask must have every bit that is needed`() {
    var grid = Self.grid([(100, 100), (200, 200), (300, 300)], mask: 0b001)
    grid.setMask(1, to: 0b011)
    grid.setMask(2, to: 0b111)
    #expect(Self.slots(grid, 9, near: Point(x: 0, y: 0), needing: 0b011) == [1, 2])
    #expect(Self.slots(grid, 9, near: Point(x: 0, y: 0), needing: 0b101) == [2])
    #expect(Self.slots(grid, 9, near: Point(x: 0, y: 0), needing: 0b1000) == [])
    #expect(grid.mask(of: 1) == 0b011)
    grid.checkInvariants()
  }

  @Test func `a point far outside the box keeps its place and is found`() {
    var grid = Self.grid([(50_000, 50_000)])
    grid.insert(1, at: Point(x: -900_000, y: 2_000_000), mask: 1)
    #expect(grid.point(of: 1) == Point(x: -900_000, y: 2_000_000))
    #expect(Self.slots(grid, 2, near: Point(x: -900_001, y: 2_000_000)) == [1, 0])
    #expect(Self.slots(grid, 2, near: Point(x: 0, y: 100_000)) == [0, 1])
    grid.checkInvariants()
  }

  @Test func `fewer come when there are not so many`() {
    let grid = Self.grid([(1, 1), (2, 2)])
    #expect(Self.slots(grid, 100_000, near: Point(x: 0, y: 0)) == [0, 1])
    #expect(Self.slots(grid, 0, near: Point(x: 0, y: 0)) == [])
    #expect(Self.slots(grid, -1, near: Point(x: 0, y: 0)) == [])
  }

  @Test func `a search replaces what the array held`() {
    let grid = Self.grid([(1, 1), (2, 2)])
    var found = [Neighbor](repeating: Neighbor(slot: 9, squaredDistance: 9), count: 7)
    grid.nearest(1, to: Point(x: 0, y: 0), within: Int32.max, needing: 0, into: &found)
    #expect(found == [Neighbor(slot: 0, squaredDistance: 2)])
    grid.nearest(1, to: Point(x: 0, y: 0), within: Int32.max, needing: 2, into: &found)
    #expect(found == [])
  }

  @Test func `a slot can be taken out and put in again`() {
    var grid = Self.grid([(1, 1), (2, 2)])
    grid.remove(0)
    let present = [-1, 0, 1, Int32.max].map { grid.contains($0) }
    #expect(present == [false, false, true, false])
    #expect(Self.slots(grid, 2, near: Point(x: 0, y: 0)) == [1])
    grid.insert(0, at: Point(x: 9, y: 9), mask: 0)
    #expect(Self.slots(grid, 2, near: Point(x: 0, y: 0)) == [1, 0])
    grid.removeAll()
    #expect(grid.count == 0)
    #expect(Self.slots(grid, 2, near: Point(x: 0, y: 0)) == [])
    grid.checkInvariants()
    grid.insert(1, at: Point(x: 9, y: 9), mask: 0)
    #expect(Self.slots(grid, 2, near: Point(x: 0, y: 0)) == [1])
    grid.checkInvariants()
  }

  @Test func `a grid without slots is a grid`() {
    let grid = MovingGrid(box: Self.town, capacity: 0, expected: 0)
    #expect(Self.slots(grid, 1, near: Point(x: 0, y: 0)) == [])
    grid.checkInvariants()
  }
}
