import CTwins
import Spatial

/// The moving grid at the size of Seoul's fleet: moves, and searches of every kind that hurts.
enum GridBenchmarks {
  static let taxis = 72_000
  static let operations = 64 * 400

  static func run(_ report: inout Report) {
    for shape in Fleet.Shape.allCases { moves(&report, shape) }
    for k in [1, 8, 32] {
      for shape in Fleet.Shape.allCases {
        nearest(&report, k, shape, atHotSpot: false)
        if shape != .uniform { nearest(&report, k, shape, atHotSpot: true) }
      }
    }
    for perMille in [500, 100, 10, 1, 0] { masked(&report, perMille) }
    desert(&report)
    for taxis in [10_000, 300_000, 1_000_000] { size(&report, taxis) }
    changes(&report)
    memory(&report)
  }

  // MARK: Moves

  private static func moves(_ report: inout Report, _ shape: Fleet.Shape) {
    let name = "grid/move/taxis=72k" + suffix(shape)
    guard report.wants(name) else { return }
    var fleet = Fleet(shape, count: taxis)
    let (grid, twin) = (Grid(fleet), Twin(fleet))
    var draw = Draw(seed: 1)
    let drives = (0..<256 * 800).map { _ in
      let slot = fleet.hot.lowerBound + draw.below(fleet.hot.count)
      return Drive(slot: Int32(slot), to: fleet.drive(slot))
    }
    let times = report.harness.time(
      [
        Contender(name: "grid") { grid.drive(drives, $0) },
        Contender(name: "C") { twin.drive(drives, $0) },
      ],
      operations: drives.count,
      batch: 256
    )
    var row = Row(name: name, times: times[0])
    row.target = shape == .uniform ? 15 : nil
    row.notes = [.timesC(times[0].median / times[1].median)]
    compareWithUniform(&row, report, "grid/move/taxis=72k", shape)
    row.hash = hash(fleet.points)
    if row.hash != hash((0..<taxis).map { grid.grid.point(of: Int32($0)) }) {
      report.disagree(name, "the grid and the drawn fleet")
    }
    report.add(row)
  }

  // MARK: Searches

  private static func nearest(
    _ report: inout Report,
    _ k: Int,
    _ shape: Fleet.Shape,
    atHotSpot: Bool
  ) {
    let name = "grid/nearest/taxis=72k,k=\(k)" + suffix(shape) + (atHotSpot ? "/at" : "")
    guard report.wants(name) else { return }
    var fleet = Fleet(shape, count: taxis)
    let centers = (0..<operations).map { _ in
      atHotSpot ? fleet.nearHotSpot() : fleet.evenly()
    }
    let (grid, twin) = (Grid(fleet), Twin(fleet))
    // The C grid takes tens of microseconds in a crowd: fewer of its searches say as much there.
    let few = atHotSpot ? 64 * 40 : operations
    let times = report.harness.time(
      [Contender(name: "grid") { grid.search(centers, $0, k, needing: 0) }],
      operations: operations,
      batch: 64
    )
    let twinTimes = report.harness.time(
      [Contender(name: "C") { twin.search(centers, $0, k) }],
      operations: few,
      batch: 64
    )
    let scanTimes = Harness(rounds: 1).time(
      [Contender(name: "scan") { twin.scan(centers, $0, k) }],
      operations: 64,
      batch: 16
    )
    var row = Row(name: name, times: times[0])
    row.target = shape == .uniform ? [1: 250, 8: 700][k] : nil
    row.notes = [
      .timesC(times[0].median / twinTimes[0].median),
      .scanTimes(scanTimes[0].median / times[0].median),
    ]
    compareWithUniform(&row, report, "grid/nearest/taxis=72k,k=\(k)", shape)
    row.hash = grid.answers(centers, k, needing: 0, to: 0..<few)
    if row.hash != twin.answers(centers, k, to: 0..<few) {
      report.disagree(name, "the grid and the C grid")
    }
    if grid.answers(centers, k, needing: 0, to: 0..<64) != twin.scanned(centers, k, to: 0..<64) {
      report.disagree(name, "the grid and the full scan")
    }
    report.add(row)
  }

  /// Most taxis do not fit: bit 0 is on all, bit 1 on some.
  private static func masked(_ report: inout Report, _ perMille: Int) {
    let name = "grid/nearest/taxis=72k,k=8,fit=\(Double(perMille) / 10)%"
    guard report.wants(name) else { return }
    var fleet = Fleet(.uniform, count: taxis)
    let grid = Grid(fleet)
    var draw = Draw(seed: 2)
    for slot in 0..<Int32(taxis) where draw.below(1_000) < perMille {
      grid.grid.setMask(slot, to: 0b11)
    }
    let centers = (0..<operations).map { _ in fleet.evenly() }
    search(&report, name, grid, centers, 8, needing: 0b11)
  }

