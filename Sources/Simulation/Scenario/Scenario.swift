import Spatial
import TripData

/// What a simulation is to do, as a plain value: read from YAML (``load(path:overrides:)``) or made
/// in code. docs/SCENARIO.md documents every key; ``ScenarioKey`` declares them.
///
/// All numbers are whole: spans of time in milliseconds, shares in permyriad (1/10,000), factors in
/// permille, speeds in metres an hour. The initial values below are the defaults of the file.
public struct Scenario: Equatable, Sendable {
  public var title = ""
  /// Drives every draw of a run; `SeededRandom.Purpose` lists them. Policies draw nothing.
  public var seed: UInt64 = 1
  /// Lets a learned travel model be judged on a day that it has learned from.
  public var allowSeen = false
  public var data = Data()
  /// Read only when ``Data/layout`` is `synthetic`.
  public var synthetic = Synthetic()
  /// Read only when ``Data/layout`` is `seoul-calltaxi`.
  public var callTaxi = CallTaxi()
  public var supply = Supply()
  public var demand = Demand()
  /// What the worlds' own policies start from; ``worlds`` holds the result for each.
  public var policy = Policy()
  public var travel = Travel()
  public var drivers = Drivers()
  /// Read only by worlds whose idle taxis are guided.
  public var guidance = Guidance()
  /// Read only by worlds whose policy has learned what taxis are worth.
  public var opportunity = OpportunityLearning()
  /// Read only by worlds without dispatch.
  public var hail = Hail()
  public var measure = Measure()
  /// At least one, names unique, in the order of the file.
  public var worlds = WorldKind.usual.map { WorldSettings(kind: $0) }
  /// The path that the scenario was read from; empty when it was made in code.
  public var file = ""

  public init() {}

  public func world(named name: String) -> WorldSettings? { worlds.first { $0.name == name } }
}

/// What decides in a world (docs/SIMULATION.md, section 6).
public enum WorldKind: String, CaseIterable, Sendable {
  /// No simulation: figures straight from the data.
  case recorded
  /// The nearest taxi, at once.
  case nearest
  /// The cheapest assignment of all that wait, every window.
  case batch
  /// No dispatch: riders hail the first vacant taxi that comes within sight.
  case hail

  /// What a scenario plays that names no worlds: all that need no traces.
  static let usual: [WorldKind] = [.recorded, .nearest, .batch]
}

/// One world of a scenario, with the file's overrides for it already applied.
public struct WorldSettings: Equatable, Sendable {
  /// Unique in its scenario; letters, digits and `-_.+`, so that it may stand in a file name.
  public var name: String
  public var kind: WorldKind
  public var policy: Scenario.Policy
  public var idle: Scenario.Idle
  /// What the world has for itself of these groups; `nil` = as the scenario has it.
  public var guidance: Scenario.Guidance?
  public var hail: Scenario.Hail?

  public init(
    name: String? = nil,
    kind: WorldKind,
    policy: Scenario.Policy = .init(),
    idle: Scenario.Idle = .park,
    guidance: Scenario.Guidance? = nil,
    hail: Scenario.Hail? = nil
  ) {
    self.name = name ?? kind.rawValue
    self.kind = kind
    self.policy = policy
    self.idle = idle
    self.guidance = guidance
    self.hail = hail
  }
}

extension Scenario {
  /// How the files are laid out; docs/DATA.md describes each.
  public enum Layout: String, CaseIterable, Sendable {
    case nycEvents = "nyc-events"
    case nycFoil = "nyc-foil"
    case debs2015 = "debs-2015"
    case tlc
    /// Both forms: the original files, one a cab, and day files.
    case cabspotting
    case seoulCalltaxi = "seoul-calltaxi"
    case generic
    case synthetic
  }

  public struct Data: Equatable, Sendable {
    public var layout: Layout = .generic
    /// Paths with `*` and `?`, relative to the data folder: ``Scenario/files(dataFolder:)``.
    public var files: [String] = []
    /// Seconds that local time is ahead of UTC.
    public var utcOffset: Int32 = 0
    /// When a local day begins, in milliseconds after midnight. Models learn by whole days.
    public var dayStart: Int64 = 0
    public var from: LocalTime?
    /// Exclusive.
    public var to: LocalTime?
    public var region = Region()

