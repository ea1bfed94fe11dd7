/// One ride of one world, as `rides.csv` has it. Instants are Unix milliseconds; `nil` is what did
/// not happen or is not known, and an empty field in the file.
public struct RideRow: CSVRow, Equatable, Sendable {
  /// How a ride ended. Raw values are part of the file format.
  public enum Outcome: String, Sendable {
    case served
    case gaveUp = "gave-up"
    case expired
    case open
  }

  public var id: UInt64
  public var world: String
  public var requestedAt: Int64
  /// The first offer to a driver, the accepted one's assignment, boarding and drop-off.
  public var offeredAt: Int64?
  public var assignedAt: Int64?
  public var boardedAt: Int64?
  public var droppedAt: Int64?
  /// Request to boarding; `nil` in the recorded world.
  public var wait: Int64?
  /// Metres that the taxi drove to the rider.
  public var pickupMetres: Int64?
  public var taxi: String?
  public var outcome: Outcome

  public init(
    id: UInt64,
    world: String,
    requestedAt: Int64,
    offeredAt: Int64? = nil,
    assignedAt: Int64? = nil,
    boardedAt: Int64? = nil,
    droppedAt: Int64? = nil,
    wait: Int64? = nil,
    pickupMetres: Int64? = nil,
    taxi: String? = nil,
    outcome: Outcome
  ) {
    self.id = id
    self.world = world
    self.requestedAt = requestedAt
    self.offeredAt = offeredAt
    self.assignedAt = assignedAt
    self.boardedAt = boardedAt
    self.droppedAt = droppedAt
    self.wait = wait
    self.pickupMetres = pickupMetres
    self.taxi = taxi
    self.outcome = outcome
  }

  public static let header = [
    "id", "world", "requested_at", "offered_at", "assigned_at", "boarded_at", "dropped_at",
    "wait_s", "pickup_m", "taxi", "outcome",
  ]

  public func write(into line: inout CSVLine) {
    line.field(String(id))
    line.field(world)
    line.instant(requestedAt)
    line.instant(offeredAt)
    line.instant(assignedAt)
    line.instant(boardedAt)
    line.instant(droppedAt)
    line.seconds(wait)
    line.field(pickupMetres)
    line.field(taxi)
    line.field(outcome.rawValue)
  }
}

/// One taxi of one world, as `taxis.csv` has it.
public struct TaxiRow: CSVRow, Equatable, Sendable {
  public var taxi: String
  public var world: String
  /// Milliseconds and metres.
  public var time: Figures.Split
  public var metres: Figures.Split
  /// Rides served.
  public var rides: Int

  public init(
    taxi: String,
    world: String,
    time: Figures.Split,
    metres: Figures.Split,
    rides: Int
  ) {
    self.taxi = taxi
    self.world = world
    self.time = time
    self.metres = metres
    self.rides = rides
  }

  public static let header = [
    "taxi", "world", "on_shift_s", "idle_s", "guided_s", "pickup_s", "occupied_s", "driven_m",
    "idle_m", "guided_m", "pickup_m", "occupied_m", "rides",
  ]

  public func write(into line: inout CSVLine) {
    line.field(taxi)
    line.field(world)
    for part in [time.total, time.idle, time.guided, time.pickup, time.occupied] {
      line.seconds(part)
    }
    for part in [metres.total, metres.idle, metres.guided, metres.pickup, metres.occupied] {
      line.field(part)
    }
    line.field(Int64(rides))
  }
}
