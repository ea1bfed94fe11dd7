import Matching
import MatchingTestSupport
import Spatial
import Testing

/// A street of six squares of one kilometre, and riders expected in some of them.
private struct Street: ~Copyable {
  var engine: Engine
  private var facts: [Fact] = []
  private var taxis: UInt64 = 0
  private var rides: UInt64 = 0

  /// - Parameters:
  ///   - riders: expected an hour, in thousandths, by square; `nil` = no forecast.
  ///   - driveMax: the longest drive.
  ///   - tags: of the taxis that are advised.
  ///   - countsChances: whether taxis count by the chance of a rider.
  ///   - correctsSquares: whether recent requests correct each square's forecast.
  init(
    riders: [UInt32]?,
    driveMax: Millis = .minutes(15),
    tags: UInt32 = 0,
    countsChances: Bool = false,
    correctsSquares: Bool = false
  ) {
    let region = Box(min: Point(x: 0, y: 0), max: Point(x: 59_999, y: 9_999))
    var options = Options(region: region, taxisMax: 64, ridesMax: 64)
    options.freshness = .minutes(30)
    options.lostAfter = .minutes(30)
    // Nobody is matched: the town is too slow for that.
    options.pickupMax = Millis(1)
    engine = Engine(
      options: options,
      policy: NearestPolicy(),
      travel: StraightLineModel(detourPermille: 1_000, millimetresPerSecond: 10_000)
    )
    let cells = DemandCells(box: region, side: 10_000)
    let forecast = riders.map { riders in
      DemandForecast(
        cells: cells,
        rates: Array((0..<LearnedModel.hoursPerWeek).map { _ in riders }.joined()),
        anchors: (0..<cells.count).map(cells.center),
        localOffset: Millis(0),
        daysSeen: []
      )
    }
    engine.guide(
      GuidanceSettings(
        period: .seconds(60),
        horizon: .minutes(60),
        driveMax: driveMax,
        countsChances: countsChances,
        correctsSquares: correctsSquares,
        cellSide: 10_000,
        tags: tags
      ),
      forecast: forecast
    )
  }

  mutating func park(_ count: Int, inSquare square: Int, tags: UInt32 = 0) {
    for _ in 0..<count {
      taxis += 1
      _ = engine.handle(
        .taxiOn(TaxiOn(taxi: TaxiID(taxis), point: middle(of: square), tags: tags)),
        at: engine.now,
        into: &facts
      )
    }
  }

  mutating func request(inSquare square: Int) {
    rides += 1
    _ = engine.handle(
      .request(Request(ride: RideID(rides), from: middle(of: square), wait: .minutes(30))),
      at: engine.now,
      into: &facts
    )
  }

  mutating func nextAdvice(after span: Millis = .seconds(60)) -> [Advice] {
    engine.advance(to: engine.now + span, into: &facts)
    var advice: [Advice] = []
    engine.takeAdvice(into: &advice)
    return advice
  }

  private func middle(of square: Int) -> Point {
    Point(x: Int32(square) * 10_000 + 5_000, y: 5_000)
  }
}

@Suite struct GuidanceTests {
  @Test func `each expected rider draws one taxi, and no more go`() {
    var street = Street(riders: [0, 0, 3_000, 0, 0, 0])
    street.park(8, inSquare: 0)
    let advice = street.nextAdvice()
    #expect(advice.count == 3)
    #expect(Set(advice.map(\.taxi)).count == 3)
    #expect(advice.allSatisfy { $0.to == Point(x: 25_000, y: 5_000) })
  }

  @Test func `a square keeps the taxis that its own riders need`() {
    var street = Street(riders: [2_000, 0, 5_000, 0, 0, 0])
    street.park(4, inSquare: 0)
    let advice = street.nextAdvice()
    #expect(advice.count == 2)
  }

  @Test func `the nearer taxi is sent, for the least driving in all`() {
    var street = Street(riders: [0, 0, 0, 1_000, 0, 1_000])
    street.park(1, inSquare: 0)
    street.park(1, inSquare: 4)
    let advice = street.nextAdvice().sorted { $0.taxi.value < $1.taxi.value }
    // 0 → 3 and 4 → 5 are four squares together; 0 → 5 and 4 → 3 would be six.
    #expect(advice.map(\.to) == [Point(x: 35_000, y: 5_000), Point(x: 55_000, y: 5_000)])
  }

  @Test func `nobody drives further than an expected rider is worth`() {
    var street = Street(riders: [0, 0, 0, 0, 0, 1_000], driveMax: .seconds(300))
    street.park(1, inSquare: 0)
    // Five kilometres at ten metres a second take 500 s.
    #expect(street.nextAdvice().isEmpty)
  }

  @Test func `a taxi on its way counts where it goes, so the next round sends no other`() {
    var street = Street(riders: [0, 0, 1_000, 0, 0, 0])
    street.park(3, inSquare: 0)
    #expect(street.nextAdvice().count == 1)
    #expect(street.nextAdvice().isEmpty)
  }

  @Test func `without a forecast recent requests stand in for it`() {
    var street = Street(riders: nil)
    street.park(2, inSquare: 0)
    for _ in 0..<3 { street.request(inSquare: 4) }
    let advice = street.nextAdvice(after: .minutes(6))
    #expect(!advice.isEmpty)
    #expect(advice.allSatisfy { $0.to == Point(x: 45_000, y: 5_000) })
  }