    public init() {}

    /// ``from`` and ``to`` in Unix milliseconds; unbounded where they are not given.
    public var span: Range<Int64> {
      let start = from?.unixMilliseconds(utcOffset: utcOffset) ?? .min
      return start..<max(start, to?.unixMilliseconds(utcOffset: utcOffset) ?? .max)
    }

    /// The local day that a Unix time in milliseconds belongs to; days begin at ``dayStart``.
    public func day(of unix: Int64) -> LocalDay {
      let local = unix + Int64(utcOffset) * 1_000 - dayStart
      let length = LocalDay.milliseconds
      return LocalDay(number: Int32((local - ((local % length) + length) % length) / length))
    }
  }

  /// A box on the globe, sides in ten-millionths of a degree: all four are given or none.
  public struct Region: Equatable, Sendable {
    public var south: Int32?
    public var west: Int32?
    public var north: Int32?
    public var east: Int32?

    public init() {}

    /// The corners; `nil` where no region is given and none is asked for.
    public var corners: (southWest: GeoPoint, northEast: GeoPoint)? {
      guard let south, let west, let north, let east else { return nil }
      return (
        GeoPoint(latitude: south, longitude: west), GeoPoint(latitude: north, longitude: east)
      )
    }
  }

  /// A made-up city, for scale where no data can be had.
  public struct Synthetic: Equatable, Sendable {
    public var taxis = 72_000
    public var ridesPerDay = 1_160_000
    /// Whole days, each beginning at ``Data/dayStart``.
    public var days = 1
    /// 2018-05-16, a Wednesday.
    public var firstDay = LocalDay(number: 17_667)
    /// A CSV file, relative to the scenario's folder, with `hours.csv` and `shifts.csv` beside it.
    public var districts = ""
    /// Shorter straight-line distances, in decimetres, are walked.
    public var rideMin: Int64 = 3_000

    public init() {}
  }

  /// What a log of calls by neighbourhood does not tell.
  public struct CallTaxi: Equatable, Sendable {
    /// A CSV file with the outlines of neighbourhoods, relative to the scenario's folder.
    public var places = ""
    /// From a vehicle's arrival to the boarding, in every approach.
    public var boarding: Int64 = 0
    /// What a ride takes beyond driving.
    public var alighting: Int64 = 0

    public init() {}
  }

  public struct Supply: Equatable, Sendable {
    public var shifts: ShiftRule = .gaps
    /// An absence longer than this ends a shift.
    public var absence: Int64 = 3_600_000

    public init() {}
  }

  /// From when a policy may see where a ride ends.
  public enum Destination: String, CaseIterable, Sendable {
    case never
    case afterBoarding = "after-boarding"
    case atRequest = "at-request"
  }

  public struct Demand: Equatable, Sendable {
    /// From the request; a rider who has not boarded by then cancels.
    public var patience: Int64 = 600_000
    /// Each rider's patience is drawn evenly from `patience` ± this share of it.
    public var patienceSpreadPermyriad: Int?
    /// Requests appear earlier than the recorded pickup by an even draw from 0 to this.
    public var lead: Int64?
    public var destination: Destination = .afterBoarding

    public init() {}
  }

  /// Whether a policy reckons with what a free taxi is worth by place and time.
  public enum Opportunity: String, CaseIterable, Sendable {
    case off
    /// From the dual values of the hindsight problem on other days.
    case learned
  }

  /// Costs are milliseconds of travel time, so prices are too.
  public struct Policy: Equatable, Sendable {
    /// Between two rounds of `batch`; 0 decides at every request.
    public var window: Int64 = 2_000
    /// Nearest taxis considered for a ride.
    public var candidates = 10
    /// What leaving a ride without a taxi costs at its request.
    public var unmatchedPrice: Int64 = 600_000
    /// By what share of the time waited that price rises.
    public var unmatchedRisePermyriad = 10_000
    /// Whether a better taxi may take over a ride before the pickup.
    public var reassign = true
    /// What a takeover must save at least.
    public var switchingCost: Int64 = 20_000
    /// A taxi this near to its pickup keeps its ride.
    public var frozen: Int64 = 60_000
    /// Rides may wait for taxis that will be free within this time.
    public var soonFree: Int64 = 0
    /// When `nearest` tries again for a ride that found no taxi.
    public var retry: Int64 = 1_000
    /// No taxi is offered a pickup further away than this.
    public var pickupMax: Int64 = 900_000
    /// Work budget of one exact assignment, in counted steps; past it the best matching so far holds.
    public var stepsMax = 20_000_000
    public var opportunity: Opportunity = .off
    /// How much of a taxi's worth counts.
    public var opportunityPermille = 1_000

