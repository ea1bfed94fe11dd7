import Journal
import Matching

/// What really happened, held against what everybody says: the checkers.
final class Ledger {
  /// A fact as it stands in Redis.
  struct Kept {
    var epoch: UInt64
    var record: JournalRecord
    /// What subscribers may read, and its first word.
    var shown: String
    var kind: String

    /// Whether the words of its line name an id: as its subject, or as `offer=`.
    func names(_ id: String) -> Bool {
      shown.split(separator: " ").dropFirst().contains { $0 == id || $0 == "offer=\(id)" }
    }
  }

  struct Said: Equatable {
    var verb: String
    var id: String
    var at: FactPosition
    var isRepeat: Bool
  }

  var fail: (String) -> Void = { _ in }
  /// Whether the fsync mode allows a crash to take what was acknowledged, as long as it is reported.
  var mayLose = false
  /// All facts that Redis holds or held and trimmed: the first is number 1.
  private(set) var timeline: [Kept] = []
  private var lastEntry = FactPosition.start
  /// Facts that a crash took from Redis, by position.
  private var lost: Set<FactPosition> = []
  private var pairing = Pairing()
  private(set) var factsSeen = 0
  private(set) var said: [Said] = []
  private var firstAnswers: [String: FactPosition] = [:]
  private var requests: [String: Int] = [:]
  private var asked: Set<String> = []
  /// The last fact that a leader took for kept, of which the loss would matter.
  private(set) var acknowledged: UInt64 = 0
  /// A crash took acknowledged facts, and nobody has said so yet.
  private(set) var hasSilentLoss = false
  /// Whether a crash ever took facts that somebody may have read.
  private(set) var hasLoss = false

  var end: UInt64 { UInt64(timeline.count) }

  // MARK: From Redis

  /// Takes in what is kept now: new facts, or the loss of some.
  func take(_ state: RedisState) {
    if state.lastID < lastEntry { cut(to: state.lastID.sequence) }
    var index = state.entries.count
    while index > 0, state.entries[index - 1].position > lastEntry { index -= 1 }
    for entry in state.entries[index...] {
      if case .batch(let bytes, _) = entry.content { add(bytes, entry.position.epoch) }
    }
    lastEntry = state.lastID
  }

  private func cut(to end: UInt64) {
    hasLoss = true
    for index in Int(end)..<max(timeline.count, Int(end)) {
      lost.insert(position(index))
      if case .rideRequested = timeline[index].record.fact.event {
        requests[subject(timeline[index]), default: 0] -= 1
      }
    }
    timeline.removeLast(max(timeline.count - Int(end), 0))
    if acknowledged > end {
      if !mayLose { fail("acknowledged facts were lost: \(end + 1) to \(acknowledged)") }
      hasSilentLoss = true
      acknowledged = end
    }
    pairing = Pairing()
    for kept in timeline { _ = pairing.follow(kept.record.fact) }
  }

  private func position(_ index: Int) -> FactPosition {
    FactPosition(epoch: timeline[index].epoch, sequence: UInt64(index + 1))
  }

  private func subject(_ kept: Kept) -> String {
    kept.shown.split(separator: " ").dropFirst().first.map(String.init) ?? ""
  }

  private func add(_ bytes: [UInt8], _ epoch: UInt64) {
    let batch: JournalBatch
    do { batch = try JournalBatch(bytes: bytes) } catch {
      return fail("a batch cannot be read: \(error)")
    }
    for record in batch.records {
      guard record.fact.number == end + 1 else {
        return fail("fact \(record.fact.number) stands in the journal behind fact \(end)")
      }
      let shown = String(decoding: record.line.prefix(record.shownCount), as: UTF8.self)
      let kind = shown.prefix { $0 != " " }
      let kept = Kept(epoch: epoch, record: record, shown: shown, kind: String(kind))
      timeline.append(kept)
      lost.remove(position(timeline.count - 1))
      factsSeen += 1
      if let wrong = pairing.follow(record.fact) { fail("at fact \(end) (\(shown)): \(wrong)") }
      guard case .rideRequested = record.fact.event else { continue }
      let id = subject(kept)
      requests[id, default: 0] += 1
      if requests[id] != 1 { fail("\(id) was requested \(requests[id] ?? 0) times") }
      if !asked.contains(id) { fail("nobody asked for \(id)") }
    }
  }

