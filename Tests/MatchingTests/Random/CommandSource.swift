import Matching
import MatchingTestSupport
import Spatial

typealias LifeCycleModelTaxi = LifeCycleModel.Taxi

/// Makes up commands: what people would do next, what they would hardly ever do, and positions in
/// between. It looks at the model to know where everyone is, and at the coverage to try what has
/// been tried least.
struct CommandSource {
  private var draw: Draw
  var coverage = Coverage()
  private let taxis: Int
  private let rides: Int
  private let autoPermille: Int
  /// Until when a taxi says nothing.
  private var silentUntil: [Millis]
  private var sequences: [UInt64]

  /// Decimetres from the middle of the region to its sides.
  static let radius: Int32 = 50_000

  init(seed: UInt64, taxis: Int, rides: Int, autoPermille: Int) {
    draw = Draw(seed: seed)
    self.taxis = taxis
    self.rides = rides
    self.autoPermille = autoPermille
    silentUntil = Array(repeating: Millis(.min), count: taxis + 1)
    sequences = Array(repeating: 0, count: taxis + 1)
  }

  /// How much time passes before the next command: mostly little, now and then a lot.
  mutating func pause() -> Millis {
    switch draw.below(1_000) {
    case 0..<500: Millis(0)
    case 500..<900: Millis(Int64(draw.within(1...100)))
    case 900..<990: Millis(Int64(draw.within(100...1_000)))
    case 990..<999: Millis(Int64(draw.within(1_000...8_000)))
    default: Millis(Int64(draw.within(8_000...40_000)))
    }
  }

  mutating func next(_ model: borrowing LifeCycleModel, _ now: Millis) -> Command {
    if draw.happens(permille: 2) {
      silentUntil[draw.within(1...taxis)] = now + Millis(Int64(draw.within(2_000...40_000)))
    }
    switch draw.below(100) {
    case 0..<25: return position(model, now)
    case 25..<60: return likely(model, now)
    default: return rare(model, now)
    }
  }

  // MARK: What people do

  private mutating func position(
    _ model: borrowing LifeCycleModel,
    _ now: Millis
  ) -> Command {
    var taxi = draw.within(1...taxis)
    for _ in 0..<8 where silentUntil[taxi] > now { taxi = draw.within(1...taxis) }
    let isOff = model.taxis[taxi].state == nil
    return isOff && draw.happens(permille: 700) ? on(taxi, model) : report(taxi)
  }

  private mutating func report(_ taxi: Int) -> Command {
    var sequence: UInt64 = 0
    if draw.happens(permille: 700) {
      sequences[taxi] += 1
      sequence = sequences[taxi]
      if draw.happens(permille: 50) { sequence -= UInt64(draw.below(Int(min(sequence, 3)))) }
    }
    return .position(
      PositionReport(taxi: TaxiID(UInt64(taxi)), point: point(), sequence: sequence)
    )
  }

  /// The next step of someone's life.
  private mutating func likely(_ model: borrowing LifeCycleModel, _ now: Millis) -> Command {
    if draw.happens(permille: 250) {
      let taxi = draw.within(1...taxis)
      if silentUntil[taxi] <= now {
        if model.taxis[taxi].state == nil { return on(taxi, model) }
        if model.taxis[taxi].state == .busy { return .free(TaxiID(UInt64(taxi))) }
      }
    }
    let ride = draw.within(1...rides)
    let id = RideID(UInt64(ride))
    let dice = draw.below(100)
    let taxi = TaxiID(UInt64(model.rides[ride].taxi))
    if model.rides[ride].taxi != 0, silentUntil[model.rides[ride].taxi] > now {
      return position(model, now)
    }
    switch model.rides[ride].state {
    case nil: return request(ride, model, now)
    case .offered:
      let offer = OfferID(UInt64(model.rides[ride].offer))
      if silentUntil[model.offers[model.rides[ride].offer].taxi] > now {
        return position(model, now)
      }
      return dice < 75 ? .accept(offer) : .decline(offer, .unstated)
    case .assigned:
      if model.rides[ride].offer != 0, dice < 50 {
        return .accept(OfferID(UInt64(model.rides[ride].offer)))
      }
      return dice < 90 ? .arrive(id, by: taxi) : .abort(id, by: taxi, .traffic)
    case .arrived: return dice < 80 ? .board(id, by: taxi) : .noShow(id, by: taxi)
    case .onboard: return .drop(id, by: taxi)
    case .reserved, .queued:
      if dice < 5 { return assign(ride, model) }
      return position(model, now)
    case .done, .expired, .cancelled, .noShow: return position(model, now)
    }
  }

