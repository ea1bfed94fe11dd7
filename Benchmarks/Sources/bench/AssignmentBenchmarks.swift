import Assignment
import Spatial

/// The exact optimum on half-clustered rides and taxis, drawn as in peers/assignment/generate.py:
/// every other point evenly on 15 km × 15 km, the others around one of five centres that rides and
/// taxis share. Beside LEMON, scipy and OR-Tools: peers/assignment/run.
enum AssignmentBenchmarks {
  struct Size {
    var rides: Int
    var taxis: Int
    var arcs: Int
    /// Milliseconds.
    var target: Double
  }

  static let sizes = [
    Size(rides: 2_000, taxis: 10_000, arcs: 30, target: 3),
    Size(rides: 2_000, taxis: 2_000, arcs: 20, target: 15),
    Size(rides: 5_000, taxis: 13_000, arcs: 30, target: 50),
  ]

  static func run(_ report: inout Report) {
    for size in sizes {
      let name = "assignment/solve/rides=\(size.rides),taxis=\(size.taxis),arcs=\(size.arcs)"
      guard report.wants(name) else { continue }
      // Three instances, as one may be easier than most.
      let problems = (1...3).map { problem(size, seed: $0) }
      let solver = AssignmentSolver()
      var costs = [Int64](repeating: 0, count: problems.count)
      let times = report.harness.time(
        [
          Contender(name: "solver") { range in
            for index in range { costs[index] = solver.solve(problems[index]).cost }
          }
        ],
        operations: problems.count,
        batch: 1
      )
      var row = Row(name: name, times: times[0], target: size.target * 1_000_000)
      let greedy = problems.map { solver.greedy($0).cost }
      row.notes = [
        // What the exact optimum is worth.
        Row.Note(
          label: "greedy costs ×",
          key: "greedy_costs_times",
          value: Double(greedy.reduce(0, +)) / Double(costs.reduce(0, +))
        )
      ]
      var hash = Hash()
      for cost in costs { hash.add(cost) }
      row.hash = hash.value
      report.add(row)
    }
    rounds(&report)
  }

  /// A whole round at once: for each ride a search in the grid for its nearest taxis, their driving
  /// times, the exact match. Other rides each time, so that the 99th percentile has hard rounds in it.
  private static func rounds(_ report: inout Report) {
    let size = Size(rides: 2_000, taxis: 10_000, arcs: 30, target: 8)
    let name = "assignment/round/rides=\(size.rides),taxis=\(size.taxis),arcs=\(size.arcs)"
    guard report.wants(name) else { return }
    var places = Places(seed: 4)
    let rides = (0..<40).map { _ in places.draw(size.rides) }
    let taxis = places.draw(size.taxis)
    let fleet = Standing(taxis)
    let problem = AssignmentProblem(rowCapacity: size.rides, arcCapacity: size.rides * size.arcs)
    let solver = AssignmentSolver()
    var costs = [Int64](repeating: 0, count: rides.count)
    let times = report.harness.time(
      [
        Contender(name: "round") { range in
          for index in range {
            problem.removeAll()
            fill(problem, rides: rides[index], near: fleet, arcs: size.arcs)
            costs[index] = solver.solve(problem).cost
          }
        }
      ],
      operations: rides.count,
      batch: 1
    )
    var row = Row(name: name, times: times[0])
    row.notes = [
      Row.Note(label: "p99 ms", key: "p99_ms", value: times[0].p99 / 1_000_000, limit: size.target)
    ]
    var hash = Hash()
    for cost in costs { hash.add(cost) }
    row.hash = hash.value
    report.add(row)
  }

  /// Arcs to the nearest taxis; the cost is the straight-line time at 30 km/h in milliseconds, and an
  /// hour for a ride left unmatched.
  private static func problem(_ size: Size, seed: UInt64) -> AssignmentProblem {
    var places = Places(seed: seed)
    let rides = places.draw(size.rides)
    let taxis = places.draw(size.taxis)
    let problem = AssignmentProblem(rowCapacity: rides.count, arcCapacity: rides.count * size.arcs)
    fill(problem, rides: rides, near: Standing(taxis), arcs: size.arcs)
    return problem
  }

  /// Taxis in a grid, in a box that closures can hold.
  private final class Standing {
    let points: [Point]
    var grid: MovingGrid

    init(_ taxis: [Point]) {
      points = taxis
      grid = MovingGrid(box: Places.box, capacity: taxis.count, expected: taxis.count)
      for (slot, point) in taxis.enumerated() { grid.insert(Int32(slot), at: point, mask: 0) }
    }
  }

  private static func fill(
    _ problem: AssignmentProblem,
    rides: [Point],
    near taxis: Standing,
    arcs: Int
  ) {
    var found: [Neighbor] = []
    for ride in rides {
      problem.beginRow(unmatchedCost: 3_600_000)
      taxis.grid.nearest(arcs, to: ride, within: .max, needing: 0, into: &found)
      for taxi in found {
        // 30 km/h are 12 ms a decimetre.
        let time = taxis.points[Int(taxi.slot)].distance(to: ride) * 12
        problem.addArc(column: Int(taxi.slot), cost: time)
      }
    }
    problem.requireColumns(taxis.points.count)
  }

  /// Points, every other one around a centre.
  private struct Places {
    static let side = 150_000
    static let box = Box(min: Point(x: 0, y: 0), max: Point(x: Int32(side), y: Int32(side)))
    private var draw: Draw
    private var centers: [Point] = []

    init(seed: UInt64) {
      draw = Draw(seed: seed)
      for _ in 0..<5 {
        centers.append(
          Point(
            x: Int32(draw.within(Self.side / 10...Self.side * 9 / 10)),
            y: Int32(draw.within(Self.side / 10...Self.side * 9 / 10))
          )
        )
      }
    }

    mutating func draw(_ count: Int) -> [Point] {
      (0..<count).map { index in
        guard index % 2 == 1 else {
          return Point(x: Int32(draw.below(Self.side)), y: Int32(draw.below(Self.side)))
        }
        let center = centers[draw.below(centers.count)]
        return Self.box.clamp(
          Point(x: center.x + Int32(deviation()), y: center.y + Int32(deviation()))
        )
      }
    }

    /// Normally distributed with a deviation of 600 m, nearly: the sum of twelve even draws.
    private mutating func deviation() -> Int {
      (0..<12).reduce(0) { sum, _ in sum + draw.within(-3_000...3_000) }
    }
  }
}