  // MARK: From nodes

  func keep(_ fact: UInt64, epoch: UInt64) {
    let position = FactPosition(epoch: epoch, sequence: fact)
    guard isThere(position) else {
      // The answer was on its way when Redis died.
      if isLost(position) { hasSilentLoss = true }
      return
    }
    acknowledged = max(acknowledged, fact)
  }

  /// Whether a fact is kept under a position that somebody names.
  func isThere(_ position: FactPosition) -> Bool {
    guard position.sequence > 0 else { return true }
    return position.sequence <= end
      && timeline[Int(position.sequence) - 1].epoch == position.epoch
  }

  func isLost(_ position: FactPosition) -> Bool { lost.contains(position) }

  /// Bytes leave a node: all that they speak of must be kept.
  func checkLeaving(_ bytes: [UInt8]) {
    for position in positions(in: bytes) where !isThere(position) && !isLost(position) {
      let text = String(decoding: bytes.prefix(300), as: UTF8.self)
      fail("\(position) is spoken of and not kept: \(text)")
    }
  }

  /// A process found that Redis has less than it acknowledged.
  func reportLoss(_ what: String) {
    guard hasLoss else { return fail("a loss was reported, and nothing was lost: \(what)") }
    hasSilentLoss = false
  }

  // MARK: From clients

  func noteAsked(_ ride: String) { asked.insert(ride) }

  /// A client read an `OK`.
  func noteOK(_ verb: String, _ id: String, _ at: FactPosition, isRepeat: Bool) {
    let one = Said(verb: verb, id: id, at: at, isRepeat: isRepeat)
    said.append(one)
    check(one)
    guard verb == "REQ" else { return }
    if let first = firstAnswers[id], first != at, !isLost(first) {
      fail("\(id) was answered with at=\(first), and when repeated with at=\(at)")
    }
    firstAnswers[id] = at
  }

  private static let kinds = [
    "REQ": ["req.queued", "req.reserved"], "ACCEPT": ["req.assigned"],
    "DECLINE": ["offer.declined"], "ARRIVE": ["req.arrived"], "BOARD": ["req.onboard"],
    "DROP": ["req.done"], "CANCEL": ["req.cancelled"], "ON": ["taxi.on"], "BUSY": ["taxi.busy"],
    "FREE": ["taxi.free"], "OFF": ["taxi.off"], "ABORT": ["req.queued"],
    "CHANGE": ["req.changed"],
  ]

  private func check(_ one: Said) {
    if isLost(one.at) { return }
    // A taxi that never came is off already, also before the first fact of all.
    if one.verb == "OFF", one.at.sequence == 0 { return }
    guard isThere(one.at), one.at.sequence > 0 else {
      return fail("OK \(one.verb) \(one.id) at=\(one.at) is not in the journal")
    }
    // A repeat names what made it true, which may be another's doing.
    guard !one.isRepeat || one.verb == "REQ", let kinds = Self.kinds[one.verb] else { return }
    let kept = timeline[Int(one.at.sequence) - 1]
    guard kinds.contains(kept.kind), kept.names(one.id) else {
      return fail("OK \(one.verb) \(one.id) at=\(one.at) is '\(kept.shown)' in the journal")
    }
  }

  /// The first fact of some kinds behind one and up to another.
  func first(of kinds: [String], after: UInt64, upTo last: UInt64) -> UInt64? {
    guard after < last, last <= end else { return nil }
    return (after + 1...last).first { Ledger.matches(timeline[Int($0) - 1].kind, kinds) }
  }

  static func matches(_ kind: String, _ kinds: [String]) -> Bool {
    kinds.contains { $0.hasSuffix("*") ? kind.hasPrefix($0.dropLast()) : kind == $0 }
  }

  // MARK: At the end

