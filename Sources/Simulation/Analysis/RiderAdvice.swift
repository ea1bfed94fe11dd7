import Spatial

/// Where, within a short walk, an empty taxi will come by soonest.
public struct RiderAdvice: Sendable {
  /// A place to wait at.
  public struct Spot: Sendable, Equatable {
    public var cell: GridCell
    /// The middle of the cell.
    public var place: GeoPoint
    /// Metres walked, and minutes it takes.
    public var walkMetres: Int
    public var walkMinutes: Double
    /// Empty taxis an hour.
    public var passesPerHour: Double
    /// Minutes from getting there until the next one: the mean at that rate, and what it takes at
    /// most with 10, 50 and 90 % probability: 80 % lie between the first and the last.
    public var waitMean: Double
    public var wait10: Double
    public var wait50: Double
    public var wait90: Double
    /// The distribution of the rate that the waits follow from (``AdviceModel/Rate``).
    var rate: AdviceModel.Rate
  }

  public struct Options: Sendable {
    /// Seconds on foot.
    public var walkSeconds = 300
    public var spotsMax = 5

    public init() {}
  }

  /// Metres an hour on foot, and walked distance over straight line in thousandths, as for streets.
  static let walkingSpeed = 4_800
  static let walkingDetour = 1_300

  /// Best first: by walk and mean wait together, then the shorter walk, then by cell. Empty when no
  /// empty taxi was ever seen there.
  public let spots: [Spot]
  /// The cell where the rider stands, were the rider to wait there.
  public let here: Spot

  /// - Parameters:
  ///   - model: learned from other days.
  ///   - place: where the rider stands.
  ///   - unixSeconds: when; a rider who walks gets there later, maybe in another hour.
  ///   - options: how far to walk, how many spots to tell.
  public init(
    _ model: AdviceModel,
    at place: GeoPoint,
    unixSeconds: Int64,
    options: Options = Options()
  ) {
    let grid = model.grid
    let stand = grid.projection.project(place)
    let home = grid.cell(of: stand)
    func spot(_ cell: GridCell) -> Spot {
      let middle = grid.middle(of: cell)
      // In the rider's own cell nobody walks to the middle of it.
      let straight = cell == home ? 0 : Int(stand.distance(to: middle)) / 10
      let metres = straight * Self.walkingDetour / 1_000
      let seconds = metres * 3_600 / Self.walkingSpeed
      let slot = WeekHour.slot(
        unixSeconds + Int64(seconds),
        utcOffsetSeconds: model.utcOffsetSeconds
      )
      let rate = model.rate(of: cell, slot: slot)
      return Spot(
        cell: cell,
        place: grid.projection.unproject(middle),
        walkMetres: metres,
        walkMinutes: Double(seconds) / 60,
        passesPerHour: rate.mean,
        waitMean: rate.mean > 0 ? 60 / rate.mean : .infinity,
        wait10: rate.wait(quantile: 0.1),
        wait50: rate.wait(quantile: 0.5),
        wait90: rate.wait(quantile: 0.9),
        rate: rate
      )
    }
    here = spot(home)
    let reach = Int32(
      min(options.walkSeconds, 7_200) * Self.walkingSpeed / 3_600 / grid.sideMetres + 1
    )
    var found: [Spot] = []
    for row in -reach...reach {
      for column in -reach...reach {
        let candidate = spot(GridCell(column: home.column + column, row: home.row + row))
        guard candidate.passesPerHour > 0,
          candidate.walkMinutes * 60 <= Double(options.walkSeconds)
        else { continue }
        found.append(candidate)
      }
    }
    found.sort { a, b in
      let (left, right) = (a.walkMinutes + a.waitMean, b.walkMinutes + b.waitMean)
      if left != right { return left < right }
      if a.walkMinutes != b.walkMinutes { return a.walkMinutes < b.walkMinutes }
      return a.cell < b.cell
    }
    spots = Array(found.prefix(options.spotsMax))
  }
}
