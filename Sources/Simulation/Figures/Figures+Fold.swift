import Spatial
import TripData

/// What a ledger comes to.
extension Figures {
  /// - Parameters:
  ///   - world: its name.
  ///   - shiftRule: by which the shifts were read.
  ///   - ledger: what was booked.
  ///   - city: what was booked for.
  ///   - spells: the shifts that the world worked, as (taxi, start, end).
  ///   - waitsAreKnown: false for the recorded world.
  ///   - digest: the engine's at the end, if there was one.
  package init(
    world: String,
    shiftRule: ShiftRule,
    ledger: Ledger,
    city: City,
    spells: [(taxi: Int32, start: Int64, end: Int64)],
    waitsAreKnown: Bool,
    digest: UInt64? = nil
  ) {
    self.init(world: world, shiftRule: shiftRule)
    self.digest = digest
    let inside = spells.filter {
      $0.start < ledger.span.upperBound && $0.end > ledger.span.lowerBound
    }
    shifts = inside.count
    taxis = Set(inside.map(\.taxi)).count
    var distance = Split()
    for account in ledger.taxis {
      time += account.time
      distance += account.distance
    }
    metres = distance.inMetres
    emptyMetresAfterFirst = ledger.emptyAfterFirst / 10
    ridesAfterFirst = ledger.boardingsAfterFirst
    var counted = ledger
    foldRides(&counted, city, waitsAreKnown: waitsAreKnown)
    hours = counted.hours
    service.offers = ledger.offers
    service.declined = ledger.declined
    service.unanswered = ledger.unanswered
    service.reassigned = ledger.reassigned
  }

  private mutating func foldRides(_ ledger: inout Ledger, _ city: City, waitsAreKnown: Bool) {
    var waits: [Int64] = []
    var cells: [MapSquare: MapCell] = [:]
    for (index, ride) in city.rides.enumerated() where ledger.span.contains(ride.requestedAt) {
      let account = ledger.rides[index]
      service.requests += 1
      let isServed = account.outcome == .served
      switch account.outcome {
      case .served: service.served += 1
      case .gaveUp: service.gaveUp += 1
      case .expired: service.expired += 1
      case .open: service.open += 1
      }
      ledger.countRequest(at: ride.requestedAt, isServed: isServed)
      let square = MapSquare(ride.from)
      var cell =
        cells[square]
        ?? MapCell(column: square.column, row: square.row, pickups: 0, waitSum: 0, unserved: 0)
      if isServed {
        let wait = waitsAreKnown ? account.boardedAt - ride.requestedAt : 0
        waits.append(wait)
        cell.pickups += 1
        cell.waitSum += wait
      } else {
        cell.unserved += 1
      }
      cells[square] = cell
    }
    map = cells.values.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    guard waitsAreKnown else { return }
    let unserved = service.gaveUp + service.expired
    wait = Wait(served: waits, unserved: unserved)
  }
}

extension Figures.Wait {
  /// - Parameters:
  ///   - served: waits in milliseconds, in any order.
  ///   - unserved: how many waited in vain.
  package init(served: [Int64], unserved: Int) {
    let sorted = served.sorted()
    let count = sorted.count + unserved
    /// Nearest rank: the smallest wait that at least this share of the riders did not exceed.
    func percentile(_ percent: Int) -> Int64? {
      let rank = (count * percent + 99) / 100
      return rank >= 1 && rank <= sorted.count ? sorted[rank - 1] : nil
    }
    var histogram = Array(repeating: 0, count: Self.binCount)
    for wait in sorted { histogram[min(Int(wait / Self.binWidth), Self.binCount - 1)] += 1 }
    let sum = sorted.reduce(0, +)
    self.init(
      mean: sorted.isEmpty ? 0 : Double(sum) / Double(sorted.count),
      p50: percentile(50),
      p95: percentile(95),
      p99: percentile(99),
      histogram: histogram
    )
  }
}

extension Figures.Split {
  static func += (a: inout Self, b: Self) {
    a.idle += b.idle
    a.guided += b.guided
    a.pickup += b.pickup
    a.occupied += b.occupied
  }

  /// From decimetres.
  var inMetres: Self {
    var metres = Self()
    metres.idle = idle / 10
    metres.guided = guided / 10
    metres.pickup = pickup / 10
    metres.occupied = occupied / 10
    return metres
  }
}

/// A square of the map: rounds towards minus infinity, so that squares meet at the origin.
private struct MapSquare: Hashable {
  var column: Int32
  var row: Int32

  init(_ point: Point) {
    let side = Figures.mapCellMetres * 10
    column = (point.x < 0 ? point.x - side + 1 : point.x) / side
    row = (point.y < 0 ? point.y - side + 1 : point.y) / side
  }
}
