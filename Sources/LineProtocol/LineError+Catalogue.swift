import Matching

extension LineError {
  public static let tooLong = LineError(
    .length,
    "the line is longer than \(LineScanner.lineMaxDefault) bytes; it was skipped"
  )

  public static let badBytes = LineError(
    .syntax,
    "a control character or broken UTF-8; lines are visible UTF-8 and spaces",
    closes: true
  )

  /// `key` is the argument that holds the point.
  public static func swapped(_ key: String) -> LineError {
    LineError(.swapped, "lat and lon look swapped; the order is lat,lon", key: key)
  }

  /// `key` is the argument that holds the point.
  public static func outside(_ key: String) -> LineError {
    LineError(.outside, "the point is outside the region that this server serves", key: key)
  }

  public static func value(_ key: String, _ message: String) -> LineError {
    LineError(.value, message, key: key)
  }

  static func syntax(_ message: String) -> LineError { LineError(.syntax, message) }

  /// An unknown verb, with the nearest known one if one is near.
  public static func unknownVerb(_ word: String) -> LineError {
    let shown = word.count > 16 ? word.prefix(16) + "..." : word[...]
    guard let near = Verb.nearest(to: word) else {
      return LineError(.verb, "there is no verb \(shown); HELP lists them")
    }
    return LineError(
      .verb,
      "there is no verb \(shown); \(near.word) is near; HELP lists them",
      details: [Field("near", near.word)]
    )
  }

  public static func unauthenticated(_ verb: Verb) -> LineError {
    LineError(.auth, "\(verb.word) needs AUTH first")
  }

  public static func forbidden(_ verb: Verb, to roles: RoleSet) -> LineError {
    LineError(
      .forbidden,
      "\(verb.word) is for \(verb.roles.words); this session is \(roles.words)"
    )
  }
}

extension ErrorName {
  /// When it is answered, for the manual; empty for a newer server's name.
  public var meaning: String {
    switch self {
    case .moved: "this node does not lead, or not that region; `to=`"
    case .syntax: "the grammar; with bad bytes the connection closes"
    case .auth: "missing, wrong or late"
    case .forbidden: "the verb or its object is outside the role"
    case .unknown: "no such taxi, request, offer, subscription or region; `key=` says which"
    case .verb: "unknown verb; `near=` a known one"
    case .conflict: "the id is known with other content"
    case .state: "the life cycle does not allow it now; `have=` the present state"
    case .late: "too late to cancel; `have=`"
    case .version: "the request has another version; `have=`"
    case .taken: "the request is not, or no longer, this taxi's"
    case .unfit: "the taxi has not the seats or tags"
    case .expired: "the offer's time ran out"
    case .closed: "the offer was answered otherwise or taken back"
    case .trimmed: "the position is no longer kept; `first=`"
    case .ahead: "the position is newer than the server's; `at=`"
    case .length: "a line over `maxline`"
    case .value: "a value that its key does not allow; `key=`"
    case .swapped: "the point lies outside the region and its swap inside; `key=`"
    case .outside: "the point lies outside the region; `key=`"
    case .owner: "the taxi is another tenant's"
    case .early: "a no-show before the waiting time; `left=`"
    case .unsupported: "another protocol version; `have=blp/1`"
    case .quota: "a rate or a limit"
    case .stale: "an unknown id in a line too old to be safe"
    case .skew: "`t` is ahead of the server's clock; `now=`"
    case .internalFault: "a bug; `ref=` for the log"
    case .busy: "the server is at one of its own bounds, such as taxis or requests"
    case .drain: "shutdown; `to=` if known"
    case .unknownResult: "the outcome of the commit is not known in time"
    case .journal: "the durable store cannot be written"
    default: ""
    }
  }

  /// How a refusal of the engine is told.
  public init(_ refusal: Refusal) {
    switch refusal {
    case .badValue: self = .value
    case .outside: self = .outside
    case .unknownTaxi, .unknownRide, .unknownOffer: self = .unknown
    case .conflict: self = .conflict
    case .stale: self = .stale
    case .skew: self = .skew
    // Never sent alone: late positions are counted.
    case .latePosition: self = .stale
    case .wrongVersion: self = .version
    case .offerExpired: self = .expired
    case .offerClosed: self = .closed
    case .tooLate: self = .late
    case .wrongState: self = .state
    case .early: self = .early
    case .unfit: self = .unfit
    case .full: self = .busy
    case .wrongTaxi: self = .taken
    }
  }
}

extension Refusal {
  /// A sentence for a person.
  public var sentence: String {
    switch self {
    case .badValue: "a field is out of its range; HELP with the verb says which"
    case .outside: "the point is outside the region that this server serves"
    case .unknownTaxi: "no such taxi; it must come ON first"
    case .unknownRide: "no such request, or it was forgotten"
    case .unknownOffer: "no such offer, or it was forgotten"
    case .conflict: "the id is known with other content; use a new id"
    case .stale: "an unknown id in a line too old to be safe; use a new id and a new t"
    case .skew: "t is ahead of the server's clock by more than 5 minutes"
    case .latePosition: "a newer position of this taxi is known"
    case .wrongVersion: "the request has another version; read it again"
    case .offerExpired: "the offer's time ran out"
    case .offerClosed: "the offer was answered otherwise or taken back"
    case .tooLate: "too late to cancel"
    case .wrongState: "not possible in the present state"
    case .early: "the waiting time at the pickup is not over"
    case .unfit: "the taxi has not the seats or tags that the request needs"
    case .full: "a limit of the server is reached"
    case .wrongTaxi: "the request is not, or no longer, this taxi's"
    }
  }
}
