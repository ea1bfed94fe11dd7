import Matching
import Spatial

/// Worlds whose engine is in a server: which can be, and what the server must be like.
extension Scenario {
  /// The world that is played through a server.
  ///
  /// - Throws: ``RunError`` when there is none, or several and no name says which.
  package func servedWorld(named name: String?) throws(RunError) -> WorldSettings {
    let dispatched = worlds.filter { $0.kind == .nearest || $0.kind == .batch }
    if let name {
      guard let world = dispatched.first(where: { $0.name == name }) else {
        throw RunError(
          "world '\(name)' is none of those that a server could dispatch: "
            + dispatched.map(\.name).joined(separator: ", ")
        )
      }
      return world
    }
    guard let first = dispatched.first, dispatched.count == 1 else {
      throw RunError(
        dispatched.isEmpty
          ? "no world of this scenario is dispatched (nearest or batch), so none needs a server"
          : "a server dispatches one world; choose one of "
            + dispatched.map(\.name).joined(separator: ", ")
      )
    }
    return first
  }

  /// What a server cannot do as this scenario has it.
  ///
  /// - Throws: ``RunError``, naming the key.
  package func checkServed(_ world: WorldSettings, in city: City) throws(RunError) {
    let patience = city.rides.map(\.patience).max() ?? 0
    let faults: [(Bool, String)] = [
      (travel.model != .straight, "travel.model: a server reckons with straight lines"),
      (world.learnsOpportunity, "policy.opportunity: a server knows nothing of taxis' worth"),
      (world.idle == .guided, "idle: the wire's advice is coarse, so that it cannot give the same"),
      (patience > 3_600_000, "demand.patience: a server lets nobody wait longer than 60m"),
      (world.policy.stepsMax > 1_000_000_000, "policy.steps_max: a server has at most 1000000000"),
      (city.rides.count > 3_999_000, "data: a server has room for 4,000,000 rides"),
      (city.taxiNames.count > 1_000_000, "data: a server has room for 1,000,000 taxis"),
    ]
    guard let fault = faults.first(where: { $0.0 }) else { return }
    throw RunError("world '\(world.name)' cannot be played through a server: \(fault.1)")
  }
}

extension SimulationRun {
  /// The region file of a server that dispatches as a world of a scenario is dispatched in process.
  ///
  /// - Parameters:
  ///   - scenario: whose data is read.
  ///   - dataFolder: where the data files are; `nil` = beside the scenario.
  ///   - name: of the world; `nil` = the only one.
  /// - Returns: the file's text.
  /// - Throws: ``RunError`` when no server could, or what reading throws.
  public static func serverRegion(
    _ scenario: Scenario,
    dataFolder: String?,
    world name: String?
  ) throws -> String {
    var scenario = scenario
    let world = try scenario.servedWorld(named: name)
    scenario.worlds = [world]
    let input = try RunInput.load(scenario, dataFolder: dataFolder) { _ in }
    let (city, _) = try input.prepareCity(scenario)
    try scenario.checkServed(world, in: city)
    return serverRegion(scenario, world, city)
  }

  package static func serverRegion(
    _ scenario: Scenario,
    _ world: WorldSettings,
    _ city: City
  ) -> String {
    let options = World.options(city: city, settings: world, drivers: scenario.drivers)
    let (southWest, northEast) = corners(of: city)
    let policy = world.policy
    // A name that is given back is never taken again while the run lasts, so that ties are broken in
    // the order of the requests.
    let rides = min(max(options.ridesMax, city.rides.count + 16), 4_000_000)
    var lines = [
      "# For world '\(world.name)'. Written by baecha simulate --server-region.",
      "name: simulated",
      "box: {south: \(degrees(southWest.latitude)), west: \(degrees(southWest.longitude)), "
        + "north: \(degrees(northEast.latitude)), east: \(degrees(northEast.longitude))}",
      "bounds: {taxis: \(options.taxisMax), rides: \(rides)}",
      "timers: {offer_ttl: \(span(options.offerTTL)), freshness: \(span(options.freshness)), "
        + "lost_after: \(span(options.lostAfter)), lost_limit: \(span(options.lostLimit)), "
        + "dedup: \(span(options.dedup)), pickup_max: \(span(options.pickupMax))}",
      "travel: {speed_kmh: \(thousandths(scenario.travel.speedMetresPerHour)), "
        + "detour: \(thousandths(Int64(scenario.travel.detourPermille)))}",
      "guidance: {on: false}",
    ]
    switch world.kind {
    case .batch:
      lines.append(
        "policy: {kind: batch, offers_within_wait: true, window: \(policy.window)ms, "
          + "candidates: \(policy.candidates), unmatched_price: \(policy.unmatchedPrice)ms, "
          + "unmatched_rise: \(policy.unmatchedRisePermyriad / 10)ms, "
          + "reassign: \(policy.reassign), switching_cost: \(policy.switchingCost)ms, "
          + "frozen: \(policy.frozen)ms, soon_free: \(policy.soonFree)ms, "
          + "steps_max: \(policy.stepsMax)}"
      )
    default:
      lines.append(
        "policy: {kind: nearest, offers_within_wait: true, retry: \(policy.retry)ms}"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A box around the map's origin, which a server takes for the middle of its box: with the same
  /// origin the same degrees are the same decimetres.
  private static func corners(of city: City) -> (southWest: GeoPoint, northEast: GeoPoint) {
    let origin = city.projection.origin
    let reach = [city.box.min, city.box.max].map { city.projection.unproject($0) }
    let north = reach.map { ($0.latitude - origin.latitude).magnitude }.max() ?? 0
    let east = reach.map { ($0.longitude - origin.longitude).magnitude }.max() ?? 0
    // Half of each corner is whole where the corner is even.
    let up = Int32(clamping: north) + 10_000
    let right = Int32(clamping: east) + 10_000
    let evenUp = up + (up + origin.latitude) % 2
    let evenRight = right + (right + origin.longitude) % 2
    return (
      GeoPoint(
        latitude: origin.latitude - evenUp,
        longitude: origin.longitude - evenRight
      ),
      GeoPoint(
        latitude: origin.latitude + evenUp,
        longitude: origin.longitude + evenRight
      )
    )
  }

  private static func degrees(_ value: Int32) -> String {
    decimal(Int64(value), unit: 10_000_000, digits: 7)
  }

  private static func thousandths(_ value: Int64) -> String {
    decimal(value, unit: 1_000, digits: 3)
  }

  private static func decimal(_ value: Int64, unit: Int64, digits: Int) -> String {
    let rest = String(value.magnitude % UInt64(unit))
    let padded = String(repeating: "0", count: digits - rest.utf8.count) + rest
    return "\(value < 0 ? "-" : "")\(value.magnitude / UInt64(unit)).\(padded)"
  }

  private static func span(_ span: Millis) -> String { "\(span.count)ms" }
}
