import Simulation
import Spatial
import Testing

@Suite struct SightingTests {
  private func first(
    _ place: (Int32, Int32),
    from: (Int32, Int32),
    to: (Int32, Int32),
    lasting: Int64,
    since: Int64 = 0,
    sight: Int64 = 800
  ) -> Int64? {
    Sighting.first(
      of: Point(x: place.0, y: place.1),
      from: Point(x: from.0, y: from.1),
      to: Point(x: to.0, y: to.1),
      duration: lasting,
      since: since,
      sight: sight
    )
  }

  @Test func `a rider on the way is seen at the distance of sight`() {
    // 2 dm a millisecond towards a rider 2,000 dm ahead: 1,200 dm to go until 800 are left.
    #expect(first((2_000, 0), from: (0, 0), to: (4_000, 0), lasting: 2_000) == 600)
    // Beside the way, at the closest approach exactly, and a decimetre too far.
    #expect(first((2_000, 800), from: (0, 0), to: (4_000, 0), lasting: 2_000) == 1_000)
    #expect(first((2_000, 801), from: (0, 0), to: (4_000, 0), lasting: 2_000) == nil)
  }

  @Test func `a rider already in sight is seen at once, one left behind is not`() {
    #expect(first((2_000, 0), from: (0, 0), to: (4_000, 0), lasting: 2_000, since: 900) == 900)
    #expect(first((2_000, 0), from: (0, 0), to: (4_000, 0), lasting: 2_000, since: 1_401) == nil)
    #expect(first((2_000, 0), from: (0, 0), to: (4_000, 0), lasting: 2_000, since: 1_400) == 1_400)
  }

  @Test func `a taxi that stands sees who is near, for as long as it stands`() {
    #expect(first((500, 600), from: (0, 0), to: (0, 0), lasting: 9_000, since: 77) == 77)
    #expect(first((500, 700), from: (0, 0), to: (0, 0), lasting: 9_000) == nil)
    #expect(first((0, 800), from: (0, 0), to: (0, 0), lasting: 0) == 0)
  }

  @Test func `a leg across the globe traps on nothing`() {
    let far = Int32.max
    #expect(
      first((0, 0), from: (-far, -far), to: (far, far), lasting: Int64(Int32.max), sight: 10_000)
        != nil
    )
  }

  /// The slow twin: asks every millisecond.
  private func scan(
    _ place: Point,
    _ from: Point,
    _ to: Point,
    _ duration: Int64,
    _ since: Int64,
    _ sight: Int64
  ) -> Int64? {
    (since...max(duration, since)).first { time in
      // Everything × duration: the place on the way without a division.
      let x = Int64(from.x) * (duration - time) + Int64(to.x) * time - Int64(place.x) * duration
      let y = Int64(from.y) * (duration - time) + Int64(to.y) * time - Int64(place.y) * duration
      return x * x + y * y <= sight * sight * duration * duration
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `the first millisecond is the one that a scan finds`(seed: UInt64) {
    var random = SeededRandom(seed: seed, purpose: .cruise)
    func draw(_ range: ClosedRange<Int32>) -> Int32 {
      range.lowerBound + Int32(random.below(Int(range.upperBound - range.lowerBound) + 1))
    }
    var found = 0
    for _ in 0..<500 {
      let reach = draw(1...3_000)
      func point() -> Point { Point(x: draw(-reach...reach), y: draw(-reach...reach)) }
      let (place, from, to) = (point(), point(), point())
      let duration = Int64(draw(1...800))
      let since = Int64(draw(0...Int32(duration)))
      let sight = Int64(draw(1...1_000))
      let fast = Sighting.first(
        of: place,
        from: from,
        to: to,
        duration: duration,
        since: since,
        sight: sight
      )
      let slow = scan(place, from, to, duration, since, sight)
      #expect(fast == slow, "seed \(seed): \(place) \(from) \(to) \(duration) \(since) \(sight)")
      if fast != nil { found += 1 }
    }
    #expect(found > 20, "seed \(seed)")
  }
}
