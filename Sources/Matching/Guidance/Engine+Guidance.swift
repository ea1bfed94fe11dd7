import Spatial

/// Rounds of guidance. They read the fleet and change nothing that is kept.
extension Engine {
  /// Switches guidance on, from the next multiple of its period.
  ///
  /// - Parameters:
  ///   - settings: how.
  ///   - forecast: of riders, learned from other days; `nil` = recent requests stand in for it.
  public mutating func guide(_ settings: GuidanceSettings, forecast: DemandForecast?) {
    precondition(settings.period > Millis(0), "guidance needs a period")
    var next = Guidance(settings, forecast: forecast, region: options.region)
    if let guidance, guidance.cells == next.cells { next.recent = guidance.recent }
    guidance = next
    spareGrid = MovingGrid(
      box: options.region,
      capacity: options.taxisMax,
      expected: max(fleet.count / 4, 64)
    )
    nextGuidance =
      now + Millis(settings.period.count - floorModulo(now.count, settings.period.count))
  }

  /// Advice given since the last call: at most one a taxi and round.
  public mutating func takeAdvice(into advice: inout [Advice]) {
    advice.append(contentsOf: advices)
    advices.removeAll(keepingCapacity: true)
  }

  mutating func runGuidance() {
    guard var guidance else { return }
    self.guidance = nil
    defer { self.guidance = guidance }
    nextGuidance = now + guidance.settings.period
    // A host that does not fetch its advice loses what is stale by now, not memory.
    if advices.count > options.taxisMax { advices.removeAll() }
    let cells = guidance.cells
    var balance = guidance.expectedRiders(at: now).map {
      -($0 * guidance.settings.coverPermille / 1_000)
    }
    for slot in rides.queue { balance[cells.index(of: rides[Int(slot)].from)] -= 1_000 }
    let free = countSupply(guidance, into: &balance)

    var wanted: [Int32] = []
    for cell in balance.indices where balance[cell] <= -500 {
      for _ in 0..<((500 - balance[cell]) / 1_000) { wanted.append(Int32(cell)) }
    }
    var spare: [Int32] = []
    for (cell, taxi) in free where balance[cell] >= 1_000 {
      balance[cell] -= 1_000
      spare.append(taxi)
    }
    guard !wanted.isEmpty, !spare.isEmpty else { return }
    let pairs = pair(wanted, spare, guidance)
    for (row, pair) in pairs.enumerated() {
      guard let pair else { continue }
      let slot = Int(pair.taxi)
      let until = now + Millis(Int64(pair.eta)) + guidance.settings.horizon
      guidance.setGoal(
        .init(cell: wanted[row], generation: fleet[slot].generation, until: until),
        of: slot
      )
      advices.append(
        Advice(
          taxi: fleet[slot].id,
          to: guidance.anchor(of: Int(wanted[row])),
          eta: pair.eta,
          until: until
        )
      )
    }
  }

  /// Finds the nearest spare taxis of each square and assigns them for the least driving.
  ///
  /// - Returns: for each wanted rider its taxi's slot and driving time, or `nil`.
  private mutating func pair(
    _ wanted: [Int32],
    _ spare: [Int32],
    _ guidance: Guidance
  ) -> [(taxi: Int32, eta: Int32)?] {
    for slot in spare { spareGrid.insert(slot, at: fleet.reports[Int(slot)].point, mask: 0) }
    defer { spareGrid.removeAll() }
    var numbers = Array(repeating: Int32(-1), count: fleet.used)
    for (number, slot) in spare.enumerated() { numbers[Int(slot)] = Int32(number) }
    let reach = travel.reach(
      within: Int32(clamping: guidance.settings.driveMax.count),
      departure: now
    )
    guidance.beginPairs()
    var etas: [[(number: Int32, eta: Int32)]] = []
    var first = 0
    while first < wanted.count {
      // The riders of one square follow each other.
      var end = first
      while end < wanted.count, wanted[end] == wanted[first] { end += 1 }
      let anchor = guidance.anchor(of: Int(wanted[first]))
      spareGrid.nearest(
        end - first + Guidance.candidatesMax,
        to: anchor,
        within: reach,
        needing: 0,
        into: &workshop.neighbors
      )
      workshop.origins.removeAll()
      for neighbor in workshop.neighbors {
        workshop.origins.append(fleet.reports[Int(neighbor.slot)].point)
      }
      fillTimes(to: anchor)
      let taxis = workshop.neighbors.indices.map {
        (number: numbers[Int(workshop.neighbors[$0].slot)], eta: workshop.times[$0])
      }
      for _ in first..<end {
        guidance.addRider(taxis)
        etas.append(taxis)
      }
      first = end
    }
    return guidance.solvePairs().enumerated().map { row, number in
      guard let pair = etas[row].first(where: { $0.number == number }) else { return nil }
      return (spare[Int(number)], pair.eta)
    }
  }

  /// Counts the taxis that will be in each square: free ones where they stand or where they were
  /// sent, and those that will drop a rider there within the horizon.
  ///
  /// - Returns: free taxis that may be advised and were not sent anywhere, with their squares, in order
  ///   of slots.
  private func countSupply(
    _ guidance: Guidance,
    into balance: inout [Int64]
  ) -> [(cell: Int, taxi: Int32)] {
    var free: [(cell: Int, taxi: Int32)] = []
    for slot in 0..<fleet.used where fleet[slot].isLive {
      let taxi = fleet[slot]
      switch taxi.state {
      case .free where freeGrid.contains(Int32(slot)):
        let here = guidance.cells.index(of: fleet.reports[slot].point)
        let goal = guidance.goal(of: slot, generation: taxi.generation, at: now)
        balance[goal ?? here] += 1_000
        let isAsked = taxi.tags & guidance.settings.tags == guidance.settings.tags
        if isAsked, goal == nil || goal == here { free.append((here, Int32(slot))) }
      case .occupied:
        let ride = rides[Int(taxi.ride)]
        guard let to = ride.to else { continue }
        let duration = travel.time(from: ride.from, to: to, departure: ride.since)
        guard ride.since + Millis(Int64(duration)) <= now + guidance.settings.horizon else {
          continue
        }
        balance[guidance.cells.index(of: to)] += 1_000
      default: continue
      }
    }
    return free
  }

  /// A rider asked here: recent demand.
  mutating func noteDemand(at point: Point) {
    guard let cell = guidance?.cells.index(of: point) else { return }
    guidance?.recent.count(cell: cell, at: now)
  }
}
