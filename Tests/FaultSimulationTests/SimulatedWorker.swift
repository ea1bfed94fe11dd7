import Journal
import Matching

/// The thread that talks to Redis, as `RedisWorker` is: it follows the journal until nobody leads,
/// leads until another one does, and survives that Redis goes away. Step by step the same, but told
/// of replies instead of waiting for them.
final class SimulatedWorker {
  private unowned let node: Node
  private unowned let world: World
  var tell: (SimulatedStore.News) -> Void = { _ in }

  private var link: RedisLink?
  private var isOver = false
  private var pause: Int64 = 20
  private var fault: String? = "Redis has not been reached yet"

  // Following
  private var hasState = false
  private var position = FactPosition.start { didSet { known = max(known, position.epoch) } }
  private var known: UInt64 = 0
  private var chain: UInt32? = 0
  private var leader: String?
  /// Grows with every command of which the reply is waited for.
  private var calls = 0

  // Leading
  private var writer: JournalWriter?
  private var kept: Node.Witness?
  private var unconfirmed: [Node.Witness] = []
  private var lastConfirmed: Int64 = 0
  private var lastRenewal: Int64 = 0
  private var pending: [Int64] = []
  private var retryAt: Int64 = 0
  private var whenStopped: (() -> Void)?

  // Snapshots
  private var snapshotAt: Int64 = 0
  private var isAsked = false
  private var snapshot: (bytes: [UInt8], fact: UInt64)?
  private var lastSnapshot: FactPosition?

  private static let lease: Int64 = 2_000

  init(_ node: Node) {
    self.node = node
    world = node.world
  }

  var isIdle: Bool { writer?.isIdle ?? hasState }

  // MARK: The connection

  func connect(after delay: Int64) {
    node.post(.worker, after: delay) { [self] in
      guard !isOver, link == nil else { return }
      guard world.redis.isUp, world.now >= node.blockedUntil else { return away("refused") }
      link = RedisLink(node)
      pause = 20
      if writer == nil { follow() } else { beat() }
    }
  }

  private func away(_ reason: String) {
    link?.close()
    link = nil
    calls += 1
    writer?.disconnected()
    pending = []
    unconfirmed = []
    giveUpSnapshot()
    setFault("Redis is away: \(reason)")
    connect(after: pause)
    pause = min(pause * 2, 500)
  }

  private func setFault(_ fault: String?) {
    self.fault = fault
    tell(.state(fault: fault))
  }

  /// Its connection is reset; it hears of it as soon as it can.
  func cut() {
    let cut = link
    node.post(.worker, after: Int64(world.draw.below(20))) { [self] in
      if let cut, link === cut { away("the connection broke") }
    }
  }

  func die() {
    isOver = true
    link?.close()
    link = nil
  }

  // MARK: Following

  /// Asks, and waits for the answer; not for ever.
  private func call(_ command: RedisCommand, _ take: @escaping (RedisReply) -> Void) {
    calls += 1
    let number = calls
    link?.call(command) { [self] reply in
      guard number == calls else { return }
      calls += 1
      take(reply)
    }
    node.post(.worker, after: 2_000) { [self] in
      if number == calls { away("no reply in 2 s") }
    }
  }

  private func follow() {
    if hasState { return read() }
    call(.look(witness: node.witness?.position)) { [self] reply in
      guard case .looked(let snapshot, let end, let found) = reply else { return }
      if let seen = node.witness {
        switch found {
        case _ where end.sequence < seen.position.sequence, .missing:
          return lose(end, seen.position)
        case .entry(let chain) where chain != nil && chain != seen.chain:
          return lose(end, seen.position)
        default: break
        }
      }
      position = snapshot?.upTo ?? .start
      chain = snapshot?.chain ?? 0
      tell(.journal(.restart(snapshot: snapshot?.bytes)))
      hasState = true
      read()
    }
  }

  private func read() {
    call(.page(after: position)) { [self] reply in
      guard case .page(let entries) = reply else { return }
      guard hand(entries) else { return }
      if entries.isEmpty { acquire() } else { read() }
    }
  }

  private func startOver() {
    hasState = false
    node.post(.worker, after: pause) { [self] in if link != nil, writer == nil { follow() } }
  }

