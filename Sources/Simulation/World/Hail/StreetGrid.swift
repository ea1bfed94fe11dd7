import Spatial

/// Squares that riders stand in and legs pass, so that who may meet is found without asking all.
struct StreetGrid: Sendable {
  /// The least side of a square in decimetres.
  private static let sideMin: Int64 = 3_000
  /// A large box has larger squares, not more of them.
  private static let squaresMax: Int64 = 1 << 18

  private let origin: Point
  private let side: Int64
  private let columns: Int64
  private let rows: Int64

  init(box: Box) {
    origin = box.min
    let width = Int64(box.max.x) - Int64(box.min.x)
    let height = Int64(box.max.y) - Int64(box.min.y)
    var side = Self.sideMin
    while (width / side + 1) * (height / side + 1) > Self.squaresMax { side *= 2 }
    self.side = side
    columns = width / side + 1
    rows = height / side + 1
  }

  var count: Int { Int(columns * rows) }

  /// The square of a place; places outside the box belong to the squares at its edge.
  func square(of place: Point) -> Int {
    Int(row(Int64(place.y)) * columns + column(Int64(place.x)))
  }

  private func column(_ x: Int64) -> Int64 {
    min(max((x - Int64(origin.x)) / side, 0), columns - 1)
  }

  private func row(_ y: Int64) -> Int64 { min(max((y - Int64(origin.y)) / side, 0), rows - 1) }

  /// Tells squares, each once, row by row, that hold every place within `reach` of a straight line.
  ///
  /// A place of a row is within reach only of that part of the line whose y lies in the row, widened
  /// by the reach; the part's x, widened likewise, bounds the place's.
  func forEachSquare(along a: Point, _ b: Point, within reach: Int64, body: (Int) -> Void) {
    let (low, high) = a.y <= b.y ? (a, b) : (b, a)
    let bottom = row(Int64(low.y) - reach)
    let top = row(Int64(high.y) + reach)
    for row in bottom...top {
      // The squares at the edge also hold what lies outside.
      let floor = row == 0 ? Int64.min / 4 : Int64(origin.y) + row * side - reach
      let ceiling =
        row == rows - 1 ? Int64.max / 4 : Int64(origin.y) + (row + 1) * side + reach
      let isLevel = low.y == high.y
      let first =
        isLevel ? Int64(low.x) : Self.x(of: low, high, at: max(floor, Int64(low.y)))
      let last = isLevel ? Int64(high.x) : Self.x(of: low, high, at: min(ceiling, Int64(high.y)))
      // One decimetre for the rounding of the two ends.
      let west = column(min(first, last) - reach - 1)
      let east = column(max(first, last) + reach + 1)
      for column in west...east { body(Int(row * columns + column)) }
    }
  }

  /// The x of a line that rises from `low` to `high`, at a y between them, rounded.
  private static func x(of low: Point, _ high: Point, at y: Int64) -> Int64 {
    let inside = min(max(y, Int64(low.y)), Int64(high.y))
    let along = Int64(high.x) - Int64(low.x)
    return Int64(low.x) + along * (inside - Int64(low.y)) / (Int64(high.y) - Int64(low.y))
  }
}
