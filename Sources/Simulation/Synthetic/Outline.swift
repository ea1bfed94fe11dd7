import Spatial

/// A simple polygon on the globe, cut into triangles so that places can be drawn from it evenly.
/// Whole ten-millionths of a degree throughout: every answer is exact.
public struct Outline: Hashable, Sendable {
  /// A corner and the two sides that leave it, with the doubled areas of this triangle and all
  /// before it added up.
  struct Triangle: Hashable, Sendable {
    var corner: GeoPoint
    var first: GeoPoint
    var second: GeoPoint
    var cumulative: UInt64
  }

  /// In order, either way round, the last not repeating the first.
  public let vertices: [GeoPoint]
  let triangles: [Triangle]

  static let verticesMax = 200

  /// - Returns: `nil` unless there are 3 to 200 vertices that enclose an area without the border
  ///   touching or crossing itself, no more than two degrees across.
  public init?(_ vertices: [GeoPoint]) {
    guard (3...Self.verticesMax).contains(vertices.count), Self.isSimple(vertices),
      let triangles = Self.triangulate(vertices)
    else { return nil }
    self.vertices = vertices
    self.triangles = triangles
  }

  /// Whether a place is inside; on the border, either.
  public func contains(_ place: GeoPoint) -> Bool {
    var inside = false
    var previous = vertices[vertices.count - 1]
    for vertex in vertices {
      if (vertex.latitude > place.latitude) != (previous.latitude > place.latitude) {
        let turn = Self.turn(previous, vertex, place)
        // A crossing east of the place: left of an edge that climbs, right of one that falls.
        if (turn > 0) == (vertex.latitude > previous.latitude) { inside.toggle() }
      }
      previous = vertex
    }
    return inside
  }

  /// Twice the signed area of a triangle; positive when `c` lies left of the way from `a` to `b`,
  /// east being right and north up.
  private static func turn(_ a: GeoPoint, _ b: GeoPoint, _ c: GeoPoint) -> Int64 {
    let abx = Int64(b.longitude) - Int64(a.longitude)
    let aby = Int64(b.latitude) - Int64(a.latitude)
    let acx = Int64(c.longitude) - Int64(a.longitude)
    let acy = Int64(c.latitude) - Int64(a.latitude)
    return abx * acy - aby * acx
  }

  private static func isSimple(_ ring: [GeoPoint]) -> Bool {
    let south = ring.reduce(Int32.max) { min($0, $1.latitude) }
    let north = ring.reduce(Int32.min) { max($0, $1.latitude) }
    let west = ring.reduce(Int32.max) { min($0, $1.longitude) }
    let east = ring.reduce(Int32.min) { max($0, $1.longitude) }
    guard Int64(north) - Int64(south) <= 20_000_000, Int64(east) - Int64(west) <= 20_000_000
    else { return false }
    let n = ring.count
    for i in 0..<n {
      let a = ring[i]
      let b = ring[(i + 1) % n]
      let next = ring[(i + 2) % n]
      if a == b { return false }
      // Neighbouring edges share an end; they clash only by turning straight back.
      if turn(a, b, next) == 0, isBetween(b, next, a) || isBetween(a, b, next) { return false }
      for j in (i + 1)..<n where j != i + 1 && (j + 1) % n != i {
        if crosses(a, b, ring[j], ring[(j + 1) % n]) { return false }
      }
    }
    return true
  }

  private static func crosses(_ a: GeoPoint, _ b: GeoPoint, _ c: GeoPoint, _ d: GeoPoint) -> Bool {
    let first = turn(a, b, c).signum()
    let second = turn(a, b, d).signum()
    let third = turn(c, d, a).signum()
    let fourth = turn(c, d, b).signum()
    if first != second, third != fourth { return true }
    return first == 0 && isBetween(a, b, c) || second == 0 && isBetween(a, b, d)
      || third == 0 && isBetween(c, d, a) || fourth == 0 && isBetween(c, d, b)
  }

  /// Whether `place`, on the line through `a` and `b`, lies between them.
  private static func isBetween(_ a: GeoPoint, _ b: GeoPoint, _ place: GeoPoint) -> Bool {
    (min(a.longitude, b.longitude)...max(a.longitude, b.longitude)).contains(place.longitude)
      && (min(a.latitude, b.latitude)...max(a.latitude, b.latitude)).contains(place.latitude)
  }

  /// Ear clipping, O(n³) at worst on at most 200 vertices.
  /// Source: G. H. Meisters, "Polygons have ears", American Mathematical Monthly 82 (1975).
  private static func triangulate(_ ring: [GeoPoint]) -> [Triangle]? {
    var rest = ring
    var doubled: Int64 = 0
    for i in 1..<(ring.count - 1) { doubled += turn(ring[0], ring[i], ring[i + 1]) }
    if doubled < 0 { rest.reverse() }
    var triangles: [Triangle] = []
    var cumulative: UInt64 = 0
    while rest.count >= 3 {
      let n = rest.count
      guard
        let ear = (0..<n).first(where: { i in
          let a = rest[(i + n - 1) % n]
          let b = rest[i]
          let c = rest[(i + 1) % n]
          guard turn(a, b, c) >= 0 else { return false }
          return rest.allSatisfy { p in
            p == a || p == b || p == c
              || turn(a, b, p) < 0 || turn(b, c, p) < 0 || turn(c, a, p) < 0
          }
        })
      else { return nil }
      let a = rest[(ear + n - 1) % n]
      let b = rest[ear]
      let c = rest[(ear + 1) % n]
      let area = UInt64(turn(a, b, c))
      rest.remove(at: ear)
      if area == 0 { continue }
      cumulative += area
      triangles.append(
        Triangle(corner: a, first: b - a, second: c - a, cumulative: cumulative)
      )
    }
    return triangles.isEmpty ? nil : triangles
  }
}

extension GeoPoint {
  /// The way from `right` to `left`; the two are at most two degrees apart.
  fileprivate static func - (left: GeoPoint, right: GeoPoint) -> GeoPoint {
    GeoPoint(
      latitude: left.latitude - right.latitude,
      longitude: left.longitude - right.longitude
    )
  }
}
