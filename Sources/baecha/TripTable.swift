#if Server
  import Journal
  import RedisJournal
  import Simulation

  /// Finished rides of a journal as rows that scenarios read (layout `generic` of docs/DATA.md): so
  /// that a day's true requests can be simulated under another policy.
  struct TripTable {
    static let header =
      "request_id,taxi_id,requested_at,assigned_at,pickup_at,dropoff_at,pickup_lat,pickup_lon,"
      + "dropoff_lat,dropoff_lon,passengers"

    private struct Ride {
      var from: String
      var to: String?
      var seats: String
      var requestedAt: Int64
      var assignedAt: Int64?
      var boardedAt: Int64?
      var taxi = ""
    }

    /// By request id; read by key only.
    private var rides: [String: Ride] = [:]
    /// Requests met, and those of them that became a row.
    private(set) var requests = 0
    private(set) var rows = 0

    /// Follows one fact.
    ///
    /// - Returns: a row when it ends a ride whose destination was told.
    mutating func take(_ line: FactLine) -> String? {
      switch line.kind {
      case "req.queued", "req.reserved":
        // A request that waits again keeps what it began with.
        guard let from = line["from"] else { return nil }
        requests += 1
        rides[line.id] = Ride(
          from: from,
          to: line["to"],
          seats: line["seats"] ?? "1",
          requestedAt: line.time
        )
      case "req.changed": if let to = line["to"] { rides[line.id]?.to = to }
      case "req.assigned":
        rides[line.id]?.assignedAt = line.time
        rides[line.id]?.taxi = line["taxi"] ?? ""
      case "req.onboard": rides[line.id]?.boardedAt = line.time
      case "req.done":
        guard let ride = rides[line.id], let to = ride.to, let boarded = ride.boardedAt else {
          return nil
        }
        rows += 1
        return [
          line.id, ride.taxi, "\(ride.requestedAt)", ride.assignedAt.map { "\($0)" } ?? "",
          "\(boarded)", "\(line.time)", ride.from, to, ride.seats,
        ].joined(separator: ",")
      case "req.forgotten": rides[line.id] = nil
      default: break
      }
      return nil
    }
  }

  extension TripTable {
    /// The finished rides of a journal as a file.
    ///
    /// - Returns: the table's figures.
    /// - Throws: `JournalEnd` when the journal cannot be read or holds no finished ride.
    static func write(
      _ tools: RedisTools,
      region: String,
      to path: String
    ) throws -> TripTable {
      var trips = TripTable()
      let file = try AtomicFile(path: path)
      try file.write(Array((header + "\n").utf8))
      try tools.read(region: region) { entry in
        for line in FactLine.lines(of: entry) {
          if let row = trips.take(line) { try file.write(Array((row + "\n").utf8)) }
        }
        return true
      }
      guard trips.rows > 0 else {
        throw JournalEnd(
          .unusable,
          "the journal of region '\(region)' has no finished ride with a destination "
            + "among its \(trips.requests) requests: there is nothing to simulate"
        )
      }
      try file.commit()
      return trips
    }
  }
#endif
