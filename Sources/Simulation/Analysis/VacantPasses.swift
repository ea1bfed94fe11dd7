import Spatial
import TripData

/// A vacant taxi comes by: it is in a cell, and was not there shortly before.
package struct VacantPass: Equatable {
  package var taxi: Int32
  package var cell: GridCell
  /// Unix seconds.
  package var at: Int64
}

/// How paths are read off the fixes of vacant taxis.
enum VacantPaths {
  /// Two fixes further apart in time, in seconds, have no path between them.
  static let silence: Int64 = 180
  /// Back in a cell within this many seconds, it is the same visit: position errors would otherwise
  /// make a taxi that waits on a border come by once a minute.
  static let visit: Int64 = 180
  /// Metres per second; a faster step is a jump of the receiver, not a path.
  static let speedMax: Int64 = 55

  /// Tells every visit of every vacant taxi to every cell, taxi by taxi, in order of time.
  ///
  /// A visit begins when the taxi drives into the cell, or becomes vacant in it. A taxi that is seen
  /// again after a silence has come by only if it was last seen in another cell. Between fixes the
  /// path is the straight line at an even speed, so it cuts the corners of streets.
  static func forEachPass(
    _ table: FixTable,
    grid: CellGrid,
    body: (VacantPass) -> Void
  ) {
    var seen: [GridCell: Int64] = [:]
    for taxi in 0..<max(table.starts.count - 1, 0) {
      // Visits of other taxis do not count here; asked only, never walked.
      seen.removeAll(keepingCapacity: true)
      var before: (at: Int64, point: Point, cell: GridCell)?
      for fix in table.fixes(ofTaxi: taxi) {
        guard fix.ride == 0 else {
          before = nil
          continue
        }
        let at = Int64(fix.seconds)
        let point = grid.projection.project(fix.place)
        let cell = grid.cell(of: point)
        defer { before = (at, point, cell) }
        func visit(_ cell: GridCell, at time: Int64) {
          if let last = seen[cell], time - last <= Self.visit {
            seen[cell] = time
            return
          }
          seen[cell] = time
          if grid.contains(cell) { body(VacantPass(taxi: Int32(taxi), cell: cell, at: time)) }
        }
        guard let previous = before else {
          visit(cell, at: at)
          continue
        }
        let lasted = at - previous.at
        let metres = Int64(previous.point.distance(to: point)) / 10
        guard lasted <= Self.silence, metres <= Self.speedMax * lasted else {
          if cell == previous.cell {
            seen[cell] = at
          } else {
            visit(cell, at: at)
          }
          continue
        }
        // It was still there when it left, however long it had waited.
        seen[previous.cell] = previous.at
        grid.forEachCell(from: previous.point, to: point) { entered, numerator, denominator in
          visit(entered, at: previous.at + lasted * numerator / max(denominator, 1))
        }
        seen[cell] = at
      }
    }
  }
}
