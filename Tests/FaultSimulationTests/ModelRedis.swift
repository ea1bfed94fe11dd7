import Journal
import Matching

/// What Redis holds of one region: a lease, a stream, a snapshot.
struct RedisState {
  struct Entry {
    enum Content {
      case epoch(owner: String, chain: UInt32?)
      case batch([UInt8], chain: UInt32)
    }

    var position: FactPosition
    var content: Content
  }

  struct Snapshot {
    var bytes: [UInt8]
    var upTo: FactPosition
    var chain: UInt32
  }

  var epoch: UInt64 = 0
  var owner = ""
  var until: Int64 = 0
  var end: FactPosition?
  var chain: UInt32?
  var entries: [Entry] = []
  /// Of the stream; stays when entries are trimmed.
  var lastID = FactPosition.start
  var snapshot: Snapshot?
}

/// Who says something, and as what.
struct Leadership {
  var epoch: UInt64
  var owner: String
}

enum RedisCommand {
  /// Whoever asks, with the last epoch that it knows of; `byClock`: epochs are not less than the
  /// milliseconds that have passed.
  case acquire(Leadership, ttl: Int64, byClock: Bool)
  case append(JournalWriter.Append, Leadership, ttl: Int64)
  case renew(Leadership, ttl: Int64)
  case release(Leadership)
  case publish(Leadership, RedisState.Snapshot)
  case trim(Leadership, FactPosition)
  /// A person accepts that a leadership was lost; its number is not given again.
  case acceptLoss(epoch: UInt64)
  /// Snapshot, end, and what stands at the position of a witness.
  case look(witness: FactPosition?)
  case page(after: FactPosition)

  var isWriting: Bool {
    switch self {
    case .look, .page: false
    default: true
    }
  }
}

enum RedisReply {
  enum AtWitness {
    case entry(chain: UInt32?)
    case missing, trimmed
  }

  case ok
  case duplicate
  case fenced(UInt64)
  case gap(FactPosition)
  case refused(String)
  case held(String)
  case broken
  case acquired(epoch: UInt64, stop: FactPosition, head: FactPosition)
  case looked(RedisState.Snapshot?, end: FactPosition, AtWitness?)
  case page([RedisState.Entry])
}

extension RedisState {
  /// One function of the library (`FunctionLibrary` in RedisJournal), line by line.
  mutating func carryOut(_ command: RedisCommand, at now: Int64) -> RedisReply {
    switch command {
    case .acquire(let by, let ttl, let byClock):
      let name = by.owner
      if !owner.isEmpty, owner != name, until > now { return .held(owner) }
      let stop = lastID
      if let end, end != stop { return .broken }
      epoch = max(max(epoch, stop.epoch, by.epoch) + 1, byClock ? UInt64(max(now, 1)) : 1)
      let head = FactPosition(epoch: epoch, sequence: stop.sequence)
      entries.append(Entry(position: head, content: .epoch(owner: name, chain: chain)))
      lastID = head
      owner = name
      until = now + ttl
      end = head
      return .acquired(epoch: epoch, stop: stop, head: head)
    case .acceptLoss(let lost):
      epoch = max(epoch, lost)
      return .ok
    case .append(let batch, let by, let ttl):
      guard isHeld(by), let end else { return .fenced(epoch) }
      if end != batch.previous {
        let isThere = entries.contains { $0.position == batch.position }
        return end.sequence >= batch.position.sequence && isThere ? .duplicate : .gap(end)
      }
      guard batch.position > lastID else { return .refused("an id must be greater") }
      entries.append(
        Entry(position: batch.position, content: .batch(batch.bytes, chain: batch.chain))
      )
      lastID = batch.position
      self.end = batch.position
      chain = batch.chain
      until = now + ttl
      return .ok
    case .renew(let by, let ttl):
      guard isHeld(by) else { return .fenced(epoch) }
      until = now + ttl
      return .ok
    case .release(let by):
      guard isHeld(by) else { return .fenced(epoch) }
      until = 0
      owner = ""
      return .ok
    case .publish(let by, let snapshot):
      guard isHeld(by) else { return .fenced(epoch) }
      self.snapshot = snapshot
      return .ok
    case .trim(let by, let first):
      guard isHeld(by) else { return .fenced(epoch) }
      guard let snapshot, snapshot.upTo.sequence >= first.sequence else {
        return .refused("beyond the snapshot")
      }
      entries.removeAll { $0.position < first }
      return .ok
    case .look(let witness):
      return .looked(snapshot, end: end ?? .start, witness.map { look(at: $0) })
    case .page(let after):
      let first = entries.lastIndex { $0.position <= after }.map { $0 + 1 } ?? 0
      return .page(Array(entries[first...].prefix(64)))
    }
  }