  // MARK: What they hardly ever do

  /// Of a few pairs of state and command that can be had now, the one met least.
  private mutating func rare(_ model: borrowing LifeCycleModel, _ now: Millis) -> Command {
    switch draw.below(20) {
    case 0..<11: rareRide(model, now)
    case 11..<14: rareOffer(model)
    default: rareTaxi(model, now)
    }
  }

  private mutating func rareRide(_ model: borrowing LifeCycleModel, _ now: Millis) -> Command {
    var best = (count: Int.max, ride: 1, verb: Coverage.RideVerb.request)
    for _ in 0..<4 {
      let ride = draw.within(1...rides)
      let verb = draw.pick(Coverage.RideVerb.allCases)
      let count = coverage.rides[verb.rawValue, Coverage.column(model.rides[ride].state)]
      if count < best.count { best = (count, ride, verb) }
    }
    let id = RideID(UInt64(best.ride))
    switch best.verb {
    case .request: return request(best.ride, model, now)
    case .change: return change(best.ride, model, now)
    case .cancel: return .cancel(id, draw.pick(CancelledBy.allCases))
    case .assign: return assign(best.ride, model)
    case .release: return .release(id)
    case .arrive: return .arrive(id, by: speaker(best.ride, model))
    case .board: return .board(id, by: speaker(best.ride, model))
    case .drop: return .drop(id, by: speaker(best.ride, model))
    case .noShow: return .noShow(id, by: speaker(best.ride, model))
    case .abort:
      return .abort(id, by: speaker(best.ride, model), draw.pick(AbortReason.allCases))
    }
  }

  private mutating func rareOffer(_ model: borrowing LifeCycleModel) -> Command {
    var best = (count: Int.max, offer: 0, verb: Coverage.OfferVerb.accept)
    for _ in 0..<6 {
      // The last few hundred, one that is yet to come, and none at all.
      let offer = draw.happens(permille: 20) ? 0 : max(model.offers.count - draw.below(300), 0)
      let verb = draw.pick(Coverage.OfferVerb.allCases)
      let state = offer < model.offers.count ? model.offers[offer].state : nil
      let count = coverage.offers[verb.rawValue, Coverage.column(state)]
      if count < best.count { best = (count, offer, verb) }
    }
    let id = OfferID(UInt64(best.offer))
    return best.verb == .accept ? .accept(id) : .decline(id, draw.pick(DeclineReason.allCases))
  }

  private mutating func rareTaxi(
    _ model: borrowing LifeCycleModel,
    _ now: Millis
  ) -> Command {
    var best = (count: Int.max, taxi: 1, verb: Coverage.TaxiVerb.on)
    for _ in 0..<4 {
      let taxi = draw.within(1...taxis)
      let verb = draw.pick(Coverage.TaxiVerb.allCases)
      // Most taxis that fall silent are left alone, or none would ever be lost.
      if silentUntil[taxi] > now, !model.taxis[taxi].isLost, !draw.happens(permille: 50) {
        continue
      }
      let count = coverage.taxis[verb.rawValue, Coverage.column(model.taxis[taxi])]
      if count < best.count { best = (count, taxi, verb) }
    }
    let id = TaxiID(UInt64(best.taxi))
    switch best.verb {
    case .on: return on(best.taxi, model)
    case .off: return .taxiOff(id, force: false)
    case .forceOff: return .taxiOff(id, force: true)
    case .position: return report(best.taxi)
    case .busy: return .busy(id, draw.pick(BusyReason.allCases))
    case .free: return .free(id)
    case .assignTo:
      return .assign(RideID(UInt64(draw.within(1...rides))), id)
    }
  }

  // MARK: Contents

