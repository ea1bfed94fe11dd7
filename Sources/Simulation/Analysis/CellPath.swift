import Spatial

extension CellGrid {
  /// Walks a straight line and tells the cells that it enters, in order: not the one it begins in,
  /// and not one that it only touches at a corner.
  ///
  /// The way from border to border follows J. Amanatides and A. Woo, "A fast voxel traversal
  /// algorithm for ray tracing", Eurographics 1987; here with exact fractions instead of floating
  /// point, so that a line through a corner goes straight across it.
  ///
  /// - Parameters:
  ///   - start: where the line begins.
  ///   - end: where it ends.
  ///   - enter: told the cell, and where on the line it is entered, as a fraction of the whole.
  func forEachCell(
    from start: Point,
    to end: Point,
    enter: (GridCell, _ numerator: Int64, _ denominator: Int64) -> Void
  ) {
    var here = cell(of: start)
    let last = cell(of: end)
    let across = Axis(from: start.x, to: end.x, cell: here.column, side: side)
    let up = Axis(from: start.y, to: end.y, cell: here.row, side: side)
    var nextColumn = across.first
    var nextRow = up.first
    while here != last {
      let columnsLeft = here.column != last.column
      let rowsLeft = here.row != last.row
      // nextColumn ÷ across.length against nextRow ÷ up.length.
      let order = nextColumn * up.length - nextRow * across.length
      let movesAcross = columnsLeft && (!rowsLeft || order <= 0)
      let movesUp = rowsLeft && (!columnsLeft || order >= 0)
      let numerator = movesAcross ? nextColumn : nextRow
      let denominator = movesAcross ? across.length : up.length
      if movesAcross {
        here.column += across.step
        nextColumn += Int64(side)
      }
      if movesUp {
        here.row += up.step
        nextRow += Int64(side)
      }
      enter(here, numerator, denominator)
    }
  }

  /// The cells of ``forEachCell(from:to:enter:)`` as a list.
  package func path(from start: Point, to end: Point) -> [GridCell] {
    var cells: [GridCell] = []
    forEachCell(from: start, to: end) { cell, _, _ in cells.append(cell) }
    return cells
  }

  /// One coordinate of a line.
  private struct Axis {
    /// +1 or −1.
    let step: Int32
    /// Decimetres.
    let length: Int64
    /// From the start to the first border, decimetres.
    let first: Int64

    init(from start: Int32, to end: Int32, cell: Int32, side: Int32) {
      let forward = end >= start
      step = forward ? 1 : -1
      length = abs(Int64(end) - Int64(start))
      let border = (Int64(cell) + (forward ? 1 : 0)) * Int64(side)
      first = abs(border - Int64(start))
    }
  }
}
