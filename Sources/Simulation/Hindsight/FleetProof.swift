import Spatial

/// Proves how many taxis are needed at least, over *all* arcs and without prices.
///
/// Pickups reached from those without a predecessor along alternating paths, and the drop-offs that
/// could precede them, make a vertex cover: the pickups not reached and the drop-offs reached touch
/// every arc (D. Kőnig, 1931). No matching is larger than a cover, so at least rides − cover pickups
/// open a taxi; with a largest matching the two are equal.
enum FleetProof {
  /// No cover of the rides has fewer taxis.
  ///
  /// - Parameters:
  ///   - costs: the problem.
  ///   - previous: the ride before each ride, -1 for none.
  /// - Returns: the number of taxis in `previous`, if that is least; else fewer.
  static func fleetMin(_ costs: ArcCosts, previous: [Int32]) -> Int {
    let rides = costs.rides
    var follower = Array(repeating: Int32(-1), count: rides.count)
    var pending: [Int32] = []
    var isReached = Array(repeating: false, count: rides.count)
    for (ride, before) in previous.enumerated() {
      if before >= 0 {
        follower[Int(before)] = Int32(ride)
      } else {
        pending.append(Int32(ride))
        isReached[ride] = true
      }
    }
    // Drop-offs not reached yet, by (end, ride): what ends too late for a pickup ends the search.
    var open = rides.indices.sorted { (rides[$0].end, $0) < (rides[$1].end, $1) }.map(Int32.init)
    var reachedDropoffs = 0
    while let ride = pending.popLast() {
      let pickup = rides[Int(ride)]
      let latest = pickup.latest + costs.legs.grace
      var kept = 0
      var index = 0
      while index < open.count {
        let before = open[index]
        let dropoff = rides[Int(before)]
        if dropoff.end > latest { break }
        index += 1
        let isArc =
          before != ride
          && costs.legs.canReach(
            dropoff.to.distance(to: pickup.from),
            ready: dropoff.end,
            latest: pickup.latest
          )
        guard isArc else {
          open[kept] = before
          kept += 1
          continue
        }
        reachedDropoffs += 1
        let next = follower[Int(before)]
        if next >= 0, !isReached[Int(next)] {
          isReached[Int(next)] = true
          pending.append(next)
        }
      }
      if kept < index { open.removeSubrange(kept..<index) }
    }
    let cover = isReached.count { !$0 } + reachedDropoffs
    return rides.count - cover
  }
}
