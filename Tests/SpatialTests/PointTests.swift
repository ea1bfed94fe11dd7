import Spatial
import Testing

@Suite struct PointTests {
  @Test func `a three-four-five triangle`() {
    let a = Point(x: -1, y: 2)
    let b = Point(x: 2, y: -2)
    #expect(a.squaredDistance(to: b) == 25)
    #expect(a.distance(to: b) == 5)
  }

  @Test func `a distance is rounded down`() {
    #expect(Point(x: 0, y: 0).distance(to: Point(x: 1, y: 1)) == 1)
    #expect(Point(x: 0, y: 0).distance(to: Point(x: 10, y: 9)) == 13)
  }

  @Test func `opposite ends of the coordinates saturate instead of trapping`() {
    let corner = Point(x: Int32.min, y: Int32.min)
    let opposite = Point(x: Int32.max, y: Int32.max)
    #expect(corner.squaredDistance(to: opposite) == Int64.max)
    #expect(corner.distance(to: opposite) == Int32.max)
    // One axis alone: 2³² - 1 squared is past 63 bits, 2³¹ - 1 squared is not.
    #expect(corner.squaredDistance(to: Point(x: Int32.max, y: Int32.min)) == Int64.max)
    #expect(
      Point(x: 0, y: 0).squaredDistance(to: Point(x: Int32.max, y: 0))
        == Int64(Int32.max) * Int64(Int32.max)
    )
    #expect(Point(x: 0, y: 0).distance(to: Point(x: Int32.max, y: 0)) == Int32.max)
  }

  @Test func `a box holds its corners and nothing beyond them`() {
    let box = Box(min: Point(x: 5, y: 20), max: Point(x: -5, y: 10))
    #expect(box.min == Point(x: -5, y: 10))
    #expect(box.max == Point(x: 5, y: 20))
    #expect(box.contains(Point(x: -5, y: 20)))
    #expect(box.contains(Point(x: 5, y: 10)))
    #expect(!box.contains(Point(x: 6, y: 10)))
    #expect(!box.contains(Point(x: 0, y: 21)))
  }

  @Test func `clamping moves an outside point to the nearest edge and no other point`() {
    let box = Box(min: Point(x: -5, y: 10), max: Point(x: 5, y: 20))
    #expect(box.clamp(Point(x: 0, y: 15)) == Point(x: 0, y: 15))
    #expect(box.clamp(Point(x: Int32.max, y: Int32.min)) == Point(x: 5, y: 10))
    #expect(box.clamp(Point(x: 0, y: 99)) == Point(x: 0, y: 20))
  }

  @Test func `a box around a point stops at the ends of the coordinates`() {
    let box = Box(around: Point(x: Int32.max - 1, y: 0), radius: 10)
    #expect(box.max == Point(x: Int32.max, y: 10))
    #expect(box.min == Point(x: Int32.max - 11, y: -10))
    #expect(Box(around: Point(x: 1, y: 2), radius: -7).contains(Point(x: 1, y: 2)))
  }
}
