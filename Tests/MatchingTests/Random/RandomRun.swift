import Matching
import MatchingTestSupport
import Spatial

/// An engine under random commands, the model beside it, and everything compared after each.
struct RandomRun: ~Copyable {
  struct Setting: Sendable {
    var name: String
    var policy: @Sendable () -> any Policy
    var autoPermille = 300
    var options = RandomRun.options
    /// Whether the policy's candidates are real: a ride beside a free taxi must be looked at.
    var isFair = true
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static let taxis = 13
  static let rides = 20
  static let start = Millis(1_700_000_000_000)

  static var options: Options {
    let box = Box(around: Point(x: 0, y: 0), radius: CommandSource.radius)
    var options = Options(region: box, taxisMax: 12, ridesMax: 24)
    options.offersPerRideMax = 12
    options.changesPerRideMax = 20
    options.offerTTL = .seconds(3)
    options.pickupMax = .seconds(500)
    options.freshness = .seconds(4)
    options.lostAfter = .seconds(5)
    options.lostLimit = .seconds(4)
    options.lostOff = .seconds(12)
    options.noShowWait = .seconds(1)
    options.reservationLead = .seconds(8)
    options.reservationMax = .seconds(90)
    options.waitMax = .minutes(1)
    options.requeueWaitMin = .seconds(3)
    options.dedup = .seconds(6)
    options.sentAgeMax = .seconds(30)
    return options
  }

  static let travel = StraightLineModel(detourPermille: 1_300, millimetresPerSecond: 15_000)

  let setting: Setting
  var engine: Engine
  var model: LifeCycleModel
  var source: CommandSource
  var now = RandomRun.start
  /// Hears each command and its time.
  var listener: ((Millis, Command) -> Void)?
  /// What the last step made true.
  private(set) var facts: [Fact] = []
  /// Facts since `kept` was taken.
  private var journal: [Fact] = []
  private var kept: [UInt8]
  private(set) var accepted = 0
  private(set) var commands = 0

  init(_ setting: Setting, seed: UInt64, coverage: Coverage) {
    self.setting = setting
    engine = Engine(
      options: setting.options,
      policy: setting.policy(),
      travel: Self.travel,
      start: now
    )
    model = LifeCycleModel(options: setting.options, taxis: Self.taxis, rides: Self.rides)
    source = CommandSource(
      seed: seed,
      taxis: Self.taxis,
      rides: Self.rides,
      autoPermille: setting.autoPermille
    )
    source.coverage = coverage
    kept = engine.snapshot()
  }

  mutating func run(_ count: Int) throws {
    for index in 1...max(count, 1) {
      try step()
      if index % 256 == 0 {
        engine.checkInvariants()
        if let late = model.overdue(at: now) { throw failure(late, nil) }
        if let left = engine.stranded(), setting.isFair { throw failure(left, nil) }
      }
      if index % 16_384 == 0 { try failOver(byJournal: index % 32_768 == 0) }
    }
    try end()
  }

  /// One command, predicted, sent, and its facts followed.
  mutating func step() throws {
    now = now + source.pause()
    facts.removeAll(keepingCapacity: true)
    engine.advance(to: now, into: &facts)
    for fact in facts {
      if let wrong = model.follow(fact) { throw failure(wrong, nil) }
    }
    let timed = facts.count
    let command = source.next(model, now)
    count(command)
    listener?(now, command)
    let expected = model.prediction(for: command, at: now)
    let answer = engine.handle(command, at: now, into: &facts)
    guard answer.outcome == expected else {
      throw failure("answered \(answer), expected \(expected)", command)
    }
    let byHand = if case .assign = command { true } else { false }
    for fact in facts[timed...] {
      if let wrong = model.follow(fact, byHand: byHand) { throw failure(wrong, command) }
      if answer.outcome == .done { continue }
      // Whoever speaks is there; nothing else comes of a refusal or a repeat.
      guard case .taxiBack = fact.event else { throw failure("\(fact) after \(answer)", command) }
    }
    guard model.promised.isEmpty else { throw failure("a promised rider was dropped", command) }
    note(command, answer)
    try compare(command, answer)
    journal.append(contentsOf: facts)
    commands += 1
    if !answer.isRefused { accepted += 1 }
  }

  private mutating func note(_ command: Command, _ answer: Answer) {
    switch command {
    case .taxiOn(let on) where !answer.isRefused:
      model.noteSequence(0, of: Int(on.taxi.value))
    case .position(let report) where answer.outcome == .done && report.sequence != 0:
      model.noteSequence(report.sequence, of: Int(report.taxi.value))
    default: break
    }
  }

  /// The states in the answer, and those of whom the command names, are the model's.
  private func compare(_ command: Command, _ answer: Answer) throws {
    guard let ride = Self.ride(of: command) else { return }
    let number = Int(ride.value)
    let view = engine.view(of: ride)
    guard view?.state == model.rides[number].state,
      view?.taxi.map({ Int($0.value) }) ?? 0 == model.rides[number].lastTaxi,
      view?.offer.map({ Int($0.value) }) ?? 0 == model.rides[number].offer
    else { throw failure("the engine has \(String(describing: view))", command) }
    let goal: RideState? =
      switch command {
      case .arrive where answer.outcome == .done: .arrived
      case .board: .onboard
      case .drop: .done
      case .noShow: .noShow
      case .cancel: .cancelled
      case .assign where answer.outcome == .done: .assigned
      default: nil
      }
    guard !answer.isRefused, let goal else { return }
    guard answer.ride == goal else { throw failure("\(answer) is not \(goal)", command) }
  }

