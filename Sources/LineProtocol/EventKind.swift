/// What an event says happened. A ride's kind names the state that it came to; `offer.*` are the
/// ends of offers that came to nothing; `pos` is no event but a merged position, asked for in the
/// same list. Append, never renumber: servers keep sets of them.
public enum EventKind: UInt8, CaseIterable, Sendable {
  case taxiOn = 0
  case taxiOff = 1
  case taxiBusy = 2
  case taxiFree = 3
  case taxiLost = 4
  case taxiBack = 5
  case rideReserved = 6
  case rideQueued = 7
  case rideOffered = 8
  case rideAssigned = 9
  case rideArrived = 10
  case rideOnboard = 11
  case rideDone = 12
  case rideExpired = 13
  case rideCancelled = 14
  case rideNoShow = 15
  case rideChanged = 16
  case rideForgotten = 17
  case offerDeclined = 18
  case offerExpired = 19
  case offerRevoked = 20
  case systemLeader = 21
  case systemDrain = 22
  case position = 23

  public var word: String { Self.words[Int(rawValue)] }

  public init?(word: String) {
    guard let index = Self.words.firstIndex(of: word) else { return nil }
    self.init(rawValue: UInt8(index))
  }

  private static let words = [
    "taxi.on", "taxi.off", "taxi.busy", "taxi.free", "taxi.lost", "taxi.back", "req.reserved",
    "req.queued", "req.offered", "req.assigned", "req.arrived", "req.onboard", "req.done",
    "req.expired", "req.cancelled", "req.noshow", "req.changed", "req.forgotten", "offer.declined",
    "offer.expired", "offer.revoked", "sys.leader", "sys.drain", "pos",
  ]
}

/// The kinds that a subscription wants.
public struct KindSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ kind: EventKind) { rawValue = 1 << UInt32(kind.rawValue) }

  /// From a list such as `req.*,taxi.lost,pos`; `nil` when a word in it names no kind.
  public init?(list: String) {
    var set: KindSet = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard
        let part = Self.families.first(where: { $0.word == word })?.kinds
          ?? EventKind(word: String(word)).map({ KindSet($0) })
      else { return nil }
      set.formUnion(part)
    }
    self = set
  }

  /// The shortest list, families first. Empty for the empty set.
  public var list: String {
    var rest = self
    var words: [String] = []
    for family in Self.families where rest.isSuperset(of: family.kinds) {
      words.append(family.word)
      rest.subtract(family.kinds)
    }
    for kind in EventKind.allCases where rest.contains(KindSet(kind)) { words.append(kind.word) }
    return words.joined(separator: ",")
  }

  private static let families: [(word: String, kinds: KindSet)] =
    ["taxi", "req", "offer", "sys"].map { family in
      let kinds = EventKind.allCases.filter { $0.word.hasPrefix(family + ".") }
      return ("\(family).*", KindSet(kinds.map { KindSet($0) }))
    }
}
