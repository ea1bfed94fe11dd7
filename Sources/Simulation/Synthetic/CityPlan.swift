import Spatial

/// A city as ``SyntheticCity`` needs it: where its people live, work and go out, how its day goes,
/// and how its taxi drivers work. Three small files say it; simulations/synthetic-seoul/README.md
/// documents their columns.
public struct CityPlan: Hashable, Sendable {
  /// A part of the city.
  public struct District: Hashable, Sendable {
    public var name: String
    /// The name in the city's own language; empty where the file has none.
    public var localName: String
    public var outline: Outline
    /// How much of the city lives, works and goes out here: any unit, one for all districts.
    public var home: Int
    public var work: Int
    public var leisure: Int
    /// Where places crowd.
    public var hubs: [Hub]

    public init(
      name: String,
      localName: String = "",
      outline: Outline,
      home: Int,
      work: Int,
      leisure: Int,
      hubs: [Hub] = []
    ) {
      self.name = name
      self.localName = localName
      self.outline = outline
      self.home = home
      self.work = work
      self.leisure = leisure
      self.hubs = hubs
    }
  }

  /// A square around a centre in which places grow denser towards the middle.
  public struct Hub: Hashable, Sendable {
    public var centre: GeoPoint
    /// From the centre to the middle of a side.
    public var radiusMetres: Int
    /// Of the district's places.
    public var percent: Int

    public init(centre: GeoPoint, radiusMetres: Int, percent: Int) {
      self.centre = centre
      self.radiusMetres = radiusMetres
      self.percent = percent
    }
  }

  /// What draws riders to a district, in percent; together 100.
  public struct Mix: Hashable, Sendable {
    public var home: Int
    public var work: Int
    public var leisure: Int

    public init(home: Int, work: Int, leisure: Int) {
      self.home = home
      self.work = work
      self.leisure = leisure
    }
  }

  /// One hour of the local day.
  public struct Hour: Hashable, Sendable {
    /// Boardings at the middle of the hour, in any unit; in between they change evenly.
    public var rides: Int
    /// Of an occupied taxi, metres an hour, lights included.
    public var speed: Int
    /// Over this distance a destination loses to a nearer one by a factor of about e.
    public var reachMetres: Int
    public var from: Mix
    public var to: Mix

    public init(rides: Int, speed: Int, reachMetres: Int, from: Mix, to: Mix) {
      self.rides = rides
      self.speed = speed
      self.reachMetres = reachMetres
      self.from = from
      self.to = to
    }
  }

  /// Taxis that work alike. Minutes count from local midnight.
  public struct ShiftGroup: Hashable, Sendable {
    public var name: String
    /// Of the fleet, in ten-thousandths; over all groups 10,000.
    public var permyriad: Int
    /// A taxi works `daysOn` of every `daysOf` days; the groups' taxis take turns.
    public var daysOn: Int
    public var daysOf: Int
    /// Shifts a working day, evenly spaced over 24 hours: 2 is a day and a night driver.
    public var shiftsPerDay: Int
    /// The first shift starts at `start` and up to `startSpread` minutes later, always the same for
    /// one taxi but for some minutes (``SyntheticCity/startJitter``).
    public var start: Int
    public var startSpread: Int
    /// A shift lasts `length` and up to `lengthSpread` minutes more, at most until the next begins.
    public var length: Int
    public var lengthSpread: Int
    /// One break in each shift, when it is quiet.
    public var breakMinutes: Int

    public init(
      name: String,
      permyriad: Int,
      daysOn: Int = 1,
      daysOf: Int = 1,
      shiftsPerDay: Int = 1,
      start: Int,
      startSpread: Int,
      length: Int,
      lengthSpread: Int,
      breakMinutes: Int = 0
    ) {
      self.name = name
      self.permyriad = permyriad
      self.daysOn = daysOn
      self.daysOf = daysOf
      self.shiftsPerDay = shiftsPerDay
      self.start = start
      self.startSpread = startSpread
      self.length = length
      self.lengthSpread = lengthSpread
      self.breakMinutes = breakMinutes
    }
  }

  public var districts: [District]
  /// 24, from local midnight.
  public var hours: [Hour]
  public var groups: [ShiftGroup]

  /// Reads the three files of a city.
  ///
  /// - Parameters:
  ///   - districts: path of the districts file.
  ///   - hours: path of the hours file; `nil` is `hours.csv` beside the districts file.
  ///   - shifts: path of the shifts file; `nil` is `shifts.csv` beside the districts file.
  /// - Returns: the city.
  /// - Throws: the first fault, by file, line and column.
  public static func read(
    districts: String,
    hours: String? = nil,
    shifts: String? = nil
  ) throws(CityFileError) -> CityPlan {
    let folder = districts.lastIndex(of: "/").map { String(districts[...$0]) } ?? ""
    let hours = hours ?? folder + "hours.csv"
    let shifts = shifts ?? folder + "shifts.csv"
    return try CityPlan(
      districts: (CityTable.contents(of: districts), districts),
      hours: (CityTable.contents(of: hours), hours),
      shifts: (CityTable.contents(of: shifts), shifts)
    )
  }

  /// Reads a city from texts; each comes with the file name that faults are reported under.
  ///
  /// - Throws: the first fault, by file, line and column.
  public init(
    districts: (text: String, file: String),
    hours: (text: String, file: String),
    shifts: (text: String, file: String)
  ) throws(CityFileError) {
    self.districts = try Self.districts(districts.text, file: districts.file)
    self.hours = try Self.hours(hours.text, file: hours.file)
    groups = try Self.groups(shifts.text, file: shifts.file)
  }
}