  private mutating func on(_ taxi: Int, _ model: borrowing LifeCycleModel) -> Command {
    var on = TaxiOn(
      taxi: TaxiID(UInt64(taxi)),
      point: point(),
      seats: UInt8(draw.within(1...8)),
      tags: UInt32(draw.below(4)),
      auto: draw.happens(permille: autoPermille)
    )
    let known = model.taxis[taxi]
    if known.state != nil, draw.happens(permille: 800) {
      (on.seats, on.tags, on.auto) = (known.seats, known.tags, known.auto)
    }
    if draw.happens(permille: 10) { on.seats = draw.pick([0, 9, 255]) }
    if draw.happens(permille: 10) { on.tags = draw.pick([1 << 24, .max]) }
    sequences[taxi] = 0
    return .taxiOn(on)
  }

  private mutating func request(
    _ ride: Int,
    _ model: borrowing LifeCycleModel,
    _ now: Millis
  ) -> Command {
    if var known = model.rides[ride].request, draw.happens(permille: 700) {
      known.sentAt = draw.happens(permille: 500) ? now - .minutes(9) : nil
      return .request(known)
    }
    var request = Request(
      ride: RideID(UInt64(ride)),
      from: point(),
      to: draw.happens(permille: 500) ? point() : nil,
      seats: UInt8(draw.happens(permille: 800) ? draw.within(1...4) : draw.within(5...8)),
      tags: UInt32(draw.happens(permille: 800) ? 0 : draw.below(4)),
      wait: Millis(Int64(draw.within(1_000...40_000)))
    )
    if draw.happens(permille: 150) { request.at = time(now) }
    if draw.happens(permille: 100) { request.sentAt = time(now) }
    if draw.happens(permille: 10) { request.seats = draw.pick([0, 9, 255]) }
    if draw.happens(permille: 10) { request.tags = draw.pick([1 << 24, .max]) }
    if draw.happens(permille: 10) { request.wait = draw.pick([Millis(0), .never, Millis(.min)]) }
    return .request(request)
  }

  private mutating func change(
    _ ride: Int,
    _ model: borrowing LifeCycleModel,
    _ now: Millis
  ) -> Command {
    let id = RideID(UInt64(ride))
    let version = model.rides[ride].version
    if let last = model.rides[ride].lastChange, draw.happens(permille: 200) {
      return .change(id, version: version &- 1, last)
    }
    var change = RideChange()
    if draw.happens(permille: 600) { change.to = point() }
    if draw.happens(permille: 300) { change.seats = UInt8(draw.within(1...4)) }
    if draw.happens(permille: 300) { change.at = time(now) }
    if draw.happens(permille: 10) { change.seats = draw.pick([0, 9, 255]) }
    let isCurrent = draw.happens(permille: 900)
    return .change(
      id,
      version: isCurrent ? version : draw.pick([0, version &+ 1, version &- 1, .max]),
      change
    )
  }

  private mutating func assign(_ ride: Int, _ model: borrowing LifeCycleModel) -> Command {
    var taxi = draw.within(1...taxis)
    for _ in 0..<6 where model.taxis[taxi].state != .free { taxi = draw.within(1...taxis) }
    return .assign(RideID(UInt64(ride)), TaxiID(UInt64(taxi)))
  }

  /// Who says that the ride has come this far: its taxi, nobody in particular, or another.
  private mutating func speaker(_ ride: Int, _ model: borrowing LifeCycleModel) -> TaxiID? {
    switch draw.below(10) {
    case 0..<6: TaxiID(UInt64(model.rides[ride].lastTaxi))
    case 6..<8: nil
    default: TaxiID(UInt64(draw.within(0...taxis + 1)))
    }
  }

  /// Instants near and far, and such as no clock shows.
  private mutating func time(_ now: Millis) -> Millis {
    switch draw.below(20) {
    case 0: draw.pick([Millis(.min), .never, Millis(0), Millis(-1)])
    case 1: now + .minutes(Int64(draw.within(-20...20)))
    default: now + Millis(Int64(draw.within(-2_000...60_000)))
    }
  }

  private mutating func point() -> Point {
    let radius = Int(Self.radius)
    if draw.happens(permille: 5) {
      return draw.pick([Point(x: .min, y: .max), Point(x: Self.radius + 1, y: 0)])
    }
    return Point(x: Int32(draw.within(-radius...radius)), y: Int32(draw.within(-radius...radius)))
  }
}