  /// One taxi in the whole region, or all of them far away.
  private static func desert(_ report: inout Report) {
    var fleet = Fleet(.uniform, count: taxis)
    let centers = (0..<operations).map { _ in fleet.evenly() }
    for k in [1, 8] {
      let name = "grid/nearest/taxis=1,cells=72k,k=\(k)"
      if report.wants(name) {
        let grid = Grid(fleet)
        for slot in 1..<Int32(taxis) { grid.grid.remove(slot) }
        search(&report, name, grid, centers, k, needing: 0)
      }
      let far = "grid/nearest/taxis=72k,k=\(k)/far"
      if report.wants(far) {
        let grid = Grid(fleet)
        let corner = Box(
          min: Point(x: 180_000, y: 130_000),
          max: Point(x: 200_000, y: 150_000)
        )
        for slot in 0..<Int32(taxis) {
          let point = fleet.points[Int(slot)]
          grid.grid.move(
            slot,
            to: Point(
              x: corner.min.x + (point.x + 200_000) / 20,
              y: corner.min.y + (point.y + 150_000) / 15
            )
          )
        }
        let away = centers.map { Point(x: $0.x / 2 - 100_000, y: $0.y / 2 - 75_000) }
        search(&report, far, grid, away, k, needing: 0)
      }
    }
  }

  private static func size(_ report: inout Report, _ taxis: Int) {
    let name = "grid/nearest/taxis=\(taxis / 1_000)k,k=8"
    guard report.wants(name) else { return }
    var fleet = Fleet(.uniform, count: taxis)
    let centers = (0..<operations).map { _ in fleet.evenly() }
    search(&report, name, Grid(fleet), centers, 8, needing: 0)
  }

  private static func search(
    _ report: inout Report,
    _ name: String,
    _ grid: Grid,
    _ centers: [Point],
    _ k: Int,
    needing: UInt32
  ) {
    let times = report.harness.time(
      [Contender(name: "grid") { grid.search(centers, $0, k, needing: needing) }],
      operations: operations,
      batch: 64
    )
    var row = Row(name: name, times: times[0])
    if let base = report.median(of: "grid/nearest/taxis=72k,k=\(k)") {
      row.notes.append(.timesUniform(row.times.median / base))
    }
    row.hash = grid.answers(centers, k, needing: needing, to: 0..<512)
    report.add(row)
  }

  // MARK: The rest

  private static func changes(_ report: inout Report) {
    let fleet = Fleet(.uniform, count: taxis)
    let order = (0..<taxis).map { Int32($0 * 7_919 % taxis) }
    if report.wants("grid/remove+insert/taxis=72k") {
      let grid = Grid(fleet)
      let times = report.harness.time(
        [
          Contender(name: "grid") { range in
            for index in range {
              grid.grid.remove(order[index])
              grid.grid.insert(order[index], at: fleet.points[Int(order[index])], mask: 1)
            }
          }
        ],
        operations: taxis,
        batch: 256
      )
      report.add(
        Row(name: "grid/remove+insert/taxis=72k", times: times[0])
      )
    }
    if report.wants("grid/setMask/taxis=72k") {
      let grid = Grid(fleet)
      let times = report.harness.time(
        [
          Contender(name: "grid") { range in
            for index in range {
              let slot = order[index]
              grid.grid.setMask(slot, to: grid.grid.mask(of: slot) ^ 0b10)
            }
          }
        ],
        operations: taxis,
        batch: 256
      )
      report.add(Row(name: "grid/setMask/taxis=72k", times: times[0]))
    }
    if report.wants("squareRoot") {
      let times = report.harness.time(
        [
          Contender(name: "root") { range in
            var sum: UInt64 = 0
            for index in range { sum &+= squareRoot(UInt64(index) &* 0x9E37_79B9_7F4A_7C15 >> 20) }
            sink(sum)
          }
        ],
        operations: 100_000,
        batch: 1_000
      )
      report.add(Row(name: "squareRoot", times: times[0]))
    }
  }

  /// Bytes a taxi, in the column of nanoseconds.
  private static func memory(_ report: inout Report) {
    for shape in Fleet.Shape.allCases {
      let name = "grid/bytes/taxis=72k" + suffix(shape)
      guard report.wants(name) else { continue }
      let grid = Grid(Fleet(shape, count: taxis))
      let bytes = Double(grid.grid.byteCount()) / Double(taxis)
      var row = Row(name: name, times: Times(p5: bytes, median: bytes, p99: bytes), target: 64)
      row.notes = [
        Row.Note(
          label: "touched",
          key: "touched",
          value: Double(grid.grid.byteCount(touched: true)) / Double(taxis)
        )
      ]
      report.add(row)
    }
  }

  private static func suffix(_ shape: Fleet.Shape) -> String {
    shape == .uniform ? "" : "/\(shape.rawValue)"
  }

  /// A clustered fleet may cost three times an evenly spread one.
  private static func compareWithUniform(
    _ row: inout Row,
    _ report: Report,
    _ base: String,
    _ shape: Fleet.Shape
  ) {
    guard shape != .uniform, let median = report.median(of: base) else { return }
    row.notes.append(.timesUniform(row.times.median / median, limit: 3))
  }

  private static func hash(_ points: [Point]) -> UInt64 {
    var hash = Hash()
    for point in points {
      hash.add(point.x)
      hash.add(point.y)
    }
    return hash.value
  }
}
