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
    let supply = countSupply(guidance)
    let (wanted, spare) = compare(supply, guidance.expectedRiders(at: now), guidance.settings)
    guard !wanted.isEmpty, !spare.isEmpty else { return }
    for (row, pair) in pair(wanted, spare, guidance).enumerated() {
      guard let pair else { continue }
      let slot = Int(pair.taxi)
      let until = now + Millis(Int64(pair.eta)) + guidance.settings.horizon
      let cell = wanted[row].cell
      guidance.setGoal(
        .init(cell: cell, generation: fleet[slot].generation, until: until),
        of: slot
      )
      advices.append(
        Advice(
          taxi: fleet[slot].id,
          to: guidance.anchor(of: Int(cell)),
          eta: pair.eta,
          until: until
        )
      )
    }
  }

  /// A taxi that a square lacks, and the longest drive that it is worth, in milliseconds.
  private typealias Want = (cell: Int32, worth: Int32)
  /// A taxi that may be sent away, by slot, and the longest drive that it is worth where it is.
  private typealias Spare = (taxi: Int32, worth: Int32)

  /// Which taxis are lacking where, and which are to spare.
  ///
  /// - Parameters:
  ///   - supply: of each square.
  ///   - expected: riders of each square, in thousandths.
  ///   - settings: the drive that a rider is worth, and whether chances count.
  /// - Returns: wants by square, the likeliest rider first; spare taxis by slot.
  private func compare(
    _ supply: Supply,
    _ expected: [Int64],
    _ settings: GuidanceSettings
  ) -> (wanted: [Want], spare: [Spare]) {
    let drive = settings.driveMax.count
    func worth(_ chance: Int64) -> Int32 { Int32(clamping: drive * chance / RiderChances.certain) }
    var wanted: [Want] = []
    // `nil` where nobody is expected.
    var values: [TaxiValues?] = Array(repeating: nil, count: expected.count)
    for cell in expected.indices where expected[cell] > 0 || supply.taxis[cell] < 0 {
      let value = TaxiValues(
        riders: expected[cell] * settings.coverPermille / 1_000,
        countsChances: settings.countsChances
      )
      values[cell] = value
      var rank = supply.taxis[cell] + 1
      while value.drawing(rank) >= TaxiValues.least {
        wanted.append((Int32(cell), worth(value.drawing(rank))))
        rank += 1
      }
    }
    var spare: [Spare] = []
    var ranks = supply.taxis
    for (cell, taxi) in supply.free {
      let chance = ranks[cell] <= 0 ? RiderChances.certain : values[cell]?.keeping(ranks[cell]) ?? 0
      ranks[cell] -= 1
      if chance < RiderChances.certain { spare.append((taxi, worth(chance))) }
    }
    return (wanted, spare)
  }

  /// Finds the nearest spare taxis of each square and assigns them for the least driving.
  ///
  /// - Returns: for each want its taxi's slot and driving time, or `nil`.
  private mutating func pair(
    _ wanted: [Want],
    _ spare: [Spare],
    _ guidance: Guidance
  ) -> [(taxi: Int32, eta: Int32)?] {
    for (slot, _) in spare { spareGrid.insert(slot, at: fleet.reports[Int(slot)].point, mask: 0) }
    defer { spareGrid.removeAll() }
    var numbers = Array(repeating: Int32(-1), count: fleet.used)
    for (number, spare) in spare.enumerated() { numbers[Int(spare.taxi)] = Int32(number) }
    let reach = travel.reach(
      within: Int32(clamping: guidance.settings.driveMax.count),
      departure: now
    )
    guidance.beginPairs()
    var etas: [[(number: Int32, eta: Int32)]] = []
    var first = 0
    while first < wanted.count {
      // The wants of one square follow each other.
      let cell = wanted[first].cell
      var end = first
      while end < wanted.count, wanted[end].cell == cell { end += 1 }
      let anchor = guidance.anchor(of: Int(cell))
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
      let taxis = workshop.neighbors.indices.filter {
        guidance.cells.index(of: workshop.origins[$0]) != Int(cell)
      }.map { (number: numbers[Int(workshop.neighbors[$0].slot)], eta: workshop.times[$0]) }
      let costs = taxis.map { taxi in
        let worth = Int64(spare[Int(taxi.number)].worth)
        return (number: taxi.number, cost: Int32(clamping: Int64(taxi.eta) + worth))
      }
      for want in first..<end {
        guidance.addRider(worth: wanted[want].worth, costs)
        etas.append(taxis)
      }
      first = end
    }
    return guidance.solvePairs().enumerated().map { row, number in
      guard let pair = etas[row].first(where: { $0.number == number }) else { return nil }
      return (spare[Int(number)].taxi, pair.eta)
    }
  }

  /// The taxis that will be in each square, and who may be advised.
  private struct Supply {
    /// By square: free ones where they stand or where they were sent, and those that will drop a rider
    /// there within the horizon, less the rides that wait there. Negative where riders outnumber them.
    var taxis: [Int]
    /// Free taxis that may be advised and were not sent anywhere, with their squares, in order of slots.
    var free: [(cell: Int, taxi: Int32)] = []
  }

  private func countSupply(_ guidance: Guidance) -> Supply {
    var supply = Supply(taxis: Array(repeating: 0, count: guidance.cells.count))
    for slot in rides.queue { supply.taxis[guidance.cells.index(of: rides[Int(slot)].from)] -= 1 }
    for slot in 0..<fleet.used where fleet[slot].isLive {
      let taxi = fleet[slot]
      switch taxi.state {
      case .free where freeGrid.contains(Int32(slot)):
        let here = guidance.cells.index(of: fleet.reports[slot].point)
        let goal = guidance.goal(of: slot, generation: taxi.generation, at: now)
        supply.taxis[goal ?? here] += 1
        let isAsked = taxi.tags & guidance.settings.tags == guidance.settings.tags
        if isAsked, goal == nil || goal == here { supply.free.append((here, Int32(slot))) }
      case .occupied:
        let ride = rides[Int(taxi.ride)]
        guard let to = ride.to else { continue }
        let duration = travel.time(from: ride.from, to: to, departure: ride.since)
        guard ride.since + Millis(Int64(duration)) <= now + guidance.settings.horizon else {
          continue
        }
        supply.taxis[guidance.cells.index(of: to)] += 1
      default: continue
      }
    }
    return supply
  }

  /// A rider asked here: recent demand.
  mutating func noteDemand(at point: Point) {
    guard let cell = guidance?.cells.index(of: point) else { return }
    guidance?.recent.count(cell: cell, at: now)
  }
}
