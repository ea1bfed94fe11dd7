/// Where a point is among the cells: whole steps east and north of the box's south-western corner.
///
/// A step is a decimetre, or half of one when that makes the side of a cell a power of four: then
/// dividing a side by four, again and again, ends at exactly one step.
struct Place {
  var u: Int
  var v: Int
}

/// How the box is cut into cells.
struct Frame {
  let box: Box
  /// A cell's side is two to this power, in steps; even.
  let shift: Int
  /// Steps are decimetres shifted left by this: 0 or 1.
  let fineness: Int
  let columns: Int
  let rows: Int
  /// The largest place.
  let end: Place

  let cellCount: Int
  /// How many blocks of 8 × 8 cells are in a row.
  let blockColumns: Int

  /// Cells as small as can be with no more of them than four fifths of `cellsMax`.
  init(box: Box, cellsMax: Int) {
    self.box = box
    let width = Int(box.max.x) - Int(box.min.x)
    let height = Int(box.max.y) - Int(box.min.y)
    // A step in the power makes a factor of four: there are 1¼ to 5 points in a cell where cellsMax
    // points are spread evenly.
    let countMax = max(1, cellsMax * 4 / 5)
    var side = 0
    while ((width >> side) + 1) * ((height >> side) + 1) > countMax && side < 32 { side += 1 }
    fineness = side & 1
    shift = side + fineness
    columns = (width >> side) + 1
    rows = (height >> side) + 1
    cellCount = columns * rows
    blockColumns = (columns + 7) >> 3
    end = Place(u: width << fineness, v: height << fineness)
  }

  /// The place of a point, or of the nearest point in the box.
  @inline(__always)
  func place(of point: Point) -> Place {
    let inside = box.clamp(point)
    return Place(
      u: (Int(inside.x) &- Int(box.min.x)) &<< fineness,
      v: (Int(inside.y) &- Int(box.min.y)) &<< fineness
    )
  }

  /// The cell at a place, in rows from the south-west.
  @inline(__always)
  func cell(at place: Place) -> Int {
    (place.v &>> shift) &* columns &+ (place.u &>> shift)
  }

  /// The block of 8 × 8 cells at a place, in rows from the south-west.
  @inline(__always)
  func block(of place: Place) -> Int {
    (place.v &>> (shift &+ 3)) &* blockColumns &+ (place.u &>> (shift &+ 3))
  }

  /// The least square of a distance between `x`, `y` and any point whose place is in the square of
  /// `side` steps with its south-western corner at (`u`, `v`).
  ///
  /// A square at the edge of the box also holds what is beyond, so it has no end on that side.
  @inline(__always)
  func squaredGap(x: Int, y: Int, u: Int, v: Int, side: Int) -> Int64 {
    let west = u <= 0 ? Int.min / 2 : Int(box.min.x) &+ (u &>> fineness)
    let south = v <= 0 ? Int.min / 2 : Int(box.min.y) &+ (v &>> fineness)
    let east = u &+ side > end.u ? Int.max / 2 : Int(box.min.x) &+ ((u &+ side &- 1) &>> fineness)
    let north = v &+ side > end.v ? Int.max / 2 : Int(box.min.y) &+ ((v &+ side &- 1) &>> fineness)
    let dx = max(0, west &- x, x &- east)
    let dy = max(0, south &- y, y &- north)
    return squaredLength(dx, dy)
  }
}

/// `dx² + dy²` for differences of 32-bit coordinates; `Int64.max` where that is too much, as in
/// ``Point/squaredDistance(to:)``.
@inline(__always)
func squaredLength(_ dx: Int, _ dy: Int) -> Int64 {
  let (u, v) = (UInt64(bitPattern: Int64(dx)), UInt64(bitPattern: Int64(dy)))
  let (sum, overflow) = (u &* u).addingReportingOverflow(v &* v)
  return overflow || sum > UInt64(Int64.max) ? Int64.max : Int64(truncatingIfNeeded: sum)
}