  /// Once more, since what was there may have gone.
  func checkEnd() {
    if hasSilentLoss { fail("acknowledged facts were lost, and nobody said so") }
    for one in said { check(one) }
    for one in said where one.verb == "REQ" && !isLost(one.at) && requests[one.id] != 1 {
      fail("\(one.id) was answered OK and is in the journal \(requests[one.id] ?? 0) times")
    }
  }
}

/// Positions in lines: words, or values of pairs, of the form digits-digits.
func positions(in bytes: [UInt8]) -> [FactPosition] {
  var found: [FactPosition] = []
  var numbers: (UInt64, UInt64) = (0, 0)
  // 0 = at a word's beginning, 1 = in the first number, 2 = behind the dash, 3 = in the second.
  var state = 0
  for byte in bytes {
    switch byte {
    case 0x20, 0x0A, 0x3D:
      if state == 3 { found.append(FactPosition(epoch: numbers.0, sequence: numbers.1)) }
      state = 0
      numbers = (0, 0)
    case 0x30...0x39 where state < 2:
      state = 1
      numbers.0 = numbers.0 &* 10 &+ UInt64(byte - 0x30)
    case 0x30...0x39 where state < 4:
      state = 3
      numbers.1 = numbers.1 &* 10 &+ UInt64(byte - 0x30)
    case 0x2D where state == 1: state = 2
    default: state = 4
    }
  }
  return found
}

/// P2, from the facts alone: a taxi has at most one open offer or ride, a request at most one taxi
/// and one open offer.
struct Pairing {
  private struct Open {
    var ride: UInt64
    var taxi: UInt64
  }

  private var offers: [UInt64: Open] = [:]
  private var offerOfTaxi: [UInt64: UInt64] = [:]
  private var offerOfRide: [UInt64: UInt64] = [:]
  private var rideOfTaxi: [UInt64: UInt64] = [:]
  private var taxiOfRide: [UInt64: UInt64] = [:]

  /// - Returns: what is wrong with the fact, or `nil`.
  mutating func follow(_ fact: Fact) -> String? {
    switch fact.event {
    case .offerMade(let offer):
      let (ride, taxi) = (offer.ride.value, offer.taxi.value)
      if rideOfTaxi[taxi] != nil { return "a taxi with a ride is offered another" }
      if offerOfTaxi[taxi] != nil { return "a taxi with an open offer gets another" }
      if offerOfRide[ride] != nil { return "a request is offered to two taxis" }
      offers[offer.id.value] = Open(ride: ride, taxi: taxi)
      offerOfTaxi[taxi] = offer.id.value
      offerOfRide[ride] = offer.id.value
    case .offerAccepted(let id):
      guard let open = close(id.value) else { return "an offer is accepted that is not open" }
      if let before = taxiOfRide[open.ride] { rideOfTaxi[before] = nil }
      if rideOfTaxi[open.taxi] != nil { return "a taxi has two rides" }
      rideOfTaxi[open.taxi] = open.ride
      taxiOfRide[open.ride] = open.taxi
    case .offerDeclined(let id, _), .offerExpired(let id), .offerRevoked(let id, _):
      guard close(id.value) != nil else { return "an offer ends twice" }
    case .rideRequeued(let id, _), .rideCancelled(let id, _): unbind(id.value)
    case .rideDropped(let id), .rideNoShow(let id), .rideExpired(let id): unbind(id.value)
    case .taxiOff(let id, _):
      if rideOfTaxi[id.value] != nil || offerOfTaxi[id.value] != nil {
        return "a taxi leaves with a ride or an offer"
      }
    case .rideArrived(let id), .rideBoarded(let id):
      if taxiOfRide[id.value] == nil { return "a ride without a taxi goes on" }
    default: break
    }
    return nil
  }

  private mutating func close(_ id: UInt64) -> Open? {
    guard let open = offers.removeValue(forKey: id) else { return nil }
    offerOfTaxi[open.taxi] = nil
    offerOfRide[open.ride] = nil
    return open
  }

  private mutating func unbind(_ ride: UInt64) {
    guard let taxi = taxiOfRide.removeValue(forKey: ride) else { return }
    rideOfTaxi[taxi] = nil
  }
}
