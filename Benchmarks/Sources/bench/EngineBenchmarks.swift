import Matching
import Spatial

/// The engine at the size of Seoul's fleet: what its commands cost, from the call to the facts.
enum EngineBenchmarks {
  static let taxis = 72_000
  /// Rides of Seoul's busiest hours in the two seconds of a window, and the taxis under way to a pickup
  /// then; one in eight is vacant.
  static let ridesPerRound = 44
  static let taxisUnderway = 5_000

  static func run(_ report: inout Report) {
    for shape in [Fleet.Shape.uniform, .city] {
      for isParked in [false, true] { positions(&report, shape, isParked: isParked) }
      offers(&report, shape)
      rides(&report, shape)
      for count in [ridesPerRound, 10 * ridesPerRound] { rounds(&report, shape, count) }
    }
  }

  // MARK: Positions

  /// Every taxi reports every 15 s, in an order that has nothing to do with how they lie in memory.
  private static func positions(_ report: inout Report, _ shape: Fleet.Shape, isParked: Bool) {
    let name = "engine/position/taxis=72k" + (isParked ? ",parked" : "") + suffix(shape)
    guard report.wants(name) else { return }
    var fleet = Fleet(shape, count: taxis)
    let grid = Grid(fleet)
    let city = EngineCity(fleet, policy: NearestPolicy())
    let count = 3 * taxis
    let drives = (0..<count).map { index in
      let slot = index * 7_919 % taxis
      return Drive(slot: Int32(slot), to: isParked ? fleet.points[slot] : fleet.drive(slot))
    }
    let times = report.harness.time(
      [
        Contender(name: "engine") { city.report(drives, $0) },
        Contender(name: "grid") { grid.drive(drives, $0) },
      ],
      operations: count,
      batch: 250
    )
    var row = Row(name: name, times: times[0], target: 100)
    row.notes = [
      Row.Note(label: "×grid", key: "times_grid", value: times[0].median / times[1].median),
      .allocations(city.allocations(over: count) { city.report(drives, $0) }, limit: 0),
    ]
    row.hash = city.engine.digest()
    for slot in 0..<taxis
    where city.engine.view(of: TaxiID(UInt64(slot) + 1))?.point != fleet.points[slot] {
      report.disagree(name, "the engine and the drawn fleet")
      break
    }
    report.add(row)
  }

  // MARK: Offers

  private static func offers(_ report: inout Report, _ shape: Fleet.Shape) {
    let operations = 64 * 200
    let name = "engine/request-offer/nearest/taxis=72k" + suffix(shape)
    if report.wants(name) {
      var fleet = Fleet(shape, count: taxis)
      let places = (0..<operations).map { _ in
        shape == .uniform ? fleet.evenly() : fleet.nearHotSpot()
      }
      let city = EngineCity(fleet, policy: NearestPolicy())
      let twin = Twin(fleet)
      let times = report.harness.time(
        [
          Contender(
            name: "engine",
            run: { city.request(places, $0) },
            restore: { city.cancel($0) }
          )
        ],
        operations: operations,
        batch: 64
      )
      let scanTimes = Harness(rounds: 1).time(
        [Contender(name: "scan") { twin.scan(places, $0, 1) }],
        operations: 64,
        batch: 16
      )
      var row = Row(name: name, times: times[0], target: 3_000)
      row.notes = [.scanTimes(scanTimes[0].median / times[0].median)]
      let range = 0..<64
      row.notes.append(
        .allocations(city.allocations(over: range.count) { _ in city.request(places, range) })
      )
      row.hash = city.offeredTaxis()
      if !areNearest(city.offered, to: places[range], of: fleet.points) {
        report.disagree(name, "the engine and the full scan")
      }
      report.add(row)
    }
    let accept = "engine/accept/taxis=72k" + suffix(shape)
    if report.wants(accept) {
      var fleet = Fleet(shape, count: taxis)
      let places = (0..<operations).map { _ in fleet.evenly() }
      let city = EngineCity(fleet, policy: NearestPolicy())
      let times = report.harness.time(
        [
          Contender(
            name: "engine",
            run: { city.accept($0) },
            prepare: { city.request(places, $0) },
            restore: { city.cancel($0) }
          )
        ],
        operations: operations,
        batch: 64
      )
      report.add(Row(name: accept, times: times[0]))
    }
  }

  /// Whether each place was given the nearest of the taxis that those before it left.
  private static func areNearest(
    _ taxis: [TaxiID],
    to places: ArraySlice<Point>,
    of points: [Point]
  ) -> Bool {
    guard taxis.count == places.count else { return false }
    var isTaken = [Bool](repeating: false, count: points.count)
    return zip(places, taxis).allSatisfy { place, taxi in
      let least = points.indices.lazy.filter { !isTaken[$0] }
        .map { points[$0].distance(to: place) }.min()
      let slot = Int(taxi.value) - 1
      isTaken[slot] = true
      return points[slot].distance(to: place) == least
    }
  }

  /// Request, offer, accept, arrive, board, drop: five commands a ride, and all that follows.
  private static func rides(_ report: inout Report, _ shape: Fleet.Shape) {
    let name = "engine/ride/nearest/taxis=72k" + suffix(shape)
    guard report.wants(name) else { return }
    var fleet = Fleet(shape, count: taxis)
    let operations = 64 * 200
    let places = (0..<operations).map { _ in fleet.evenly() }
    let city = EngineCity(fleet, policy: NearestPolicy())
    let times = report.harness.time(
      [
        Contender(
          name: "engine",
          run: { range in
            city.request(places, range)
            city.accept(range)
            city.finish(range)
          },
          restore: { _ in city.forget() }
        )
      ],
      operations: operations,
      batch: 64
    )
    report.add(Row(name: name, times: times[0]))
  }

  // MARK: Rounds

  /// A window's requests and everything that it takes to match them, with thousands of taxis under
  /// way that may be exchanged. In nanoseconds a ride.
  private static func rounds(_ report: inout Report, _ shape: Fleet.Shape, _ count: Int) {
    let name = "engine/round/batch/taxis=72k,rides=\(count)" + suffix(shape)
    guard report.wants(name) else { return }
    var fleet = Fleet(shape, count: taxis)
    let places = (0..<count * 200).map { _ in fleet.evenly() }
    let city = EngineCity(fleet, policy: BatchPolicy(), oneFreeIn: 8, isAuto: true)
    var fill = 0
    while city.open < taxisUnderway {
      city.request(places, fill..<fill + count)
      city.advanceWindow()
      fill += count
    }
    let times = report.harness.time(
      [
        Contender(
          name: "engine",
          run: { _ in city.advanceWindow() },
          prepare: { city.request(places, $0) },
          restore: { _ in city.finishOldest(downTo: taxisUnderway) }
        )
      ],
      operations: places.count,
      batch: count
    )
    var row = Row(name: name, times: times[0])
    let rounds = Double(city.engine.statistics.rounds)
    row.notes = [
      Row.Note(
        label: "rides a round",
        key: "rides_a_round",
        value: Double(city.engine.statistics.roundRides) / rounds
      ),
      Row.Note(
        label: "candidates a round",
        key: "candidates_a_round",
        value: Double(city.engine.statistics.roundCandidates) / rounds
      ),
    ]
    city.request(places, 0..<count)
    row.notes.append(.allocations(city.allocations(over: count) { _ in city.advanceWindow() }))
    report.add(row)
  }

  private static func suffix(_ shape: Fleet.Shape) -> String {
    shape == .uniform ? "" : "/\(shape.rawValue)"
  }
}
