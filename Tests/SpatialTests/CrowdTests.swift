import Spatial
import Testing

/// Cells that divide and unite, one drawn case for each thing that can happen on the way.
@Suite struct CrowdTests {
  /// One cell of 102.4 m, or a grid of many when `expected` says so.
  struct Crowd: ~Copyable {
    var grid: MovingGrid
    var twin: GridTwin

    init(capacity: Int, expected: Int = 1, nodes: Int = 100) {
      grid = MovingGrid(
        box: Box(min: Point(x: 0, y: 0), max: Point(x: 1_023, y: 1_023)),
        capacity: capacity,
        expected: expected,
        nodeCapacity: nodes
      )
      twin = GridTwin(capacity: capacity)
    }

    mutating func put(_ slots: Range<Int32>, at x: Int32, _ y: Int32, apart: Int32 = 0) {
      for slot in slots {
        let point = Point(x: x + apart * (slot - slots.lowerBound), y: y)
        if twin[slot] == nil {
          grid.insert(slot, at: point, mask: 1)
        } else {
          grid.move(slot, to: point)
        }
        twin[slot] = GridTwin.Entry(point: point, mask: 1)
      }
    }

    mutating func take(_ slots: Range<Int32>) {
      for slot in slots {
        grid.remove(slot)
        twin[slot] = nil
      }
    }

    /// Searches from everywhere in the cell and around it, with every sort of `k`.
    func check(_ what: String) {
      grid.checkInvariants()
      var found: [Neighbor] = []
      for x in stride(from: Int32(-300), through: 1_400, by: 170) {
        for y in stride(from: Int32(-300), through: 1_400, by: 170) {
          for k in [1, 8, 60] {
            grid.nearest(k, to: Point(x: x, y: y), within: Int32.max, needing: 1, into: &found)
            let truth = twin.nearest(
              k,
              to: Point(x: x, y: y),
              within: Int32.max,
              needing: 1,
              excluding: []
            )
            #expect(found == truth, "\(what): \(k) nearest to \(x), \(y)")
          }
        }
      }
    }
  }

  @Test func `two thousand taxis at the very same spot`() {
    var crowd = Crowd(capacity: 2_100)
    crowd.put(0..<2_000, at: 500, 500)
    crowd.check("all there")
    crowd.put(2_000..<2_010, at: 499, 500)
    crowd.check("ten beside them")
    crowd.take(5..<1_990)
    crowd.check("few left")
    crowd.put(5..<1_990, at: 500, 501)
    crowd.check("back beside the others")
  }

  @Test func `a passer-by of a rank comes and goes`() {
    var crowd = Crowd(capacity: 100)
    crowd.put(0..<40, at: 700, 700)
    var touched: [Int] = []
    for passage in 1...3 {
      for x in stride(from: Int32(1_020), to: 0, by: -30) {
        crowd.put(90..<91, at: x, 700)
        crowd.check("passage \(passage), at \(x)")
      }
      crowd.take(90..<91)
      crowd.check("passage \(passage), gone")
      touched.append(crowd.grid.byteCount(touched: true))
    }
    // The nodes around the rank that a passer-by needs are given back behind him.
    #expect(touched == [touched[0], touched[0], touched[0]])
  }

  @Test func `without a node to spare a crowd stays one list`() {
    for nodes in 0...4 {
      var crowd = Crowd(capacity: 200, nodes: nodes)
      crowd.put(0..<30, at: 100, 100)
      crowd.check("\(nodes) nodes, one rank")
      crowd.put(30..<60, at: 104, 100)
      crowd.check("\(nodes) nodes, another beside it")
      crowd.put(60..<90, at: 900, 900)
      crowd.check("\(nodes) nodes, one far away")
      crowd.put(90..<120, at: 0, 512, apart: 34)
      crowd.check("\(nodes) nodes, a row between them")
      crowd.take(0..<55)
      crowd.put(0..<20, at: 100, 102)
      crowd.check("\(nodes) nodes, most gone")
    }
  }

  @Test func `a crowd beyond the box is found from both sides`() {
    var crowd = Crowd(capacity: 120, expected: 100)
    crowd.put(0..<50, at: -5_000, 4_000, apart: 3)
    crowd.put(50..<100, at: 1_030, 2_000, apart: 100)
    crowd.put(100..<120, at: 0, 0, apart: 50)
    crowd.check("beyond the corners")
    crowd.put(0..<50, at: 20, 20, apart: 20)
    crowd.check("half came in")
  }

  @Test func `removing all leaves a grid like new`() {
    var crowd = Crowd(capacity: 500)
    crowd.put(0..<500, at: 3, 3, apart: 2)
    crowd.grid.removeAll()
    crowd.twin = GridTwin(capacity: 500)
    crowd.check("empty")
    crowd.put(100..<400, at: 1_000, 3, apart: -2)
    crowd.check("filled again")
  }

  @Test func `a fleet takes no more than 64 bytes a taxi`() {
    let town = Box(min: Point(x: 0, y: 0), max: Point(x: 400_000, y: 300_000))
    for capacity in [1_000, 10_000, 72_000, 300_000] {
      let grid = MovingGrid(box: town, capacity: capacity, expected: capacity)
      #expect(grid.byteCount() <= 64 * capacity)
      #expect(grid.byteCount(touched: true) <= grid.byteCount())
    }
  }
}
