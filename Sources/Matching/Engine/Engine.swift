import Spatial

/// The matching engine: commands in, facts out. One value, no clock, no randomness, no threads; the
/// server and the simulator run this same code.
///
/// **Decide, then apply.** Each verb decides by reading state and emits facts; ``apply(_:)`` is the
/// only code that changes kept state, so recovery and a standby need nothing else. Positions are
/// soft: known, used, never kept.
///
/// **Ties and order.** Everything is a pure function of the commands and their times. Deadlines due
/// by the time of a command take effect before it, each at its own instant, however late the host
/// comes back.
public struct Engine: ~Copyable {
  public let options: Options
  public var policy: any Policy
  public let travel: any TravelModel

  // Kept state: changed by `apply` alone.
  var fleet: FleetTable
  var rides: RideTable
  var offers: OfferTable
  /// The number of the last fact.
  public internal(set) var factCount: UInt64 = 0
  /// The instant of the last fact; that of the start before the first.
  var factAt: Millis
  /// The number of the last offer.
  var offerCount: UInt64 = 0
  /// The latest instant that the engine was told.
  public internal(set) var now: Millis

  // Derived from kept state and positions.
  var deadlines = DeadlineQueue()
  /// Free taxis with a fresh position: the candidates.
  var freeGrid: MovingGrid
  /// Taxis on the way to a pickup; only while the policy reassigns.
  var enrouteGrid: MovingGrid
  /// Occupied taxis where they will be free, as far as that is known; only while the policy lets
  /// rides wait for them.
  var soonGrid: MovingGrid
  /// Pickups of the rides that wait and, while the policy reassigns, of those whose taxi is on its
  /// way. Slots are rides; masks are what a ride needs, upside down.
  var waitingGrid: MovingGrid
  var assignedGrid: MovingGrid
  let needs: RoundNeeds
  var agenda = Agenda()
  /// `nil` = idle taxis are not guided.
  var guidance: Guidance?
  var nextGuidance = Millis.never
  /// Taxis that a round of guidance may send away; empty between rounds.
  var spareGrid: MovingGrid
  var advices: [Advice] = []
  var nextRound = Millis.never
  var workshop = RoundWorkshop()
  var explanations: ExplanationLog
  public internal(set) var statistics = Statistics()

  /// Counts since the start, for operations; not kept.
  public struct Statistics: Equatable, Sendable {
    public var positions: UInt64 = 0
    /// Dropped because a later one was known.
    public var latePositions: UInt64 = 0
    public var rounds: UInt64 = 0
    /// Rides and candidates that rounds considered.
    public var roundRides: UInt64 = 0
    public var roundCandidates: UInt64 = 0
    /// Pairs of a plan that the engine did not carry out because a rule forbade it.
    public var planPairsRejected: UInt64 = 0
  }

  /// An empty engine.
  ///
  /// - Parameters:
  ///   - options: its bounds and timers; ``Options/lostAfter`` is at least ``Options/freshness``.
  ///   - policy: who gets whom.
  ///   - travel: how long taxis drive.
  ///   - start: the first instant; earlier ones count as this one.
  ///   - fleetExpected: how many taxis the spatial index is laid out for.
  public init(
    options: Options,
    policy: any Policy,
    travel: any TravelModel,
    start: Millis = Millis(0),
    fleetExpected: Int? = nil
  ) {
    precondition(options.lostAfter >= options.freshness, "lostAfter is shorter than freshness")
    self.options = options
    self.policy = policy
    self.travel = travel
    now = start
    factAt = start
    var needs = policy.needs
    needs.candidates = min(max(needs.candidates, 0), RoundNeeds.candidatesMax)
    self.needs = needs
    fleet = FleetTable(capacity: options.taxisMax)
    rides = RideTable(capacity: options.ridesMax)
    offers = OfferTable(capacity: options.ridesMax * 2)
    freeGrid = MovingGrid(
      box: options.region,
      capacity: options.taxisMax,
      expected: fleetExpected ?? options.taxisMax
    )
    enrouteGrid = MovingGrid(
      box: options.region,
      capacity: needs.reassigns ? options.taxisMax : 1,
      expected: needs.reassigns ? (fleetExpected ?? options.taxisMax) / 4 + 1 : 1
    )
    let areAwaited = needs.soonFree > Millis(0)
    soonGrid = MovingGrid(
      box: options.region,
      capacity: areAwaited ? options.taxisMax : 1,
      expected: areAwaited ? (fleetExpected ?? options.taxisMax) / 2 + 1 : 1
    )
    waitingGrid = MovingGrid(
      box: options.region,
      capacity: options.ridesMax,
      expected: (fleetExpected ?? options.taxisMax) / 4 + 1
    )
    assignedGrid = MovingGrid(
      box: options.region,
      capacity: needs.reassigns ? options.ridesMax : 1,
      expected: needs.reassigns ? (fleetExpected ?? options.taxisMax) / 4 + 1 : 1
    )
    spareGrid = MovingGrid(box: options.region, capacity: 1, expected: 1)
    explanations = ExplanationLog(capacity: options.explanationsMax)
  }

