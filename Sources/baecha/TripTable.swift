#if Server
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

    /// Follows one fact.
    ///
    /// - Returns: a row when it ends a ride whose destination was told.
    mutating func take(_ line: FactLine) -> String? {
      switch line.kind {
      case "req.queued", "req.reserved":
        // A request that waits again keeps what it began with.
        guard let from = line["from"] else { return nil }
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
#endif
