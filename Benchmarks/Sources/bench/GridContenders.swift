import CTwins
import Spatial

struct Drive {
  var slot: Int32
  var to: Point
}

/// The grid, in a box that closures can hold.
final class Grid {
  var grid: MovingGrid
  private var found: [Neighbor] = []

  init(_ fleet: Fleet) {
    let count = fleet.points.count
    grid = MovingGrid(box: Fleet.box, capacity: count, expected: count)
    for slot in 0..<count { grid.insert(Int32(slot), at: fleet.points[slot], mask: 1) }
  }

  func drive(_ drives: [Drive], _ range: Range<Int>) { Self.drive(&grid, drives, range) }

  private static func drive(_ grid: inout MovingGrid, _ drives: [Drive], _ range: Range<Int>) {
    for index in range { grid.move(drives[index].slot, to: drives[index].to) }
  }

  func search(_ centers: [Point], _ range: Range<Int>, _ k: Int, needing: UInt32) {
    Self.search(grid, centers, range, k, needing, &found)
  }

  private static func search(
    _ grid: borrowing MovingGrid,
    _ centers: [Point],
    _ range: Range<Int>,
    _ k: Int,
    _ needing: UInt32,
    _ found: inout [Neighbor]
  ) {
    for index in range {
      grid.nearest(k, to: centers[index], within: Int32.max, needing: needing, into: &found)
    }
    sink(found.count)
  }

  /// A hash of all answers.
  func answers(_ centers: [Point], _ k: Int, needing: UInt32, to range: Range<Int>) -> UInt64 {
    var hash = Hash()
    for index in range {
      grid.nearest(k, to: centers[index], within: Int32.max, needing: needing, into: &found)
      for hit in found {
        hash.add(hit.slot)
        hash.add(hit.squaredDistance)
      }
    }
    return hash.value
  }
}

/// The same by linked lists in cells of one size, in C.
final class Twin {
  private let grid: OpaquePointer
  private var found = [linked_grid_hit](repeating: linked_grid_hit(), count: 64)

  init(_ fleet: Fleet) {
    let count = fleet.points.count
    let box = Fleet.box
    grid = linked_grid_make(
      box.min.x,
      box.min.y,
      box.max.x - box.min.x,
      box.max.y - box.min.y,
      Int32(count)
    )
    for slot in 0..<count {
      linked_grid_insert(grid, Int32(slot), fleet.points[slot].x, fleet.points[slot].y)
    }
  }

  deinit { linked_grid_free(grid) }

  func drive(_ drives: [Drive], _ range: Range<Int>) {
    for index in range {
      linked_grid_move(grid, drives[index].slot, drives[index].to.x, drives[index].to.y)
    }
  }

  func search(_ centers: [Point], _ range: Range<Int>, _ k: Int) {
    found.withUnsafeMutableBufferPointer { found in
      for index in range {
        sink(
          linked_grid_nearest(
            grid,
            Int32(k),
            centers[index].x,
            centers[index].y,
            found.baseAddress
          )
        )
      }
    }
  }

  func scan(_ centers: [Point], _ range: Range<Int>, _ k: Int) {
    found.withUnsafeMutableBufferPointer { found in
      for index in range {
        sink(
          linked_grid_full_scan(
            grid,
            Int32(k),
            centers[index].x,
            centers[index].y,
            found.baseAddress
          )
        )
      }
    }
  }

  func answers(_ centers: [Point], _ k: Int, to range: Range<Int>) -> UInt64 {
    hash(range) { index, hits in
      linked_grid_nearest(grid, Int32(k), centers[index].x, centers[index].y, hits)
    }
  }

  func scanned(_ centers: [Point], _ k: Int, to range: Range<Int>) -> UInt64 {
    hash(range) { index, hits in
      linked_grid_full_scan(grid, Int32(k), centers[index].x, centers[index].y, hits)
    }
  }

  private func hash(
    _ range: Range<Int>,
    _ answer: (Int, UnsafeMutablePointer<linked_grid_hit>) -> Int32
  ) -> UInt64 {
    var hash = Hash()
    found.withUnsafeMutableBufferPointer { found in
      guard let hits = found.baseAddress else { return }
      for index in range {
        for place in 0..<Int(answer(index, hits)) {
          hash.add(hits[place].slot)
          hash.add(hits[place].squared)
        }
      }
    }
    return hash.value
  }
}
