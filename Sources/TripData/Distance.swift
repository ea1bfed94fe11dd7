import Spatial

/// A box of latitude and longitude; places outside it are not believed.
public struct Region: Hashable, Sendable {
  /// Corners, both inside.
  public var southWest: GeoPoint
  public var northEast: GeoPoint

  public init(southWest: GeoPoint, northEast: GeoPoint) {
    self.southWest = southWest
    self.northEast = northEast
  }

  /// A box in degrees; `nil` unless south < north and west < east on the globe. The box may not
  /// cross the date line.
  public init?(south: Double, west: Double, north: Double, east: Double) {
    guard south >= -90, north <= 90, west >= -180, east <= 180, south < north, west < east else {
      return nil
    }
    southWest = GeoPoint(latitude: Int32(south * 1e7), longitude: Int32(west * 1e7))
    northEast = GeoPoint(latitude: Int32(north * 1e7), longitude: Int32(east * 1e7))
  }

  /// The whole globe.
  public static let world = Region(
    southWest: GeoPoint(latitude: -900_000_000, longitude: -1_800_000_000),
    northEast: GeoPoint(latitude: 900_000_000, longitude: 1_800_000_000)
  )

  public func contains(_ place: GeoPoint) -> Bool {
    place.latitude >= southWest.latitude && place.latitude <= northEast.latitude
      && place.longitude >= southWest.longitude && place.longitude <= northEast.longitude
  }
}

/// Decimetres per ten-millionth of a degree along a meridian, on the sphere of the Earth's mean
/// radius 6,371,008.8 m (IUGG).
private let decimetresPerStep = 0.111_195_080_233_532_9

/// The straight line between two places in decimetres: equirectangular at their middle latitude,
/// within 0.1 % of the great circle up to 200 km below 70 degrees of latitude. Not across the date
/// line.
package func decimetres(_ a: GeoPoint, _ b: GeoPoint) -> Int64 {
  let middle = Int64(a.latitude) + Int64(b.latitude)
  let dy = Double(b.latitude) - Double(a.latitude)
  let dx = (Double(b.longitude) - Double(a.longitude)) * cosine(latitude: Double(middle) / 2)
  return Int64((dx * dx + dy * dy).squareRoot() * decimetresPerStep + 0.5)
}

/// The cosine of a latitude in ten-millionths of a degree: its Taylor series to the 12th power,
/// within 1e-8 up to the pole. Sums and products alone, so every machine gets the same bits.
func cosine(latitude: Double) -> Double {
  let x = latitude * 1.745_329_251_994_329_5e-9
  let s = x * x
  var sum = 1.0 - s / 132
  sum = 1.0 - s / 90 * sum
  sum = 1.0 - s / 56 * sum
  sum = 1.0 - s / 30 * sum
  sum = 1.0 - s / 12 * sum
  return 1.0 - s / 2 * sum
}

/// Whether a place is nearer than a limit to one fixed place: the cosine is taken once.
struct Circle {
  private let x: Double
  private let y: Double
  private let cosine: Double
  private let squaredRadius: Double

  /// The radius is in decimetres; a place exactly on the rim is inside.
  init(centre: GeoPoint, radius: Int64) {
    x = Double(centre.longitude)
    y = Double(centre.latitude)
    cosine = TripData.cosine(latitude: Double(centre.latitude))
    let reach = Double(radius) / decimetresPerStep
    squaredRadius = reach * reach
  }

  func contains(_ place: GeoPoint) -> Bool {
    let dx = (Double(place.longitude) - x) * cosine
    let dy = Double(place.latitude) - y
    return dx * dx + dy * dy <= squaredRadius
  }
}
