import Spatial
import Testing

/// Random histories, checked against the full scan: what a search finds must be what looking at
/// every point finds, whatever happened before.
@Suite struct MovingGridRandomTests {
  /// Where the points of a history are.
  enum Place: CaseIterable, Sendable {
    case spread, tinyBox, oneLine, onePoint, ranks, city, beyondTheBox, anywhere
  }

  /// One history: a grid and its twin, and the draws that drive them.
  struct History: ~Copyable {
    var draw: Draw
    let place: Place
    let box: Box
    let capacity: Int
    var grid: MovingGrid
    var twin: GridTwin
    var found: [Neighbor] = []

    init(seed: UInt64, place: Place, capacity: Int) {
      var draw = Draw(seed: seed)
      self.place = place
      self.capacity = capacity
      let side = place == .tinyBox ? draw.within(0...4) : draw.within(1_000...400_000)
      let corner = Point(
        x: Int32(draw.within(-500_000...500_000)),
        y: Int32(draw.within(-500_000...500_000))
      )
      let height = place == .oneLine ? 0 : side
      box =
        place == .anywhere
        ? Box(
          min: Point(x: draw.awkward(), y: draw.awkward()),
          max: Point(x: draw.awkward(), y: draw.awkward())
        )
        : Box(min: corner, max: Point(x: corner.x + Int32(side), y: corner.y + Int32(height)))
      // Cells sized for another number of points than there are must only cost time.
      let expected = [capacity, capacity / 8, 1, 100_000][draw.below(4)]
      let nodes = [capacity / 8 + 16, capacity / 8 + 16, 0, 1, 4][draw.below(5)]
      grid = MovingGrid(box: box, capacity: capacity, expected: expected, nodeCapacity: nodes)
      twin = GridTwin(capacity: capacity)
      self.draw = draw
    }

    mutating func somewhere() -> Point {
      let width = Int(box.max.x) - Int(box.min.x)
      let height = Int(box.max.y) - Int(box.min.y)
      func at(_ x: Int, _ y: Int) -> Point {
        Point(x: Int32(clamping: Int(box.min.x) + x), y: Int32(clamping: Int(box.min.y) + y))
      }
      let x = draw.within(0...width)
      let y = draw.within(0...height)
      switch place {
      case .spread, .tinyBox, .oneLine: return at(x, y)
      case .onePoint: return draw.below(20) == 0 ? at(x, y) : at(width / 3, height / 3)
      case .ranks:
        // A few ranks of 10 m, where most stand, some at the very same place.
        let rank = draw.below(5)
        guard rank > 0 else { return at(x, y) }
        return at(width * rank / 6 + draw.below(100) / 5, height / rank / 2 + draw.below(100))
      case .city:
        // Thrice halved or not: dense in the middle, in several steps.
        let scale = 1 << (2 * draw.below(4))
        return at(width / 2 + (x - width / 2) / scale, height / 2 + (y - height / 2) / scale)
      case .beyondTheBox: return at(3 * x - width, 3 * y - height)
      case .anywhere: return Point(x: draw.awkward(), y: draw.awkward())
      }
    }

    mutating func step(full: Int) {
      let slot = Int32(draw.below(capacity))
      let mask = UInt32(draw.below(8)) | (draw.below(40) == 0 ? 0x8000_0000 : 0)
      guard let entry = twin[slot] else {
        // `full` of 100 slots are in the grid after a while.
        guard draw.below(100) < full else { return }
        let point = somewhere()
        grid.insert(slot, at: point, mask: mask)
        twin[slot] = GridTwin.Entry(point: point, mask: mask)
        return
      }
      if draw.below(100) >= full {
        grid.remove(slot)
        twin[slot] = nil
      } else if draw.below(6) == 0 {
        grid.setMask(slot, to: mask)
        twin[slot]?.mask = mask
      } else {
        var point = somewhere()
        if draw.below(2) == 0 {
          // A short way: mostly inside a cell or to the next one.
          point = Point(
            x: entry.point.x &+ Int32(draw.within(-300...300)),
            y: entry.point.y &+ Int32(draw.within(-300...300))
          )
        }
        grid.move(slot, to: point)
        twin[slot]?.point = point
      }
    }

    mutating func check(_ seed: UInt64) {
      var center = somewhere()
      switch draw.below(8) {
      case 0: center = Point(x: draw.awkward(), y: draw.awkward())
      case 1, 2, 3:
        let slot = Int32(draw.below(capacity))
        center = twin[slot]?.point ?? center
      default: break
      }
      let k = [1, 1, 2, 8, 8, 31, 40, 100, capacity, capacity + 5][draw.below(10)]
      let within = draw.below(2) == 0 ? Int32.max : Int32(draw.within(0...60_000))
      let needing = [0, 0, 1, 5, 7, 0x8000_0000, 0x4000_0000][draw.below(7)] as UInt32
      let excluded = (0..<[0, 0, 3, 20][draw.below(4)]).map { _ in
        Int32(draw.within(-1...capacity))
      }
      let truth = twin.nearest(
        k,
        to: center,
        within: within,
        needing: needing,
        excluding: excluded
      )
      if excluded.isEmpty {
        grid.nearest(k, to: center, within: within, needing: needing, into: &found)
      } else {
        grid.nearest(
          k,
          to: center,
          within: within,
          needing: needing,
          excluding: excluded.span,
          into: &found
        )
      }
      #expect(
        found == truth,
        "seed \(seed), \(place): \(k) nearest to \(center) within \(within) needing \(needing)"
      )
    }
  }

  @Test(arguments: Place.allCases, Seeds.regressions + Seeds.fresh(6))
  func `the grid finds what a full scan finds`(place: Place, seed: UInt64) {
    var history = History(seed: seed, place: place, capacity: [3, 60, 900][Int(seed % 3)])
    // Filled, emptied and filled again, so that cells split and merge.
    for full in [90, 5, 60, 1, 97, 30] {
      for round in 0..<8 {
        for _ in 0..<history.capacity / 2 + 5 { history.step(full: full) }
        for _ in 0..<10 { history.check(seed) }
        if round % 4 == 3 { history.grid.checkInvariants() }
      }
      #expect(history.grid.count == history.twin.count, "seed \(seed)")
    }
  }

  /// The same set reached by another history: the answers must be the same bytes.
  @Test(arguments: Place.allCases, Seeds.regressions + Seeds.fresh(2))
  func `the order of insertion does not show`(place: Place, seed: UInt64) {
    var history = History(seed: seed, place: place, capacity: 700)
    for _ in 0..<4_000 { history.step(full: 80) }
    var other = MovingGrid(box: history.box, capacity: 700, expected: 50)
    for slot in Int32(0)..<700 { other.insert(slot, at: history.somewhere(), mask: 0) }
    for slot in (Int32(0)..<700).reversed() {
      if let entry = history.twin[slot] {
        other.move(slot, to: entry.point)
        other.setMask(slot, to: entry.mask)
      } else {
        other.remove(slot)
      }
    }
    other.checkInvariants()
    var (found, foundByOther): ([Neighbor], [Neighbor]) = ([], [])
    for _ in 0..<200 {
      let center = history.somewhere()
      let k = history.draw.within(1...20)
      history.grid.nearest(k, to: center, within: Int32.max, needing: 1, into: &found)
      other.nearest(k, to: center, within: Int32.max, needing: 1, into: &foundByOther)
      #expect(found == foundByOther, "seed \(seed), \(place)")
    }
  }
}
