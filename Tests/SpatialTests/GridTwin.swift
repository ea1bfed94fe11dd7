import Spatial

/// The slow twin of ``MovingGrid``: every search looks at every point.
struct GridTwin {
  struct Entry {
    var point: Point
    var mask: UInt32
  }

  private(set) var entries: [Entry?]

  init(capacity: Int) { entries = Array(repeating: nil, count: capacity) }

  var count: Int { entries.count { $0 != nil } }

  subscript(slot: Int32) -> Entry? {
    get { entries[Int(slot)] }
    set { entries[Int(slot)] = newValue }
  }

  func nearest(
    _ k: Int,
    to center: Point,
    within distanceMax: Int32,
    needing: UInt32,
    excluding: [Int32]
  ) -> [Neighbor] {
    guard k > 0, distanceMax >= 0 else { return [] }
    let squaredMax = distanceMax == Int32.max ? Int64.max : Int64(distanceMax) * Int64(distanceMax)
    var found: [Neighbor] = []
    for (slot, entry) in entries.enumerated() {
      guard let entry, entry.mask & needing == needing, !excluding.contains(Int32(slot)) else {
        continue
      }
      let squared = entry.point.squaredDistance(to: center)
      if squared <= squaredMax {
        found.append(Neighbor(slot: Int32(slot), squaredDistance: squared))
      }
    }
    return Array(found.sorted().prefix(k))
  }
}
