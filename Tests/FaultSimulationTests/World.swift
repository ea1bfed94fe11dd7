import MatchingTestSupport

/// Everything that one seed brings about: virtual time, one thread, no waiting. What happens is a
/// queue of closures; whoever wants something later puts it there.
final class World {
  let seed: UInt64
  let plan: Plan
  var draw: Draw
  /// Milliseconds since the beginning, for everybody; nodes and Redis see it through clocks of their
  /// own.
  private(set) var now: Int64 = 0
  let ledger = Ledger()
  private(set) var nodes: [Node] = []
  private(set) var clients: [Client] = []
  var tally = Tally()
  private var agenda = Agenda()
  private var trace: [String] = []
  private(set) var violation: String?
  /// No more faults, and no more new work.
  private(set) var isHealed = false

  private var model: ModelRedis?
  var redis: ModelRedis {
    guard let model else { preconditionFailure("a world without a Redis") }
    return model
  }

  /// - Parameters:
  ///   - seed: of everything.
  ///   - change: of the plan, for tests that want a certain world.
  init(seed: UInt64, _ change: (inout Plan) -> Void = { _ in }) {
    self.seed = seed
    var draw = Draw(seed: seed)
    var plan = Plan(&draw)
    change(&plan)
    self.plan = plan
    self.draw = draw
    model = ModelRedis(self)
    ledger.fail = { [unowned self] in fail($0) }
    ledger.mayLose = !plan.isAlways
    nodes = (0..<plan.nodes).map { Node(self, $0) }
    for node in nodes { node.start() }
    for index in 0..<2 { clients.append(Gateway(self, "g\(index)")) }
    for index in 0..<2 { clients.append(Booker(self, "b\(index)")) }
    for index in 0..<2 { clients.append(Subscriber(self, "s\(index)")) }
    for client in clients { client.begin() }
    scheduleFault()
  }

  func after(_ delay: Int64, _ work: @escaping () -> Void) {
    agenda.add(at: now + max(delay, 0), work)
  }

  /// One of the things that a failing seed prints.
  func note(_ text: @autoclosure () -> String) {
    if trace.count == 60 { trace.removeFirst(30) }
    trace.append("\(now) \(text())")
  }

  func fail(_ text: String) {
    guard violation == nil else { return }
    violation = text
  }

  /// Lets time pass until then, or until something is wrong.
  func run(to end: Int64) {
    while violation == nil, let next = agenda.take(upTo: end) {
      now = next.at
      next.work()
    }
    now = max(now, end)
  }

  /// The whole life of the world.
  ///
  /// - Returns: what was wrong, with the seed and what happened last; `nil` = nothing.
  func play() -> String? {
    run(to: plan.length)
    heal()
    settle()
    return violation.map {
      "Seed \(seed) (\(plan)): \($0)\n" + trace.suffix(30).joined(separator: "\n")
    }
  }

  // MARK: The end

  private func heal() {
    guard violation == nil else { return }
    note("healed")
    isHealed = true
    redis.heal()
    for node in nodes { node.heal() }
    run(to: now + 25_000)
  }

  private func settle() {
    guard violation == nil else { return }
    for client in clients {
      guard let line = client.stuck else { continue }
      return fail("\(client.name) waits for an answer to '\(line)' for ever")
    }
    let probe = Booker(self, "probe")
    probe.isProbe = true
    probe.begin()
    run(to: now + 10_000)
    guard violation == nil else { return }
    guard probe.okCount == 1, probe.isIdle else {
      return fail("a new request is not served after everything was healed")
    }
    let leaders = nodes.filter { $0.isLeading }
    guard leaders.count == 1 else { return fail("\(leaders.count) nodes lead") }
    // Nothing new comes in; let it be still for a moment.
    for _ in 0..<100 {
      if nodes.allSatisfy({ $0.isStill(at: ledger.end) }) { break }
      run(to: now + 100)
    }
    for node in nodes {
      guard node.isStill(at: ledger.end) else {
        return fail("\(node.name) does not catch up with fact \(ledger.end)")
      }
    }
    let digests = nodes.map { $0.digest() }
    if Set(digests).count != 1 { fail("states differ at fact \(ledger.end): \(digests)") }
    // What was kept last may still be on its way.
    let end = ledger.end
    run(to: now + 1_000)
    for case let subscriber as Subscriber in clients { subscriber.checkEnd(upTo: end) }
    ledger.checkEnd()
  }

  // MARK: Faults

  private func scheduleFault() {
    guard plan.faultEvery > 0 else { return }
    after(Int64(draw.within(50...(2 * plan.faultEvery)))) { [unowned self] in
      guard !isHealed else { return }
      Fault.happen(in: self)
      scheduleFault()
    }
  }
}

/// What kind of world a seed makes.
struct Plan: CustomStringConvertible {
  /// Every batch is flushed before it is answered; otherwise each second.
  var isAlways: Bool
  var nodes: Int
  var length: Int64
  /// Mean, in milliseconds; 0 = none.
  var faultEvery: Int
  var snapshotPeriod: Int64
  var recentFactsMax: Int
  var outputBytesMax: Int

  init(_ draw: inout Draw) {
    isAlways = draw.happens(permille: 750)
    nodes = draw.within(1...3)
    length = Int64(draw.within(20_000...50_000))
    faultEvery = draw.pick([300, 1_000, 1_000, 3_000, 10_000])
    snapshotPeriod = Int64(draw.pick([2_000, 8_000, 60_000]))
    recentFactsMax = draw.pick([20, 200, 5_000])
    outputBytesMax = draw.pick([4_096, 1 << 20])
  }

  var description: String {
    "\(isAlways ? "always" : "everysec"), \(nodes) nodes, \(length) ms, faults \(faultEvery) ms, "
      + "snapshots \(snapshotPeriod) ms"
  }
}

/// What happened in worlds, so that nobody takes an empty one for a good one.
struct Tally: CustomStringConvertible {
  var faults = 0
  var takeovers = 0
  var fenced = 0
  var duplicates = 0
  var repeats = 0
  var snapshots = 0
  var lossesReported = 0

  mutating func add(_ other: Tally) {
    faults += other.faults
    takeovers += other.takeovers
    fenced += other.fenced
    duplicates += other.duplicates
    repeats += other.repeats
    snapshots += other.snapshots
    lossesReported += other.lossesReported
  }

  var description: String {
    "\(faults) faults, \(takeovers) takeovers, \(fenced) fenced, \(duplicates) batches sent twice, "
      + "\(repeats) repeated lines, \(snapshots) snapshots, \(lossesReported) losses reported"
  }
}

/// What is to happen, in the order of its time and then of its coming.
struct Agenda {
  struct Item {
    var at: Int64
    var order: UInt64
    var work: () -> Void

    func precedes(_ other: Item) -> Bool { (at, order) < (other.at, other.order) }
  }

  private var heap: [Item] = []
  private var count: UInt64 = 0

  mutating func add(at: Int64, _ work: @escaping () -> Void) {
    count += 1
    heap.append(Item(at: at, order: count, work: work))
    var child = heap.count - 1
    while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func take(upTo end: Int64) -> Item? {
    guard let first = heap.first, first.at <= end else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
