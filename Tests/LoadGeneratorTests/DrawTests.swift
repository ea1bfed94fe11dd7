import LineProtocol
import LoadGenerator
import Matching
import Testing

@Suite struct DrawTests {
  private static func lines(_ plan: LoadPlan, _ count: Int) -> [String] {
    var fleet = Fleet(plan)
    var cursor = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count * Fleet.lineMost) { out, used in
      used = fleet.report(
        count,
        of: 0..<plan.taxis,
        cursor: &cursor,
        into: UnsafeMutableRawBufferPointer(out)
      )
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Apart, since a span cannot pass through a macro's generic functions.
  private static func read(_ bytes: [UInt8]) -> PositionLine? { PositionLine(bytes.span) }

  private static func requests(_ plan: LoadPlan) -> [PlannedRequest] {
    var stream = RequestStream(plan)
    return Array(IteratorSequence(AnyIterator { stream.next() }))
  }

  @Test func `the same seed draws the same taxis and rides, another seed others`() {
    let plan = LoadPlan(.small)
    var other = plan
    other.seed = 2
    #expect(Self.lines(plan, 3_000) == Self.lines(plan, 3_000))
    #expect(Self.requests(plan) == Self.requests(plan))
    #expect(Self.lines(plan, 100) != Self.lines(other, 100))
    #expect(Self.requests(plan) != Self.requests(other))
  }

  @Test func `more taxis do not change the rides`() {
    let plan = LoadPlan(.small)
    var more = plan
    more.taxis = 2_000
    #expect(Self.requests(plan) == Self.requests(more))
  }

  @Test func `requests come in order, in time, in the box and at the rate`() {
    var plan = LoadPlan(.seoul)
    plan.duration = .seconds(200)
    let requests = Self.requests(plan)
    let mean = 50.0 * 205
    // Five standard deviations of a Poisson number.
    #expect(abs(Double(requests.count) - mean) < 5 * mean.squareRoot())
    #expect(requests.count <= plan.ridesMost)
    #expect(zip(requests, requests.dropFirst()).allSatisfy { $0.due <= $1.due })
    #expect(requests.allSatisfy { $0.due < 205_000_000_000 })
    #expect(requests.allSatisfy { plan.box.contains($0.from) && plan.box.contains($0.to) })
  }

  @Test func `the protocol reads every position line, in the box, numbered, without a jump`() throws
  {
    var plan = LoadPlan(.small)
    plan.taxis = 10
    let lines = Self.lines(plan, 5_000)
    #expect(lines.count == 5_000)
    var last: [Int: PositionReportFields] = [:]
    for (index, text) in lines.enumerated() {
      let bytes = Array(text.utf8)
      let line = try #require(Self.read(bytes), "\(text)")
      #expect(text.hasPrefix("P t\(index % 10) "))
      #expect(bytes.count < Fleet.lineMost)
      #expect(line.report.sequence == UInt64(index / 10 + 2))
      #expect(plan.box.contains(line.report.place))
      if let before = last[index % 10] {
        // 14 m/s for 5 s, in 1e-7 degrees of 9 mm at the least.
        #expect(abs(before.place.latitude - line.report.place.latitude) < 8_000)
        #expect(abs(before.place.longitude - line.report.place.longitude) < 8_000)
      }
      last[index % 10] = line.report
    }
  }

  @Test func `south and west of zero is written with its sign`() throws {
    var plan = LoadPlan(.small)
    plan.box = GeoBox(
      south: -340_000_000,
      west: -585_000_000,
      north: -339_000_000,
      east: -584_000_000
    )
    for text in Self.lines(plan, 500) {
      let line = try #require(Self.read(Array(text.utf8)), "\(text)")
      #expect(plan.box.contains(line.report.place))
    }
  }

  @Test func `a plan that cannot be says which value and what could`() {
    var plan = LoadPlan(.small)
    plan.gateways = 2_000
    #expect(
      throws: LoadFailure("gateways 2000: give 1 to 1000, and no more than there are taxis (1000)")
    ) {
      try plan.check()
    }
    for profile in LoadPlan.Profile.allCases {
      #expect(throws: Never.self) { try LoadPlan(profile).check() }
    }
  }
}