  /// - Returns: whether they follow from what was read before.
  private func hand(_ entries: [RedisState.Entry]) -> Bool {
    var handed: [JournalEntry] = []
    for entry in entries {
      switch entry.content {
      case .epoch(let owner, let written):
        if entry.position.sequence < position.sequence {
          lose(entry.position, position)
          return false
        }
        guard entry.position.sequence == position.sequence else {
          startOver()
          return false
        }
        if let written, let chain, written != chain { return damaged(entry.position) }
        if let written { chain = written }
        handed.append(
          JournalEntry(position: entry.position, content: .epoch(owner: owner, chain: written))
        )
      case .batch(let bytes, let written):
        guard let batch = try? JournalBatch(bytes: bytes) else { return damaged(entry.position) }
        guard batch.first == position.sequence + 1 else {
          startOver()
          return false
        }
        guard batch.last == entry.position.sequence else { return damaged(entry.position) }
        if let chain, CRC32C.sum(bytes, after: chain) != written { return damaged(entry.position) }
        chain = written
        handed.append(
          JournalEntry(position: entry.position, content: .batch(batch, chain: written))
        )
      }
      position = entry.position
    }
    if !handed.isEmpty { tell(.journal(.entries(handed))) }
    return true
  }

  private func damaged(_ at: FactPosition) -> Bool {
    end(JournalEnd(.unusable, "entry \(at) does not fit the checksum of those before it"))
    return false
  }

  private func lose(_ end: FactPosition, _ needed: FactPosition) {
    self.end(JournalEnd(.lostTail, "the journal ends at \(end), \(needed) was acknowledged"))
  }

  private func end(_ end: JournalEnd) {
    isOver = true
    link?.close()
    link = nil
    calls += 1
    setFault(end.message)
    tell(.journal(.ended(end)))
  }

  // MARK: Taking over

  private func acquire() {
    let sent = world.now
    let by = Leadership(epoch: max(known, node.witness?.position.epoch ?? 0), owner: node.name)
    call(.acquire(by, ttl: Self.lease, byClock: !world.plan.isAlways)) { [self] reply in
      switch reply {
      case .held(let owner):
        if owner != leader {
          leader = owner
          tell(.journal(.follows(leader: owner)))
        }
        setFault(nil)
        node.post(.worker, after: 100) { [self] in
          if link != nil, writer == nil, hasState { read() }
        }
      case .acquired(let epoch, let stop, let head):
        world.note("\(node.name) acquires epoch \(epoch) at \(stop)")
        if stop.sequence < position.sequence { return lose(stop, position) }
        readUp(to: head) { [self] in lead(epoch, head, sent) }
      case .broken: end(JournalEnd(.lostTail, "lease and journal disagree about where it ends"))
      default: away("acquire answered \(reply)")
      }
    }
  }

  private func readUp(to head: FactPosition, _ then: @escaping () -> Void) {
    guard position < head else { return then() }
    call(.page(after: position)) { [self] reply in
      guard case .page(let entries) = reply else { return }
      if entries.isEmpty { return startOver() }
      if hand(entries) { readUp(to: head, then) }
    }
  }

  private func lead(_ epoch: UInt64, _ head: FactPosition, _ sent: Int64) {
    world.tally.takeovers += 1
    writer = JournalWriter(epoch: epoch, head: head, chain: chain ?? 0)
    kept = Node.Witness(position: head, chain: chain ?? 0)
    leader = nil
    unconfirmed = []
    lastConfirmed = sent
    snapshotAt = world.now
    isAsked = false
    lastSnapshot = nil
    setFault(nil)
    tell(.journal(.leads(epoch: epoch)))
    beat()
  }

  private func loseLeadership() {
    world.note("\(node.name) is fenced")
    world.tally.fenced += 1
    writer = nil
    pending = []
    hasState = false
    snapshot = nil
    link?.close()
    link = nil
    tell(.journal(.fenced))
    connect(after: 1)
  }

  // MARK: Leading

  /// Facts of a leadership that is over are nobody's.
  func take(_ records: [JournalRecord], of epoch: UInt64) {
    guard epoch == writer?.epoch else { return }
    writer?.add(records)
    send()
  }

  func take(snapshot bytes: [UInt8], upTo fact: UInt64, of epoch: UInt64) {
    guard epoch == writer?.epoch, snapshot == nil else { return }
    snapshot = (bytes, fact)
  }

