import Spatial

/// A drawn fleet over 40 km × 30 km, and how its taxis move.
struct Fleet {
  enum Shape: String, CaseIterable {
    /// Evenly spread.
    case uniform
    /// Half of the taxis within 2 km of one place.
    case city
    /// Half in ranks of 500 taxis, each 100 m × 100 m.
    case ranks
    /// 2,000 taxis at the very same spot.
    case pile
  }

  static let box = Box(min: Point(x: -200_000, y: -150_000), max: Point(x: 200_000, y: 150_000))

  /// Where the taxis of the city's middle stay.
  static let inner = Box(around: Point(x: 0, y: 0), radius: 20_000)

  let shape: Shape
  var points: [Point]
  /// The taxis at the hot spots; all of them when there are none.
  let hot: Range<Int>
  private var draw: Draw

  init(_ shape: Shape, count: Int) {
    self.shape = shape
    draw = Draw(seed: 72)
    hot =
      switch shape {
      case .uniform: 0..<count
      case .city, .ranks: 0..<count / 2
      case .pile: 0..<min(count, 2_000)
      }
    points = []
    for slot in 0..<count {
      points.append(hot.contains(slot) ? hotPlace(slot) : evenly())
    }
  }

  mutating func evenly() -> Point {
    Point(x: Int32(draw.within(-200_000...200_000)), y: Int32(draw.within(-150_000...150_000)))
  }

  /// A place near one of the hot spots, where searches are made.
  mutating func nearHotSpot() -> Point {
    let point = points[hot.lowerBound + draw.below(hot.count)]
    return stray(from: point, by: shape == .city ? 2_000 : 500)
  }

  private mutating func hotPlace(_ slot: Int) -> Point {
    switch shape {
    case .uniform: return evenly()
    case .city:
      while true {
        let (x, y) = (draw.within(-20_000...20_000), draw.within(-20_000...20_000))
        if x * x + y * y <= 400_000_000 { return Point(x: Int32(x), y: Int32(y)) }
      }
    case .ranks:
      var spot = Draw(seed: UInt64(slot / 500))
      let x = spot.within(-200_000...199_000) + draw.below(1_000)
      return Point(x: Int32(x), y: Int32(spot.within(-150_000...149_000) + draw.below(1_000)))
    case .pile: return Point(x: 12_345, y: 6_789)
    }
  }

  private mutating func stray(from point: Point, by reach: Int) -> Point {
    Self.box.clamp(
      Point(
        x: point.x + Int32(draw.within(-reach...reach)),
        y: point.y + Int32(draw.within(-reach...reach))
      )
    )
  }

  /// The next position of a taxi after some 15 s: 100 m on, elsewhere in the rank, or for the pile
  /// off the spot and onto it again.
  mutating func drive(_ slot: Int) -> Point {
    switch shape {
    case .uniform: points[slot] = stray(from: points[slot], by: 1_000)
    case .city:
      let box = hot.contains(slot) ? Self.inner : Self.box
      points[slot] = box.clamp(stray(from: points[slot], by: 1_000))
    case .ranks: points[slot] = hotPlace(slot)
    case .pile:
      let spot = hotPlace(slot)
      points[slot] = points[slot] == spot ? stray(from: spot, by: 3_000) : spot
    }
    return points[slot]
  }
}
