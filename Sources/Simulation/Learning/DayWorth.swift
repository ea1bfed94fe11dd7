import Matching
import Spatial
import TripData

/// What a free taxi was worth on one day, by place and time, had all its requests been known: read
/// off the dual values of the day's hindsight problem (docs/HINDSIGHT.md).
///
/// The problem's objective is empty driving time, its pickups may be as late as riders' patience. A
/// pickup's dual value is what one more ride like it costs, so a taxi that is free at a place and
/// time, and could be there before the rider has gone, saves that less the drive; it is worth the
/// most that any request within the horizon lets it save. These are the dual values of drop-offs
/// that did not happen.
///
/// Roads are those of the day itself: a straight line × detour at the mean speed of its direct
/// trips. Nothing here has seen another day.
struct DayWorth: Sendable {
  let day: LocalDay
  /// Σ over the probes of a row of what a taxi is worth in the middle of a square, in milliseconds:
  /// row of ``OpportunityCost`` × square; and the number of probes by row.
  let sums: [Int32]
  let probes: [Int32]
  /// Where and in which row riders got out.
  let ends: [(place: Point, row: Int)]

  /// Between two probes, in milliseconds.
  static let interval: Int64 = 900_000

  /// Solves the day's problem and looks around it.
  ///
  /// - Parameters:
  ///   - day: its name.
  ///   - trips: those that began in it, by time; at least one.
  ///   - cells: the squares.
  ///   - scenario: patience, detour, and how to learn.
  ///   - projection: of the squares.
  /// - Throws: ``HindsightError`` when a trip's times make no sense.
  init(
    _ day: LocalDay,
    trips: [Trip],
    cells: DemandCells,
    scenario: Scenario,
    projection: Projection
  ) throws(HindsightError) {
    self.day = day
    let rides = trips.map { trip in
      HindsightRide(
        from: projection.project(trip.from),
        to: projection.project(trip.to),
        earliest: trip.pickupAt,
        latest: trip.pickupAt + scenario.demand.patience,
        duration: max(trip.dropoffAt - trip.pickupAt, 0)
      )
    }
    let roads = Self.roads(trips, rides, scenario)
    var bound = try HindsightBound(
      rides: rides,
      travel: HindsightTravel(model: roads, detourPermille: scenario.travel.detourPermille),
      objective: .time
    )
    let duals = try bound.solve(price: Int32(clamping: scenario.opportunity.price)).pickupDuals

    let offset = Millis(Int64(scenario.data.utcOffset) * 1_000)
    func row(_ instant: Int64) -> Int { OpportunityCost.row(at: Millis(instant), offset) }
    var probing = Probing(cells, roads)
    let first = floorDivide(rides[0].earliest, Self.interval) * Self.interval + Self.interval / 2
    let last = rides[rides.count - 1].earliest
    var begin = 0
    for instant in stride(from: first, to: last, by: Int(Self.interval)) {
      // Requests come in order of time, and all are as patient.
      while begin < rides.count, rides[begin].latest < instant { begin += 1 }
      var index = begin
      while index < rides.count, rides[index].earliest < instant + scenario.opportunity.horizon {
        probing.see(rides[index], saving: duals[index], at: instant)
        index += 1
      }
      probing.note(row: row(instant))
    }
    sums = probing.sums
    probes = probing.probes
    ends = rides.map { ($0.to, row($0.end)) }
  }

  /// The straight line at the mean speed of trips that tell how long driving takes; at the
  /// scenario's where none does.
  private static func roads(
    _ trips: [Trip],
    _ rides: [HindsightRide],
    _ scenario: Scenario
  ) -> StraightLineModel {
    var distance: Int64 = 0
    var time: Int64 = 0
    for (trip, ride) in zip(trips, rides) {
      let straight = ride.from.distance(to: ride.to)
      guard TravelStatistics.teaches(trip, distance: straight) else { continue }
      distance += Int64(straight)
      time += ride.duration
    }
    let detour = scenario.travel.detourPermille
    guard time > 0 else { return Roads.straight(scenario) }
    return StraightLineModel(
      detourPermille: detour,
      millimetresPerSecond: max(Int(distance * Int64(detour) * 100 / time), 1)
    )
  }
}

/// What taxis in the middles of all squares are worth at one instant after another.
private struct Probing {
  private let cells: DemandCells
  private let roads: StraightLineModel
  private let centers: [Point]
  private(set) var sums: [Int32]
  private(set) var probes: [Int32]
  /// Of the instant under way; and the squares in which it is above 0.
  private var values: [Int32]
  private var touched: [Int] = []

  init(_ cells: DemandCells, _ roads: StraightLineModel) {
    self.cells = cells
    self.roads = roads
    centers = (0..<cells.count).map(cells.center(of:))
    sums = Array(repeating: 0, count: OpportunityCost.rows * cells.count)
    probes = Array(repeating: 0, count: OpportunityCost.rows)
    values = Array(repeating: 0, count: cells.count)
  }

  /// Raises the worth of all squares from which the rider can be reached at a gain.
  mutating func see(_ ride: HindsightRide, saving: Int32, at instant: Int64) {
    let longest = Int32(clamping: min(Int64(saving) - 1, ride.latest - instant))
    guard longest >= 0 else { return }
    let reach = Int64(roads.reach(within: longest, departure: Millis(instant)))
    let side = Int64(cells.side)
    func range(_ at: Int32, _ low: Int32, _ count: Int32) -> ClosedRange<Int>? {
      let offset = Int64(at) - Int64(low)
      let first = max(floorDivide(offset - reach, side), 0)
      let last = min(floorDivide(offset + reach, side), Int64(count) - 1)
      return first <= last ? Int(first)...Int(last) : nil
    }
    guard let columns = range(ride.from.x, cells.box.min.x, cells.columns),
      let lines = range(ride.from.y, cells.box.min.y, cells.rows)
    else { return }
    for line in lines {
      for column in columns {
        let cell = line * Int(cells.columns) + column
        let time = roads.time(from: centers[cell], to: ride.from, departure: Millis(instant))
        guard time <= longest, saving - time > values[cell] else { continue }
        if values[cell] == 0 { touched.append(cell) }
        values[cell] = saving - time
      }
    }
  }

  /// Adds the instant to its row, and begins the next.
  mutating func note(row: Int) {
    probes[row] += 1
    for cell in touched {
      let (sum, overflows) = sums[row * cells.count + cell].addingReportingOverflow(values[cell])
      sums[row * cells.count + cell] = overflows ? .max : sum
      values[cell] = 0
    }
    touched.removeAll(keepingCapacity: true)
  }
}
