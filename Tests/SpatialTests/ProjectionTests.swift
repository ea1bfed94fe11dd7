import Foundation
import Spatial
import Testing

@Suite struct ProjectionTests {
  static let earthRadius = 6_371_008.8

  /// Great-circle decimetres by the haversine formula: R. W. Sinnott, "Virtues of the Haversine",
  /// Sky and Telescope 68 (1984).
  static func haversine(_ a: GeoPoint, _ b: GeoPoint) -> Double {
    let radians = Double.pi / 180 / 1e7
    let (latitudeA, latitudeB) = (Double(a.latitude) * radians, Double(b.latitude) * radians)
    let north = sin((latitudeB - latitudeA) / 2)
    let east = sin(Double(Int64(b.longitude) - Int64(a.longitude)) * radians / 2)
    let h = north * north + cos(latitudeA) * cos(latitudeB) * east * east
    return 2 * earthRadius * 10 * asin(min(1, h.squareRoot()))
  }

  struct City: CustomTestStringConvertible, Sendable {
    var name: String
    var origin: GeoPoint
    /// The largest error of a distance in a box of ±40 km that the documentation admits.
    var errorMax: Double
    var testDescription: String { name }
  }

  static let cities = [
    City(
      name: "Seoul",
      origin: GeoPoint(latitude: 375_665_000, longitude: 1_269_780_000),
      errorMax: 0.0050
    ),
    City(
      name: "New York",
      origin: GeoPoint(latitude: 407_500_000, longitude: -739_800_000),
      errorMax: 0.0056
    ),
    City(
      name: "San Francisco",
      origin: GeoPoint(latitude: 377_700_000, longitude: -1_224_200_000),
      errorMax: 0.0050
    ),
    City(
      name: "Quito",
      origin: GeoPoint(latitude: -1_800_000, longitude: -784_700_000),
      errorMax: 0.0002
    ),
    City(
      name: "Suva",
      origin: GeoPoint(latitude: -181_400_000, longitude: 1_784_400_000),
      errorMax: 0.0022
    ),
  ]

  @Test(arguments: cities)
  func `distances differ from the great circle by no more than is stated`(city: City) {
    let projection = Projection(origin: city.origin)
    var draw = Draw(seed: 40)
    var worst = 0.0
    for _ in 0..<100_000 {
      let a = Point(
        x: Int32(draw.within(-400_000...400_000)),
        y: Int32(draw.within(-400_000...400_000))
      )
      // A long line, a short one, and one along the northern edge, where the error is largest.
      let b =
        switch draw.below(3) {
        case 0:
          Point(
            x: Int32(draw.within(-400_000...400_000)),
            y: Int32(draw.within(-400_000...400_000))
          )
        case 1: Point(x: a.x + Int32(draw.within(2_000...9_000)), y: a.y)
        default: Point(x: -a.x, y: a.y < 0 ? -400_000 : 400_000)
        }
      let flat = Double(a.squaredDistance(to: b)).squareRoot()
      let round = haversineOf(projection, a, b)
      // Coordinates are whole decimetres: two of them are not the projection's error.
      worst = max(worst, (abs(flat - round) - 2) / round)
    }
    #expect(worst <= city.errorMax, "\(city.name): \(worst)")
  }

  func haversineOf(_ projection: Projection, _ a: Point, _ b: Point) -> Double {
    Self.haversine(projection.unproject(a), projection.unproject(b))
  }

  @Test(arguments: cities)
  func `there and back is within a decimetre inside 60 km`(city: City) {
    let projection = Projection(origin: city.origin)
    var draw = Draw(seed: 60)
    for _ in 0..<200_000 {
      let point = Point(
        x: Int32(draw.within(-600_000...600_000)),
        y: Int32(draw.within(-600_000...600_000))
      )
      let place = projection.unproject(point)
      #expect(projection.project(place) == point)
      let nearby = GeoPoint(
        latitude: place.latitude + Int32(draw.within(-9...9)),
        longitude: place.longitude &+ Int32(draw.within(-9...9))
      )
      let back = projection.unproject(projection.project(nearby))
      #expect(Self.haversine(nearby, back) <= 1)
    }
  }

  @Test func `the whole-number cosine is right to a hundred-millionth`() {
    for degree in 0...89 {
      let origin = GeoPoint(latitude: Int32(degree) * 10_000_000, longitude: 0)
      // A degree of longitude, the long way: 10⁷ steps would round; 30 degrees keep eight digits.
      let east = Projection(origin: origin).project(
        GeoPoint(latitude: origin.latitude, longitude: 1_700_000_000)
      )
      let truth =
        170 * Self.earthRadius * 10 * Double.pi / 180 * cos(Double(degree) * Double.pi / 180)
      #expect(abs(Double(east.x) - truth) <= 0.5 + 1e-8 * 170 * 1_111_950, "\(degree) degrees")
    }
  }

  @Test func `the origin is the zero point and north is up`() {
    let projection = Projection(origin: Self.cities[0].origin)
    #expect(projection.project(projection.origin) == Point(x: 0, y: 0))
    let northEast = projection.project(
      GeoPoint(latitude: 375_765_000, longitude: 1_269_880_000)
    )
    #expect(northEast.y == 11_120)
    #expect(northEast.x == 8_814)
  }

  @Test func `a region across the date line is in one piece`() {
    let projection = Projection(origin: GeoPoint(latitude: 0, longitude: 1_799_999_000))
    let point = projection.project(GeoPoint(latitude: 0, longitude: -1_799_999_000))
    #expect(point == Point(x: 222, y: 0))
    #expect(projection.unproject(point).longitude == -1_799_999_004)
  }

  @Test(arguments: Seeds.regressions + Seeds.fresh(4))
  func `no 32 bits make it trap`(seed: UInt64) {
    var draw = Draw(seed: seed)
    for _ in 0..<200_000 {
      let projection = Projection(
        origin: GeoPoint(latitude: draw.awkward(), longitude: draw.awkward())
      )
      let point = projection.project(
        GeoPoint(latitude: draw.awkward(), longitude: draw.awkward())
      )
      #expect(point.x.magnitude < 1 << 29 && point.y.magnitude < 1 << 29)
      let place = projection.unproject(Point(x: draw.awkward(), y: draw.awkward()))
      #expect(place.longitude >= -1_800_000_000 && place.longitude < 1_800_000_000)
    }
  }
}
