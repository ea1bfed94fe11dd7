import Spatial
import TripData

/// Everything that a report says about one run: the worlds' figures and what a reader must know to
/// judge them. The writers (``TableWriter``, ``JSONWriter``, ``HTMLReport``, ``OverviewPicture``)
/// are pure functions of it, so equal summaries give equal bytes.
public struct RunSummary: Sendable {
  /// One line of the cleaning report, in the order in which it is printed.
  public struct CleaningLine: Equatable, Sendable {
    public enum Role: String, Sendable {
      case read
      case dropped
      case kept
    }

    public var label: String
    public var count: Int
    public var role: Role

    public init(_ label: String, _ count: Int, role: Role = .dropped) {
      self.label = label
      self.count = count
      self.role = role
    }
  }

  /// One assumption of the scenario in words, for example "patience", "10 min".
  public struct Setting: Equatable, Sendable {
    public var label: String
    public var value: String

    public init(_ label: String, _ value: String) {
      self.label = label
      self.value = value
    }
  }

  /// How far the travel model is off on the judged day's own occupied trips, as shares (0.1 = 10 %).
  public struct ModelError: Equatable, Sendable {
    /// Median and 90th percentile of |predicted − actual| ÷ actual.
    public var median: Double
    public var p90: Double
    /// Σ predicted ÷ Σ actual − 1 over the direct trips, those driven straight to their end:
    /// positive when the model is too slow.
    public var bias: Double
    /// The same over all trips: errands, round trips and tours take longer than any way there.
    public var biasAll: Double
    /// Median and mean of (predicted − actual) ÷ actual over all trips. Times are skewed, so where
    /// sums agree a typical trip takes less than predicted; and a mean of ratios is ruled by the
    /// shortest trips.
    public var medianSigned: Double
    public var meanSigned: Double
    /// How many trips it was measured on, and how many of them were direct.
    public var trips: Int
    public var directTrips: Int

    public init(
      median: Double,
      p90: Double,
      bias: Double,
      biasAll: Double,
      medianSigned: Double,
      meanSigned: Double,
      trips: Int,
      directTrips: Int
    ) {
      self.median = median
      self.p90 = p90
      self.bias = bias
      self.biasAll = biasAll
      self.medianSigned = medianSigned
      self.meanSigned = meanSigned
      self.trips = trips
      self.directTrips = directTrips
    }
  }

  /// Totals of everything that was read, by one on-shift rule.
  public struct ShiftTotals: Equatable, Sendable {
    public var rule: ShiftRule
    public var shifts: Int
    /// Milliseconds.
    public var onShift: Int64
    public var occupied: Int64
    /// Metres; `nil` where the data do not know them.
    public var occupiedMetres: Int64?
    public var vacantMetres: Int64?

    public init(_ figures: ShiftFigures) {
      rule = figures.rule
      shifts = figures.shifts
      onShift = figures.onShift
      occupied = figures.occupied
      occupiedMetres = figures.occupiedMetres
      vacantMetres = figures.vacantMetres
    }
  }

  /// What was read as a whole: before `data.from`, `data.to` and the warm-up take anything away.
  public struct DataTotals: Equatable, Sendable {
    public var trips: Int
    public var taxis: Int
    /// By the rules that the data can answer, in the order of ``ShiftRule``.
    public var shifts: [ShiftTotals]

    public init(trips: Int, taxis: Int, shifts: [ShiftTotals]) {
      self.trips = trips
      self.taxis = taxis
      self.shifts = shifts
    }
  }

  /// The scenario's title, and the name that stands for it without any folder.
  public var title: String
  public var name: String
  public var seed: UInt64
  /// What the trips are, from where and when.
  public var data: String
  /// `nil` for a generated city.
  public var totals: DataTotals?
  public var travelModel: String
  /// `nil` where it was not measured.
  public var modelError: ModelError?
  public var settings: [Setting] = []
  /// What a reader must know before quoting a figure.
  public var notes: [String] = []
  public var cleaning: [CleaningLine] = []
  /// The measured span, warm-up left out, in Unix milliseconds.
  public var start: Int64
  public var end: Int64
  /// Local time less UTC, for every printed clock time.
  public var utcOffsetSeconds: Int
  /// Where the map's cell (0, 0) has its south-west corner.
  public var origin: GeoPoint
  /// The command that makes this report again; empty when there is none.
  public var command: String = ""
  /// In the order in which they are shown.
  public var worlds: [Figures]

  public init(
    title: String,
    name: String,
    seed: UInt64,
    data: String,
    travelModel: String,
    start: Int64,
    end: Int64,
    utcOffsetSeconds: Int,
    origin: GeoPoint,
    worlds: [Figures]
  ) {
    self.title = title
    self.name = name
    self.seed = seed
    self.data = data
    self.travelModel = travelModel
    self.start = start
    self.end = end
    self.utcOffsetSeconds = utcOffsetSeconds
    self.origin = origin
    self.worlds = worlds
  }
}

extension RunSummary {
  /// The worlds' names, each made unique: a second world of the same name gets its shift rule
  /// appended, and a running number if that is taken too. Same order as ``worlds``.
  public var worldKeys: [String] {
    var keys: [String] = []
    for world in worlds {
      var key = world.world
      if keys.contains(key) { key += "-\(world.shiftRule.rawValue)" }
      let stem = key
      var number = 2
      while keys.contains(key) {
        key = "\(stem)-\(number)"
        number += 1
      }
      keys.append(key)
    }
    return keys
  }

  /// The world called `name` to compare world `index` with: the one of the same shift rule before
  /// any other, the earlier one on a tie; `nil` when there is none or it is that world itself.
  package func reference(_ name: String, for index: Int) -> Int? {
    let candidates = worlds.indices.filter { worlds[$0].world == name }
    guard !candidates.contains(index), worlds[index].world != "recorded" else { return nil }
    return candidates.first { worlds[$0].shiftRule == worlds[index].shiftRule } ?? candidates.first
  }
}