  private var leadership: Leadership {
    Leadership(epoch: writer?.epoch ?? 0, owner: node.name)
  }

  private func beat() {
    guard !isOver, writer != nil, let link else { return }
    send()
    if world.now - lastRenewal >= 500 {
      lastRenewal = world.now
      request(.renew(leadership, ttl: Self.lease)) { [self] sent, reply in
        if case .fenced = reply { return loseLeadership() }
        lastConfirmed = max(lastConfirmed, sent)
      }
    }
    if let oldest = pending.first, world.now - oldest > 5_000 { return away("no reply for 5 s") }
    if world.now - lastConfirmed > 1_500 {
      setFault("Redis has confirmed nothing for long")
    } else if fault != nil {
      setFault(nil)
    }
    if let then = whenStopped, writer?.isIdle == true {
      whenStopped = nil
      return request(.release(leadership)) { _, _ in then() }
    }
    node.post(.worker, after: 100) { [self] in if self.link === link { beat() } }
  }

  private func request(
    _ command: RedisCommand,
    _ take: @escaping (_ sent: Int64, RedisReply) -> Void
  ) {
    pending.append(world.now)
    link?.call(command) { [self] reply in
      guard writer != nil, !pending.isEmpty else { return }
      take(pending.removeFirst(), reply)
    }
  }

  private func send() {
    guard link != nil, world.now >= retryAt else { return }
    while let batch = writer?.next() {
      unconfirmed.append(Node.Witness(position: batch.position, chain: batch.chain))
      request(.append(batch, leadership, ttl: Self.lease)) { [self] sent, reply in
        takeAppend(sent, reply)
      }
    }
  }

  private func takeAppend(_ sent: Int64, _ said: RedisReply) {
    let reply: JournalWriter.Reply
    switch said {
    case .ok: reply = .kept
    case .duplicate:
      world.tally.duplicates += 1
      reply = .duplicate
    case .fenced(let epoch): reply = .fenced(epoch: epoch)
    case .gap(let end): reply = .gap(end)
    case .refused(let reason): reply = .failed(reason)
    default: reply = .failed("an odd reply")
    }
    switch writer?.receive(reply) {
    case .kept(let fact):
      while let first = unconfirmed.first, first.position.sequence <= fact {
        kept = first
        unconfirmed.removeFirst()
        publishIfKept(first)
      }
      lastConfirmed = max(lastConfirmed, sent)
      node.witness = kept
      world.ledger.keep(fact, epoch: writer?.epoch ?? 0)
      tell(.kept(fact))
      askForSnapshot()
      send()
    case .again(let reason):
      unconfirmed = []
      retryAt = world.now + 100
      setFault("Redis does not take facts: \(reason)")
    case .fenced: loseLeadership()
    case .lost(let end, let needed): lose(end, needed)
    case .nothing, nil: break
    }
  }

  // MARK: Snapshots

  private func askForSnapshot() {
    guard !isAsked, world.now - snapshotAt > world.plan.snapshotPeriod else { return }
    isAsked = true
    tell(.journal(.snapshotDue))
  }

  private func giveUpSnapshot() {
    snapshot = nil
    isAsked = false
    snapshotAt = world.now
  }

  private func publishIfKept(_ kept: Node.Witness) {
    guard let (bytes, fact) = snapshot, fact == kept.position.sequence else { return }
    let made = RedisState.Snapshot(bytes: bytes, upTo: kept.position, chain: kept.chain)
    request(.publish(leadership, made)) { [self] _, reply in
      if case .fenced = reply { return loseLeadership() }
      world.tally.snapshots += 1
      giveUpSnapshot()
      // A witness that is older than the journal goes back proves nothing.
      if world.plan.isAlways, let first = lastSnapshot {
        request(.trim(leadership, first)) { [self] _, reply in
          if case .fenced = reply { loseLeadership() }
        }
      }
      lastSnapshot = kept.position
    }
  }

  // MARK: A planned end

  /// Calls back once everything is kept and the leadership is given up, or after a second.
  func stop(_ then: @escaping () -> Void) {
    whenStopped = then
    if writer == nil { return then() }
    node.post(.worker, after: 1_000, then)
  }
}
