import Journal
import LineProtocol
import Matching
import Server
import Spatial

/// One server process: a dispatcher on its host thread, a worker that talks to Redis on another.
/// Both may be held up; all that they know goes with a crash but the witness, which is a file.
final class Node {
  enum Side: Int, CaseIterable { case host, worker }

  unowned let world: World
  let name: String
  let index: Int
  private(set) var incarnation = 0
  private(set) var isUp = false
  private(set) var dispatcher: Dispatcher?
  private(set) var store: SimulatedStore?
  private var wires: [ClientWire] = []
  private var frozenUntil: [Int64] = [0, 0]
  private var heldUp: [[() -> Void]] = [[], []]
  /// Of the clock on the wall.
  var wallSkew: Int64 = 0
  /// What goes to Redis and comes from there waits until then.
  var blockedUntil: Int64 = 0
  var witness: Witness?

  struct Witness: Equatable {
    var position: FactPosition
    var chain: UInt32
  }

  static let region: Region = {
    var region = Region()
    region.name = "small"
    region.southWest = GeoPoint(latitude: 375_000_000, longitude: 1_269_000_000)
    region.northEast = GeoPoint(latitude: 376_000_000, longitude: 1_270_500_000)
    region.taxisMax = 50
    region.ridesMax = 400
    region.offerTTL = .seconds(5)
    return region
  }()

  static let keys: Keyring = {
    let roles: [(String, RoleSet)] = [
      ("gateway", [.gateway]), ("booker", [.booker, .dispatcher]), ("admin", .all),
    ]
    return Keyring(
      keys: roles.map { id, roles in
        Key(id: id, tenant: "blue", roles: roles, secret: .tokenHash(SHA256.hash(id.utf8)))
      }
    )
  }()

  init(_ world: World, _ index: Int) {
    self.world = world
    self.index = index
    name = "n\(index)"
  }

  var isLeading: Bool { isUp && dispatcher?.role == .leader }

  func start() {
    isUp = true
    incarnation += 1
    frozenUntil = [0, 0]
    heldUp = [[], []]
    let store = SimulatedStore(self)
    self.store = store
    var setup = Dispatcher.Setup(region: Self.region)
    setup.keys = Self.keys
    setup.node = name
    setup.limits.recentFactsMax = world.plan.recentFactsMax
    setup.limits.outputBytesMax = world.plan.outputBytesMax
    dispatcher = Dispatcher(setup, store: store) { [unowned self] in
      Dispatcher.ClockReading(
        wall: 1_763_805_600_000 + world.now + wallSkew,
        monotonicNanos: UInt64(5_000 + 77 * index + Int(world.now)) * 1_000_000
      )
    }
    dispatcher?.onEnd = { [unowned self] in ended($0) }
    tick()
    store.worker.connect(after: 1)
  }

  private func tick() {
    guard let dispatcher else { return }
    let delay = dispatcher.tick()
    post(.host, after: delay) { [unowned self] in tick() }
  }

  // MARK: Threads

  /// Runs later on one of its threads, unless the process has ended by then.
  func post(_ side: Side, after delay: Int64 = 0, _ work: @escaping () -> Void) {
    let mine = incarnation
    world.after(delay) { [unowned self] in
      guard isUp, incarnation == mine else { return }
      // Nothing overtakes what was held up.
      if world.now < frozenUntil[side.rawValue] || !heldUp[side.rawValue].isEmpty {
        heldUp[side.rawValue].append(work)
      } else {
        work()
      }
    }
  }

  func freeze(_ sides: [Side], for length: Int64) {
    guard isUp else { return }
    for side in sides {
      let end = max(frozenUntil[side.rawValue], world.now + length)
      frozenUntil[side.rawValue] = end
      let mine = incarnation
      world.after(end - world.now) { [unowned self] in
        if isUp, incarnation == mine { thaw(side) }
      }
    }
  }

  private func thaw(_ side: Side) {
    guard world.now >= frozenUntil[side.rawValue] else { return }
    let works = heldUp[side.rawValue]
    heldUp[side.rawValue] = []
    let mine = incarnation
    for work in works where isUp && incarnation == mine { work() }
  }

  // MARK: Ends

  /// `kill -9`, and a new process a little later; the connections break.
  func crash(restartAfter delay: Int64) {
    guard isUp else { return }
    isUp = false
    store?.worker.die()
    for wire in wires { wire.nodeDied() }
    wires = []
    dispatcher = nil
    store = nil
    let mine = incarnation
    world.after(delay) { [unowned self] in if !isUp, incarnation == mine { start() } }
  }

  /// A planned end: no new work, everything kept, the leadership given up.
  func stop() {
    post(.host) { [unowned self] in
      dispatcher?.beginDrain(to: nil)
      post(.host, after: 100) { [unowned self] in
        dispatcher?.finishDrain()
        store?.worker.stop { [unowned self] in crash(restartAfter: 300) }
      }
    }
  }

  private func ended(_ end: JournalEnd) {
    world.note("\(name) ends: \(end.message)")
    switch end.code {
    case .unusable where !world.ledger.hasLoss: world.fail("\(name) cannot go on: \(end.message)")
    default:
      world.ledger.reportLoss("\(name): \(end.message)")
      world.tally.lossesReported += 1
      // A person reads it and gives the missing facts up.
      for node in world.nodes {
        if let lost = node.witness {
          world.redis.receive(.acceptLoss(epoch: lost.position.epoch)) { _ in }
        }
        node.witness = nil
      }
      world.after(0) { [unowned self] in crash(restartAfter: 500) }
    }
  }

  func heal() {
    wallSkew = 0
    blockedUntil = 0
    frozenUntil = [0, 0]
    if !isUp { start() }
    for side in Side.allCases { thaw(side) }
  }

  func redisDied() { if isUp { store?.worker.cut() } }

  func cutRedis() { if isUp { store?.worker.cut() } }

  // MARK: Clients

  func accept(_ wire: ClientWire, from address: String) -> Session? {
    guard let session = dispatcher?.connect(wire, address: address) else { return nil }
    wires.removeAll { $0.isOver }
    wires.append(wire)
    return session
  }

  // MARK: For the checkers

  func isStill(at fact: UInt64) -> Bool {
    guard isUp, let dispatcher, let store else { return false }
    return dispatcher.kept == fact && store.worker.isIdle
  }

  /// Of the engine's kept state.
  func digest() -> UInt64 {
    guard let bytes = dispatcher?.snapshot() else { return 0 }
    var source = ByteSource(bytes)
    do {
      _ = try source.word()
      return try Engine.restored(
        from: Array(try source.run()),
        options: Self.region.options,
        policy: Self.region.makePolicy(),
        travel: Self.region.travel
      ).digest()
    } catch {
      world.fail("\(name)'s snapshot cannot be read: \(error)")
      return 0
    }
  }
}
