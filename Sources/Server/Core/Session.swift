import LineProtocol
import Matching

/// The wire under a session: bytes out, in order. Called on the dispatcher's own thread only.
package protocol Wire: AnyObject {
  /// Takes bytes to send. May call the dispatcher back before it returns.
  func send(_ bytes: [UInt8])
  /// Ends the connection once what was sent has gone, or `farewellMax` later.
  func close()
  /// Whether the socket takes more for now.
  var isWritable: Bool { get }
  /// Bytes taken that the socket has not.
  var backlog: Int { get }
  /// Stops and resumes reading from the socket.
  func setReading(_ isOn: Bool)
}

/// One connection's state: who it is, what it has said and not heard yet.
package final class Session {
  let slot: Int
  let number: UInt64
  let wire: any Wire
  let address: String
  /// Proves that credentials were made for this connection.
  let nonce: String

  // Who
  var isOpen = false
  var roles: RoleSet = []
  var tenant: Int32 = -1
  var keyName = ""
  var clientName = ""

  // In
  var scanner: LineScanner
  /// An unfinished line.
  var rest: [UInt8] = []
  var restSince = Millis(0)
  let openedAt: Millis
  var heardAt: Millis
  var longLinesAt: [Millis] = []
  /// Wrong positions: the last one told of, and how many there were.
  var positionFaultAt = Millis(.min)
  var positionFaults: UInt64 = 0
  var lateLines: UInt64 = 0
  var jumps: UInt64 = 0
  var mergedPositions: UInt64 = 0

  // Out
  package var outbox = Outbox()
  var spokeAt: Millis
  /// Of the last event that went to the wire: where a slow reader resumes.
  var sentFact: UInt64
  var isQueuedForFlush = false
  var isClosing = false
  /// It said all it had to say, and waits for answers.
  var isEnding = false
  var isReadingPaused = false
  /// Whether an answer, and not only what it did not ask for, waits for the journal.
  var awaitsAnswer = false

  // What is bound to it
  var taxis: Set<Int> = []
  var subscriptions: [SubscriptionState] = []

  init(
    slot: Int,
    number: UInt64,
    wire: any Wire,
    address: String,
    nonce: String,
    lineBytes: Int,
    now: Millis,
    fact: UInt64
  ) {
    self.slot = slot
    self.number = number
    self.wire = wire
    self.address = address
    self.nonce = nonce
    scanner = LineScanner(lineMax: lineBytes)
    openedAt = now
    heardAt = now
    spokeAt = now
    sentFact = fact
  }

  var reference: SessionReference { SessionReference(slot: Int32(slot), number: number) }

  func has(_ role: Role) -> Bool { roles.contains(RoleSet(role)) }
}

/// One subscription of a session.
struct SubscriptionState {
  var name: String
  var kinds: KindSet
  /// Ids; 0 = all.
  var taxi: UInt64 = 0
  var ride: UInt64 = 0
  var area: Area?
  /// The last fact that was looked at for it; behind the head while it catches up.
  var cursor: UInt64
  /// `nil` = live: events come as they happen.
  var catchingUp: Catching?
  /// Between two positions of one taxi.
  var rate: Millis
  /// When the next pass over positions begins, and where the present one is.
  var nextPass = Millis(0)
  var passIndex = -1
  /// Only positions from this instant on are sent; and when the present pass began.
  var passSince: Int64 = 0
  var passStart: Int64 = 0

  enum Catching: Equatable {
    /// Taxis, then rides, from this index on.
    case taxis(Int)
    case rides(Int)
    case facts
  }
}