  private static func ride(of command: Command) -> RideID? {
    switch command {
    case .request(let request): request.ride
    case .change(let id, _, _), .cancel(let id, _), .arrive(let id, _), .board(let id, _),
      .drop(let id, _), .noShow(let id, _), .abort(let id, _, _), .assign(let id, _),
      .release(let id):
      id
    case .taxiOn, .taxiOff, .position, .busy, .free, .accept, .decline: nil
    }
  }

  private mutating func count(_ command: Command) {
    func ride(_ id: RideID) -> RideState? { model.rides[Int(id.value)].state }
    func taxi(_ id: TaxiID) -> LifeCycleModel.Taxi { model.taxis[Int(id.value)] }
    func offer(_ id: OfferID) -> OfferState? {
      id.value < UInt64(model.offers.count) ? model.offers[Int(id.value)].state : nil
    }
    switch command {
    case .taxiOn(let on): source.coverage.count(.on, taxi(on.taxi))
    case .taxiOff(let id, let force): source.coverage.count(force ? .forceOff : .off, taxi(id))
    case .position(let report): source.coverage.count(.position, taxi(report.taxi))
    case .busy(let id, _): source.coverage.count(.busy, taxi(id))
    case .free(let id): source.coverage.count(.free, taxi(id))
    case .request(let request): source.coverage.count(.request, ride(request.ride))
    case .change(let id, _, _): source.coverage.count(.change, ride(id))
    case .cancel(let id, _): source.coverage.count(.cancel, ride(id))
    case .accept(let id): source.coverage.count(.accept, offer(id))
    case .decline(let id, _): source.coverage.count(.decline, offer(id))
    case .arrive(let id, _): source.coverage.count(.arrive, ride(id))
    case .board(let id, _): source.coverage.count(.board, ride(id))
    case .drop(let id, _): source.coverage.count(.drop, ride(id))
    case .noShow(let id, _): source.coverage.count(.noShow, ride(id))
    case .abort(let id, _, _): source.coverage.count(.abort, ride(id))
    case .assign(let id, let taxiID):
      source.coverage.count(.assign, ride(id))
      source.coverage.count(.assignTo, taxi(taxiID))
    case .release(let id): source.coverage.count(.release, ride(id))
    }
  }

  // MARK: Another engine takes over

  /// A second engine, from a snapshot of now or from an old one and the journal since, has the same
  /// digest, and once all taxis have joined again, does the same as this one; then it takes its
  /// place.
  private mutating func failOver(byJournal: Bool) throws {
    var other = try Engine.restored(
      from: byJournal ? kept : engine.snapshot(),
      options: setting.options,
      policy: setting.policy(),
      travel: Self.travel
    )
    if byJournal {
      for fact in journal { try other.replay(fact) }
    }
    guard other.digest() == engine.digest() else { throw failure("digests differ", nil) }
    // Both forget what is not kept: whom the next round would have been about.
    engine.takeOver(at: now)
    other.takeOver(at: now)
    other.checkInvariants()
    for taxi in 1...Self.taxis where model.taxis[taxi].state != nil {
      let known = model.taxis[taxi]
      let on = TaxiOn(
        taxi: TaxiID(UInt64(taxi)),
        point: Point(x: Int32(taxi) * 1_000, y: Int32(commands % 10_000)),
        seats: known.seats,
        tags: known.tags,
        auto: known.auto
      )
      try both(.taxiOn(on), &other)
    }
    for _ in 0..<300 {
      now = now + source.pause()
      let command = source.next(model, now)
      count(command)
      try both(command, &other)
    }
    guard other.digest() == engine.digest() else { throw failure("digests differ later", nil) }
    other.checkInvariants()
    engine = other
    kept = engine.snapshot()
    journal.removeAll(keepingCapacity: true)
  }

  private mutating func both(_ command: Command, _ other: inout Engine) throws {
    var theirs: [Fact] = []
    facts.removeAll(keepingCapacity: true)
    let answer = engine.handle(command, at: now, into: &facts)
    let theirAnswer = other.handle(command, at: now, into: &theirs)
    guard answer == theirAnswer, facts == theirs else {
      throw failure("two engines differ: \(answer) \(facts) and \(theirAnswer) \(theirs)", command)
    }
    // Timers and command together: a pair made by hand is not told apart here.
    for fact in facts {
      if let wrong = model.follow(fact, byHand: true) { throw failure(wrong, command) }
    }
    note(command, answer)
    journal.append(contentsOf: facts)
    commands += 1
    if !answer.isRefused { accepted += 1 }
  }

  /// Nobody says anything any more: every ride ends, but for those whose rider is in a taxi.
  private mutating func end() throws {
    facts.removeAll(keepingCapacity: true)
    now = now + .minutes(60)
    engine.advance(to: now, into: &facts)
    for fact in facts {
      if let wrong = model.follow(fact) { throw failure(wrong, nil) }
    }
    engine.checkInvariants()
    for ride in model.rides.dropFirst() {
      guard ride.state == nil || ride.state == .onboard else {
        throw failure("a ride is left \(String(describing: ride.state))", nil)
      }
    }
    for taxi in model.taxis.dropFirst() {
      guard taxi.state == nil || taxi.state == .occupied else {
        throw failure("a taxi is left \(String(describing: taxi.state))", nil)
      }
    }
  }

  private func failure(_ what: String, _ command: Command?) -> Failure {
    let cause = command.map { " by \($0)" } ?? ""
    return Failure(
      description: "\(setting.name), command \(commands), at \(now.count)\(cause): \(what)"
    )
  }
}