  /// Decides on one command and appends the facts that follow from it.
  ///
  /// - Parameters:
  ///   - command: anything that a client can send.
  ///   - instant: the host's time; one before ``now`` counts as ``now``. Within ± 2⁶¹ ms.
  ///   - facts: appended to, never read.
  /// - Returns: what became of the command, with the states as they are before a policy without a
  ///   window matches anyone.
  public mutating func handle(
    _ command: Command,
    at instant: Millis,
    into facts: inout [Fact]
  ) -> Answer {
    advance(to: instant, into: &facts)
    let answer = decide(command, &facts)
    if !agenda.urgent.isEmpty { matchUrgent(&facts) }
    return answer
  }

  /// When the host must come back by calling ``advance(to:into:)``; ``Millis/never`` = no need.
  public var nextDeadline: Millis {
    var next = min(deadlines.earliest, nextRound, nextGuidance)
    if fleet.freshFirst >= 0 {
      next = min(next, fleet.reports[Int(fleet.freshFirst)].positionAt + options.freshness)
    }
    return next
  }

  private mutating func decide(_ command: Command, _ facts: inout [Fact]) -> Answer {
    switch command {
    case .position(let report): return decidePosition(report, &facts)
    case .taxiOn(let on): return decideTaxiOn(on, &facts)
    case .taxiOff(let taxi, let force): return decideTaxiOff(taxi, force: force, &facts)
    case .busy(let taxi, let reason): return decideBusy(taxi, reason, &facts)
    case .free(let taxi): return decideFree(taxi, &facts)
    case .request(let request): return decideRequest(request, &facts)
    case .change(let ride, let version, let change):
      return decideChange(ride, version: version, change, &facts)
    case .cancel(let ride, let by): return decideCancel(ride, by, &facts)
    case .accept(let offer): return decideAccept(offer, &facts)
    case .decline(let offer, let reason): return decideDecline(offer, reason, &facts)
    case .arrive(let ride, let taxi): return decideArrive(ride, by: taxi, &facts)
    case .board(let ride, let taxi): return decideBoard(ride, by: taxi, &facts)
    case .drop(let ride, let taxi): return decideDrop(ride, by: taxi, &facts)
    case .noShow(let ride, let taxi): return decideNoShow(ride, by: taxi, &facts)
    case .abort(let ride, let taxi, let reason):
      return decideAbort(ride, by: taxi, reason, &facts)
    case .assign(let ride, let taxi): return decideAssign(ride, taxi, &facts)
    case .release(let ride): return decideRelease(ride, &facts)
    }
  }

  /// Makes an event true: numbers it, applies it, hands it out.
  mutating func emit(_ event: Event, _ facts: inout [Fact]) {
    let fact = Fact(number: factCount + 1, at: now, event: event)
    factAt = now
    apply(fact)
    facts.append(fact)
  }

  func answer(_ outcome: Answer.Outcome, ride slot: Int, at fact: UInt64? = nil) -> Answer {
    let taxi = rides[slot].taxi
    return Answer(
      outcome,
      at: fact ?? rides[slot].changedFact,
      ride: rides[slot].state,
      taxi: taxi >= 0 ? fleet[Int(taxi)].state : nil
    )
  }

  func answer(_ outcome: Answer.Outcome, taxi slot: Int, at fact: UInt64? = nil) -> Answer {
    let ride = fleet[slot].ride
    return Answer(
      outcome,
      at: fact ?? fleet[slot].changedAt,
      ride: ride >= 0 ? rides[Int(ride)].state : nil,
      taxi: fleet[slot].state
    )
  }
}