  @Test func `guidance changes nothing that is kept`() {
    var guided = Street(riders: [0, 0, 3_000, 0, 0, 0])
    var other = Street(riders: [0, 0, 0, 0, 0, 0])
    guided.park(8, inSquare: 0)
    other.park(8, inSquare: 0)
    let advice = guided.nextAdvice()
    _ = other.nextAdvice()
    #expect(!advice.isEmpty)
    let (a, b) = (guided.engine.digest(), other.engine.digest())
    #expect(a == b)
  }
}

/// With chances counted. A rider is worth 900 s here, and the next square is 100 s away.
@Suite struct GuidanceByChanceTests {
  @Test func `a taxi that is hardly needed goes where a rider may come`() {
    // One of three taxis: the third is needed one time in twelve, a first one there one time in three.
    var street = Street(riders: [1_000, 400, 0, 0, 0, 0], countsChances: true)
    street.park(3, inSquare: 0)
    #expect(street.nextAdvice().map(\.to) == [Point(x: 15_000, y: 5_000)])
    // Where whole riders count, four tenths of one draw nobody.
    var whole = Street(riders: [1_000, 400, 0, 0, 0, 0])
    whole.park(3, inSquare: 0)
    #expect(whole.nextAdvice().isEmpty)
  }

  @Test func `a taxi stays where it is worth more`() {
    var street = Street(riders: [1_000, 400, 0, 0, 0, 0], countsChances: true)
    street.park(1, inSquare: 0)
    #expect(street.nextAdvice().isEmpty)
  }

  @Test func `each further taxi is worth less, so they spread`() {
    var street = Street(riders: [0, 2_000, 0, 2_000, 0, 0], countsChances: true)
    street.park(4, inSquare: 2)
    #expect(street.nextAdvice().map(\.to.x).sorted() == [15_000, 15_000, 35_000, 35_000])
  }

  @Test func `a small chance is not worth a long drive`() {
    // A rider in twenty: 44 s, and the drive takes 500.
    var street = Street(riders: [0, 0, 0, 0, 0, 50], countsChances: true)
    street.park(1, inSquare: 0)
    #expect(street.nextAdvice().isEmpty)
  }

  @Test func `a rider who waits is certain`() {
    var street = Street(riders: [0, 0, 0, 0, 0, 0], countsChances: true)
    street.park(2, inSquare: 0)
    street.request(inSquare: 5)
    #expect(street.nextAdvice().map(\.to) == [Point(x: 55_000, y: 5_000)])
  }
}

@Suite struct LocalCorrectionTests {
  /// Twelve riders were expected in square 1 in the half hour; they came in square 4.
  private func advised(_ street: inout Street) -> [Advice] {
    _ = street.nextAdvice(after: .minutes(30))
    for _ in 0..<12 { street.request(inSquare: 4) }
    street.park(60, inSquare: 0)
    return street.nextAdvice()
  }

  @Test func `a square that has more requests than foreseen draws more taxis, another fewer`() {
    let riders: [UInt32] = [0, 24_000, 0, 0, 2_000, 0]
    var whole = Street(riders: riders)
    var local = Street(riders: riders, correctsSquares: true)
    let (before, after) = (advised(&whole), advised(&local))
    func count(_ advice: [Advice], _ square: Int32) -> Int {
      advice.count { $0.to.x / 10_000 == square }
    }
    // Twelve wait in square 4 in any case.
    #expect(count(after, 4) > count(before, 4) && count(before, 4) >= 12)
    #expect(count(after, 1) < count(before, 1))
  }
}

@Suite struct DemandForecastTests {
  @Test func `what is expected follows the hour in which each part of the span lies`() {
    let cells = DemandCells(box: Box(min: Point(x: 0, y: 0), max: Point(x: 9, y: 9)), side: 1_000)
    var rates = Array(repeating: UInt32(0), count: LearnedModel.hoursPerWeek)
    // 1970-01-01 00:00 was the 72nd hour of its week.
    rates[72] = 6_000
    rates[73] = 12_000
    let forecast = DemandForecast(
      cells: cells,
      rates: rates,
      anchors: [Point(x: 5, y: 5)],
      localOffset: Millis(0),
      daysSeen: []
    )
    #expect(forecast.expected(from: .minutes(30), over: .minutes(60)) == [9_000])
    #expect(forecast.expected(from: .minutes(120), over: .minutes(60)) == [0])
  }

  @Test func `points outside belong to the squares at the edge`() {
    let cells = DemandCells(
      box: Box(min: Point(x: 0, y: 0), max: Point(x: 2_999, y: 1_999)),
      side: 1_000
    )
    #expect(cells.count == 6)
    #expect(cells.index(of: Point(x: -5, y: 99_999)) == 3)
    for cell in 0..<cells.count {
      let index = cells.index(of: cells.center(of: cell))
      #expect(index == cell)
    }
  }

  @Test func `only taxis that take part are advised, and the others count where they are`() {
    var street = Street(riders: [0, 0, 3_000, 0, 0, 0], tags: 1)
    street.park(2, inSquare: 0)
    street.park(1, inSquare: 0, tags: 1)
    street.park(1, inSquare: 5, tags: 3)
    street.park(1, inSquare: 2)
    // Three riders, of whom one has a taxi: two are wanted, and two may be asked.
    #expect(street.nextAdvice().map(\.taxi.value).sorted() == [3, 4])
  }
}