  private func isHeld(_ by: Leadership) -> Bool { by.epoch == epoch && by.owner == owner }

  private func look(at witness: FactPosition) -> RedisReply.AtWitness {
    if let entry = entries.first(where: { $0.position == witness }) {
      switch entry.content {
      case .batch(_, let chain): return .entry(chain: chain)
      case .epoch(_, let chain): return .entry(chain: chain)
      }
    }
    guard let first = entries.first else { return .trimmed }
    return first.position < witness ? .missing : .trimmed
  }
}

/// A Redis that keeps what its fsync mode keeps. It carries out what has come, flushes, and only
/// then answers (`always`), or answers at once and flushes each second (`everysec`). A crash keeps
/// what was flushed and any first part of what was not.
final class ModelRedis {
  private unowned let world: World
  private(set) var state = RedisState()
  private var flushed = RedisState()
  private var unflushed: [(command: RedisCommand, at: Int64)] = []
  private(set) var isUp = true
  /// Of the process: connections to an earlier one are dead.
  private(set) var generation = 0
  private var inbox: [(command: RedisCommand, answer: (RedisReply) -> Void)] = []
  private var isFlushing = false
  private var pausedUntil: Int64 = 0
  private var fullUntil: Int64 = 0
  private var slowUntil: Int64 = 0
  var skew: Int64 = 0

  init(_ world: World) {
    self.world = world
    if !world.plan.isAlways { flushEachSecond() }
  }

  private var clock: Int64 { world.now + skew }

  func receive(_ command: RedisCommand, _ answer: @escaping (RedisReply) -> Void) {
    guard isUp else { return }
    inbox.append((command, answer))
    work()
  }

  private func work() {
    guard isUp, !isFlushing, world.now >= pausedUntil, !inbox.isEmpty else { return }
    let batch = inbox
    inbox = []
    var hasWritten = false
    let replies = batch.map { command, _ -> RedisReply in
      guard command.isWriting else { return state.carryOut(command, at: clock) }
      if world.now < fullUntil, case .append = command { return .refused("OOM") }
      hasWritten = true
      unflushed.append((command, clock))
      return state.carryOut(command, at: clock)
    }
    guard world.plan.isAlways, hasWritten else {
      if hasWritten { world.ledger.take(state) }
      return answer(batch.map(\.answer), replies)
    }
    isFlushing = true
    let slow = world.now < slowUntil
    let number = generation
    world.after(Int64(slow ? world.draw.within(100...3_000) : world.draw.within(1...6))) {
      [unowned self] in
      guard generation == number else { return }
      isFlushing = false
      flush()
      answer(batch.map(\.answer), replies)
      work()
    }
  }

  private func answer(_ answers: [(RedisReply) -> Void], _ replies: [RedisReply]) {
    for (answer, reply) in zip(answers, replies) { answer(reply) }
  }

  private func flush() {
    flushed = state
    unflushed = []
    world.ledger.take(state)
  }

  private func flushEachSecond() {
    world.after(world.now < slowUntil ? 3_000 : 1_000) { [unowned self] in
      if isUp, world.now >= pausedUntil { flush() }
      flushEachSecond()
    }
  }

  // MARK: Faults

  func crash(restartAfter delay: Int64) {
    guard isUp else { return }
    isUp = false
    generation += 1
    inbox = []
    isFlushing = false
    state = flushed
    let survivors = world.draw.within(0...unflushed.count)
    for (command, at) in unflushed.prefix(survivors) { _ = state.carryOut(command, at: at) }
    world.note("redis keeps \(survivors) of \(unflushed.count) writes, up to \(state.lastID)")
    flushed = state
    unflushed = []
    world.ledger.take(state)
    for node in world.nodes { node.redisDied() }
    let number = generation
    world.after(delay) { [unowned self] in if generation == number { isUp = true } }
  }

  func pause(for length: Int64) {
    pausedUntil = max(pausedUntil, world.now + length)
    world.after(pausedUntil - world.now) { [unowned self] in work() }
  }

  func fill(for length: Int64) { fullUntil = world.now + length }

  func flushSlowly(for length: Int64) { slowUntil = world.now + length }

  func heal() {
    isUp = true
    pausedUntil = 0
    fullUntil = 0
    slowUntil = 0
    skew = 0
    work()
  }

  /// For tests of the checkers: changes what is kept behind everybody's back.
  func tamper(_ change: (inout RedisState) -> Void) {
    change(&state)
    flushed = state
    unflushed = []
    world.ledger.take(state)
  }
}
