import Matching
import MatchingTestSupport
import Spatial
import Testing

@Suite struct NearbyTests {
  @Test(arguments: UInt64(1)..<9)
  func `the nearest free taxis are those that a full scan finds`(seed: UInt64) {
    var draw = Draw(seed: seed)
    let box = Box(min: Point(x: 0, y: 0), max: Point(x: 100_000, y: 100_000))
    var engine = Engine(
      options: Options(region: box, taxisMax: 100, ridesMax: 16),
      policy: NearestPolicy(),
      travel: StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 7_000)
    )
    var facts: [Fact] = []
    var free: [(id: UInt64, point: Point)] = []
    for id in UInt64(1)...80 {
      let point = Point(
        x: Int32(draw.below(100_001)),
        y: Int32(draw.below(100_001))
      )
      let seats = UInt8(1 + draw.below(8))
      _ = engine.handle(
        .taxiOn(TaxiOn(taxi: TaxiID(id), point: point, seats: seats)),
        at: Millis(0),
        into: &facts
      )
      if draw.below(4) == 0 {
        _ = engine.handle(.busy(TaxiID(id), .hail), at: Millis(0), into: &facts)
      } else if seats >= 4 {
        free.append((id, point))
      }
    }
    let place = Point(x: 40_000, y: 60_000)
    let reach: Int32 = 30_000
    let wanted = free.map { (id: $0.id, distance: $0.point.squaredDistance(to: place)) }
      .filter { $0.distance <= Int64(reach) * Int64(reach) }
      .sorted { a, b in a.distance != b.distance ? a.distance < b.distance : a.id < b.id }
    let found = engine.nearestFree(
      5,
      to: place,
      within: reach,
      needing: Capabilities.of(rideWith: 4, tags: 0)
    )
    #expect(found.map(\.taxi.value) == wanted.prefix(5).map(\.id), "seed \(seed)")
    for taxi in found {
      #expect(taxi.distance == taxi.point.distance(to: place))
      #expect(
        taxi.eta == engine.travel.time(from: taxi.point, to: place, departure: Millis(0))
      )
    }
  }
}
