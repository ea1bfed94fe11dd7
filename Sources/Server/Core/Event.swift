import LineProtocol
import Matching
import Spatial

/// A fact as subscribers see it: what it is about, who may read it, and its line.
struct Event {
  var number: UInt64
  var at: Millis
  var kind: EventKind
  /// Ids; 0 = none.
  var taxi: UInt64 = 0
  var ride: UInt64 = 0
  /// Whose taxi and whose ride it concerns; -1 = nobody's.
  var taxiTenant: Int32 = -1
  var rideTenant: Int32 = -1
  /// The pickup of a ride, or where the taxi was.
  var place: GeoPoint?
  /// ` position kind name key=value …` with its newline, for those who may read all of it.
  var full: [UInt8] = []
  /// The same with what a booker may read; `nil` = all.
  var reduced: [UInt8]?
}

/// What the door remembers of an offer until its ride is forgotten.
struct OfferRecord {
  var ride: UInt64
  var taxi: UInt64
  /// Milliseconds.
  var eta: Int32
}

/// A part of the region.
enum Area {
  case box(GeoBox)
  /// Middle, and radius in decimetres.
  case circle(Point, Int64)

  func contains(_ place: GeoPoint, on map: Projection) -> Bool {
    switch self {
    case .box(let box): return box.contains(place)
    case .circle(let middle, let radius):
      return map.project(place).squaredDistance(to: middle) <= radius * radius
    }
  }
}
