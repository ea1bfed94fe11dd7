import Journal
import Matching

/// The host's side of a journal in the modelled Redis, as `RedisJournal` is of a real one.
final class SimulatedStore: JournalStore {
  private unowned let node: Node
  private(set) var durability: Durability
  private(set) var epoch: UInt64 = 0
  private(set) var fault: String? = "Redis has not been reached yet"
  var leadsAtOnce: Bool { false }
  var onKept: ((UInt64) -> Void)?
  var onNews: ((JournalNews) -> Void)?
  private(set) var worker: SimulatedWorker
  private var lastNews: Int64 = 0

  init(_ node: Node) {
    self.node = node
    durability = node.world.plan.isAlways ? .durable : .relaxed
    worker = SimulatedWorker(node)
    worker.tell = { [unowned self] in hear($0) }
  }

  func append(_ batch: [JournalRecord]) {
    let epoch = epoch
    node.post(.worker) { [worker] in worker.take(batch, of: epoch) }
  }

  func publish(snapshot: [UInt8], upTo fact: UInt64) {
    let epoch = epoch
    node.post(.worker) { [worker] in worker.take(snapshot: snapshot, upTo: fact, of: epoch) }
  }

  enum News {
    case kept(UInt64)
    case state(fault: String?)
    case journal(JournalNews)
  }

  /// From the worker: handled on the host's thread, in order, a little later.
  private func hear(_ news: News) {
    let world = node.world
    lastNews = max(lastNews, world.now + Int64(world.draw.below(3)))
    node.post(.host, after: lastNews - world.now) { [unowned self] in
      switch news {
      case .kept(let fact): onKept?(fact)
      case .state(let fault):
        guard fault != self.fault else { return }
        self.fault = fault
        onNews?(.changed)
      case .journal(let news):
        if case .leads(let epoch) = news { self.epoch = epoch }
        onNews?(news)
      }
    }
  }
}

/// A connection to the modelled Redis: in order both ways, each command as late as the network
/// likes. What was sent before a cut may still arrive, also behind what a newer connection sent.
final class RedisLink {
  private unowned let node: Node
  private let generation: Int
  private var lastArrival: Int64 = 0
  private var lastReply: Int64 = 0
  private(set) var isOpen = true
  private var isHeard = true

  init(_ node: Node) {
    self.node = node
    generation = node.world.redis.generation
  }

  private func delay() -> Int64 {
    let world = node.world
    let blocked = max(node.blockedUntil - world.now, 0)
    return blocked + Int64(world.draw.happens(permille: 20) ? 100 : world.draw.below(3))
  }

  func call(_ command: RedisCommand, _ take: @escaping (RedisReply) -> Void) {
    let world = node.world
    lastArrival = max(lastArrival, world.now + delay())
    world.after(lastArrival - world.now) { [self] in
      guard isHeard, world.redis.isUp, world.redis.generation == generation else { return }
      world.redis.receive(command) { [self] reply in
        lastReply = max(lastReply, world.now + delay())
        node.post(.worker, after: lastReply - world.now) { [self] in if isOpen { take(reply) } }
      }
    }
  }

  func close() {
    isOpen = false
    isHeard = node.world.draw.happens(permille: 500)
  }
}
