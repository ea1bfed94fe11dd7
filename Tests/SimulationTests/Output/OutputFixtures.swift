import Simulation
import Spatial
import TripData

/// Made-up figures for the writers: small numbers that can be checked in the head.
enum OutputFixtures {
  /// 1 January 2013, 00:10 in New York.
  static let start: Int64 = 1_357_017_000_000
  static let minute: Int64 = 60_000

  static func split(_ idle: Int64, _ guided: Int64, _ pickup: Int64, _ occupied: Int64)
    -> Figures.Split
  {
    var split = Figures.Split()
    split.idle = idle
    split.guided = guided
    split.pickup = pickup
    split.occupied = occupied
    return split
  }

  /// Ten requests: eight served, one gave up, one expired; waits of 1 to 8 minutes.
  static func simulated(_ name: String, emptyMetres: Int64 = 6_000) -> Figures {
    var figures = Figures(world: name, shiftRule: .gaps)
    figures.taxis = 3
    figures.shifts = 4
    figures.time = split(1_000_000, 0, 500_000, 4_500_000)
    figures.metres = split(0, 0, 8_000, 24_000)
    figures.service.requests = 10
    figures.service.served = 8
    figures.service.gaveUp = 1
    figures.service.expired = 1
    figures.service.offers = 9
    figures.service.declined = 1
    var histogram = [Int](repeating: 0, count: Figures.Wait.binCount)
    for minutes in 1...8 { histogram[minutes * 2] = 1 }
    figures.wait = Figures.Wait(
      mean: 270_000,
      p50: 300_000,
      p95: nil,
      p99: nil,
      histogram: histogram
    )
    figures.emptyMetresAfterFirst = emptyMetres
    figures.ridesAfterFirst = 4
    var hour = Figures.Hour(start: start - 10 * minute)
    hour.requests = 10
    hour.served = 8
    hour.time = figures.time
    figures.hours = [hour]
    figures.map = [
      Figures.MapCell(column: 0, row: 0, pickups: 5, waitSum: 5 * minute, unserved: 0),
      Figures.MapCell(column: 1, row: 0, pickups: 3, waitSum: 30 * minute, unserved: 2),
      Figures.MapCell(column: -7, row: -9, pickups: 0, waitSum: 0, unserved: 1),
    ]
    figures.digest = 0xAB
    return figures
  }

  /// The same rides as a record has them: no waits, all emptiness idle.
  static func recorded() -> Figures {
    var figures = Figures(world: "recorded", shiftRule: .gaps)
    figures.taxis = 3
    figures.shifts = 4
    figures.time = split(1_500_000, 0, 0, 4_500_000)
    figures.metres = split(16_000, 0, 0, 24_000)
    figures.service.requests = 10
    figures.service.served = 10
    figures.emptyMetresAfterFirst = 12_000
    figures.ridesAfterFirst = 4
    figures.map = [Figures.MapCell(column: 0, row: 0, pickups: 10, waitSum: 0, unserved: 0)]
    return figures
  }

  static func summary(_ worlds: [Figures], title: String = "A small town") -> RunSummary {
    var summary = RunSummary(
      title: title,
      name: "small-town",
      seed: 7,
      data: "Ten rides, made up.",
      travelModel: "straight line × 1.3 ÷ 20 km/h",
      start: start,
      end: start + 50 * minute,
      utcOffsetSeconds: -18_000,
      origin: GeoPoint(latitude: 407_500_000, longitude: -739_800_000),
      worlds: worlds
    )
    summary.modelError = RunSummary.ModelError(
      median: 0.25,
      p90: 0.5,
      bias: -0.03,
      biasAll: -0.08,
      medianSigned: 0.01,
      meanSigned: 0.2,
      trips: 10,
      directTrips: 9
    )
    summary.cleaning = [
      RunSummary.CleaningLine("rides read", 12, role: .read),
      RunSummary.CleaningLine("zero duration", 2),
      RunSummary.CleaningLine("kept", 10, role: .kept),
    ]
    summary.settings = [RunSummary.Setting("Patience", "10 min")]
    summary.notes = ["One hour only."]
    summary.command = "baecha simulate scenario.yaml --seed 7"
    return summary
  }

  static var three: RunSummary {
    summary([recorded(), simulated("nearest"), simulated("batch", emptyMetres: 4_000)])
  }

  /// A world that nobody asked anything of.
  static var idle: Figures { Figures(world: "nearest", shiftRule: .presence) }

  /// Ten requests, none served.
  static var unserved: Figures {
    var figures = Figures(world: "batch", shiftRule: .gaps)
    figures.time = split(100, 0, 0, 0)
    figures.service.requests = 10
    figures.service.expired = 10
    figures.wait = Figures.Wait(
      mean: .nan,
      p50: nil,
      p95: nil,
      p99: nil,
      histogram: [Int](repeating: 0, count: Figures.Wait.binCount)
    )
    figures.map = [Figures.MapCell(column: 3, row: 3, pickups: 0, waitSum: 0, unserved: 10)]
    var hour = Figures.Hour(start: start)
    hour.requests = 10
    figures.hours = [hour]
    return figures
  }

  /// `days` of hourly figures that rise and fall.
  static func long(_ name: String, days: Int) -> Figures {
    var figures = simulated(name)
    figures.hours = (0..<days * 24).map { index in
      var hour = Figures.Hour(start: start - 10 * minute + Int64(index) * 60 * minute)
      hour.requests = 10 + index % 24
      hour.served = 9 + index % 20
      hour.time = split(3_600_000, 0, 1_800_000, 3_600_000 * Int64(1 + index % 24))
      return hour
    }
    return figures
  }

  /// Summaries at the edges of what a run can be, each by name.
  static var edges: [(name: String, summary: RunSummary)] {
    let many = (1...7).map { simulated("world-\($0)+with a long name") }
    var days = summary([long("nearest", days: 13), long("batch", days: 13)])
    days.end = days.start + 312 * 60 * minute
    var backwards = three
    backwards.end = backwards.start - 1
    return [
      ("three worlds", three), ("no world", summary([])), ("zero rides", summary([idle])),
      ("all unserved", summary([recorded(), unserved])), ("recorded only", summary([recorded()])),
      ("one world", summary([simulated("nearest")])), ("seven worlds", summary(many)),
      ("thirteen days", days), ("an empty span", backwards),
      ("the same name twice", summary([recorded(), recorded(), recorded()])),
    ]
  }
}
