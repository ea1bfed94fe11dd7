import Spatial
import TripData

/// Rides and shifts of a made-up city that follows published facts of a real one: as many as its
/// plan says, at its hours, between its districts. The same parameters and seed give the same bytes
/// on every machine: whole numbers throughout, no call into the C library's mathematics.
///
/// - Each ride is drawn by itself, from its own stream of ``SeededRandom``: the first thousand rides
///   of a day are the same whether the day has a thousand or a million.
/// - A ride's origin follows the hour's mix; its destination is drawn in proportion to the hour's
///   mix × decay with straight-line distance, place by place (a production-constrained gravity model;
///   A. Wilson, "A statistical theory of spatial distribution models", Transportation Research 1,
///   1967), by rejection.
/// - Rides carry no taxi: `Trip.taxi` is -1. They are requests for a dispatcher to serve.
public struct SyntheticCity: Sendable {
  public struct Parameters: Sendable {
    public var plan: CityPlan
    public var taxis: Int
    public var ridesPerDay: Int
    /// Whole days from ``startsAt``.
    public var days: Int
    /// Unix milliseconds. The default is a Wednesday, 2018-05-16, at 04:00 in Seoul: the hour with
    /// the fewest rides and the change of shifts, so that one day holds one whole night.
    public var startsAt: Int64
    /// Of the local clock, in milliseconds east of Greenwich.
    public var utcOffset: Int64
    /// Driven metres ÷ straight-line metres, in thousandths.
    public var detourPermille: Int
    /// Added to each ride's driving time: getting in, paying, getting out.
    public var boarding: Int64
    /// Rides shorter than this, in a straight line, are walked.
    public var shortestMetres: Int

    public init(
      plan: CityPlan,
      taxis: Int = 72_000,
      ridesPerDay: Int = 1_160_000,
      days: Int = 1,
      startsAt: Int64 = 1_526_410_800_000,
      utcOffset: Int64 = 9 * 3_600_000,
      detourPermille: Int = 1_300,
      boarding: Int64 = 150_000,
      shortestMetres: Int = 300
    ) {
      self.plan = plan
      self.taxis = taxis
      self.ridesPerDay = ridesPerDay
      self.days = days
      self.startsAt = startsAt
      self.utcOffset = utcOffset
      self.detourPermille = detourPermille
      self.boarding = boarding
      self.shortestMetres = shortestMetres
    }
  }

  /// A parameter outside its range; nothing is generated.
  public struct BadParameter: Error, Hashable, Sendable, CustomStringConvertible {
    /// As in the scenario file, where it has a key there.
    public var name: String
    public var value: Int
    public var range: ClosedRange<Int>

    public var description: String {
      "'\(name)' is \(value); write a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  /// Sorted by `pickupAt`, then `id`; ids are 0 ..< rides per day × days, without gaps.
  public var trips: [Trip]
  /// Sorted by taxi, then start; those of one taxi are disjoint and all lie inside the days.
  public var shifts: [Shift]
  /// Taxis are numbered from 0; those that do not work in these days have no shift.
  public var taxiCount: Int

  /// A shift starts up to this much later than the taxi's usual time, in milliseconds.
  public static let startJitter: Int64 = 20 * 60_000
  /// What is left of a shift at the edge of the days is dropped below this, in milliseconds.
  public static let shortestShift: Int64 = 10 * 60_000

  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 86_400_000

  /// A day of Seoul takes about a second and 130 MB.
  ///
  /// - Throws: the first parameter outside its range.
  public static func generate(
    parameters: Parameters,
    seed: UInt64
  ) throws(BadParameter) -> SyntheticCity {
    try check(parameters)
    let places = PlaceDrawer(parameters.plan.districts)
    return SyntheticCity(
      trips: trips(parameters, places: places, seed: seed),
      shifts: shifts(parameters, places: places, seed: seed),
      taxiCount: parameters.taxis
    )
  }

  private static func check(_ parameters: Parameters) throws(BadParameter) {
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("taxis", parameters.taxis, 0...10_000_000),
      ("rides_per_day", parameters.ridesPerDay, 0...100_000_000),
      ("days", parameters.days, 1...366),
      ("rides in all", parameters.ridesPerDay * min(max(parameters.days, 1), 366), 0...ridesMax),
      ("starts_at", Int(parameters.startsAt), 0...4_102_444_800_000),
      ("utc_offset", Int(parameters.utcOffset), -14 * 3_600_000...14 * 3_600_000),
      ("detour", parameters.detourPermille, 1_000...5_000),
      ("boarding", Int(parameters.boarding), 0...3_600_000),
      ("shortest_metres", parameters.shortestMetres, 0...5_000),
    ]
    for (name, value, range) in ranges where !range.contains(value) {
      throw BadParameter(name: name, value: value, range: range)
    }
  }
}
