import Matching

/// What the sender of a refused line should do: all that a program needs of an error.
public enum Retry: Hashable, Sendable {
  /// Fix the line or give up.
  case never
  /// Send the identical line again, on this or a new connection.
  case same
  /// The same, after this long.
  case after(Millis)
  /// Connect to `to=` and send the identical line.
  case elsewhere
  /// Read the present state and decide.
  case refresh
}

/// A code and a name: codes are stable inside `blp/1`; new names may appear under an old code, so a
/// client decides by code and ``Retry``.
public struct ErrorName: Hashable, Sendable {
  public var code: UInt16
  public var word: String

  public init(code: UInt16, word: String) {
    self.code = code
    self.word = word
  }

  public static let moved = ErrorName(code: 308, word: "moved")
  public static let syntax = ErrorName(code: 400, word: "syntax")
  public static let auth = ErrorName(code: 401, word: "auth")
  public static let forbidden = ErrorName(code: 403, word: "forbidden")
  public static let unknown = ErrorName(code: 404, word: "unknown")
  public static let verb = ErrorName(code: 405, word: "verb")
  /// A known id with other content.
  public static let conflict = ErrorName(code: 409, word: "conflict")
  /// The life cycle does not allow this now.
  public static let state = ErrorName(code: 409, word: "state")
  /// Too late to cancel.
  public static let late = ErrorName(code: 409, word: "late")
  /// A change against another version of the ride.
  public static let version = ErrorName(code: 409, word: "version")
  /// The ride is another taxi's by now.
  public static let taken = ErrorName(code: 409, word: "taken")
  /// The taxi cannot carry the party.
  public static let unfit = ErrorName(code: 409, word: "unfit")
  /// The offer's time ran out.
  public static let expired = ErrorName(code: 410, word: "expired")
  /// The offer was answered otherwise or taken back.
  public static let closed = ErrorName(code: 410, word: "closed")
  public static let trimmed = ErrorName(code: 410, word: "trimmed")
  public static let ahead = ErrorName(code: 410, word: "ahead")
  public static let length = ErrorName(code: 413, word: "length")
  public static let value = ErrorName(code: 422, word: "value")
  public static let swapped = ErrorName(code: 422, word: "swapped")
  public static let outside = ErrorName(code: 422, word: "outside")
  public static let owner = ErrorName(code: 423, word: "owner")
  public static let early = ErrorName(code: 425, word: "early")
  public static let unsupported = ErrorName(code: 426, word: "version")
  public static let quota = ErrorName(code: 429, word: "quota")
  public static let stale = ErrorName(code: 498, word: "stale")
  public static let skew = ErrorName(code: 498, word: "skew")
  public static let internalFault = ErrorName(code: 500, word: "internal")
  public static let busy = ErrorName(code: 503, word: "busy")
  public static let drain = ErrorName(code: 503, word: "drain")
  public static let unknownResult = ErrorName(code: 504, word: "unknown-result")
  public static let journal = ErrorName(code: 507, word: "journal")

  /// By code.
  public static let all: [ErrorName] = [
    moved, syntax, auth, forbidden, unknown, verb, conflict, state, late, version, taken, unfit,
    expired, closed, trimmed, ahead, length, value, swapped, outside, owner, early, unsupported,
    quota, stale, skew, internalFault, busy, drain, unknownResult, journal,
  ]

  /// What to do about it, unless the server knows better; `after` a second where it must say how
  /// long.
  public var retry: Retry {
    switch code {
    case 308: .elsewhere
    case 409, 410: .refresh
    case 425, 429, 503: self == .drain ? .elsewhere : .after(.seconds(1))
    case 500, 504, 507: .same
    default: .never
    }
  }

  /// Whether it always ends the connection.
  public var closes: Bool { code == 401 || code == 426 }
}

/// A refusal on the wire: `ERR code name retry=… [close=1] [key=…] [details] msg=text`.
///
/// What the reader of a client's line throws, and what a server answers for the engine.
public struct LineError: Error, Hashable, Sendable {
  /// Of the line that it answers.
  public var tag: Identifier?
  public var name: ErrorName
  public var retry: Retry
  /// The connection closes after this line.
  public var closes: Bool
  /// The argument that is wrong.
  public var key: String?
  /// Such as `have=`, `at=`, `left=`: in the order in which they are written.
  public var details: [Field]
  /// For a person: never empty, never another tenant's.
  public var message: String

  public init(
    _ name: ErrorName,
    _ message: String,
    retry: Retry? = nil,
    closes: Bool? = nil,
    key: String? = nil,
    details: [Field] = [],
    tag: Identifier? = nil
  ) {
    self.tag = tag
    self.name = name
    self.retry = retry ?? name.retry
    self.closes = closes ?? name.closes
    self.key = key
    self.details = details
    self.message = message
  }
}

/// A pair `key=value`. The value is kept as it is written on the wire.
public struct Field: Hashable, Sendable {
  /// A lower-case letter, then up to 15 of them, digits and `_`.
  public var key: String
  /// Visible characters, at least one; percent-encoded if it is free text.
  public var value: String

  /// - Parameters:
  ///   - key: as the grammar has it.
  ///   - value: a word that needs no encoding: an id, a number, a point, a list.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }

  public init(_ key: String, _ position: FactPosition) { self.init(key, position.description) }

  public init(_ key: String, _ number: some BinaryInteger) { self.init(key, String(number)) }

  /// A pair whose value is free text, percent-encoded here.
  public init(_ key: String, text: String) { self.init(key, percentEncoded(text)) }

  /// The value as free text; `nil` when its percent-encoding is broken.
  public var text: String? { percentDecoded(value) }
}
