import Spatial

/// Draws places from the districts of a city: in a hub, denser towards its middle, for the hub's
/// share of the draws, else evenly over the outline. Everything lies flat in a few arrays, because
/// a city's day takes some ten million draws.
struct PlaceDrawer {
  private struct HubBox {
    var centre: GeoPoint
    /// Half a side, in ten-millionths of a degree.
    var latitudeReach: Int32
    var longitudeReach: Int32
    /// Of the district's draws, this hub and those before it, times 2³² ÷ 100.
    var cumulative: UInt64
  }

  private let triangles: [Outline.Triangle]
  /// District d's triangles are `triangleStarts[d] ..< triangleStarts[d + 1]`; hubs alike.
  private let triangleStarts: [Int]
  private let hubs: [HubBox]
  private let hubStarts: [Int]
  private let outlines: [Outline]
  let metric: LocalMetric

  /// A hub reaches over its district's border, or a narrow district would have none; draws that
  /// fall outside are repeated this often before the outline is drawn from instead.
  private static let hubAttempts = 8

  init(_ districts: [CityPlan.District]) {
    let metric = LocalMetric(around: districts.map(\.outline))
    var triangles: [Outline.Triangle] = []
    var triangleStarts = [0]
    var hubs: [HubBox] = []
    var hubStarts = [0]
    for district in districts {
      triangles += district.outline.triangles
      triangleStarts.append(triangles.count)
      var percent = 0
      for hub in district.hubs {
        percent += hub.percent
        hubs.append(
          HubBox(
            centre: hub.centre,
            latitudeReach: metric.latitudeUnits(metres: hub.radiusMetres),
            longitudeReach: metric.longitudeUnits(metres: hub.radiusMetres),
            cumulative: (UInt64(percent) << 32) / 100
          )
        )
      }
      hubStarts.append(hubs.count)
    }
    self.metric = metric
    self.triangles = triangles
    self.triangleStarts = triangleStarts
    self.hubs = hubs
    self.hubStarts = hubStarts
    outlines = districts.map(\.outline)
  }

  func draw(in district: Int, from random: inout SeededRandom) -> GeoPoint {
    let word = random.next()
    let share = word >> 32
    for index in hubStarts[district]..<hubStarts[district + 1]
    where share < hubs[index].cumulative {
      for _ in 0..<Self.hubAttempts {
        let place = Self.draw(around: hubs[index], from: &random)
        if outlines[district].contains(place) { return place }
      }
      break
    }
    return drawEvenly(in: district, pick: word & 0xFFFF_FFFF, from: &random)
  }

  /// `pick` is 32 random bits that choose the triangle.
  private func drawEvenly(
    in district: Int,
    pick: UInt64,
    from random: inout SeededRandom
  ) -> GeoPoint {
    var index = triangleStarts[district]
    let last = triangleStarts[district + 1] - 1
    // Below 2⁴⁹: twice two degrees squared.
    let target = (pick &* (triangles[last].cumulative >> 18)) >> 14
    while index < last, triangles[index].cumulative <= target { index += 1 }
    let triangle = triangles[index]
    let word = random.next()
    var u = Int64(word >> 32)
    var v = Int64(word & 0xFFFF_FFFF)
    // The far half of the parallelogram folds onto the triangle.
    if u + v > 0xFFFF_FFFF {
      u = 0xFFFF_FFFF - u
      v = 0xFFFF_FFFF - v
    }
    let north = (Int64(triangle.first.latitude) * u + Int64(triangle.second.latitude) * v) >> 32
    let east = (Int64(triangle.first.longitude) * u + Int64(triangle.second.longitude) * v) >> 32
    return GeoPoint(
      latitude: triangle.corner.latitude + Int32(north),
      longitude: triangle.corner.longitude + Int32(east)
    )
  }

  private static func draw(around hub: HubBox, from random: inout SeededRandom) -> GeoPoint {
    let word = random.next()
    // Two even draws added: a triangle over the hub's width, highest in the middle.
    let north = Int64(word & 0xFFFF) + Int64(word >> 16 & 0xFFFF) - 0xFFFF
    let east = Int64(word >> 32 & 0xFFFF) + Int64(word >> 48) - 0xFFFF
    return GeoPoint(
      latitude: hub.centre.latitude + Int32(north * Int64(hub.latitudeReach) / 0xFFFF),
      longitude: hub.centre.longitude + Int32(east * Int64(hub.longitudeReach) / 0xFFFF)
    )
  }
}
