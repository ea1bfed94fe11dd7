import LineProtocol
import Matching
import Spatial

/// A place that a taxi cannot have driven to since its last one.
struct Suspicion {
  var place: GeoPoint
  /// Engine time, in milliseconds.
  var at: Int64
}

/// Taxis that jump: receivers that lost their satellites, spoofed places, two devices under one name.
///
/// A position further away than ``jumpFree`` and what 200 km/h give since the last one is counted and
/// otherwise passed over: the taxi stays where it plausibly was, and is not offered once that place is
/// too old. A second position near the new place, by the same measure, confirms it; one that is
/// plausible from the old place shows that the jump was none. ON says where a taxi is and is believed.
extension Dispatcher {
  /// Decimetres that a receiver in a street of high houses may be off, and a late line may hide.
  static let jumpFree: Int64 = 5_000
  /// Metres an hour.
  private static let speedMax: Int64 = 200_000

  /// Whether a taxi may be where it says.
  func isPlausible(_ place: GeoPoint, of index: Int, _ record: inout TaxiRecord) -> Bool {
    guard record.reportedAt > 0 else { return true }
    if isReachable(place, from: record.place, since: record.reportedAt) {
      if record.isSuspect { clearSuspicion(index, &record) }
      return true
    }
    if record.isSuspect, let suspicion = suspicions[index],
      isReachable(place, from: suspicion.place, since: suspicion.at)
    {
      clearSuspicion(index, &record)
      return true
    }
    record.isSuspect = true
    suspicions[index] = Suspicion(place: place, at: now.count)
    return false
  }

  private func clearSuspicion(_ index: Int, _ record: inout TaxiRecord) {
    record.isSuspect = false
    suspicions[index] = nil
  }

  private func isReachable(_ place: GeoPoint, from before: GeoPoint, since: Int64) -> Bool {
    // 0.003 degrees both ways are less than the free distance: nearly all positions end here.
    let north = (Int64(place.latitude) - Int64(before.latitude)).magnitude
    let east = (Int64(place.longitude) - Int64(before.longitude)).magnitude
    if north < 30_000, east < 30_000 { return true }
    let elapsed = min(max(now.count - since, 0), 3_600_000)
    let reach = Self.jumpFree + elapsed * Self.speedMax / 360_000
    return map.project(place).squaredDistance(to: map.project(before)) <= reach * reach
  }
}
