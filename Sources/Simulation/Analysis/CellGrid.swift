import Spatial

/// One square of a ``CellGrid``, counted eastward and northward from the grid's origin.
public struct GridCell: Hashable, Comparable, Sendable {
  public var column: Int32
  public var row: Int32

  public init(column: Int32, row: Int32) {
    self.column = column
    self.row = row
  }

  /// Row by row from the south, each from the west.
  public static func < (a: Self, b: Self) -> Bool { (a.row, a.column) < (b.row, b.column) }
}

/// A flat map cut into squares of one side, cell (0, 0) north-east of the origin. A point on a border
/// belongs to the cell north or east of it.
public struct CellGrid: Hashable, Sendable {
  /// Metres.
  public static let sides = 20...2_000
  /// Cells further from the origin than this, in columns or rows, are off the grid.
  static let reach: Int32 = 1 << 17

  public let projection: Projection
  public let sideMetres: Int
  /// Decimetres.
  let side: Int32

  /// - Parameters:
  ///   - origin: where four cells meet; near the data, as the map is flat.
  ///   - sideMetres: in ``sides``.
  public init(origin: GeoPoint, sideMetres: Int) {
    precondition(Self.sides.contains(sideMetres), "a cell of \(sideMetres) m")
    projection = Projection(origin: origin)
    self.sideMetres = sideMetres
    side = Int32(sideMetres * 10)
  }

  public var origin: GeoPoint { projection.origin }

  /// The cell of a place.
  public func cell(of place: GeoPoint) -> GridCell { cell(of: projection.project(place)) }

  /// The cell of a point of the grid's own map.
  package func cell(of point: Point) -> GridCell {
    GridCell(column: Self.floorDivide(point.x, side), row: Self.floorDivide(point.y, side))
  }

  func contains(_ cell: GridCell) -> Bool {
    (-Self.reach..<Self.reach).contains(cell.column)
      && (-Self.reach..<Self.reach).contains(cell.row)
  }

  func middle(of cell: GridCell) -> Point {
    Point(
      x: Int32(clamping: Int64(cell.column) * Int64(side) + Int64(side) / 2),
      y: Int32(clamping: Int64(cell.row) * Int64(side) + Int64(side) / 2)
    )
  }

  /// South-west and north-east corners of the square of `span` × `span` cells whose south-western
  /// cell is given.
  public func corners(of cell: GridCell, span: Int = 1) -> (
    southWest: GeoPoint, northEast: GeoPoint
  ) {
    func corner(_ column: Int64, _ row: Int64) -> GeoPoint {
      projection.unproject(
        Point(x: Int32(clamping: column * Int64(side)), y: Int32(clamping: row * Int64(side)))
      )
    }
    let (column, row) = (Int64(cell.column), Int64(cell.row))
    return (corner(column, row), corner(column + Int64(span), row + Int64(span)))
  }

  static func floorDivide(_ a: Int32, _ b: Int32) -> Int32 {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }
}

/// Hours of the week in local time, 0 being Monday 00:00 to 01:00.
public enum WeekHour {
  public static let count = 168

  /// Unix seconds, and local time less UTC in seconds.
  @inline(__always)
  static func slot(_ unixSeconds: Int64, utcOffsetSeconds: Int) -> Int {
    // 1 January 1970 was a Thursday.
    Int((hour(unixSeconds, utcOffsetSeconds: utcOffsetSeconds) &+ 72) % 168 + 168) % 168
  }

  /// Whole local hours since 1 January 1970, 00:00.
  @inline(__always)
  static func hour(_ unixSeconds: Int64, utcOffsetSeconds: Int) -> Int64 {
    let local = unixSeconds + Int64(utcOffsetSeconds)
    return local >= 0 ? local / 3_600 : (local - 3_599) / 3_600
  }

  /// 1 is Monday, as in ISO 8601.
  static func weekday(_ slot: Int) -> Int { slot / 24 + 1 }
  static func hourOfDay(_ slot: Int) -> Int { slot % 24 }
}