    public init() {}
  }

  public enum TravelModel: String, CaseIterable, Sendable {
    /// Straight line × detour ÷ speed.
    case straight
    /// Speeds by hour of week and distance, from other days.
    case learned
  }

  public enum LearnFrom: Equatable, Sendable {
    /// All days of the data but the one being judged.
    case otherDays
    case days([LocalDay])
  }

  public struct Travel: Equatable, Sendable {
    public var model: TravelModel = .straight
    public var speedMetresPerHour: Int64 = 20_000
    public var detourPermille = 1_300
    /// Empty legs really take the model's time × a seeded log-normal factor of this spread …
    public var noisePermyriad = 0
    /// … × 1 + this, in either direction: the planner knows of neither.
    public var biasPermyriad = 0
    public var learnFrom: LearnFrom = .otherDays

    public init() {}
  }

  /// What a taxi without a ride does.
  public enum Idle: String, CaseIterable, Sendable {
    case park
    case cruise
    /// Parks until the engine says where riders are expected, and goes there if its driver complies.
    case guided
  }

  /// How idle taxis are guided.
  public struct Guidance: Equatable, Sendable {
    public var period: Int64 = 60_000
    /// How far ahead riders are reckoned with.
    public var horizon: Int64 = 1_800_000
    /// The longest drive that an expected rider is worth.
    public var driveMax: Int64 = 2_400_000
    /// Taxis wanted per expected rider.
    public var coverPermille = 1_000
    /// Whether a square's taxis count by the chance that there will be a rider for each.
    public var countsChances = false
    /// Whether recent requests also correct each square's forecast.
    public var correctsSquares = false
    /// A square's side in decimetres.
    public var cell: Int64 = 10_000
    /// Share of drivers who follow.
    public var compliancePermyriad = 10_000

    public init() {}
  }

  /// How a taxi's worth is learned.
  public struct OpportunityLearning: Equatable, Sendable {
    /// Of opening a taxi in the hindsight problem; no worth is above it.
    public var price: Int64 = 900_000
    /// A taxi is worth what it saves by riders of so long from now.
    public var horizon: Int64 = 1_800_000
    /// A square's side in decimetres.
    public var cell: Int64 = 10_000

    public init() {}
  }

  /// Street hailing without dispatch.
  public struct Hail: Equatable, Sendable {
    /// Decimetres: how near a vacant taxi must come for its driver and a rider to meet.
    public var sight: Int64 = 800
    /// How long a cruising taxi follows a recorded way before it joins another.
    public var follow: Int64 = 900_000
    /// How many ways a driver chooses from: the one that led to a rider soonest.
    public var choices = 1
    /// Share of riders who walk to where an empty taxi is said to come by soonest.
    public var advisedRidersPermyriad = 0
    /// How long they walk at most.
    public var walk: Int64 = 300_000

    public init() {}
  }

  public struct Drivers: Equatable, Sendable {
    public var declinePermyriad = 200
    public var noAnswerPermyriad = 100
    /// Even draw; one value where both ends are equal.
    public var answerDelay: ClosedRange<Int64> = 3_000...3_000
    public var idle: Idle = .park
    public var cruiseSpeedMetresPerHour: Int64 = 15_000
    /// Between two positions of a taxi.
    public var reportEvery: Int64 = 15_000
    /// A position older than this is not matched; at least 2.5 × ``reportEvery``.
    public var freshness: Int64 = 40_000
    public var offerTTL: Int64 = 12_000

    public init() {}
  }

  public struct Measure: Equatable, Sendable {
    /// Left out of the figures, from the first request on.
    public var warmUp: Int64 = 3_600_000

    public init() {}
  }
}
