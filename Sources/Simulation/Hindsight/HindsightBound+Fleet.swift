extension HindsightBound {
  /// Solves for the price that gives the best bound for so many chains.
  ///
  /// The least cost as a function of the price is concave and piecewise linear, its slope the fleet.
  /// Between a price with more chains and one with fewer the next one tried is where their lines
  /// meet; when it lies on both, they are neighbours and no price between them does better.
  ///
  /// - Returns: whether so few chains can cover the rides at all, as far as prices can tell; where
  ///   they cannot, no policy has served these rides with them under this travel model.
  /// - Throws: ``HindsightError``.
  @discardableResult
  public mutating func tighten(chains: Int) throws(HindsightError) -> Bool {
    guard result.rides > chains else { return true }
    // At no price every ride is a chain of its own and nobody drives empty.
    var low: (price: Int64, fleet: Int, empty: Int64) = (0, result.rides, 0)
    var high: (price: Int64, fleet: Int, empty: Int64)?
    for point in result.points {
      if point.fleet >= chains {
        low = (Int64(point.price), point.fleet, point.empty)
      } else if high == nil {
        high = (Int64(point.price), point.fleet, point.empty)
      }
    }
    var price = max(low.price * 2, result.objective == .distance ? 5_000 : 60_000)
    while high == nil {
      price = min(price, Int64(Self.priceMax))
      let point = try solve(price: Int32(price))
      if point.fleet < chains {
        high = (price, point.fleet, point.empty)
      } else {
        low = (price, point.fleet, point.empty)
        if point.fleet == chains { return true }
        if price == Self.priceMax { return false }
      }
      price *= 2
    }
    while let end = high, low.fleet > chains, end.price - low.price > 1 {
      let meeting = (end.empty - low.empty) / Int64(low.fleet - end.fleet)
      let next = min(max(meeting, low.price + 1), end.price - 1)
      // Where the lines meet is above the front, so no price gives a better bound than that.
      let best = result.emptyMin(chains: chains)
      let most = low.empty + (meeting + 1) * Int64(low.fleet - chains)
      if most - best <= best * options.tolerance / 1_000_000 { break }
      let point = try solve(price: Int32(next))
      let fleet = Int64(point.fleet)
      let isOnBoth =
        point.value == low.empty + next * Int64(low.fleet)
        && point.value == end.empty + next * Int64(end.fleet)
      if point.fleet >= chains {
        low = (next, point.fleet, point.empty)
      } else {
        high = (next, point.fleet, point.empty)
      }
      if isOnBoth || fleet == Int64(chains) { break }
    }
    return true
  }

  /// The least number of taxis that can cover the rides, and the least empty travel with so many.
  public struct LeastFleet: Hashable, Sendable {
    /// At ``HindsightBound/priceMax``.
    public var point: HindsightPoint
    /// No fewer taxis can cover the rides: the size of a vertex cover proves it, whatever the price.
    public var fleetMin: Int

    /// Whether the point's fleet is proven least; then its empty travel is the least with it too.
    public var isProven: Bool { fleetMin == point.fleet }
  }

  /// Meant for windows of 0: where pickups may be late, the relaxation is too loose for a fleet.
  ///
  /// - Throws: ``HindsightError``.
  public mutating func leastFleet() throws(HindsightError) -> LeastFleet {
    let point = try solve(price: Self.priceMax)
    return LeastFleet(point: point, fleetMin: FleetProof.fleetMin(costs, previous: point.previous))
  }
}
